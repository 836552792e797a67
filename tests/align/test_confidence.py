from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.align.confidence import FEATURES, WEIGHTS, confidences, evidence
from pipeline.align.placing import PlacedWords


def placed_words(
    rng: np.random.Generator, words: int, absent: float = 0.1, unmeasured: float = 0.05
) -> PlacedWords:
    lengths = rng.integers(3, 60, words)
    ends = np.cumsum(lengths + rng.integers(0, 90, words) * (rng.random(words) < 0.2))
    gone = rng.random(words) < absent
    unknown = gone | (rng.random(words) < unmeasured)

    def measured(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float32]:
        return np.where(unknown, np.nan, values).astype(np.float32)

    excess = rng.exponential(1.0, words)
    return PlacedWords(
        np.where(gone, -1, ends - lengths).astype(np.int32),
        np.where(gone, -1, ends).astype(np.int32),
        np.zeros(words, np.float32),
        np.zeros(words, np.float32),
        measured(excess),
        measured(excess + rng.exponential(2.0, words)),
        measured(rng.random(words)),
    )


@given(st.integers(0, 2**32 - 1), st.integers(1, 200), st.sampled_from([0.0, 0.2, 1.0]))
@settings(max_examples=60, deadline=None)
def test_probabilities_and_nothing_for_the_absent(seed: int, words: int, absent: float) -> None:
    placed = placed_words(np.random.default_rng(seed), words, absent)
    sure = confidences(placed)
    assert sure.shape == (words,)
    assert np.isfinite(sure).all()
    assert ((sure >= 0) & (sure <= 1)).all()
    assert (sure[placed.starts < 0] == 0).all()
    assert (sure[placed.starts >= 0] > 0).all()
    assert evidence(placed).shape == ((placed.starts >= 0).sum(), len(FEATURES))
    assert len(WEIGHTS) == len(FEATURES)


@pytest.mark.parametrize("name", ["excess", "worst_excess"])
@given(st.integers(0, 2**32 - 1), st.integers(1, 80), st.floats(0.05, 15))
@settings(max_examples=60, deadline=None)
def test_a_worse_fit_raises_no_confidence(name: str, seed: int, words: int, more: float) -> None:
    rng = np.random.default_rng(seed)
    placed = placed_words(rng, words, absent=0.0, unmeasured=0.0)
    before = confidences(placed)
    word = int(rng.integers(words))
    getattr(placed, name)[word] += more
    # The evidence is fitted, so a hair's breadth is allowed.
    assert confidences(placed)[word] <= before[word] + 0.05


def test_good_words_are_surer_than_bad_ones() -> None:
    rng = np.random.default_rng(0)
    good, bad = (placed_words(rng, 200, 0.0, 0.0) for _ in range(2))
    good.excess[:], good.worst_excess[:], good.hurried[:] = 0.3, 1.0, 0.0
    bad.excess[:], bad.worst_excess[:], bad.hurried[:] = 6.0, 12.0, 1.0
    assert confidences(good).min() > 0.7
    assert confidences(bad).max() < 0.3


def test_no_words() -> None:
    assert confidences(placed_words(np.random.default_rng(0), 0)).shape == (0,)
