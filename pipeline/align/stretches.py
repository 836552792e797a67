"""Divides the words that were found into stretches for the second pass."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["Stretch", "plan_stretches"]

_ALWAYS_SPLIT_FRAMES = 60
_PAUSE_FRAMES = 15
_SHORTEST_FRAMES = 1000
_LONGEST_FRAMES = 4000
_MARGIN_FRAMES = 40
_WINDOW_FRAMES = 20
_LONG_WORD_FRAMES = 40


@dataclass(frozen=True, eq=False)
class Stretch:
    """Words to be aligned in the frames `start` to `stop`.

    Attributes:
        words: int32, shape (words,): which words of the text, ascending.
        start: first frame.
        stop: frame after the last.
        first_word: int32, shape (frames,): the first of `words` that each frame may belong to.
        last_word: int32, shape (frames,): the last one; `len(words)` is the closing silence.
    """

    words: npt.NDArray[np.int32]
    start: int
    stop: int
    first_word: npt.NDArray[np.int32]
    last_word: npt.NDArray[np.int32]


def plan_stretches(
    starts: npt.NDArray[np.int32], ends: npt.NDArray[np.int32], frames: int
) -> Iterator[Stretch]:
    """Split at pauses, roughly every 10 to 40 s.

    Args:
        starts: int32, shape (words,): rough first frame of each word, -1 if absent.
        ends: int32, shape (words,): rough frame after the last.
        frames: frames of the recording.
    """
    present = np.flatnonzero(starts >= 0)
    if not len(present):
        return
    begin, end = starts[present], ends[present]
    cuts = _cuts(begin, end)
    for low, high in itertools.pairwise(cuts):
        before = int(end[low - 1]) if low else 0
        after = int(begin[high]) if high < len(begin) else frames
        start = max(int(begin[low]) - _MARGIN_FRAMES, (int(begin[low]) + before + 1) // 2, 0)
        stop = min(int(end[high - 1]) + _MARGIN_FRAMES, (int(end[high - 1]) + after + 1) // 2)
        first, last = _windows(begin[low:high] - start, end[low:high] - start, stop - start)
        yield Stretch(present[low:high].astype(np.int32), start, stop, first, last)


def _cuts(begin: npt.NDArray[np.int32], end: npt.NDArray[np.int32]) -> Sequence[int]:
    """Where stretches begin among the words, and the number of words."""
    pauses = begin[1:] - end[:-1]
    cuts = [0]
    for word in range(1, len(begin)):
        pause = pauses[word - 1]
        length = end[word - 1] - begin[cuts[-1]]
        if pause >= _ALWAYS_SPLIT_FRAMES or (pause >= _PAUSE_FRAMES and length >= _SHORTEST_FRAMES):
            cuts.append(word)
        elif length >= _LONGEST_FRAMES:
            inside = pauses[cuts[-1] : word]
            late = inside[len(inside) // 2 :]
            longest = int(np.argmax(late))
            if late[longest] >= 0:  # else all of these words are looked for in one hole
                cuts.append(cuts[-1] + len(inside) - len(late) + longest + 1)
    cuts.append(len(begin))
    return cuts


def _windows(
    begin: npt.NDArray[np.int32], end: npt.NDArray[np.int32], frames: int
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    # A word that is looked for in a hole may end, and the silence behind it begin, early in it.
    earliest_end = np.minimum(end, begin + _LONG_WORD_FRAMES)
    earlier_end = np.concatenate([begin[:1], earliest_end[:-1]])
    opens = np.minimum(begin, earlier_end) - _WINDOW_FRAMES
    opens = np.append(opens, earliest_end[-1] - _WINDOW_FRAMES)
    closes = np.maximum.accumulate(end + _WINDOW_FRAMES)
    opens = np.minimum.accumulate(opens[::-1])[::-1]
    t = np.arange(frames)
    first = np.searchsorted(closes, t, side="right")
    last = np.searchsorted(opens, t, side="right") - 1
    last = np.maximum(last, first)
    last[-1] = len(begin)
    return first.astype(np.int32), last.astype(np.int32)
