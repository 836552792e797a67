"""What speaks for and against a word being where it was placed, as numbers.

Weighed by `pipeline.align.presence`, with weights that `bench/people/fit.py` finds.
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

__all__ = ["BAD_SIGNS", "FEATURES", "GOOD_SIGNS", "word_features"]

_EXCESS_BENDS = (1.0, 2.0, 3.5)
_WORST_FROM = 6.0
_NOISY = -0.7  # nats; in noise right words fit no better, and wrong ones little worse
_WORST_RECORDING = -0.3  # nats; where a quarter of the words fits worse, they are wrong
_UNSURE_FRAMES = 4.0
_SHORT_PHONES = 2  # most words of so few are said in passing

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
    "shortness",
    "recording's excess",
    "unsure edge",
    "phones",
    "room",
    "forced",
    "forced, short",
    "forced, phones",
    "forced, excess",
    "forced, hurried",
    "without a place",
)
"""All excess is over the recording's, the quartile of its words that fit best; phones are counted
by the logarithm of their number; room is that of how long the word is over how long so many phones
usually are, from -2 to 0. A word that the search left out may be forced between its
neighbours: what is found then counts, too, and differently."""

GOOD_SIGNS = ("heard as usual",)
"""Features that must not lower the odds."""

BAD_SIGNS = (
    *(name for name in FEATURES if "excess" in name or "unusual" in name or "hurried" in name),
    "worst phone above 6",
    "unsure edge",
    "without a place",
)
"""Features that must not raise the odds."""


def word_features(
    placed: PlacedWords, forced: PlacedWords, heard: DecodedPhones, model: AcousticModel
) -> npt.NDArray[np.float64]:
    """Features of all words: float64, shape (words, features).

    Args:
        placed: where the search found the words, and what speaks for them there.
        forced: the same of words that it left out, where they are if they must be between their
            neighbours; of words placed, nothing.
        heard: the phones recognised in the recording.
        model: tells which of them are speech, and how long phones usually are.
    """
    is_forced = (placed.starts < 0) & (forced.starts >= 0)
    best = placed.with_those_of(forced, is_forced)
    known = np.flatnonzero(best.starts >= 0)
    features = np.zeros((len(best.starts), len(FEATURES)))
    features[:, FEATURES.index("constant")] = 1.0
    features[best.starts < 0, FEATURES.index("without a place")] = 1.0
    own = _own_features(best, known, heard, model)
    phones = np.log([max(1, len(best.lengths[word]) // 2) for word in known])
    is_short = phones <= np.log(_SHORT_PHONES)
    lengths = np.log((best.ends - best.starts)[known]) - phones
    usual = np.median(lengths) if len(lengths) else 0.0
    room = np.clip(lengths - usual, -2.0, 0.0)
    excess = own[:, FEATURES.index("excess up to 1") : FEATURES.index("worst phone above 6")]
    hurried = own[:, FEATURES.index("hurried")]
    if_forced = [
        np.ones(len(known)),
        is_short,
        phones,
        np.minimum(4.0, excess.sum(axis=1)),
        hurried,
    ]
    columns = [*own.T, phones, room, *(column * is_forced[known] for column in if_forced)]
    features[known, : len(columns)] = np.stack(columns, axis=1)
    return features


def _own_features(
    placed: PlacedWords,
    words: npt.NDArray[np.intp],
    heard: DecodedPhones,
    model: AcousticModel,
) -> npt.NDArray[np.float64]:
    """The features from the constant to the unsure edge, shape (words, 12)."""
    starts, ends = placed.starts[words], placed.ends[words]
    unknown = np.isnan(placed.excess[words])
    excess = np.where(unknown, 4.0, placed.excess[words].astype(np.float64))
    worst = np.where(unknown, 8.0, placed.worst_excess[words].astype(np.float64))
    hurried = np.where(unknown, 1.0, placed.hurried[words])
    of_recording = _WORST_RECORDING
    if len(words):
        of_recording = min(of_recording, float(np.percentile(excess, 25)))
    excess = np.clip(excess - of_recording, 0.0, 12.0)
    worst = np.clip(worst - of_recording - _WORST_FROM, 0.0, 14.0)
    phones = [placed.lengths[word] for word in words]
    lengths = unusual_lengths(phones, model)
    shifts = np.abs([placed.start_shifts[words], placed.end_shifts[words]])
    return np.stack(
        [
            np.ones(len(words)),
            *_bent(excess, _EXCESS_BENDS),
            worst,
            hurried,
            agreement(starts, ends, phones, heard, model),
            lengths,
            10.0 / np.maximum(5.0, ends - starts),
            np.full(len(words), min(_NOISY, of_recording)),
            np.minimum(shifts.max(axis=0), _UNSURE_FRAMES),
        ],
        axis=1,
    )


def _bent(
    values: npt.NDArray[np.float64], bends: tuple[float, ...]
) -> Iterator[npt.NDArray[np.float64]]:
    """The parts of the values up to each bend and above the last: a line for each part."""
    yield np.minimum(values, bends[0])
    for low, high in itertools.pairwise(bends):
        yield np.clip(values - low, 0.0, high - low)
    yield np.maximum(0.0, values - bends[-1])
