"""The records that travel: a timed episode, as `ID.episode.json` holds it.

All times are integer milliseconds from the start of the audio file. Indices count from 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = [
    "Chapter",
    "Engine",
    "Episode",
    "Event",
    "Gap",
    "GapKind",
    "Line",
    "SourceFile",
    "Speaker",
    "Word",
    "WordStatus",
]

WordStatus = Literal["aligned", "interpolated", "absent"]
GapKind = Literal["untranscribed", "music", "silence"]


@dataclass(frozen=True, slots=True)
class Speaker:
    """Someone who speaks in the episode.

    Attributes:
        key: identifier in episode.json and RTTM.
        name: name in subtitles.
        labels: how the transcript names this speaker, without brackets.
        role: `host`, `guest` or None.
        clip: path of a recording of this voice alone, if there is one.
    """

    key: str
    name: str
    labels: tuple[str, ...] = ()
    role: str | None = None
    clip: str | None = None


@dataclass(frozen=True, slots=True)
class Chapter:
    """A chapter: lines `first_line` to `last_line`, both included."""

    number: int
    title: str
    start_ms: int
    end_ms: int
    first_line: int
    last_line: int
    repeated_lines: int = 0


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the transcript as written, dashes, labels and sound events included.

    Words `first_word` to `last_word` (both included) belong to it. A line without words (a sound
    event alone) has `last_word == first_word - 1`. Times are None when no word of it was found.
    """

    index: int
    chapter: int
    speaker: str | None
    start_ms: int | None
    end_ms: int | None
    text: str
    first_word: int
    last_word: int


@dataclass(frozen=True, slots=True)
class Word:
    """One token of the transcript as written; times are None if and only if it is absent."""

    index: int
    line: int
    text: str
    speaker: str | None
    start_ms: int | None
    end_ms: int | None
    confidence: float
    status: WordStatus


@dataclass(frozen=True, slots=True)
class Event:
    """A sound event such as `(laughing)`, placed between its neighbouring words."""

    line: int
    text: str
    start_ms: int | None
    end_ms: int | None


@dataclass(frozen=True, slots=True)
class Gap:
    """A stretch of more than 2 s of audio that no word of the transcript covers."""

    start_ms: int
    end_ms: int
    kind: GapKind


@dataclass(frozen=True, slots=True)
class SourceFile:
    """An input file and its SHA-256 in hexadecimal."""

    file: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Engine:
    """What made the episode."""

    aligner: str
    diarizer: str
    version: str


@dataclass(frozen=True, slots=True)
class Episode:
    """A timed episode: the one source that every output is rendered from.

    `audio_track` is the audio track that a user chose, counted from 1; None if nobody did.
    """

    id: str
    title: str
    audio: SourceFile
    duration_ms: int
    transcript: SourceFile
    speakers: tuple[Speaker, ...]
    engine: Engine
    chapters: tuple[Chapter, ...]
    lines: tuple[Line, ...]
    words: tuple[Word, ...]
    events: tuple[Event, ...]
    gaps: tuple[Gap, ...]
    audio_track: int | None = None
