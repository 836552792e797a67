"""Confidence: how likely it is that a word is where it is said to be, and there at all.

A logistic regression on the evidence of the second pass, fitted by `bench/calibrate.py` on
synthetic episodes of many faults made from seeds; a word counts as right when it begins within
100 ms of the truth and ends within 200.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from pipeline.align.acoustic_model import AcousticModel
from pipeline.align.confusions import agreement
from pipeline.align.phone_decoder import DecodedPhones
from pipeline.align.phone_lengths import unusual_lengths
from pipeline.align.placing import PlacedWords

__all__ = ["FEATURES", "WEIGHTS", "confidences", "evidence"]

_NEAR_WORDS = 3
_WIDE_WORDS = 30
_TEXT_WORDS = 8
_MOST_SPEECH_FRAMES = 1000.0

_EXCESS_BENDS = (1.0, 2.0, 3.5)
_WORST_FROM = 6.0
_NOISY = -0.7  # nats; in noise right words fit no better, and wrong ones little worse
_WORST_RECORDING = -0.3  # nats; where a quarter of the words fits worse, they are wrong
_UNSURE_FRAMES = 4.0

FEATURES = (
    "constant",
    "excess up to 1",
    "excess up to 2",
    "excess up to 3.5",
    "excess above 3.5",
    "worst phone above 6",
    "hurried",
    "heard as usual",
    "unusual lengths",
    "unusual lengths beside",
    "shortness",
    "excess nearby up to 2",
    "excess in the passage",
    "missing on both sides",
    "speech beside",
    "recording's excess",
    "unsure edge",
)
"""All excess is over the recording's, the quartile of its words that fit best."""

GOOD_SIGNS = ("heard as usual",)
"""Features that must not lower the odds."""

BAD_SIGNS = tuple(name for name in FEATURES if name not in ("constant", "shortness", *GOOD_SIGNS))
"""Features that must not raise the odds."""

WEIGHTS = (
    4.180,
    -0.667,
    -1.311,
    -1.166,
    -0.064,
    -0.455,
    -0.046,
    0.310,
    -0.541,
    -0.308,
    0.072,
    -0.535,
    -2.146,
    -5.244,
    -0.287,
    -2.431,
    -0.288,
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


def evidence(
    placed: PlacedWords, heard: DecodedPhones, model: AcousticModel
) -> npt.NDArray[np.float64]:
    """Features of the words that were found, float64, shape (words found, features).

    Args:
        placed: where they are, and what speaks for them.
        heard: the phones recognised in the recording.
        model: tells which of them are speech, and how long phones usually are.
    """
    found = np.flatnonzero(placed.starts >= 0)
    starts, ends = placed.starts[found], placed.ends[found]
    unknown = np.isnan(placed.excess[found])
    excess = np.where(unknown, 4.0, placed.excess[found].astype(np.float64))
    worst = np.where(unknown, 8.0, placed.worst_excess[found].astype(np.float64))
    hurried = np.where(unknown, 1.0, placed.hurried[found])
    of_recording = _WORST_RECORDING
    if len(found):
        of_recording = min(of_recording, float(np.percentile(excess, 25)))
    excess = np.clip(excess - of_recording, 0.0, 12.0)
    worst = np.clip(worst - of_recording - _WORST_FROM, 0.0, 14.0)
    nearby = _mean_nearby(excess, _NEAR_WORDS, with_self=False)
    passage = _mean_nearby(np.minimum(excess, 3.0), _WIDE_WORDS, with_self=True)
    missing = (placed.starts < 0).astype(np.float64)
    before, after = _shares_beside(missing, _TEXT_WORDS)
    phones = [placed.lengths[word] for word in found]
    lengths = unusual_lengths(phones, model)
    speech = heard.speech_between(ends[:-1], starts[1:], model.is_speech)
    speech = np.log1p(np.clip(speech, 0.0, _MOST_SPEECH_FRAMES))
    shifts = np.abs([placed.start_shifts[found], placed.end_shifts[found]])
    return np.stack(
        [
            np.ones(len(found)),
            *_bent(excess, _EXCESS_BENDS),
            worst,
            hurried,
            agreement(starts, ends, phones, heard, model),
            lengths,
            _mean_nearby(lengths, 1, with_self=False),
            10.0 / np.maximum(5.0, ends - starts),
            np.minimum(nearby, 2.0),
            passage,
            np.minimum(before, after)[found],
            _sum_beside(speech, len(found)),
            np.full(len(found), min(_NOISY, of_recording)),
            np.minimum(shifts.max(axis=0), _UNSURE_FRAMES),
        ],
        axis=1,
    )


def _sum_beside(between: npt.NDArray[np.float64], words: int) -> npt.NDArray[np.float64]:
    """Of what lies between neighbours, what is before each of so many words and what behind it."""
    total = np.zeros(words)
    total[1:] += between
    total[:-1] += between
    return total


def _bent(
    values: npt.NDArray[np.float64], bends: tuple[float, ...]
) -> Iterator[npt.NDArray[np.float64]]:
    """The parts of the values up to each bend and above the last: a line for each part."""
    yield np.minimum(values, bends[0])
    for low, high in itertools.pairwise(bends):
        yield np.clip(values - low, 0.0, high - low)
    yield np.maximum(0.0, values - bends[-1])


def confidences(
    placed: PlacedWords, heard: DecodedPhones, model: AcousticModel
) -> npt.NDArray[np.float64]:
    """Probability that each word is right, float64, shape (words,); 0 where it was not found.

    See `evidence` for the arguments.
    """
    result = np.zeros(len(placed.starts))
    odds = evidence(placed, heard, model) @ np.array(WEIGHTS)
    result[placed.starts >= 0] = 1.0 / (1.0 + np.exp(-odds))
    return result
