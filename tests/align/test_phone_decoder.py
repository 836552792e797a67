from __future__ import annotations

import itertools

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.align.acoustic_model import AcousticModel, load_acoustic_model
from pipeline.align.phone_decoder import DecodedPhones, PhoneBigram, decode_phones
from tests.align.phones import indices


def scores_of(
    phones: npt.NDArray[np.int32], lengths: list[tuple[int, int, int]], model: AcousticModel
) -> npt.NDArray[np.float32]:
    """0 along a path of phones whose states last so long, -30 elsewhere."""
    total = sum(sum(states) for states in lengths)
    scores = np.full((3 * len(model.phones), total), -30, dtype=np.float32)
    at = 0
    for phone, states in zip(phones, lengths, strict=True):
        for state, length in enumerate(states):
            scores[3 * phone + state, at : at + length] = 0
            at += length
    return scores


@given(st.data())
@settings(max_examples=40, deadline=None)
def test_a_known_path_is_found(data: st.DataObject) -> None:
    model = load_acoustic_model()
    speech = [i for i, name in enumerate(model.phones) if name[0] != "+"]
    drawn = data.draw(st.lists(st.sampled_from(speech), min_size=1, max_size=12))
    phones = np.array([p for p, _ in itertools.groupby(drawn)], dtype=np.int32)
    three = st.tuples(*[st.integers(1, 6)] * 3)
    lengths = data.draw(st.lists(three, min_size=len(phones), max_size=len(phones)))
    text = np.tile(phones, 3) if len(phones) > 1 else phones
    heard = decode_phones(scores_of(phones, lengths, model), model, PhoneBigram.of(model, text))
    ends = np.cumsum([sum(states) for states in lengths])
    np.testing.assert_array_equal(heard.phones, phones)
    np.testing.assert_array_equal(heard.ends, ends)
    np.testing.assert_array_equal(heard.starts, ends - [sum(states) for states in lengths])


@pytest.mark.parametrize("frames", [0, 1, 2])
def test_too_short_for_a_phone(model: AcousticModel, frames: int) -> None:
    bigram = PhoneBigram.of(model, indices(model, "AA", "B"))
    scores = np.zeros((3 * len(model.phones), frames), np.float32)
    assert len(decode_phones(scores, model, bigram).phones) == 0


def test_phones_cover_all_frames(model: AcousticModel) -> None:
    rng = np.random.default_rng(0)
    scores = -rng.exponential(5, (3 * len(model.phones), 500)).astype(np.float32)
    bigram = PhoneBigram.of(model, rng.integers(0, 40, 300).astype(np.int32))
    heard = decode_phones(scores, model, bigram)
    assert heard.starts[0] == 0
    assert heard.ends[-1] == 500
    np.testing.assert_array_equal(heard.starts[1:], heard.ends[:-1])
    assert (heard.ends - heard.starts >= 3).all()


def test_bigram_prefers_pairs_of_the_text(model: AcousticModel) -> None:
    text = np.tile(indices(model, "S", "T", "AA"), 50)
    scores = PhoneBigram.of(model, text).scores
    s, t, aa = indices(model, "S", "T", "AA")
    assert scores[s, t] > scores[s, aa]
    assert np.isfinite(scores).all()
    assert (scores < 0).all()


@pytest.mark.parametrize("phones", [[], ["AA"]])
def test_bigram_of_next_to_no_text(model: AcousticModel, phones: list[str]) -> None:
    assert np.isfinite(PhoneBigram.of(model, indices(model, *phones)).scores).all()


def test_parts_join_to_the_whole() -> None:
    edges = np.arange(0, 100, 5, dtype=np.int32)
    whole = DecodedPhones(np.arange(19, dtype=np.int32), edges[:-1], edges[1:])
    parts = [whole.between(low, high) for low, high in itertools.pairwise([0, 33, 34, 70, 95])]
    joined = DecodedPhones.joined(parts)
    np.testing.assert_array_equal(joined.phones, whole.phones)
    np.testing.assert_array_equal(joined.starts, whole.starts)
    later = whole.shifted(7)
    np.testing.assert_array_equal(later.starts, whole.starts + 7)
    np.testing.assert_array_equal(later.ends, whole.ends + 7)


@given(st.integers(0, 2**32 - 1), st.integers(20, 180))
@settings(max_examples=30, deadline=None)
def test_stretches_that_disagree_at_their_border_still_ascend(seed: int, border: int) -> None:
    rng = np.random.default_rng(seed)
    parts = []
    for start, stop in ((0, border), (border, 200)):
        ends = np.append(np.sort(rng.choice(np.arange(1, 200), 20, replace=False)), 200)
        starts = np.concatenate([[0], ends[:-1]])
        phones = rng.integers(0, 40, len(ends))
        heard = DecodedPhones(*(x.astype(np.int32) for x in (phones, starts, ends)))
        parts.append(heard.between(start, stop))
    joined = DecodedPhones.joined(parts)
    assert (joined.starts < joined.ends).all()
    assert (joined.ends[:-1] <= joined.starts[1:]).all()


def test_each_frame_has_its_phone_and_those_outside_another() -> None:
    heard = DecodedPhones(*(np.array(row, np.int32) for row in ([4, 5], [2, 6], [5, 8])))
    assert heard.of_frames(0, 10, 9).tolist() == [9, 9, 4, 4, 4, 4, 5, 5, 9, 9]
    assert heard.of_frames(4, 7, 9).tolist() == [4, 4, 5]
    assert heard.of_frames(8, 8, 9).tolist() == []


def test_speech_between_frames() -> None:
    phones, edges = np.array([4, 0, 5], np.int32), np.array([2, 6, 7, 9], np.int32)
    heard = DecodedPhones(phones, edges[:-1], edges[1:])
    is_speech = np.arange(6) > 0
    starts, stops = np.array([0, 3, 5, 6, 8, 4]), np.array([20, 5, 8, 7, 30, 3])
    frames = heard.speech_between(starts, stops, is_speech)
    assert frames.tolist() == [6, 2, 2, 0, 1, -1]
