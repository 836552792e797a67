from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.align import anchors as anchors_module
from pipeline.align.anchors import Anchors, find_anchors
from pipeline.align.phone_decoder import DecodedPhones

SILENCE = 30
PHONE_FRAMES = 8
seeds = st.integers(0, 2**32 - 1)


def drawn(rng: np.random.Generator, count: int) -> npt.NDArray[np.int32]:
    return rng.integers(0, 40, count).astype(np.int32)


def heard_as(phones: npt.NDArray[np.int32]) -> DecodedPhones:
    edges = (np.arange(len(phones) + 1) * PHONE_FRAMES).astype(np.int32)
    return DecodedPhones(phones, edges[:-1], edges[1:])


def misheard(
    rng: np.random.Generator, phones: npt.NDArray[np.int32], share: float
) -> npt.NDArray[np.int32]:
    wrong = rng.random(len(phones)) < share
    return np.where(wrong, drawn(rng, len(phones)), phones).astype(np.int32)


def assert_ascending(anchors: Anchors) -> None:
    assert (np.diff(anchors.text) > 0).all()
    assert (np.diff(anchors.frame) > 0).all()
    assert len(anchors.text) == len(anchors.frame) == len(anchors.support)


@given(seeds, st.integers(0, 5000), st.integers(0, 5000), st.floats(0, 0.35))
@settings(max_examples=30, deadline=None)
def test_text_inside_foreign_speech(seed: int, before: int, after: int, errors: float) -> None:
    rng = np.random.default_rng(seed)
    text = drawn(rng, 600)
    audio = np.concatenate([drawn(rng, before), misheard(rng, text, errors), drawn(rng, after)])
    anchors = find_anchors(text, heard_as(audio), SILENCE)
    assert_ascending(anchors)
    assert len(anchors.text) > 10
    right = anchors.frame == PHONE_FRAMES * (anchors.text + before)
    assert right.mean() > 0.95


@given(seeds, st.integers(1, 4000), st.integers(1, 1500))
@settings(max_examples=30, deadline=None)
def test_an_insertion_and_a_deletion(seed: int, inserted: int, deleted: int) -> None:
    rng = np.random.default_rng(seed)
    first, missing, second, third = (drawn(rng, n) for n in (500, deleted, 500, 500))
    text = np.concatenate([first, missing, second, third])
    audio = np.concatenate([first, second, drawn(rng, inserted), third])
    anchors = find_anchors(text, heard_as(audio), SILENCE)
    assert_ascending(anchors)
    at = anchors.frame // PHONE_FRAMES
    shift = anchors.text - at
    wanted = np.where(at < 500, 0, np.where(at < 1000, deleted, deleted - inserted))
    edges = np.array([500, 1000, 1000 + inserted])
    near_edge = (np.abs(at[:, None] - edges) < 20).any(axis=1)
    assert (shift == wanted)[~near_edge].mean() > 0.97
    for low, high in [(0, 480), (520, 980), (1020 + inserted, 1480 + inserted)]:
        assert ((at >= low) & (at < high)).sum() > 300


@given(seeds)
@settings(max_examples=15, deadline=None)
def test_unrelated_sequences_have_next_to_no_anchors(seed: int) -> None:
    rng = np.random.default_rng(seed)
    anchors = find_anchors(drawn(rng, 5000), heard_as(drawn(rng, 5000)), SILENCE)
    assert_ascending(anchors)
    assert len(anchors.text) <= 4


def test_silence_is_passed_over() -> None:
    rng = np.random.default_rng(0)
    text = rng.integers(0, SILENCE, 300).astype(np.int32)
    audio = np.insert(text, np.arange(0, 300, 3), SILENCE).astype(np.int32)
    anchors = find_anchors(text, heard_as(audio), SILENCE)
    assert len(anchors.text) > 250
    np.testing.assert_array_equal(audio[anchors.frame // PHONE_FRAMES], text[anchors.text])


def test_a_passage_said_twice_is_anchored_once() -> None:
    rng = np.random.default_rng(0)
    text = drawn(rng, 800)
    audio = np.concatenate([text[:400], text[200:400], text[400:]])
    anchors = find_anchors(text, heard_as(audio), SILENCE)
    assert_ascending(anchors)
    last = anchors.text >= 400
    assert last.sum() > 300
    assert (anchors.frame[last] == PHONE_FRAMES * (anchors.text[last] + 200)).all()


@pytest.mark.parametrize(("text", "audio"), [(0, 0), (0, 50), (50, 0), (1, 1), (3, 3), (3, 50)])
def test_too_little_for_any(text: int, audio: int) -> None:
    rng = np.random.default_rng(0)
    assert len(find_anchors(drawn(rng, text), heard_as(drawn(rng, audio)), SILENCE).text) == 0


def test_one_phone_over_and_over() -> None:
    same = np.zeros(3000, np.int32)
    assert len(find_anchors(same, heard_as(same), SILENCE).text) == 0


def test_support_is_what_counting_all_pairs_gives() -> None:
    """The bands of diagonals leave out no seed that agrees."""
    rng = np.random.default_rng(3)
    text = rng.integers(0, 6, 900).astype(np.int32)
    audio = np.delete(text[100:800], rng.choice(700, 60, replace=False))
    at_text, at_audio = anchors_module._seeds(text, audio)
    support = anchors_module._count_support(at_text, at_audio)
    for i in rng.choice(len(at_text), 300, replace=False):
        found, last = 0, -10
        for t, a in zip(at_text.tolist(), at_audio.tolist(), strict=True):
            along, across = a - at_audio[i], t - at_text[i]
            is_forward = along * across > 0 or (along == 0 and across == 0)
            is_near = abs(across - along) <= max(6, 0.25 * abs(along))
            if abs(along) <= 100 and is_forward and is_near and a >= last + 4:
                found, last = found + 1, a
        assert support[i] == found
