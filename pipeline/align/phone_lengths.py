"""How unusual the lengths of a word's phones are.

A word drawn over another's sounds hurries through those that do not fit, and lingers on those that
do. Lengths count by their logarithms, which are about normal (Rosen, "Analysis of speech segment
duration with the lognormal distribution", 2005), with a mean and a deviation for each phone, learnt
from the recording itself.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from pipeline.align.acoustic_model import AcousticModel

__all__ = ["LONGEST_FRAMES", "phone_lengths", "unpacked", "unusual_lengths"]

LONGEST_FRAMES = 255

_USUAL_DEVIATION = 0.5
_DEVIATION_AS_OF = 50  # phones: of any, for all together
_MEAN_AS_OF = 50  # phones: of the acoustic model, for each
_SPREAD_AS_OF = 30  # phones: of all together, for each
_LARGEST = 3.0
_LARGEST_SQUARE = 6.0


def phone_lengths(
    phones: npt.NDArray[np.integer], frames: npt.NDArray[np.integer], firsts: npt.NDArray[np.intp]
) -> list[bytes]:
    """Phones of words and their lengths, packed, as there are very many: a pair of bytes for each.

    Args:
        phones: shape (phones,): phones of all words in order.
        frames: same shape: how long each lasts; over 255 count as 255.
        firsts: the first phone of each word.

    Returns:
        For each word two bytes a phone: the phone, and its frames.
    """
    pairs = np.stack([phones, np.minimum(frames, LONGEST_FRAMES)], axis=1).astype(np.uint8)
    return [part.tobytes() for part in np.split(pairs, firsts[1:])] if len(firsts) else []


def unpacked(
    lengths: Sequence[bytes],
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.uint8], npt.NDArray[np.int64]]:
    """The phones of the words' `phone_lengths`, their frames, and how many phones each word has."""
    pairs = np.frombuffer(b"".join(lengths), np.uint8).reshape(-1, 2)
    count = np.array([len(one) // 2 for one in lengths], np.int64)
    return pairs[:, 0].astype(np.int64), pairs[:, 1], count


def unusual_lengths(lengths: Sequence[bytes], model: AcousticModel) -> npt.NDArray[np.float64]:
    """Mean squared deviation of the phones of each word, 1 on average, at most 6.

    Args:
        lengths: the words' `phone_lengths`; empty if unknown.
        model: tells how long its phones usually are.

    Returns:
        float64, shape (words,): 1 where unknown.
    """
    phone, frames, count = unpacked(lengths)
    rest = np.log(np.maximum(1, frames)) - _usual_log_frames(model)[phone]
    if not len(rest):
        return np.ones(len(lengths))
    rest -= rest.mean()
    of_phone = np.bincount(phone, minlength=len(model.phones))
    rest -= (np.bincount(phone, rest, len(of_phone)) / (of_phone + _MEAN_AS_OF))[phone]
    squares = np.square(rest)
    usual = squares.sum() + _DEVIATION_AS_OF * _USUAL_DEVIATION**2
    usual /= len(squares) + _DEVIATION_AS_OF
    spread = np.bincount(phone, squares, len(of_phone)) + _SPREAD_AS_OF * usual
    squares /= (spread / (of_phone + _SPREAD_AS_OF))[phone]
    total = np.concatenate([[0.0], np.cumsum(np.minimum(squares, _LARGEST**2))])
    ends = np.cumsum(count)
    mean = (total[ends] - total[ends - count]) / np.maximum(1, count)
    return np.where(count > 0, np.minimum(mean, _LARGEST_SQUARE), 1.0)


def _usual_log_frames(model: AcousticModel) -> npt.NDArray[np.float64]:
    """By the model's three states, float64, shape (phones,)."""
    frames = (1.0 / (1.0 - np.exp(model.log_stay.astype(np.float64)))).sum(axis=1)
    usual: npt.NDArray[np.float64] = np.log(frames)
    return usual
