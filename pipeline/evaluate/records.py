"""What is compared: the words, lines, speaker turns and chapters of a file, as far as it has them.

All times are integer milliseconds from the start of the audio file.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from pipeline.export.rttm import MAX_PAUSE_MS

__all__ = ["ChapterStart", "Content", "LineOfWords", "SpeakerTurn", "TimedToken", "turns_of"]


@dataclass(frozen=True, slots=True)
class SpeakerTurn:
    """A stretch in which a speaker speaks; turns of several speakers may overlap."""

    speaker: str
    start_ms: int
    end_ms: int


@dataclass(frozen=True, slots=True)
class TimedToken:
    """A word, with the times that the file gives it: None where it gives none."""

    text: str
    start_ms: int | None
    end_ms: int | None
    speaker: str | None = None


@dataclass(frozen=True, slots=True)
class LineOfWords:
    """A line or caption: words `first_word` to `last_word`, both included."""

    first_word: int
    last_word: int
    start_ms: int | None
    end_ms: int | None


@dataclass(frozen=True, slots=True)
class ChapterStart:
    """A chapter's title and when it begins."""

    title: str
    start_ms: int


@dataclass(frozen=True, slots=True)
class Content:
    """What a file holds.

    Attributes:
        words: all words in order, those without times included.
        has_word_times: whether words have times of their own, not those of their caption.
        lines: lines or captions with at least one word, in order.
        turns: who speaks when.
        chapters: in order.
        names: name in subtitles by key, where the file has both.
    """

    words: tuple[TimedToken, ...] = ()
    has_word_times: bool = False
    lines: tuple[LineOfWords, ...] = ()
    turns: tuple[SpeakerTurn, ...] = ()
    chapters: tuple[ChapterStart, ...] = ()
    names: dict[str, str] = field(default_factory=dict)


def turns_of(words: Iterable[TimedToken]) -> tuple[SpeakerTurn, ...]:
    """The turns that words make: one speaker's, up to a long pause, as in our RTTM files."""
    found: list[SpeakerTurn] = []
    for word in words:
        if word.speaker is None or word.start_ms is None or word.end_ms is None:
            continue
        last = found[-1] if found else None
        if last and last.speaker == word.speaker and word.start_ms - last.end_ms <= MAX_PAUSE_MS:
            found[-1] = replace(last, end_ms=max(last.end_ms, word.end_ms))
        else:
            found.append(SpeakerTurn(word.speaker, word.start_ms, word.end_ms))
    return tuple(found)
