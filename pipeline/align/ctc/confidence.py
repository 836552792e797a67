"""How sure the neural aligner is of a word. Pure."""

from __future__ import annotations

import math

from pipeline.align.ctc.words import HeardWord

__all__ = ["LEAST_SCORE", "confidence_of"]

LEAST_SCORE = 0.05
"""Mean probability of its letters below which a word is not heard."""

_MIDDLE = 0.35
_SLOPE = 8.0
_MOST = 0.97
_UNSPELLED = 0.3


def confidence_of(word: HeardWord) -> float:
    """Probability that the word is within 100 ms of where it is said to be, 0 to 1.

    A curve over the network's own score. It cannot be more than a rule of thumb for every network:
    some are surer than they should be.
    """
    if not word.is_spelled:
        return _UNSPELLED
    return _MOST / (1.0 + math.exp(-_SLOPE * (word.score - _MIDDLE)))
