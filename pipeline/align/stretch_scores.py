"""How well each frame of a stretch fits the states that it may belong to.

Scores are computed for just the senones that may be needed, 64 frames at a time. A state is
scored by the mean of its senone in context and the one without: triphones know the neighbours, but
blur the boundaries, as their densities have seen the transitions; phones without context place
them better on clean speech (docs/accuracy.md has the figures).
"""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np
import numpy.typing as npt

from pipeline.align.acoustic_model import AcousticModel
from pipeline.align.scores import BLOCK_FRAMES, Mixtures, lay_out, score_block
from pipeline.align.triphone_graph import TriphoneGraph

__all__ = ["StretchScores", "score_stretch"]

_TRIPHONE_SHARE = np.float32(0.5)


@dataclass(frozen=True, eq=False)
class StretchScores:
    """Log likelihoods of the frames of a stretch, in nats.

    Attributes:
        states: float32, shape (frames, arcs at once, 3): of the states of the arcs in each frame's
            window, counted from the first arc of the first word there.
        off: float32, shape (frames,): of the phone recognised there.
    """

    states: npt.NDArray[np.float32]
    off: npt.NDArray[np.float32]


def score_stretch(
    features: npt.NDArray[np.float32],
    graph: TriphoneGraph,
    first_word: npt.NDArray[np.int32],
    last_word: npt.NDArray[np.int32],
    model: AcousticModel,
    mixtures: Mixtures,
    heard: npt.NDArray[np.int32],
) -> StretchScores:
    """Score a stretch; see `pipeline.align.second_pass.align_stretch` for the arguments."""
    frames, streams, size = features.shape
    first_arc = graph.first_arc[first_word]
    arc_end = graph.first_arc[last_word + 1]
    senones = np.concatenate([graph.senones, model.ci_senones[graph.phone]], axis=1)
    heard_senones = model.ci_senones[heard]
    states = np.empty((frames, int((arc_end - first_arc).max(initial=0)), 3), np.float32)
    off = np.empty(frames, np.float32)
    slot = np.full(len(model.senone_phone), -1, np.int32)
    x = np.zeros((streams, 2 * size, BLOCK_FRAMES), np.float32)
    for begin in range(0, frames, BLOCK_FRAMES):
        end = min(frames, begin + BLOCK_FRAMES)
        codebooks, firsts, ordered = _group_senones(
            senones[first_arc[begin] : arc_end[end - 1]],
            heard_senones[begin:end],
            model.senone_phone,
            len(model.phones),
            slot,
        )
        lay_out(features[begin:end], x)
        scores = np.empty((len(ordered), BLOCK_FRAMES), np.float32)
        score_block(
            x, mixtures.quadratics, mixtures.log_weights, codebooks, firsts, ordered, scores
        )
        _pick_scores(
            scores,
            slot,
            senones,
            heard_senones[begin:end],
            first_arc[begin:end],
            arc_end[begin:end],
            states[begin:end],
            off[begin:end],
        )
        slot[ordered] = -1
    return StretchScores(states, off)


@numba.njit(cache=True, nogil=True)
def _group_senones(
    senones: npt.NDArray[np.int32],
    others: npt.NDArray[np.int32],
    senone_phone: npt.NDArray[np.int32],
    phones: int,
    slot: npt.NDArray[np.int32],
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    """Distinct senones of `senones` and `others`, by codebook, as `SenoneGroups` has them.

    `slot`, -1 for all senones, gets their places.
    """
    distinct = np.empty(senones.size + others.size, np.int32)
    count = 0
    per_phone = np.zeros(phones, np.int32)
    for wanted in (senones, others):
        for senone in wanted.flat:
            if slot[senone] < 0:
                slot[senone] = 0
                distinct[count] = senone
                count += 1
                per_phone[senone_phone[senone]] += 1
    codebooks = np.empty(phones, np.int32)
    firsts = np.zeros(phones + 1, np.int32)
    groups = 0
    place = np.zeros(phones, np.int32)
    total = 0
    for phone in range(phones):
        place[phone] = total
        if per_phone[phone]:
            codebooks[groups] = phone
            total += per_phone[phone]
            groups += 1
            firsts[groups] = total
    ordered = np.empty(count, np.int32)
    for senone in distinct[:count]:
        phone = senone_phone[senone]
        ordered[place[phone]] = senone
        slot[senone] = place[phone]
        place[phone] += 1
    return codebooks[:groups], firsts[: groups + 1], ordered


@numba.njit(cache=True, nogil=True)
def _pick_scores(
    scores: npt.NDArray[np.float32],
    slot: npt.NDArray[np.int32],
    senones: npt.NDArray[np.int32],
    heard_senones: npt.NDArray[np.int32],
    first_arc: npt.NDArray[np.int32],
    arc_end: npt.NDArray[np.int32],
    states: npt.NDArray[np.float32],
    off: npt.NDArray[np.float32],
) -> None:
    alone_share = np.float32(1.0) - _TRIPHONE_SHARE
    for t in range(len(off)):
        for a in range(first_arc[t], arc_end[t]):
            for s in range(3):
                in_context = scores[slot[senones[a, s]], t]
                alone = scores[slot[senones[a, 3 + s]], t]
                states[t, a - first_arc[t], s] = _TRIPHONE_SHARE * in_context + alone_share * alone
        off[t] = scores[slot[heard_senones[t, 0]], t]
        for s in range(1, 3):
            off[t] = max(off[t], scores[slot[heard_senones[t, s]], t])
