"""A timed episode to captions: one for each line of the transcript. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from pipeline.episode import Episode, Line
from pipeline.subtitles.markup import split_line
from pipeline.subtitles.styles import Style

__all__ = ["Cue", "CueTurn", "make_cues"]

MIN_ROOM_MS = 100
"""A caption that could not even stay this long is joined to its neighbour."""
MIN_EVENT_ROOM_MS = 500
"""The same for a sound event alone, whose time is only known to lie between two words."""


@dataclass(frozen=True, slots=True)
class CueTurn:
    """What one speaker says in a caption; `speaker` is a key, None if unknown."""

    speaker: str | None
    dash: bool
    text: str


@dataclass(frozen=True, slots=True)
class Cue:
    """A caption; `rows` are shown one under the other, each with its turns side by side."""

    start_ms: int
    end_ms: int
    rows: tuple[tuple[CueTurn, ...], ...]


@dataclass(frozen=True, slots=True)
class _Draft:
    cue: Cue
    spoken: bool


def make_cues(episode: Episode, style: Style) -> tuple[Cue, ...]:
    """Captions in order, without overlap, each longer than 0 ms.

    Words that the audio lacks are left out, and so are lines without any other word. A caption
    ends with its last word, later only to last as long as the style wants: it never hangs over a
    gap.
    """
    events: dict[int, list[str]] = {}
    for event in episode.events:
        events.setdefault(event.line, []).append(event.text)
    drafts: list[_Draft] = []
    for line in episode.lines:
        turns = _turns(episode, line, events.get(line.index, ()))
        if not turns or line.start_ms is None or line.end_ms is None:
            continue
        cue = Cue(line.start_ms, line.end_ms, (turns,))
        drafts.append(_Draft(cue, spoken=line.last_word >= line.first_word))
    joined = _join_crowded(drafts)
    cues = []
    for number, draft in enumerate(joined, start=1):
        cue = draft.cue
        last = number == len(joined)
        limit_ms = episode.duration_ms if last else joined[number].cue.start_ms
        wanted_ms = max(cue.end_ms, cue.start_ms + style.min_duration_ms)
        # The last caption of a file that ends too early still has to be longer than 0 ms.
        end_ms = max(cue.start_ms + 1, min(wanted_ms, limit_ms))
        cues.append(replace(cue, end_ms=end_ms))
    return tuple(cues)


def _turns(episode: Episode, line: Line, events: Sequence[str]) -> tuple[CueTurn, ...]:
    words = episode.words[line.first_word : line.last_word + 1]
    pieces = split_line(
        line.text,
        [word.text for word in words],
        [word.speaker for word in words],
        [word.status != "absent" for word in words],
        events,
    )
    turns = []
    for piece in pieces:
        own = words[piece.first_word : piece.last_word + 1]
        if own and all(word.status == "absent" for word in own):
            continue
        turns.append(CueTurn(own[0].speaker if own else None, piece.dash, piece.text))
    return tuple(turns)


def _join_crowded(drafts: list[_Draft]) -> list[_Draft]:
    """Join captions that begin (nearly) together: players show one at a time.

    The earlier one's rows come first and its start is kept, so that nothing appears late.
    """
    joined: list[_Draft] = []
    for draft in drafts:
        if joined:
            last = joined[-1]
            room_ms = draft.cue.start_ms - last.cue.start_ms
            lone_event = not last.spoken and last.cue.end_ms <= draft.cue.start_ms
            if room_ms < (MIN_EVENT_ROOM_MS if lone_event else MIN_ROOM_MS):
                joined[-1] = _Draft(
                    Cue(
                        draft.cue.start_ms if lone_event else last.cue.start_ms,
                        max(last.cue.end_ms, draft.cue.end_ms),
                        last.cue.rows + draft.cue.rows,
                    ),
                    spoken=last.spoken or draft.spoken,
                )
                continue
        joined.append(draft)
    return joined
