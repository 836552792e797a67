"""How a written word may be spoken."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

__all__ = ["Phones", "Pronouncer", "Pronunciation", "SpokenForm", "SpokenWord"]

Phones = tuple[str, ...]
"""Phone names of the acoustic model (CMUdict's ARPABET without stress), such as `("HH", "AY")`."""


@dataclass(frozen=True, slots=True)
class Pronunciation:
    """One way to say a spoken word.

    `cost` is a penalty in nats (0 for the usual way, more for reductions and guesses).
    """

    phones: Phones
    cost: float = 0.0


@dataclass(frozen=True, slots=True)
class SpokenWord:
    """One word as spoken, such as `nineteen`, with at least one pronunciation."""

    text: str
    pronunciations: tuple[Pronunciation, ...]


SpokenForm = tuple[SpokenWord, ...]
"""One way to say a written word: its spoken words in order. `1984` has several such forms."""


class Pronouncer(Protocol):
    """Pronounces spoken words: a lexicon, or one wrapped around it."""

    def pronounce(self, word: str) -> tuple[Pronunciation, ...]:
        """Return at least one pronunciation of any word, the likeliest first."""
