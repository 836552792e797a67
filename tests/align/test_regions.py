from __future__ import annotations

import itertools

import numpy as np
import numpy.typing as npt
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.align.anchors import Anchors
from pipeline.align.regions import Region, plan_regions

PHONES_PER_WORD = 4
PHONE_FRAMES = 8


def word_of_phone(words: int) -> npt.NDArray[np.int32]:
    return np.repeat(np.arange(words, dtype=np.int32), PHONES_PER_WORD)


def anchors_at(text: npt.NDArray, frame: npt.NDArray, support: npt.NDArray) -> Anchors:
    return Anchors(text.astype(np.int32), frame.astype(np.int32), support.astype(np.int32))


def assert_cores_cover(regions: list[Region], words: int, frames: int) -> None:
    assert (regions[0].first_core_word, regions[0].core_start) == (0, 0)
    assert (regions[-1].last_core_word, regions[-1].core_stop) == (words, frames)
    for before, after in itertools.pairwise(regions):
        assert before.last_core_word == after.first_core_word
        assert before.core_stop == after.core_start
    for region in regions:
        assert 0 <= region.first_word <= region.first_core_word <= region.last_core_word
        assert region.last_core_word <= region.last_word <= words
        assert 0 <= region.start <= region.core_start <= region.core_stop
        assert region.core_stop <= region.stop <= frames


@given(st.integers(0, 2**32 - 1), st.integers(1, 3000), st.floats(0, 1), st.integers(0, 9000))
@settings(max_examples=60, deadline=None)
def test_cores_cover_text_and_audio_once(seed: int, words: int, share: float, extra: int) -> None:
    rng = np.random.default_rng(seed)
    phones = words * PHONES_PER_WORD
    text = np.flatnonzero(rng.random(phones) < share)
    frame = text * PHONE_FRAMES + np.cumsum(rng.integers(0, 2, len(text)))
    support = rng.integers(4, 40, len(text))
    frames = phones * PHONE_FRAMES + 2 * len(text) + extra
    regions = list(
        plan_regions(anchors_at(text, frame, support), word_of_phone(words), words, frames)
    )
    assert_cores_cover(regions, words, frames)


def test_without_anchors_there_is_one_region() -> None:
    nothing = np.zeros(0)
    [region] = plan_regions(anchors_at(nothing, nothing, nothing), word_of_phone(50), 50, 9000)
    assert region == Region(0, 50, 0, 9000, 0, 50, 0, 9000)


def test_dense_anchors_give_many_regions_with_margins() -> None:
    words = 4000
    text = np.arange(words * PHONES_PER_WORD)
    anchors = anchors_at(text, text * PHONE_FRAMES, np.full(len(text), 20))
    regions = list(plan_regions(anchors, word_of_phone(words), words, len(text) * PHONE_FRAMES))
    assert len(regions) > 20
    for region in regions[1:-1]:
        assert region.start < region.core_start
        assert region.stop > region.core_stop
        assert region.core_stop - region.core_start < 60 * 100


def test_no_cut_inside_audio_without_text() -> None:
    """Ten minutes of foreign speech between two halves fall into one region's core."""
    words, foreign = 2000, 60000
    text = np.arange(words * PHONES_PER_WORD)
    frame = text * PHONE_FRAMES + np.where(text >= len(text) // 2, foreign, 0)
    anchors = anchors_at(text, frame, np.full(len(text), 20))
    frames = len(text) * PHONE_FRAMES + foreign
    regions = list(plan_regions(anchors, word_of_phone(words), words, frames))
    assert_cores_cover(regions, words, frames)
    middle = len(text) // 2 * PHONE_FRAMES
    for region in regions[1:]:
        assert not middle < region.core_start < middle + foreign
