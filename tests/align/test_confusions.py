from __future__ import annotations

import numpy as np
import numpy.typing as npt
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.align.acoustic_model import load_acoustic_model
from pipeline.align.confusions import agreement
from pipeline.align.phone_decoder import DecodedPhones
from pipeline.align.phone_lengths import phone_lengths

MODEL = load_acoustic_model()
SPEECH = np.flatnonzero(MODEL.is_speech)


def spoken(
    rng: np.random.Generator, words: int
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32], list[bytes], npt.NDArray[np.int64]]:
    """Words of three phones with pauses between: starts, ends, lengths and phones."""
    phones = rng.choice(SPEECH, 3 * words)
    frames = rng.integers(3, 15, 3 * words)
    pauses = rng.integers(0, 20, words)
    total = frames.reshape(words, 3).sum(axis=1)
    ends = np.cumsum(total + pauses)
    lengths = phone_lengths(phones, frames, np.arange(0, 3 * words, 3))
    return (ends - total).astype(np.int32), ends.astype(np.int32), lengths, phones


def heard_as(
    starts: npt.NDArray[np.int32], lengths: list[bytes], phones: npt.NDArray[np.int64]
) -> DecodedPhones:
    """`phones` in the place of those of the words, silence between."""
    edges, names = [0], []
    at = iter(phones.tolist())
    for start, pairs in zip(starts.tolist(), lengths, strict=True):
        if start > edges[-1]:
            edges.append(start)
            names.append(MODEL.silence)
        for frames in pairs[1::2]:
            edges.append(edges[-1] + frames)
            names.append(next(at))
    bounds = np.array(edges, np.int32)
    return DecodedPhones(np.array(names, np.int32), bounds[:-1], bounds[1:])


@given(st.integers(0, 2**32 - 1), st.integers(1, 300))
@settings(max_examples=40, deadline=None)
def test_it_is_finite_and_best_for_what_is_heard_as_it_stands(seed: int, words: int) -> None:
    rng = np.random.default_rng(seed)
    starts, ends, lengths, phones = spoken(rng, words)
    right = agreement(starts, ends, lengths, heard_as(starts, lengths, phones), MODEL)
    other = heard_as(starts, lengths, rng.permutation(phones))
    wrong = agreement(starts, ends, lengths, other, MODEL)
    assert right.shape == wrong.shape == (words,)
    assert np.isfinite(right).all()
    assert np.isfinite(wrong).all()
    assert right.mean() > wrong.mean() or words < 20


def test_a_confusion_that_is_usual_counts_as_right() -> None:
    rng = np.random.default_rng(0)
    starts, ends, lengths, phones = spoken(rng, 2000)
    accent = np.arange(len(MODEL.phones))
    accent[SPEECH] = np.roll(SPEECH, 1)
    as_heard = accent[phones]
    as_heard[:3] = phones[:3]
    found = agreement(starts, ends, lengths, heard_as(starts, lengths, as_heard), MODEL)
    assert found[1:].min() > 2.0
    assert found[0] < found[1:].min() - 2.0


def test_words_of_unknown_phones_or_with_a_pause_inside_are_as_others() -> None:
    starts, ends, lengths, phones = spoken(np.random.default_rng(1), 100)
    heard = heard_as(starts, lengths, phones)
    lengths[5] = b""
    starts[7] -= 1
    found = agreement(starts, ends, lengths, heard, MODEL)
    others = np.delete(found, [5, 7])
    np.testing.assert_allclose(found[[5, 7]], others.mean())
    none = np.zeros(0, np.int32)
    assert agreement(none, none, [], heard, MODEL).shape == (0,)
    assert agreement(starts[5:6], ends[5:6], [b""], heard, MODEL).tolist() == [0.0]
