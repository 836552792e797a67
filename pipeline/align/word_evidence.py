"""What speaks for and against each word of a path: what confidence is made of."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipeline.align.phone_lengths import phone_lengths
from pipeline.align.second_pass import PhonePath
from pipeline.align.triphone_graph import TriphoneGraph

__all__ = ["WordEvidence", "word_evidence"]

_SHORTEST_PHONE_FRAMES = 3  # a phone of one frame a state can be no shorter


@dataclass(frozen=True, eq=False)
class WordEvidence:
    """The words of a path that were spoken, in order.

    Attributes:
        words: int32, shape (words,): which words of the graph.
        starts: int32, same shape: first frame.
        ends: int32: frame after the last.
        start_shifts: float32: how many frames later it is expected to begin.
        end_shifts: float32: how many frames later it is expected to end.
        excess: float64: how much worse its phones fit than the phones recognised freely at the
            same place, nats a frame.
        worst_excess: float64: the same of its worst phone.
        hurried: float64: the share of its phones as short as can be.
        lengths: its phones and how long they are; see `pipeline.align.phone_lengths`.
    """

    words: npt.NDArray[np.int32]
    starts: npt.NDArray[np.int32]
    ends: npt.NDArray[np.int32]
    start_shifts: npt.NDArray[np.float32]
    end_shifts: npt.NDArray[np.float32]
    excess: npt.NDArray[np.float64]
    worst_excess: npt.NDArray[np.float64]
    hurried: npt.NDArray[np.float64]
    lengths: list[bytes]


def word_evidence(graph: TriphoneGraph, path: PhonePath) -> WordEvidence:
    """Gather the evidence of the words of a path.

    Args:
        graph: the words, in triphones.
        path: the path through them.
    """
    total = np.concatenate([[0.0], np.cumsum(path.excess, dtype=np.float64)])
    spoken = (path.arcs >= 0) & (graph.source[path.arcs] != graph.target[path.arcs])
    word = graph.word[path.arcs[spoken]]
    begin, end = path.bounds[spoken, 0], path.bounds[spoken, 3]
    start_shifts, end_shifts = path.shifts[:-1][spoken], path.shifts[1:][spoken]
    first = np.flatnonzero(np.diff(word, prepend=-1))
    last = np.append(first[1:], len(word))[: len(first)] - 1
    starts, ends = begin[first], end[last]
    phone_excess = (total[end] - total[begin]) / (end - begin)
    is_short = (end - begin <= _SHORTEST_PHONE_FRAMES).astype(np.float64)
    return WordEvidence(
        word[first],
        starts,
        ends,
        start_shifts[first],
        end_shifts[last],
        (total[ends] - total[starts]) / (ends - starts),
        np.maximum.reduceat(phone_excess, first) if len(first) else np.zeros(0),
        np.add.reduceat(is_short, first) / (last - first + 1) if len(first) else np.zeros(0),
        phone_lengths(graph.phone[path.arcs[spoken]], end - begin, first),
    )
