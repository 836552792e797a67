from __future__ import annotations

import numpy as np
import numpy.typing as npt
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.align.stretches import plan_stretches

seeds = st.integers(0, 2**32 - 1)


def rough_times(
    rng: np.random.Generator, words: int, absent: float, pause: float
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32], int]:
    """Ascending times of words with pauses between them; the frame count."""
    lengths = rng.integers(1, 60, words)
    pauses = rng.integers(1, 400, words) * (rng.random(words) < pause)
    ends = np.cumsum(lengths + pauses)
    starts = ends - lengths
    gone = rng.random(words) < absent
    return (
        np.where(gone, -1, starts).astype(np.int32),
        np.where(gone, -1, ends).astype(np.int32),
        int(ends[-1] + rng.integers(0, 300)) if words else 100,
    )


@given(seeds, st.integers(0, 400), st.sampled_from([0, 0.1, 0.6, 1]), st.sampled_from([0, 0.1, 1]))
@settings(max_examples=80, deadline=None)
def test_every_word_found_is_in_one_stretch(
    seed: int, words: int, absent: float, pause: float
) -> None:
    starts, ends, frames = rough_times(np.random.default_rng(seed), words, absent, pause)
    stretches = list(plan_stretches(starts, ends, frames))
    planned = [word for stretch in stretches for word in stretch.words.tolist()]
    assert planned == np.flatnonzero(starts >= 0).tolist()
    before = 0
    for stretch in stretches:
        assert before <= stretch.start < stretch.stop <= frames
        before = stretch.stop


@given(seeds, st.integers(1, 400), st.sampled_from([0, 0.3]), st.sampled_from([0, 0.1, 1]))
@settings(max_examples=80, deadline=None)
def test_windows_ascend_and_hold_the_rough_times(
    seed: int, words: int, absent: float, pause: float
) -> None:
    starts, ends, frames = rough_times(np.random.default_rng(seed), words, absent, pause)
    for stretch in plan_stretches(starts, ends, frames):
        length = stretch.stop - stretch.start
        assert stretch.first_word.shape == stretch.last_word.shape == (length,)
        assert (np.diff(stretch.first_word) >= 0).all()
        assert (np.diff(stretch.last_word[:-1]) >= 0).all()
        assert (stretch.first_word <= stretch.last_word).all()
        assert stretch.first_word[0] == 0
        assert stretch.last_word[-1] == len(stretch.words)
        assert (stretch.first_word >= 0).all()
        assert (stretch.last_word <= len(stretch.words)).all()
        for place, word in enumerate(stretch.words):
            inside = slice(starts[word] - stretch.start, ends[word] - stretch.start)
            assert (stretch.first_word[inside] <= place).all()
            assert (stretch.last_word[inside] >= place).all()


@given(seeds, st.integers(300, 2000))
@settings(max_examples=20, deadline=None)
def test_speech_without_pauses_is_split_too(seed: int, words: int) -> None:
    starts, ends, frames = rough_times(np.random.default_rng(seed), words, 0, 0)
    lengths = [s.stop - s.start for s in plan_stretches(starts, ends, frames)]
    assert max(lengths) <= 60 * 100


def test_long_pauses_split() -> None:
    starts = np.array([100, 140, 900, 940], np.int32)
    stretches = list(plan_stretches(starts, starts + 30, 1200))
    assert [s.words.tolist() for s in stretches] == [[0, 1], [2, 3]]
    assert stretches[0].stop < 600 < stretches[1].start


def test_words_looked_for_in_one_long_hole_stay_together() -> None:
    begin = np.array([0, *[30] * 9, 6000], np.int32)
    end = np.array([30, *[6000] * 9, 6030], np.int32)
    stretches = plan_stretches(begin, end, 6100)
    (stretch,) = [stretch for stretch in stretches if 5 in stretch.words]
    assert set(range(1, 10)) <= set(stretch.words.tolist())
    assert stretch.stop - stretch.start == len(stretch.first_word) >= 5970
