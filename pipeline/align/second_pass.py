"""Second pass: exact times near the rough ones, in triphones.

A Viterbi search over each stretch of words, every word allowed only near where the first pass
found it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipeline.align.acoustic_model import AcousticModel
from pipeline.align.scores import Mixtures
from pipeline.align.soft_boundaries import boundary_shifts
from pipeline.align.stretch_scores import (
    MISHEARD_BY,
    MISPRONOUNCED_BY,
    StretchScores,
    score_stretch,
)
from pipeline.align.triphone_graph import TriphoneGraph
from pipeline.kernels import kernel

__all__ = ["LocalPenalties", "PhonePath", "align_stretch"]

_LOWEST = np.float32(-1e30)
_FROM_OFF = -2
_FROM_SKIP = -3
_FROM_REPLACED = -4
_REPLACED_STATES = 3


@dataclass(frozen=True, slots=True)
class LocalPenalties:
    """What leaving the text costs, in nats.

    Attributes:
        off_enter: for audio that the text lacks, once.
        off_frame: for each frame of it, beside the score of the phone recognised there.
        skip_word: for each word that the audio lacks.
        replace_word: for each word in whose place another is said; its frames cost as those that
            the text lacks, and it is likeliest as long as the word would be.
    """

    off_enter: float
    off_frame: float
    skip_word: float
    replace_word: float


@dataclass(frozen=True, eq=False)
class PhonePath:
    """The phones of the best path, in order.

    Attributes:
        arcs: int32, shape (phones,): arcs of the graph, -1 off the transcript.
        bounds: int32, shape (phones, 4): first frame of each of the three states, and the frame
            after the last.
        shifts: float32, shape (phones + 1,): how many frames later each phone is expected to begin,
            and the last one to end; see `pipeline.align.soft_boundaries`.
        excess: float32, shape (frames,): how much worse the state of the path fits than the phone
            recognised there, nats, from -`MISHEARD_BY` to `MISPRONOUNCED_BY`; 0 off the transcript.
    """

    arcs: npt.NDArray[np.int32]
    bounds: npt.NDArray[np.int32]
    shifts: npt.NDArray[np.float32]
    excess: npt.NDArray[np.float32]


@kernel()
def _align(
    state_scores: npt.NDArray[np.float32],
    off_scores: npt.NDArray[np.float32],
    least_scores: npt.NDArray[np.float32],
    log_stay: npt.NDArray[np.float32],
    log_leave: npt.NDArray[np.float32],
    phone: npt.NDArray[np.int32],
    source: npt.NDArray[np.int32],
    target: npt.NDArray[np.int32],
    cost: npt.NDArray[np.float32],
    arc_word: npt.NDArray[np.int32],
    first_arc: npt.NDArray[np.int32],
    first_node: npt.NDArray[np.int32],
    last_node: npt.NDArray[np.int32],
    first_word: npt.NDArray[np.int32],
    last_word: npt.NDArray[np.int32],
    off_enter: np.float32,
    off_frame: np.float32,
    skip_word: np.float32,
    replace_word: np.float32,
    usual_frames: npt.NDArray[np.float32],
) -> npt.NDArray[np.int32]:
    """Rows (arc, first frames of its three states, end), newest first; none if there is no path.

    The arc is -1 where the path is off the transcript. No state scores less than `least_scores` in
    a frame.
    """
    frames, width, _ = state_scores.shape
    arcs = len(phone)
    nodes = last_node[-1]
    node_width = 0
    for t in range(frames):
        node_width = max(node_width, last_node[last_word[t]] - first_node[first_word[t]])
    advanced = np.zeros((frames, width, 3), np.bool_)
    arrived = np.full((frames, node_width), -1, np.int32)
    state = np.full((arcs, 3), _LOWEST, np.float32)
    node = np.full(nodes, _LOWEST, np.float32)
    node[0] = 0.0
    words = len(first_node) - 1
    off = np.full(words + 1, _LOWEST, np.float32)
    most_words = 0
    for t in range(frames):
        most_words = max(most_words, last_word[t] + 1 - first_word[t])
    off_entered = np.zeros((frames, most_words), np.bool_)
    replaced = np.full((words, _REPLACED_STATES), _LOWEST, np.float32)
    replaced_advanced = np.zeros((frames, most_words, _REPLACED_STATES), np.bool_)
    replaced_leave = np.empty(words, np.float32)
    replaced_stay = np.empty(words, np.float32)
    for w in range(words):
        share = np.float32(_REPLACED_STATES) / max(
            usual_frames[w], np.float32(_REPLACED_STATES + 1)
        )
        replaced_leave[w] = np.log(share)
        replaced_stay[w] = np.log(np.float32(1.0) - share)
    for t in range(frames):
        low, high = first_word[t], last_word[t]
        base = first_arc[low]
        least = least_scores[t]
        best = _LOWEST
        for a in range(base, first_arc[high + 1]):
            entering = node[source[a]] - cost[a]
            s0, s1, s2 = state[a, 0], state[a, 1], state[a, 2]
            p = phone[a]
            third = s2 + log_stay[p, 2]
            value = s1 + log_leave[p, 1]
            if value > third:
                third = value
                advanced[t, a - base, 2] = True
            second = s1 + log_stay[p, 1]
            value = s0 + log_leave[p, 0]
            if value > second:
                second = value
                advanced[t, a - base, 1] = True
            first = s0 + log_stay[p, 0]
            if entering > first:
                first = entering
                advanced[t, a - base, 0] = True
            scores = state_scores[t, a - base]
            state[a, 0] = max(_LOWEST, first + max(least, scores[0]))
            state[a, 1] = max(_LOWEST, second + max(least, scores[1]))
            state[a, 2] = max(_LOWEST, third + max(least, scores[2]))
            best = max(best, state[a, 0], state[a, 1], state[a, 2])
        for w in range(low, high + 1):
            entering = node[first_node[w]] - off_enter
            if entering > off[w]:
                off[w] = entering
                off_entered[t, w - low] = True
            off[w] = max(_LOWEST, off[w] + off_scores[t] - off_frame)
            best = max(best, off[w])
        for w in range(low, min(high + 1, words)):
            for s in range(_REPLACED_STATES - 1, 0, -1):
                value = replaced[w, s] + replaced_stay[w]
                entering = replaced[w, s - 1] + replaced_leave[w]
                if entering > value:
                    value = entering
                    replaced_advanced[t, w - low, s] = True
                replaced[w, s] = max(_LOWEST, value + off_scores[t] - off_frame)
                best = max(best, replaced[w, s])
            value = replaced[w, 0] + replaced_stay[w]
            entering = node[first_node[w]] - replace_word
            if entering > value:
                value = entering
                replaced_advanced[t, w - low, 0] = True
            replaced[w, 0] = max(_LOWEST, value + off_scores[t] - off_frame)
            best = max(best, replaced[w, 0])
        first_n = first_node[low]
        for n in range(first_n, last_node[high]):
            node[n] = _LOWEST
        for a in range(base, first_arc[high + 1]):
            for s in range(3):
                state[a, s] = max(_LOWEST, state[a, s] - best)
            value = state[a, 2] + log_leave[phone[a], 2]
            n = target[a]
            if value > node[n]:
                node[n] = value
                arrived[t, n - first_n] = a
        for w in range(low, min(high + 1, words) + 1):
            n = first_node[w]
            if w <= high:
                off[w] = max(_LOWEST, off[w] - best)
                if off[w] > node[n]:
                    node[n] = off[w]
                    arrived[t, n - first_n] = _FROM_OFF
            if w <= high and w < words:
                for s in range(_REPLACED_STATES):
                    replaced[w, s] = max(_LOWEST, replaced[w, s] - best)
            if w > low:
                value = replaced[w - 1, _REPLACED_STATES - 1] + replaced_leave[w - 1]
                if value > node[n]:
                    node[n] = value
                    arrived[t, n - first_n] = _FROM_REPLACED
            if w > low and node[first_node[w - 1]] - skip_word > node[n]:
                node[n] = node[first_node[w - 1]] - skip_word
                arrived[t, n - first_n] = _FROM_SKIP
        # Words that leave the window are gone for good.
        if t + 1 < frames:
            for a in range(base, first_arc[first_word[t + 1]]):
                for s in range(3):
                    state[a, s] = _LOWEST
            for n in range(first_n, first_node[first_word[t + 1]]):
                node[n] = _LOWEST
            for w in range(low, first_word[t + 1]):
                off[w] = _LOWEST
                for s in range(_REPLACED_STATES):
                    replaced[w, s] = _LOWEST
    end = first_node[-1]
    path = np.empty((arcs + frames, 5), np.int32)
    count = 0
    t = frames - 1
    if node[end] <= _LOWEST:
        return path[:0]
    n = end
    word = words  # the path stands at a junction before it, or inside the word before
    while t >= 0:
        a = arrived[t, n - first_node[first_word[t]]]
        if a == _FROM_SKIP:
            word -= 1
            n = first_node[word]
            continue
        path[count, 0] = a
        path[count, 4] = t + 1
        if a == _FROM_OFF:
            while not off_entered[t, word - first_word[t]]:
                t -= 1
            path[count, 0] = -1
            path[count, 1:4] = t
            t -= 1
        elif a == _FROM_REPLACED:
            word -= 1
            for s in range(_REPLACED_STATES - 1, -1, -1):
                while not replaced_advanced[t, word - first_word[t], s]:
                    t -= 1
                t -= 1
            path[count, 0] = -1
            path[count, 1:4] = t + 1
            n = first_node[word]
        else:
            for s in range(2, -1, -1):
                while not advanced[t, a - first_arc[first_word[t]], s]:
                    t -= 1
                path[count, 1 + s] = t
                t -= 1
            n = source[a]
            word = arc_word[a]
        count += 1
    return path[:count]


def align_stretch(
    features: npt.NDArray[np.float32],
    graph: TriphoneGraph,
    first_word: npt.NDArray[np.int32],
    last_word: npt.NDArray[np.int32],
    model: AcousticModel,
    mixtures: Mixtures,
    heard: npt.NDArray[np.int32],
    penalties: LocalPenalties,
) -> PhonePath | None:
    """Align a stretch of words.

    Args:
        features: float32, shape (frames, 3, 13).
        graph: the words, in triphones.
        first_word: int32, shape (frames,): the first word that a frame may belong to; ascending.
        last_word: int32, shape (frames,): the last such word, the closing silence being one.
        model: for the transition probabilities.
        mixtures: the model's mixtures, as adapted to the recording.
        heard: int32, shape (frames,): the phone recognised in each frame.
        penalties: what leaving the text costs.

    Returns:
        The path, or None when no path keeps to the windows.
    """
    scores = score_stretch(features, graph, first_word, last_word, model, mixtures, heard)
    rows = _align(
        scores.states,
        scores.off,
        scores.heard - MISPRONOUNCED_BY,
        model.log_stay,
        model.log_leave,
        graph.phone,
        graph.source,
        graph.target,
        graph.cost,
        graph.word,
        graph.first_arc,
        graph.first_node,
        graph.last_node,
        first_word,
        last_word,
        np.float32(penalties.off_enter),
        np.float32(penalties.off_frame),
        np.float32(penalties.skip_word),
        np.float32(penalties.replace_word),
        graph.usual_frames,
    )[::-1]
    if not len(rows):
        return None
    arcs, bounds = rows[:, 0].copy(), rows[:, 1:].copy()
    shifts = boundary_shifts(scores, graph, first_word, last_word, arcs, bounds, model)
    excess = _excess(scores, graph.first_arc[first_word], arcs, bounds)
    return PhonePath(arcs, bounds, shifts, excess)


def _excess(
    scores: StretchScores,
    first_arc: npt.NDArray[np.int32],
    arcs: npt.NDArray[np.int32],
    bounds: npt.NDArray[np.int32],
) -> npt.NDArray[np.float32]:
    arc = np.repeat(arcs, bounds[:, 3] - bounds[:, 0])
    state = np.repeat(np.tile(np.arange(3), len(arcs)), np.diff(bounds).ravel())
    place = np.maximum(0, arc - first_arc)
    of_path = scores.states[np.arange(len(arc)), place, state]
    excess = np.clip(scores.heard - of_path, -MISHEARD_BY, MISPRONOUNCED_BY)
    return np.where(arc >= 0, excess, np.float32(0.0))
