"""What all marker formats share: where chapters begin and speakers change. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from pipeline.episode import Episode
from pipeline.timecode import FrameRate

__all__ = ["Marker", "make_markers", "marker_frames"]


@dataclass(frozen=True, slots=True)
class Marker:
    """A marker on an editor's timeline.

    Attributes:
        kind: `chapter` or `speaker`.
        name: the chapter's title or the speaker's name, on one line.
        number: of the chapter or of the speaker, from 1.
        start_ms, end_ms: what it stands for.
    """

    kind: Literal["chapter", "speaker"]
    name: str
    number: int
    start_ms: int
    end_ms: int


def make_markers(episode: Episode) -> tuple[Marker, ...]:
    """A marker for each chapter, then one wherever another speaker begins; each kind in order."""
    chapters = [
        Marker("chapter", _line(chapter.title), chapter.number, chapter.start_ms, chapter.end_ms)
        for chapter in episode.chapters
    ]
    return (*chapters, *_speakers(episode))


def marker_frames(marker: Marker, rate: FrameRate) -> tuple[int, int]:
    """First frame of a marker, and how many it lasts: one at least."""
    start = rate.frame_at(marker.start_ms)
    return start, max(1, rate.frame_at(marker.end_ms) - start)


def _speakers(episode: Episode) -> Iterator[Marker]:
    numbers = {speaker.key: n for n, speaker in enumerate(episode.speakers, start=1)}
    names = {speaker.key: speaker.name for speaker in episode.speakers}
    turn: Marker | None = None
    key: str | None = None
    for word in episode.words:
        if word.start_ms is None or word.end_ms is None or word.speaker is None:
            continue
        if turn is not None and word.speaker == key:
            end_ms = max(turn.end_ms, word.end_ms)
            turn = Marker(turn.kind, turn.name, turn.number, turn.start_ms, end_ms)
            continue
        if turn is not None:
            yield turn
        key = word.speaker
        name = _line(names.get(key, key))
        turn = Marker("speaker", name, numbers.get(key, 0), word.start_ms, word.end_ms)
    if turn is not None:
        yield turn


def _line(text: str) -> str:
    return " ".join(text.split())
