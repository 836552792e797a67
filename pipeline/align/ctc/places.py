"""What a first pass hands on to the neural aligner."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.align.ctc.windows import RoughTime
from pipeline.align.records import Alignment
from pipeline.episode import Gap

__all__ = ["FirstPlaces", "places_of"]


@dataclass(frozen=True, slots=True)
class FirstPlaces:
    """What a first pass tells.

    Attributes:
        rough: for each word where about it is; None if the audio lacks it.
        doubtful: words that may not be there: they are left out if they are not heard.
        gaps: what fills the audio where no word is.
        speech: where speech is, in ms, if the first pass had no ear to name gaps by.
    """

    rough: tuple[RoughTime, ...]
    doubtful: frozenset[int]
    gaps: tuple[Gap, ...]
    speech: tuple[tuple[int, int], ...] | None = None


def places_of(alignment: Alignment) -> FirstPlaces:
    """The default aligner's times as places to look at."""
    rough: list[RoughTime] = []
    latest_ms = 0
    for word in alignment.words:
        if word.start_ms is None or word.end_ms is None:
            rough.append(None)
            continue
        latest_ms = max(latest_ms, word.start_ms)
        rough.append((latest_ms, max(latest_ms, word.end_ms)))
    return FirstPlaces(tuple(rough), frozenset(), alignment.gaps)
