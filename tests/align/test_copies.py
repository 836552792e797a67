from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline.align.acoustic_model import load_acoustic_model
from pipeline.align.copies import first_copies
from pipeline.align.first_pass import RoughTimes
from pipeline.align.phone_decoder import DecodedPhones

MODEL = load_acoustic_model()
SPEECH = np.flatnonzero(MODEL.is_speech)
PHONE_FRAMES = 8
WORD_PHONES = 4
WORD_FRAMES = PHONE_FRAMES * WORD_PHONES


def heard(*parts: npt.NDArray[np.int64]) -> DecodedPhones:
    """So many phones, all of one length."""
    phones = np.concatenate(parts).astype(np.int32)
    edges = PHONE_FRAMES * np.arange(len(phones) + 1, dtype=np.int32)
    return DecodedPhones(phones, edges[:-1], edges[1:])


def words(*spans: tuple[int, int]) -> RoughTimes:
    """Words side by side in each span of phones."""
    starts = np.concatenate(
        [PHONE_FRAMES * np.arange(a, b, WORD_PHONES, dtype=np.int32) for a, b in spans]
    )
    return RoughTimes(starts, starts + np.int32(WORD_FRAMES))


def misheard(
    rng: np.random.Generator, phones: npt.NDArray[np.int64], share: float
) -> npt.NDArray[np.int64]:
    return np.where(rng.random(len(phones)) < share, rng.choice(SPEECH, len(phones)), phones)


def test_words_of_the_second_copy_go_to_the_first() -> None:
    rng = np.random.default_rng(3)
    before, passage, after = (rng.choice(SPEECH, n) for n in (200, 120, 200))
    sound = heard(before, passage, passage, after)
    found = first_copies(words((0, 200), (320, 440), (440, 640)), sound, MODEL)
    right = words((0, 200), (200, 320), (440, 640))
    np.testing.assert_array_equal(found.starts, right.starts)
    np.testing.assert_array_equal(found.ends, right.ends)


@pytest.mark.parametrize("seed", range(6))
def test_a_copy_need_not_be_heard_as_the_first_was(seed: int) -> None:
    rng = np.random.default_rng(seed)
    before, passage, after = (rng.choice(SPEECH, n) for n in (200, 120, 200))
    sound = heard(before, passage, misheard(rng, passage, 0.25), after)
    found = first_copies(words((0, 200), (320, 440), (440, 640)), sound, MODEL)
    right = words((0, 200), (200, 320), (440, 640))
    its = slice(50, 77)  # where its last phones are misheard the alignment has ended
    assert np.abs(found.starts - right.starts)[its].max() <= WORD_FRAMES
    np.testing.assert_array_equal(found.starts[:50], right.starts[:50])
    np.testing.assert_array_equal(found.starts[80:], right.starts[80:])


def test_the_end_of_a_second_copy_goes_to_the_first_too() -> None:
    rng = np.random.default_rng(4)
    before, passage, after = (rng.choice(SPEECH, n) for n in (200, 240, 200))
    sound = heard(before, passage, passage, after)
    found = first_copies(words((0, 320), (560, 680), (680, 880)), sound, MODEL)
    np.testing.assert_array_equal(found.starts, words((0, 440), (680, 880)).starts)


@pytest.mark.parametrize("phones", [20, 50])
def test_after_a_false_start_the_last_attempt_stays(phones: int) -> None:
    rng = np.random.default_rng(5)
    before, start, after = (rng.choice(SPEECH, n) for n in (200, phones, 200))
    rough = words((0, 200), (200 + phones, 400 + 2 * phones))
    found = first_copies(rough, heard(before, start, start, after), MODEL)
    np.testing.assert_array_equal(found.starts, rough.starts)


def test_a_few_words_said_again_after_other_speech_stay() -> None:
    rng = np.random.default_rng(6)
    before, start, other, after = (rng.choice(SPEECH, n) for n in (200, 16, 200, 200))
    rough = words((0, 200), (416, 632))
    found = first_copies(rough, heard(before, start, other, start, after), MODEL)
    np.testing.assert_array_equal(found.starts, rough.starts)


@given(st.integers(0, 2**32 - 1), st.integers(0, 600), st.integers(0, 300))
@settings(max_examples=40, deadline=None)
def test_other_speech_moves_nothing(seed: int, extra: int, last: int) -> None:
    rng = np.random.default_rng(seed)
    sound = heard(rng.choice(SPEECH, 100), rng.choice(SPEECH, extra), rng.choice(SPEECH, last))
    rough = words((0, 100), (100 + extra, 100 + extra + last))
    found = first_copies(rough, sound, MODEL)
    np.testing.assert_array_equal(found.starts, rough.starts)
    np.testing.assert_array_equal(found.ends, rough.ends)


@given(st.integers(0, 2**32 - 1), st.integers(2, 40), st.integers(1, 6))
@example(165, 14, 1)
@settings(max_examples=60, deadline=None)
def test_times_still_ascend(seed: int, count: int, phones: int) -> None:
    """Few different phones: all of it sounds like something else in it."""
    rng = np.random.default_rng(seed)
    sound = heard(rng.choice(SPEECH[:phones], 1000))
    edges = np.sort(rng.choice(8000, 2 * count, replace=False)).astype(np.int32)
    starts, ends = edges[::2].copy(), edges[1::2].copy()
    missing = rng.random(count) < 0.2
    starts[missing] = ends[missing] = -1
    found = first_copies(RoughTimes(starts, ends), sound, MODEL)
    assert ((found.starts < 0) == missing).all()
    there = found.starts >= 0
    assert (found.starts[there] < found.ends[there]).all()
    assert (np.diff(found.starts[there]) >= 0).all()
    assert (found.ends[there] <= ends[there]).all()


def test_nothing_found() -> None:
    found = first_copies(RoughTimes.unknown(3), heard(SPEECH), MODEL)
    assert found.starts.tolist() == [-1] * 3
