"""What is compared: the words, lines, speaker turns and chapters of a file, as far as it has them.

All times are integer milliseconds from the start of the audio file.
"""

from __future__ import annotations

from dataclasses import dataclass, field

__all__ = ["ChapterStart", "Content", "LineOfWords", "SpeakerTurn", "TimedToken"]


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
        recordings: names of the recordings that the file is about, if it tells.
    """

    words: tuple[TimedToken, ...] = ()
    has_word_times: bool = False
    lines: tuple[LineOfWords, ...] = ()
    turns: tuple[SpeakerTurn, ...] = ()
    chapters: tuple[ChapterStart, ...] = ()
    names: dict[str, str] = field(default_factory=dict)
