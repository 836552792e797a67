"""How well a word's phones agree with those recognised freely where it is.

What the recogniser takes a phone for is much the same throughout a recording, the speakers' accents
included. So the confusions are counted over all words, and each phone is worth the pointwise mutual
information (Church and Hanks, "Word association norms, mutual information, and lexicography", 1990)
of itself and what was heard in its place.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from pipeline.align.acoustic_model import AcousticModel
from pipeline.align.phone_decoder import DecodedPhones
from pipeline.align.phone_lengths import unpacked

__all__ = ["agreement"]

_PRIOR_FRAMES = 50.0
_HEARD_RIGHT = 0.5


def agreement(
    starts: npt.NDArray[np.int32],
    ends: npt.NDArray[np.int32],
    lengths: Sequence[bytes],
    heard: DecodedPhones,
    model: AcousticModel,
) -> npt.NDArray[np.float64]:
    """Mean over the phones of each word, in nats; more is better, and 0 says nothing.

    Args:
        starts: int32, shape (words,): first frame of each word.
        ends: int32, same shape: frame after the last.
        lengths: the words' phones; see `pipeline.align.phone_lengths`. Empty if unknown.
        heard: the phones recognised.
        model: whose phones they are.

    Returns:
        float64, shape (words,): the mean of all others for a word with a pause inside, and for one
        whose phones are unknown.
    """
    phone, short_frames, count = unpacked(lengths)
    frames = short_frames.astype(np.int64)
    word = np.repeat(np.arange(len(count)), count)
    total = np.concatenate([[0], np.cumsum(frames)])
    last = np.cumsum(count)
    first = last - count
    known = (count > 0) & (total[last] - total[first] == ends - starts)
    begin = (total[:-1] - total[first][word] + starts[word])[known[word]]
    phone, frames = phone[known[word]], frames[known[word]]
    values = _mutual_information(phone, begin, begin + frames, heard, len(model.phones))
    sums = np.bincount(word[known[word]], values, len(count))
    mean = sums / np.maximum(1, count)
    return np.where(known, mean, mean[known].mean() if known.any() else 0.0)


def _mutual_information(
    phone: npt.NDArray[np.int64],
    begin: npt.NDArray[np.int64],
    end: npt.NDArray[np.int64],
    heard: DecodedPhones,
    phones: int,
) -> npt.NDArray[np.float64]:
    """Of each phone of the text and those heard there, mean of its frames: float64, same shape."""
    first = np.searchsorted(heard.ends, begin, side="right")
    count = np.searchsorted(heard.starts, end, side="left") - first
    own = np.repeat(np.arange(len(phone)), count)
    other = np.arange(len(own)) + np.repeat(first - np.cumsum(count) + count, count)
    frames = np.minimum(end[own], heard.ends[other]) - np.maximum(begin[own], heard.starts[other])
    pair = phone[own] * phones + heard.phones[other]
    counts = np.bincount(pair, frames, phones * phones).reshape(phones, phones)
    usual = counts.sum(axis=0) + 1.0
    usual /= usual.sum()
    prior = _HEARD_RIGHT * np.eye(phones) + (1.0 - _HEARD_RIGHT) * usual
    shares = counts + _PRIOR_FRAMES * prior
    shares /= shares.sum(axis=1, keepdims=True)
    information = np.log(shares / usual).ravel()[pair]
    sums = np.bincount(own, frames * information, len(phone))
    values: npt.NDArray[np.float64] = sums / (end - begin)
    return values
