"""Where the text lets the speaker change: marks, sentence ends, pauses. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from pipeline.align.records import Alignment
from pipeline.transcript.records import Transcript

__all__ = ["Boundary", "TextCues", "read_cues", "segments_of"]

PAUSE_MS = 300
LONGEST_SEGMENT_MS = 2500
_SENTENCE_END = re.compile(r"[.?!…。？！]+[\"'”’»)\]]*$")


class Boundary(IntEnum):
    """What stands before a word, from where a change of speaker is least likely on."""

    INSIDE = 0
    PAUSE = 1
    SENTENCE = 2
    SENTENCE_PAUSE = 3
    EVENT = 4
    DASH = 5


@dataclass(frozen=True, slots=True)
class TextCues:
    """The text's evidence on who speaks.

    Attributes:
        boundary: int8, shape (words,): a `Boundary` before each word; the first word's says
            nothing.
        turn: int32, shape (words,): number of the marked turn, words before the first mark in 0.
        label: the label of each marked turn as written, None if it has none.
    """

    boundary: npt.NDArray[np.int8]
    turn: npt.NDArray[np.int32]
    label: tuple[str | None, ...]


def read_cues(transcript: Transcript, alignment: Alignment) -> TextCues:
    """Collect the cues; a turn without words has a label, too, and hands on its dash."""
    boundary: list[int] = []
    turns: list[int] = []
    labels: list[str | None] = [None]
    pending = Boundary.INSIDE
    ended = False
    end_ms: int | None = None
    for line in transcript.lines:
        events = {event.before_word for event in line.events}
        marks: dict[int, list[str | None]] = {}
        for mark in line.turns:
            marks.setdefault(mark.before_word, []).append(mark.label)
        for position in range(len(line.words) + 1):
            if position in events:
                pending = max(pending, Boundary.EVENT)
            for label in marks.get(position, ()):
                # Two dashes with nothing between: a silent turn, after which anyone may go on.
                pending = Boundary.EVENT if pending is Boundary.DASH else Boundary.DASH
                labels.append(label)
            if position == len(line.words):
                break
            word = line.words[position]
            timed = alignment.words[len(boundary)]
            paused = (
                end_ms is not None
                and timed.start_ms is not None
                and timed.start_ms - end_ms >= PAUSE_MS
            )
            usual = (
                (Boundary.SENTENCE_PAUSE if paused else Boundary.SENTENCE)
                if ended
                else (Boundary.PAUSE if paused else Boundary.INSIDE)
            )
            boundary.append(max(pending, usual))
            turns.append(len(labels) - 1)
            pending = Boundary.INSIDE
            ended = _SENTENCE_END.search(word.text) is not None
            if timed.end_ms is not None:
                end_ms = timed.end_ms
    return TextCues(np.array(boundary, np.int8), np.array(turns, np.int32), tuple(labels))


def segments_of(cues: TextCues, alignment: Alignment) -> npt.NDArray[np.int64]:
    """Cut the words into short stretches of most probably one voice each.

    Returns:
        int64, shape (segments + 1,): the first word of each, then the number of words.
    """
    cuts = [0]
    begin_ms: int | None = None
    for at, timed in enumerate(alignment.words):
        too_long = (
            begin_ms is not None
            and timed.end_ms is not None
            and timed.end_ms - begin_ms > LONGEST_SEGMENT_MS
        )
        if at > 0 and (cues.boundary[at] != Boundary.INSIDE or too_long):
            cuts.append(at)
            begin_ms = None
        if begin_ms is None:
            begin_ms = timed.start_ms
    return np.array([*cuts, len(alignment.words)], np.int64)
