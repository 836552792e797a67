"""Where words begin and end, finer than the frame: expected boundaries instead of the best path's.

The best path puts a boundary where its scores are highest, however little lower they are one frame
on. Here each boundary between two phones is weighed over all places near it by the forward-backward
algorithm (Rabiner, "A tutorial on hidden Markov models", 1989), the outer ends of both phones held;
its expectation is the answer. The scores of frames that follow each other are anything but
independent, as the algorithm takes them to be, so they count for a fraction.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from pipeline.align.acoustic_model import AcousticModel
from pipeline.align.stretch_scores import StretchScores
from pipeline.align.triphone_graph import TriphoneGraph
from pipeline.kernels import kernel

__all__ = ["boundary_shifts"]

_SCALE = np.float32(0.15)
_REACH_FRAMES = 12
_LOWEST = np.float32(-1e30)
_STATES = 6  # of the phone before the boundary and of the one behind it


def boundary_shifts(
    scores: StretchScores,
    graph: TriphoneGraph,
    first_word: npt.NDArray[np.int32],
    last_word: npt.NDArray[np.int32],
    arcs: npt.NDArray[np.int32],
    bounds: npt.NDArray[np.int32],
    model: AcousticModel,
) -> npt.NDArray[np.float32]:
    """How much later than on the best path its phones are expected to begin.

    Args:
        scores: of the frames of the stretch.
        graph: the words, in triphones.
        first_word: int32, shape (frames,): as for `pipeline.align.second_pass.align_stretch`.
        last_word: int32, shape (frames,): as there.
        arcs: int32, shape (phones,): as in `pipeline.align.second_pass.PhonePath`.
        bounds: int32, shape (phones, 4): as there.
        model: for the transition probabilities.

    Returns:
        float32, shape (phones + 1,), in frames, from -12 to 12: for each phone, and for the end of
        the last one. It is 0 inside words, at either end, and beside what is off the transcript.
        Each phone keeps at least one frame.
    """
    before, behind = arcs[:-1], arcs[1:]
    is_inside = graph.word[before] == graph.word[behind]
    is_inside &= graph.source[before] != graph.target[before]
    shifts = np.zeros(len(arcs) + 1, np.float32)
    shifts[1:-1] = _expected_shifts(
        scores.states,
        graph.first_arc[first_word],
        graph.first_arc[last_word + 1],
        arcs,
        graph.phone[arcs],
        bounds,
        (before >= 0) & (behind >= 0) & ~is_inside,
        model.log_stay,
        model.log_leave,
    )
    return shifts


@kernel()
def _log_sum(one: float, other: float) -> float:
    """Logarithm of the sum of what `one` and `other` are the logarithms of."""
    return max(one, other) + math.log1p(math.exp(-abs(one - other)))


@kernel()
def _expected_shift(
    state_scores: npt.NDArray[np.float32],
    first_arc: npt.NDArray[np.int32],
    arc_end: npt.NDArray[np.int32],
    arcs: npt.NDArray[np.int32],
    phones: npt.NDArray[np.int32],
    bounds: npt.NDArray[np.int32],
    log_stay: npt.NDArray[np.float32],
    log_leave: npt.NDArray[np.float32],
) -> float:
    """The expected first frame of the second phone of two, counted from that on the path."""
    middle = bounds[1, 0]
    begin = max(bounds[0, 0], middle - _REACH_FRAMES)
    end = min(bounds[1, 3], middle + _REACH_FRAMES)
    frames = end - begin
    scores = np.full((frames, _STATES), _LOWEST, np.float32)
    stay = np.empty(_STATES, np.float32)
    leave = np.empty(_STATES, np.float32)
    first = last = 0
    for q in range(_STATES):
        arc, phone, state = arcs[q // 3], phones[q // 3], q % 3
        stay[q] = _SCALE * log_stay[phone, state]
        leave[q] = _SCALE * log_leave[phone, state]
        for t in range(frames):
            if first_arc[begin + t] <= arc < arc_end[begin + t]:
                of_frame = state_scores[begin + t]
                scores[t, q] = _SCALE * of_frame[arc - first_arc[begin + t], state]
        if bounds[q // 3, state] <= begin:
            first = q
        if bounds[q // 3, state] < end:
            last = q
    forward = np.full((frames, _STATES), _LOWEST, np.float32)
    forward[0, first] = scores[0, first]
    for t in range(1, frames):
        for q in range(_STATES):
            value = forward[t - 1, q] + stay[q]
            if q > 0:
                value = _log_sum(value, forward[t - 1, q - 1] + leave[q - 1])
            forward[t, q] = max(_LOWEST, value + scores[t, q])
    backward = np.full((frames, _STATES), _LOWEST, np.float32)
    backward[frames - 1, last] = 0.0
    for t in range(frames - 2, -1, -1):
        for q in range(_STATES):
            value = backward[t + 1, q] + stay[q] + scores[t + 1, q]
            if q < _STATES - 1:
                value = _log_sum(value, backward[t + 1, q + 1] + leave[q] + scores[t + 1, q + 1])
            backward[t, q] = max(_LOWEST, value)
    likelihoods = forward[:-1, 2] + leave[2] + scores[1:, 3] + backward[1:, 3]
    weights = np.exp(likelihoods - likelihoods.max())
    places = np.arange(1, frames) + (begin - middle)
    expected = (weights * places).sum() / weights.sum()
    before, behind = middle - bounds[0, 0], bounds[1, 3] - middle
    return float(min(max(expected, (1 - before) / 2), (behind - 1) / 2))


@kernel()
def _expected_shifts(
    state_scores: npt.NDArray[np.float32],
    first_arc: npt.NDArray[np.int32],
    arc_end: npt.NDArray[np.int32],
    arcs: npt.NDArray[np.int32],
    phones: npt.NDArray[np.int32],
    bounds: npt.NDArray[np.int32],
    wanted: npt.NDArray[np.bool_],
    log_stay: npt.NDArray[np.float32],
    log_leave: npt.NDArray[np.float32],
) -> npt.NDArray[np.float32]:
    """One for each boundary between two phones, 0 where not wanted."""
    shifts = np.zeros(len(wanted), np.float32)
    for at in range(len(wanted)):
        if wanted[at]:
            shifts[at] = _expected_shift(
                state_scores,
                first_arc,
                arc_end,
                arcs[at : at + 2],
                phones[at : at + 2],
                bounds[at : at + 2],
                log_stay,
                log_leave,
            )
    return shifts
