from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.align.acoustic_model import load_acoustic_model
from pipeline.align.phone_lengths import LONGEST_FRAMES, phone_lengths, unusual_lengths
from tests.align.phones import usual_frames

MODEL = load_acoustic_model()
SPEECH = np.flatnonzero(MODEL.is_speech)


def recording(rng: np.random.Generator, words: int, pace: float = 1.0) -> list[bytes]:
    counts = rng.integers(1, 8, words)
    phones = rng.choice(SPEECH, counts.sum())
    frames = pace * usual_frames(MODEL, phones) * np.exp(rng.normal(0, 0.4, len(phones)))
    return phone_lengths(phones, np.maximum(1, frames).astype(int), np.cumsum(counts) - counts)


@given(
    st.lists(st.lists(st.tuples(st.sampled_from(SPEECH.tolist()), st.integers(1, 400)), min_size=1))
)
def test_phones_and_frames_come_back(words: list[list[tuple[int, int]]]) -> None:
    counts = np.array([len(word) for word in words], int)
    pairs = np.array([pair for word in words for pair in word], int).reshape(-1, 2)
    packed = phone_lengths(pairs[:, 0], pairs[:, 1], np.cumsum(counts) - counts)
    assert [
        [tuple(pair) for pair in np.frombuffer(one, np.uint8).reshape(-1, 2).tolist()]
        for one in packed
    ] == [[(phone, min(frames, LONGEST_FRAMES)) for phone, frames in word] for word in words]


@given(st.integers(0, 2**32 - 1), st.integers(0, 60))
@settings(max_examples=50, deadline=None)
def test_bounded_and_one_where_unknown(seed: int, words: int) -> None:
    rng = np.random.default_rng(seed)
    lengths = [one if rng.random() < 0.8 else b"" for one in recording(rng, words)]
    unusual = unusual_lengths(lengths, MODEL)
    assert unusual.shape == (words,)
    assert ((unusual >= 0) & (unusual <= 6)).all()
    assert (unusual[[one == b"" for one in lengths]] == 1).all()


@pytest.mark.parametrize("pace", [0.7, 1.0, 1.5])
def test_one_on_average_at_any_pace(pace: float) -> None:
    unusual = unusual_lengths(recording(np.random.default_rng(1), 2000, pace), MODEL)
    assert unusual.mean() == pytest.approx(1.0, abs=0.1)


def test_hurried_and_drawn_out_phones_stand_out() -> None:
    rng = np.random.default_rng(2)
    phones = rng.choice(SPEECH, 4)
    usual = usual_frames(MODEL, phones)
    for frames in (usual / 4, usual * 4, usual * [4, 0.25, 4, 0.25]):
        odd = phone_lengths(phones, np.maximum(1, frames).astype(int), np.zeros(1, int))
        unusual = unusual_lengths([*recording(rng, 500), *odd], MODEL)
        assert unusual[-1] > np.percentile(unusual[:-1], 99)
