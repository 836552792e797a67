"""Where the audio says a passage twice and the text has it once: the words are those of the first.

The first pass takes either copy, or the beginning of one and the end of the other. So where speech
without text is followed by words, and begins with the very sounds of these words, the words go to
its beginning. The sounds are compared as phones recognised, by an alignment that ends where it gets
worse (Zhang et al., "A greedy algorithm for aligning DNA sequences", 2000). What is said again at
once, a false start, is left: the words are those of the last attempt.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from pipeline.align.acoustic_model import AcousticModel
from pipeline.align.first_pass import RoughTimes
from pipeline.align.phone_decoder import DecodedPhones
from pipeline.kernels import kernel

__all__ = ["first_copies"]

_SHORTEST_HOLE_FRAMES = 500  # of speech; less is a false start
_MOST_MISSING_WORDS = 3
_SHORTEST_COPY_FRAMES = 200
_LEAST_SCORE = 15
_BAND_PHONES = 20
_MOST_WORSE = 12


def first_copies(rough: RoughTimes, heard: DecodedPhones, model: AcousticModel) -> RoughTimes:
    """Move words from the second copy of a passage to the first.

    Args:
        rough: times of the words, ascending.
        heard: the phones recognised in the recording.
        model: tells which of them are speech.

    Returns:
        The times with those of the words moved changed; still ascending.
    """
    spoken = np.flatnonzero(model.is_speech[heard.phones])
    phones, begins, ends = heard.phones[spoken], heard.starts[spoken], heard.ends[spoken]
    moved = RoughTimes(rough.starts.copy(), rough.ends.copy())
    present = np.flatnonzero(rough.starts >= 0)
    hole_start, hole_stop = rough.ends[present[:-1]], rough.starts[present[1:]]
    speech = heard.speech_between(hole_start, hole_stop, model.is_speech)
    is_hole = (speech >= _SHORTEST_HOLE_FRAMES) & (np.diff(present) <= 1 + _MOST_MISSING_WORDS)
    settled = 0
    for hole in np.flatnonzero(is_hole).tolist():
        if hole < settled:
            continue  # among words that have been moved
        first = int(np.searchsorted(begins, hole_start[hole]))
        second = int(np.searchsorted(begins, hole_stop[hole]))
        score, pairs = _common_beginning(phones[first:second], phones[second : 2 * second - first])
        if score < _LEAST_SCORE:
            continue
        at_first, at_second = first + pairs[:, 0], second + pairs[:, 1]
        stop = int(ends[at_second[-1]])
        words = present[hole + 1 :]
        middles = (rough.starts[words] + rough.ends[words]) // 2
        words = words[: np.searchsorted(middles, stop)]
        if not len(words) or stop - rough.starts[words[0]] < _SHORTEST_COPY_FRAMES:
            continue
        settled = hole + len(words)
        there = np.stack([begins[at_second], ends[at_second]], axis=1).ravel()
        here = np.stack([begins[at_first], ends[at_first]], axis=1).ravel()
        moved.starts[words] = np.interp(rough.starts[words], there, here)
        moved.ends[words] = np.maximum(
            np.interp(rough.ends[words], there, here), moved.starts[words] + 1
        )
    return moved


@kernel()
def _common_beginning(
    one: npt.NDArray[np.int32], other: npt.NDArray[np.int32]
) -> tuple[int, npt.NDArray[np.int32]]:
    """Score of the best alignment of a beginning of `one` and one of `other`, and its like phones.

    A like pair counts 1, an unlike one or a phone without another -1. The pairs: int32, shape
    (pairs, 2), ascending.
    """
    width = 2 * _BAND_PHONES + 1
    lowest = -(10**6)
    steps = np.zeros((len(one) + 1, width), np.int8)
    row = np.full(width, lowest, np.int32)
    best = best_i = best_d = 0
    for i in range(len(one) + 1):
        before = row.copy()
        row[:] = lowest
        best_of_row = lowest
        for d in range(width):
            j = i + d - _BAND_PHONES
            if j < 0 or j > len(other):
                continue
            value = 0 if i == 0 and j == 0 else lowest
            if i > 0 and j > 0:
                value = before[d] + (1 if one[i - 1] == other[j - 1] else -1)
                steps[i, d] = 1
            if i > 0 and d + 1 < width and before[d + 1] - 1 > value:
                value = before[d + 1] - 1
                steps[i, d] = 2
            if d > 0 and row[d - 1] - 1 > value:
                value = row[d - 1] - 1
                steps[i, d] = 3
            row[d] = value
            best_of_row = max(best_of_row, value)
            if value > best:
                best, best_i, best_d = value, i, d
        if best_of_row < best - _MOST_WORSE:
            break
    pairs = np.empty((best_i + 1, 2), np.int32)
    count = 0
    i, d = best_i, best_d
    while steps[i, d] > 0:
        j = i + d - _BAND_PHONES
        if steps[i, d] == 1:
            if one[i - 1] == other[j - 1]:
                pairs[count, 0], pairs[count, 1] = i - 1, j - 1
                count += 1
            i -= 1
        elif steps[i, d] == 2:
            i -= 1
            d += 1
        else:
            d -= 1
    return best, pairs[:count][::-1].copy()
