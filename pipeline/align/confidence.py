"""Confidence: how likely it is that a word is where it is said to be, and there at all.

A logistic regression on the evidence of the second pass, fitted by `bench/calibrate.py` on
synthetic episodes of many faults made from seeds; a word counts as right when both its edges are
within 100 ms of the truth.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from pipeline.align.placing import PlacedWords

__all__ = ["FEATURES", "WEIGHTS", "confidences", "evidence"]

_NEAR_WORDS = 3
_WIDE_WORDS = 30
_TEXT_WORDS = 8
_HOLE_FRAMES = 50

FEATURES = (
    "constant",
    "excess up to 1.5",
    "excess up to 3",
    "excess above 3",
    "worst phone up to 4",
    "worst phone up to 8",
    "worst phone above 8",
    "hurried",
    "shortness",
    "excess nearby up to 2",
    "excess nearby above 2",
    "usual excess",
    "missing neighbours",
    "missing on both sides",
    "hole beside",
)

BAD_SIGNS = tuple(name for name in FEATURES if name not in ("constant", "shortness"))
"""Features that must not raise the odds."""

WEIGHTS = (
    5.909,
    -0.284,
    -0.177,
    -0.357,
    -0.018,
    -0.290,
    -0.199,
    -3.292,
    0.233,
    -0.352,
    -1.383,
    -1.817,
    -0.472,
    -3.257,
    -1.197,
)
"""Log odds for each of `FEATURES`."""


def _mean_nearby(
    values: npt.NDArray[np.float64], reach: int, *, with_self: bool
) -> npt.NDArray[np.float64]:
    """Mean of the values of `reach` entries on either side."""
    total = np.concatenate([[0.0], np.cumsum(values)])
    at = np.arange(len(values))
    low, high = np.maximum(0, at - reach), np.minimum(len(values), at + reach + 1)
    sums, counts = total[high] - total[low], (high - low).astype(np.float64)
    if not with_self:
        sums, counts = sums - values, counts - 1
    mean: npt.NDArray[np.float64] = sums / np.maximum(1.0, counts)
    return mean


def _shares_beside(
    values: npt.NDArray[np.float64], reach: int
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Mean of the `reach` entries before each, and of those after it; 0 where there are none."""
    total = np.concatenate([[0.0], np.cumsum(values)])
    at = np.arange(len(values))
    low, high = np.maximum(0, at - reach), np.minimum(len(values), at + reach + 1)
    before = (total[at] - total[low]) / np.maximum(1, at - low)
    after = (total[high] - total[at + 1]) / np.maximum(1, high - at - 1)
    return before, after


def evidence(placed: PlacedWords) -> npt.NDArray[np.float64]:
    """Features of the words that were found, float64, shape (words found, features)."""
    found = np.flatnonzero(placed.starts >= 0)
    starts, ends = placed.starts[found], placed.ends[found]
    unknown = np.isnan(placed.excess[found])
    excess = np.clip(np.where(unknown, 4.0, placed.excess[found]), -1.0, 12.0).astype(np.float64)
    worst = np.clip(np.where(unknown, 8.0, placed.worst_excess[found]), -1.0, 20.0)
    hurried = np.where(unknown, 1.0, placed.hurried[found])
    nearby = _mean_nearby(excess, _NEAR_WORDS, with_self=False)
    usual = _mean_nearby(np.minimum(excess, 3.0), _WIDE_WORDS, with_self=True)
    gap_before = np.diff(found, prepend=-1) > 1
    gap_after = np.diff(found, append=len(placed.starts)) > 1
    missing = (placed.starts < 0).astype(np.float64)
    before, after = _shares_beside(missing, _TEXT_WORDS)
    hole_before, hole_after = np.zeros((2, len(found)), dtype=np.bool_)
    hole_before[1:] = hole_after[:-1] = starts[1:] - ends[:-1] > _HOLE_FRAMES
    return np.stack(
        [
            np.ones(len(found)),
            np.minimum(excess, 1.5),
            np.clip(excess - 1.5, 0.0, 1.5),
            np.maximum(0.0, excess - 3.0),
            np.minimum(worst, 4.0),
            np.clip(worst - 4.0, 0.0, 4.0),
            np.maximum(0.0, worst - 8.0),
            hurried,
            10.0 / np.maximum(5.0, ends - starts),
            np.minimum(nearby, 2.0),
            np.maximum(0.0, nearby - 2.0),
            usual,
            gap_before.astype(np.float64) + gap_after,
            np.minimum(before, after)[found],
            hole_before.astype(np.float64) + hole_after,
        ],
        axis=1,
    )


def confidences(placed: PlacedWords) -> npt.NDArray[np.float64]:
    """Probability that each word is right, float64, shape (words,); 0 where it was not found."""
    result = np.zeros(len(placed.starts))
    odds = evidence(placed) @ np.array(WEIGHTS)
    result[placed.starts >= 0] = 1.0 / (1.0 + np.exp(-odds))
    return result
