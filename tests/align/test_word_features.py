from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.align.acoustic_model import load_acoustic_model
from pipeline.align.phone_decoder import DecodedPhones
from pipeline.align.phone_lengths import phone_lengths
from pipeline.align.placing import PlacedWords
from pipeline.align.presence import probability_alone
from pipeline.align.word_features import FEATURES, word_features
from tests.align.phones import usual_frames

MODEL = load_acoustic_model()
NOTHING = DecodedPhones(*np.array([[MODEL.silence], [0], [20_000]], np.int32))


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
        [b"" if gone else usual(rng) for gone in unknown.tolist()],
    )


def usual(rng: np.random.Generator) -> bytes:
    """Phones as long as they are on average."""
    phones = rng.choice(np.flatnonzero(MODEL.is_speech), int(rng.integers(1, 6)))
    frames = usual_frames(MODEL, phones).round().astype(int)
    return phone_lengths(phones, frames, np.zeros(1, int))[0]


def speech(*spans: tuple[int, int]) -> DecodedPhones:
    """A vowel from each beginning to its end, silence around."""
    edges = [0, *(edge for span in spans for edge in span), 20_000]
    phones = [MODEL.silence, MODEL.phone_index["AA"]] * len(spans) + [MODEL.silence]
    return DecodedPhones(
        np.array(phones, np.int32), np.array(edges[:-1], np.int32), np.array(edges[1:], np.int32)
    )


def sure_of(placed: PlacedWords, heard: DecodedPhones = NOTHING) -> npt.NDArray[np.float64]:
    return probability_alone(placed, heard, MODEL)


@given(st.integers(0, 2**32 - 1), st.integers(1, 200), st.sampled_from([0.0, 0.2, 1.0]))
@settings(max_examples=60, deadline=None)
def test_probabilities_and_nothing_for_the_absent(seed: int, words: int, absent: float) -> None:
    placed = placed_words(np.random.default_rng(seed), words, absent)
    sure = sure_of(placed)
    assert sure.shape == (words,)
    assert np.isfinite(sure).all()
    assert ((sure >= 0) & (sure <= 1)).all()
    assert (sure[placed.starts < 0] == 0).all()
    assert (sure[placed.starts >= 0] > 0).all()
    features = word_features(placed, placed, NOTHING, MODEL)
    assert features.shape == (words, len(FEATURES))
    assert (features[:, FEATURES.index("without a place")] == (placed.starts < 0)).all()


@pytest.mark.parametrize("name", ["excess", "worst_excess"])
@given(st.integers(0, 2**32 - 1), st.integers(1, 80), st.floats(0.05, 15))
@settings(max_examples=60, deadline=None)
def test_a_worse_fit_raises_no_confidence(name: str, seed: int, words: int, more: float) -> None:
    rng = np.random.default_rng(seed)
    placed = placed_words(rng, words, absent=0.0, unmeasured=0.0)
    before = sure_of(placed)
    word = int(rng.integers(words))
    getattr(placed, name)[word] += more
    # The evidence is fitted, so a hair's breadth is allowed.
    assert sure_of(placed)[word] <= before[word] + 0.05


def test_good_words_are_surer_than_bad_ones() -> None:
    rng = np.random.default_rng(0)
    good, bad = (placed_words(rng, 200, 0.0, 0.0) for _ in range(2))
    good.excess[:], good.worst_excess[:], good.hurried[:] = 0.3, 1.0, 0.0
    bad.excess[:], bad.worst_excess[:], bad.hurried[:] = 6.0, 12.0, 1.0
    assert sure_of(good).min() > 0.7
    assert sure_of(bad).max() < sure_of(good).min()
    assert np.median(sure_of(bad)) < 0.5


def test_phones_of_unusual_length_make_their_word_less_sure() -> None:
    placed = placed_words(np.random.default_rng(0), 200, 0.0, 0.0)
    before = sure_of(placed)
    pairs = np.frombuffer(placed.lengths[100], np.uint8).reshape(-1, 2).copy()
    pairs[0, 1] *= 8
    placed.lengths[100] = pairs.tobytes()
    after = sure_of(placed)
    assert after[100] < before[100]
    np.testing.assert_allclose(after[:90], before[:90], atol=0.01)


def test_words_that_had_to_be_forced_in_are_known() -> None:
    forced = placed_words(np.random.default_rng(0), 50, 0.0, 0.0)
    placed = forced.copy()
    placed.forget(np.arange(50) == 20)
    features = word_features(placed, forced, NOTHING, MODEL)
    assert np.flatnonzero(features[:, FEATURES.index("forced")]).tolist() == [20]
    assert not features[:, FEATURES.index("without a place")].any()
    own = slice(0, FEATURES.index("forced"))
    whole = word_features(forced, forced, NOTHING, MODEL)
    np.testing.assert_allclose(features[:, own], whole[:, own])


def test_a_word_heard_as_another_is_less_sure() -> None:
    rng = np.random.default_rng(0)
    lengths = [usual(rng) for _ in range(200)]
    frames = np.array([sum(pairs[1::2]) for pairs in lengths], np.int32)
    placed = replace(
        placed_words(rng, 200, 0.0, 0.0),
        starts=np.cumsum(frames, dtype=np.int32) - frames,
        ends=np.cumsum(frames, dtype=np.int32),
        lengths=lengths,
    )
    phones, each = np.frombuffer(b"".join(lengths), np.uint8).reshape(-1, 2).T.astype(np.int32)
    ends = np.cumsum(each, dtype=np.int32)
    before = sure_of(placed, DecodedPhones(phones, ends - each, ends))
    its = slice(sum(map(len, lengths[:100])) // 2, sum(map(len, lengths[:101])) // 2)
    phones[its] = MODEL.phone_index["ZH"]
    after = sure_of(placed, DecodedPhones(phones, ends - each, ends))
    assert after[100] < before[100]
    np.testing.assert_allclose(np.delete(after, 100), np.delete(before, 100), atol=0.02)


def test_no_words() -> None:
    assert sure_of(placed_words(np.random.default_rng(0), 0)).shape == (0,)
