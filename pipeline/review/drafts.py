"""Lines of an episode while they are being corrected."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from pipeline.episode import Episode, Event, Line, Word

__all__ = ["Draft", "NewEvent", "drafts_of", "share_out", "untimed"]

DOUBTFUL = 0.5
"""Confidence that no inferred time exceeds: nobody has heard it there."""


@dataclass(frozen=True, slots=True)
class NewEvent:
    """A sound event before the word number `before_word` of its line; times None if unknown."""

    event: Event
    before_word: int | None


@dataclass(slots=True)
class Draft:
    """A line with its words and sound events; `wanted` are words that need a time."""

    line: Line
    words: list[Word]
    events: list[NewEvent]
    start_ms: int | None = None
    end_ms: int | None = None
    changed: bool = False
    checked: bool = False
    wanted: set[int] = field(default_factory=set)

    @property
    def pinned(self) -> bool:
        """Whether a person has set a time of it."""
        return self.start_ms is not None or self.end_ms is not None

    def span(self) -> tuple[int, int] | None:
        """First start and last end of its words, None if it has no time."""
        starts = [word.start_ms for word in self.words if word.start_ms is not None]
        ends = [word.end_ms for word in self.words if word.end_ms is not None]
        return (starts[0], max(ends)) if starts and ends else None

    def set_times(self, at: int, start_ms: int, end_ms: int, *, heard: bool) -> None:
        """Give word number `at` of the line a time, inferred unless it was `heard`."""
        word = self.words[at]
        self.words[at] = replace(
            word,
            start_ms=start_ms,
            end_ms=end_ms,
            status=word.status if heard else "interpolated",
            confidence=word.confidence if heard else min(word.confidence, DOUBTFUL),
        )
        self.changed = True


def drafts_of(episode: Episode) -> list[Draft]:
    """One draft for each line."""
    events: dict[int, list[NewEvent]] = {}
    for event in episode.events:
        events.setdefault(event.line, []).append(NewEvent(event, None))
    return [
        Draft(
            line,
            list(episode.words[line.first_word : line.last_word + 1]),
            events.get(line.index, []),
        )
        for line in episode.lines
    ]


def untimed(word: Word) -> Word:
    """The word as one that the audio lacks."""
    return replace(word, start_ms=None, end_ms=None, status="absent", confidence=0.0)


def share_out(texts: Sequence[str], start_ms: int, end_ms: int) -> list[tuple[int, int]]:
    """Spans for words that fill a stretch, longer words more of it."""
    weights = [len(text) + 1 for text in texts]
    total, length_ms, done = sum(weights), end_ms - start_ms, 0
    spans = []
    for weight in weights:
        begin_ms = start_ms + length_ms * done // total
        done += weight
        spans.append((begin_ms, start_ms + length_ms * done // total))
    return spans
