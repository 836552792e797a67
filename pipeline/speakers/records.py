"""What a diarizer hands on."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from pipeline.align.records import Alignment
from pipeline.episode import Speaker
from pipeline.progress import Progress
from pipeline.transcript.records import Transcript

__all__ = ["Attribution", "Diarizer"]


@dataclass(frozen=True, slots=True)
class Attribution:
    """Who says each word.

    Attributes:
        speakers: the configured speakers, then those that only the transcript or the audio knows.
        words: the key of a speaker for each word of the transcript, in order; None if unknown.
    """

    speakers: tuple[Speaker, ...]
    words: tuple[str | None, ...]


class Diarizer(Protocol):
    """Finds out who says each word."""

    def assign(
        self,
        transcript: Transcript,
        alignment: Alignment,
        speakers: tuple[Speaker, ...],
        audio: Path,
        progress: Progress,
    ) -> Attribution:
        """Attribute each word; `speakers` are the configured ones, possibly none.

        Raises:
            InputError: the audio cannot be read.
        """
