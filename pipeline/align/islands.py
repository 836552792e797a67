"""Gives up words that stand alone amid speech that the text lacks.

Where a passage is missing from the audio and an advertisement from the text, a few of the missing
words always sound like something in the advertisement.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from pipeline.align.acoustic_model import AcousticModel
from pipeline.align.phone_decoder import DecodedPhones

__all__ = ["stray_words"]

_MOST_WORDS = 5
_LONGEST_FRAMES = 300
_HOLE_FRAMES = 200
_PHONES_PER_FRAME = 0.05


def stray_words(
    starts: npt.NDArray[np.int32],
    ends: npt.NDArray[np.int32],
    heard: DecodedPhones,
    model: AcousticModel,
) -> npt.NDArray[np.int64]:
    """Words in small groups between long stretches of foreign speech, beside words not found.

    Args:
        starts: int32, shape (words,): first frame of each word, -1 if absent; ascending.
        ends: int32, shape (words,): frame after the last.
        heard: the phones recognised in the recording.
        model: tells which of them is silence.

    Returns:
        int64: indices of the words, ascending.
    """
    spoken = np.sort(heard.starts[heard.phones != model.silence])
    frames = int(heard.ends[-1]) if len(heard.ends) else 0
    kept = np.flatnonzero(starts >= 0)
    while len(kept):
        begin, end = starts[kept], np.maximum.accumulate(ends[kept])
        hole_start = np.concatenate([[0], end])
        hole_stop = np.concatenate([begin, [frames]])
        length = hole_stop - hole_start
        phones = np.searchsorted(spoken, hole_stop) - np.searchsorted(spoken, hole_start)
        is_foreign = (length >= _HOLE_FRAMES) & (phones >= _PHONES_PER_FRAME * length)
        lacks_words = np.diff(kept, prepend=-1, append=len(starts)) > 1
        group = np.cumsum(is_foreign[:-1])  # words between two foreign stretches share a number
        words = np.bincount(group)
        first = np.searchsorted(group, np.arange(len(words)))
        last = np.searchsorted(group, np.arange(len(words)), side="right") - 1
        some = words > 0
        first, last = np.minimum(first, len(kept) - 1), np.maximum(last, 0)
        stray = (
            some
            & (words <= _MOST_WORDS)
            & (end[last] - begin[first] <= _LONGEST_FRAMES)
            & is_foreign[first]
            & is_foreign[last + 1]
            & (lacks_words[first] | lacks_words[last + 1])
        )
        if not stray.any():
            break
        kept = kept[~stray[group]]
    return np.setdiff1d(np.flatnonzero(starts >= 0), kept)
