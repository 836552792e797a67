"""What the transcript parser hands on: chapters of lines of words, turns and sound events."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = [
    "Place",
    "SoundEvent",
    "Transcript",
    "TranscriptChapter",
    "TranscriptLine",
    "TurnMark",
    "WrittenWord",
]


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands in the transcript file; line and column count from 1."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class WrittenWord:
    """A token with a letter or a digit, as written (`24/7.` is one word)."""

    text: str
    place: Place


@dataclass(frozen=True, slots=True)
class SoundEvent:
    """Something in parentheses: heard or shown, not spoken.

    `before_word` counts the words of the line that stand before it (0: at the start of the line).
    """

    text: str
    before_word: int
    place: Place


@dataclass(frozen=True, slots=True)
class TurnMark:
    """A new speaker begins, before the word number `before_word` of the line.

    `label` is the name as written (`Lex` of `- [Lex]` or of `Lex:`), None for a bare dash.
    """

    label: str | None
    before_word: int
    place: Place


@dataclass(frozen=True, slots=True)
class TranscriptLine:
    """One caption line: its text as written and what it consists of, in order."""

    text: str
    words: tuple[WrittenWord, ...]
    events: tuple[SoundEvent, ...]
    turns: tuple[TurnMark, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class TranscriptChapter:
    """A chapter without the lines that repeat the end of the one before."""

    number: int
    title: str
    lines: tuple[TranscriptLine, ...]
    repeated_lines: int
    place: Place


@dataclass(frozen=True, slots=True)
class Transcript:
    """A parsed transcript. `lines` and `words` run through all chapters in order.

    `doubts` are what the reader was not sure of, each a sentence for the user.
    """

    chapters: tuple[TranscriptChapter, ...]
    doubts: tuple[str, ...] = ()

    @property
    def lines(self) -> tuple[TranscriptLine, ...]:
        """All lines, repeats dropped."""
        return tuple(line for chapter in self.chapters for line in chapter.lines)

    @property
    def words(self) -> tuple[WrittenWord, ...]:
        """All words, repeats dropped."""
        return tuple(word for line in self.lines for word in line.words)
