"""What a person corrects in a timed episode, as `ID.corrections.json` holds it.

All times are integer milliseconds from the start of the audio file. Indices count from 0.
"""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.episode import Episode, GapKind

__all__ = ["Applied", "Corrections", "LineCorrection", "MarkedGap", "WordCorrection"]


@dataclass(frozen=True, slots=True)
class WordCorrection:
    """Whether the audio lacks the word number `at` of its line, which reads `was`."""

    at: int
    was: str
    absent: bool


@dataclass(frozen=True, slots=True)
class LineCorrection:
    """What is different about a line; None leaves it as it is.

    Attributes:
        line: its index.
        was: its text before any correction, by which it is found again.
        start_ms: when its first word begins.
        end_ms: when its last word ends.
        speaker: a speaker's key.
        text: what it reads instead.
        absent: True if the audio lacks the whole line.
        checked: a person has found it right as it now is.
        words: single words that the audio lacks, or has after all.
    """

    line: int
    was: str
    start_ms: int | None = None
    end_ms: int | None = None
    speaker: str | None = None
    text: str | None = None
    absent: bool = False
    checked: bool = False
    words: tuple[WordCorrection, ...] = ()


@dataclass(frozen=True, slots=True)
class MarkedGap:
    """A stretch of audio that no word of the transcript covers."""

    start_ms: int
    end_ms: int
    kind: GapKind


@dataclass(frozen=True, slots=True)
class Corrections:
    """All corrections of an episode, made while looking at the audio of this SHA-256."""

    episode: str
    audio_sha256: str
    lines: tuple[LineCorrection, ...] = ()
    gaps: tuple[MarkedGap, ...] = ()


@dataclass(frozen=True, slots=True)
class Applied:
    """An episode with its corrections, and a phrase for each that does not fit it any more.

    `held` are the lines whose times a person has set or found right, ascending.
    """

    episode: Episode
    misfits: tuple[str, ...]
    held: tuple[int, ...] = ()
