"""How well each frame of a stretch fits the states that it may belong to.

Each codebook is scored for just the frames in whose windows it has a state, wherever in the
stretch they are, 64 at a time. A state is scored by the mean of its senone in context and the one
without: triphones know the neighbours, but blur the boundaries, as their densities have seen the
transitions; phones without context place them better on clean speech (docs/accuracy.md has the
figures).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipeline.align.acoustic_model import AcousticModel
from pipeline.align.scores import BLOCK_FRAMES, Mixtures, score_codebook, squares_and_values
from pipeline.align.triphone_graph import TriphoneGraph
from pipeline.kernels import kernel

__all__ = ["MISHEARD_BY", "MISPRONOUNCED_BY", "StretchScores", "score_stretch"]

MISHEARD_BY = np.float32(2.0)
"""Nats; a phone recognised that fits worse than a state of the text by more was misheard."""

MISPRONOUNCED_BY = np.float32(8.0)
"""Nats; the most that one frame speaks against a state of the text and for the phone recognised.

Else the one phone that a speaker says otherwise than the lexicon would outweigh a whole word."""

_TRIPHONE_SHARE = np.float32(0.5)


@dataclass(frozen=True, eq=False)
class StretchScores:
    """Log likelihoods of the frames of a stretch, in nats.

    Attributes:
        states: float32, shape (frames, arcs at once, 3): of the states of the arcs in each frame's
            window, counted from the first arc of the first word there.
        heard: float32, shape (frames,): of the phone recognised there.
        off: float32, shape (frames,): of whatever is said off the transcript: of the phone
            recognised, or `MISHEARD_BY` less than the best of `states`, if that is more.
    """

    states: npt.NDArray[np.float32]
    heard: npt.NDArray[np.float32]
    off: npt.NDArray[np.float32]


def score_stretch(
    features: npt.NDArray[np.float32],
    graph: TriphoneGraph,
    first_word: npt.NDArray[np.int32],
    last_word: npt.NDArray[np.int32],
    model: AcousticModel,
    mixtures: Mixtures,
    heard_phones: npt.NDArray[np.int32],
) -> StretchScores:
    """Score a stretch; see `pipeline.align.second_pass.align_stretch` for the arguments."""
    first_arc = graph.first_arc[first_word]
    arc_end = graph.first_arc[last_word + 1]
    values = squares_and_values(features)
    states = np.empty((len(features), int((arc_end - first_arc).max(initial=0)), 3), np.float32)
    heard = np.empty(len(features), np.float32)
    best = np.full(len(features), -np.inf, np.float32)
    for phone in np.union1d(graph.phone, heard_phones):
        arcs = np.flatnonzero(graph.phone == phone)
        _score_phone(
            values,
            heard_phones == phone,
            arcs,
            graph.senones[arcs],
            model.ci_senones[phone],
            first_arc,
            arc_end,
            mixtures.quadratics[phone],
            mixtures.log_weights,
            states,
            best,
            heard,
        )
    return StretchScores(states, heard, np.maximum(heard, best - MISHEARD_BY))


@kernel()
def _score_phone(
    values: npt.NDArray[np.float32],
    is_heard: npt.NDArray[np.bool_],
    arcs: npt.NDArray[np.int64],
    senones: npt.NDArray[np.int32],
    ci_senones: npt.NDArray[np.int32],
    first_arc: npt.NDArray[np.int32],
    arc_end: npt.NDArray[np.int32],
    quadratics: npt.NDArray[np.float32],
    log_weights: npt.NDArray[np.float32],
    states: npt.NDArray[np.float32],
    best: npt.NDArray[np.float32],
    heard: npt.NDArray[np.float32],
) -> None:
    """Score the states of one phone's arcs, `senones` being theirs, into `states` and `heard`.

    `values` are those of `squares_and_values`; `best` is raised to the best state of each frame.
    """
    streams, size, frames = values.shape
    x = np.zeros((streams, size, BLOCK_FRAMES), np.float32)
    chosen = np.empty(BLOCK_FRAMES, np.int64)
    # In the window of the n-th chosen frame are the arcs from low[n] up to, not with, high[n].
    low = np.empty(BLOCK_FRAMES, np.int64)
    high = np.empty(BLOCK_FRAMES, np.int64)
    place = np.empty(senones.shape, np.int64)
    count = begin = end = 0
    for t in range(frames):
        while end < len(arcs) and arcs[end] < arc_end[t]:
            end += 1
        while begin < end and arcs[begin] < first_arc[t]:
            begin += 1
        if begin < end or is_heard[t]:
            chosen[count], low[count], high[count] = t, begin, end
            count += 1
        if count == BLOCK_FRAMES or (t == frames - 1 and count):
            _gather(values, chosen[:count], x)
            wanted = _distinct_senones(senones, ci_senones, low[0], high[count - 1], place)
            scores = np.empty((len(wanted), BLOCK_FRAMES), np.float32)
            score_codebook(x, quadratics, log_weights, wanted, scores)
            for n in range(count):
                frame = chosen[n]
                for a in range(low[n], high[n]):
                    for s in range(3):
                        score = (
                            _TRIPHONE_SHARE * scores[place[a, s], n]
                            + (np.float32(1.0) - _TRIPHONE_SHARE) * scores[s, n]
                        )
                        states[frame, arcs[a] - first_arc[frame], s] = score
                        best[frame] = max(best[frame], score)
                if is_heard[frame]:
                    heard[frame] = max(scores[0, n], scores[1, n], scores[2, n])
            count = 0


@kernel()
def _gather(
    values: npt.NDArray[np.float32], frames: npt.NDArray[np.int64], x: npt.NDArray[np.float32]
) -> None:
    """Copy the frames, run by run of those that follow each other."""
    first = 0
    for n in range(1, len(frames) + 1):
        if n == len(frames) or frames[n] != frames[n - 1] + 1:
            x[:, :, first:n] = values[:, :, frames[first] : frames[first] + n - first]
            first = n


@kernel()
def _distinct_senones(
    senones: npt.NDArray[np.int32],
    ci_senones: npt.NDArray[np.int32],
    begin: int,
    end: int,
    place: npt.NDArray[np.int64],
) -> npt.NDArray[np.int32]:
    """Senones of the three states without context, then those of the arcs `begin` to `end`.

    `place` gets where among them those of each arc are.
    """
    distinct = np.empty(3 + 3 * (end - begin), np.int32)
    distinct[:3] = ci_senones
    count = 3
    for a in range(begin, end):
        for s in range(3):
            at = 0
            while at < count and distinct[at] != senones[a, s]:
                at += 1
            if at == count:
                distinct[count] = senones[a, s]
                count += 1
            place[a, s] = at
    return distinct[:count]
