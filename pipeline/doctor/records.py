"""What the doctor suggests to look at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["Suggestion", "SuggestionKind"]

SuggestionKind = Literal["substituted", "missing", "extra", "repeated"]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A place where the audio contradicts the transcript.

    Attributes:
        kind: `substituted`: the audio has something else; `missing`: the text lacks something;
            `extra`: the audio lacks it; `repeated`: the text has it twice, the audio once.
        score: how much speaks for an error, 0 to 1.
        first_word: the word at fault; the word after what is missing, which may be one after the
            last.
        last_word: the last word at fault; `first_word - 1` where something is missing.
        start_ms: when what is heard there begins.
        end_ms: when it ends.
        text: what the text says there; empty where something is missing.
        heard: phones recognised there, in ARPAbet.
    """

    kind: SuggestionKind
    score: float
    first_word: int
    last_word: int
    start_ms: int
    end_ms: int
    text: str
    heard: tuple[str, ...]
