"""Viterbi beam search through a text's graph that copes with text and audio that differ.

Beside the words and their silences, any junction may be left for audio that the text lacks (an
off-transcript state that any sound fits equally badly) and for the next junctions without any
audio (words that the audio lacks). There are two off-transcript states: what lasts long costs more
to enter and less to stay in, as gaps do in Li, "Minimap2" (2018). Tokens are passed as in Young et
al., "Token passing" (1989); a token's history is a chain of records, one for each word and each
off-transcript stretch.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from pipeline.align.acoustic_model import AcousticModel
from pipeline.align.first_scores import OFF_COLUMN, SHORTFALL_STEP
from pipeline.align.graph import Graph
from pipeline.kernels import kernel

__all__ = ["Penalties", "Segmentation", "is_compiled", "search"]

OFF_TRANSCRIPT = -1
_LOWEST = np.float32(-1e30)


@dataclass(frozen=True, slots=True)
class Penalties:
    """What leaving the text costs, in nats.

    Attributes:
        off_frame: for each frame off the transcript, beside its shortfall.
        off_enter: for entering the off-transcript state.
        long_off_frame: the same as `off_frame` in the state for long stretches, such as
            advertisements, where few words here and there would otherwise pay.
        long_off_enter: for entering that.
        skip_open: for beginning to skip words.
        skip_word: for each word skipped.
        beam: hypotheses further than this behind the best one are dropped.
    """

    off_frame: float
    off_enter: float
    long_off_frame: float
    long_off_enter: float
    skip_open: float
    skip_word: float
    beam: float


@dataclass(frozen=True, eq=False)
class Segmentation:
    """The best path's words and off-transcript stretches in order of time.

    Attributes:
        words: int32, shape (segments,): index of the word, or -1 off the transcript.
        starts: int32, shape (segments,): first frame.
        ends: int32, shape (segments,): frame after the last.
        complete: the path reached the end of the text within the beam.
    """

    words: npt.NDArray[np.int32]
    starts: npt.NDArray[np.int32]
    ends: npt.NDArray[np.int32]
    complete: bool


@kernel()
def _mark(
    tokens: npt.NDArray[np.float32],
    token_records: npt.NDArray[np.int32],
    previous: npt.NDArray[np.int32],
    used: npt.NDArray[np.bool_],
) -> None:
    for i in range(len(tokens)):
        if tokens[i] > _LOWEST:
            record = token_records[i]
            while record >= 0 and not used[record]:
                used[record] = True
                record = previous[record]


@kernel()
def _renumber(
    tokens: npt.NDArray[np.float32],
    token_records: npt.NDArray[np.int32],
    place: npt.NDArray[np.int32],
) -> None:
    for i in range(len(tokens)):
        if tokens[i] > _LOWEST and token_records[i] >= 0:
            token_records[i] = place[token_records[i]]


@kernel()
def _drop_unused(
    records: npt.NDArray[np.int32], count: int, used: npt.NDArray[np.bool_]
) -> tuple[npt.NDArray[np.int32], int]:
    """Close the gaps between used records; return where each went and how many remain."""
    place = np.full(count, -1, np.int32)
    kept = 0
    for record in range(count):
        if used[record]:
            place[record] = kept
            before = records[record, 0]
            records[kept, 0] = place[before] if before >= 0 else -1
            for column in range(1, 4):
                records[kept, column] = records[record, column]
            kept += 1
    return place, kept


@kernel()
def _search(
    shortfalls: npt.NDArray[np.uint8],
    shortfall_step: np.float32,
    phone: npt.NDArray[np.int32],
    source: npt.NDArray[np.int32],
    target: npt.NDArray[np.int32],
    cost: npt.NDArray[np.float32],
    first_arc: npt.NDArray[np.int32],
    junction: npt.NDArray[np.int32],
    log_stay: npt.NDArray[np.float32],
    log_leave: npt.NDArray[np.float32],
    off_frame: npt.NDArray[np.float32],
    off_enter: npt.NDArray[np.float32],
    skip_open: np.float32,
    skip_word: np.float32,
    beam: np.float32,
) -> tuple[npt.NDArray[np.int32], bool]:
    """Best path as rows (previous, word or -1, start, end), newest first; is it complete.

    What leaving the text costs has two values, for short and for long stretches.
    """
    frames = shortfalls.shape[0]
    kinds = len(off_enter)
    words = len(junction) - 1
    arcs = len(phone)
    nodes = junction[words] + 1
    # Tokens: in the three states of each arc, in the nodes, in the off-transcript states.
    state = np.full((arcs, 3), _LOWEST, np.float32)
    state_record = np.full((arcs, 3), -1, np.int32)
    state_began = np.zeros((arcs, 3), np.int32)
    node = np.full(nodes, _LOWEST, np.float32)
    node_record = np.full(nodes, -1, np.int32)
    node_began = np.full(nodes, -1, np.int32)  # -1: the word begins with the next frame
    node_arc = np.zeros(nodes, np.int32)
    off = np.full((words + 1, kinds), _LOWEST, np.float32)
    off_record = np.full((words + 1, kinds), -1, np.int32)
    off_began = np.zeros((words + 1, kinds), np.int32)
    records = np.empty((1 << 16, 4), np.int32)
    count = 0
    # The window of words that may hold tokens; number `words` is the closing silence.
    low = 0
    high = 0
    node[0] = 0.0
    skipping = -skip_open
    for w in range(1, words + 1):
        skipping -= skip_word
        if skipping < -beam:
            break
        node[junction[w]] = skipping
        high = w
    for t in range(frames):
        if count + high - low + 2 > len(records):
            used = np.zeros(count, np.bool_)
            previous = records[:, 0]
            a0, a1 = first_arc[low], first_arc[high + 1]
            flat, flat_record = state[a0:a1].reshape(-1), state_record[a0:a1].reshape(-1)
            flat_off, flat_off_record = off.reshape(-1), off_record.reshape(-1)
            _mark(flat, flat_record, previous, used)
            _mark(node, node_record, previous, used)
            _mark(flat_off, flat_off_record, previous, used)
            place, count = _drop_unused(records, count, used)
            _renumber(flat, flat_record, place)
            _renumber(node, node_record, place)
            _renumber(flat_off, flat_off_record, place)
            if count + high - low + 2 > len(records) // 2:
                larger = np.empty((2 * len(records) + words, 4), np.int32)
                larger[:count] = records[:count]
                records = larger
        row = shortfalls[t]
        off_cost = shortfall_step * row[OFF_COLUMN]
        best = _LOWEST
        for a in range(first_arc[low], first_arc[high + 1]):
            n = source[a]
            entering = node[n] - cost[a]
            s0, s1, s2 = state[a, 0], state[a, 1], state[a, 2]
            if entering <= _LOWEST and s0 <= _LOWEST and s1 <= _LOWEST and s2 <= _LOWEST:
                continue
            p = phone[a]
            third = s2 + log_stay[p, 2]
            value = s1 + log_leave[p, 1]
            if value > third:
                third = value
                state_record[a, 2] = state_record[a, 1]
                state_began[a, 2] = state_began[a, 1]
            second = s1 + log_stay[p, 1]
            value = s0 + log_leave[p, 0]
            if value > second:
                second = value
                state_record[a, 1] = state_record[a, 0]
                state_began[a, 1] = state_began[a, 0]
            first = s0 + log_stay[p, 0]
            if entering > first:
                first = entering
                state_record[a, 0] = node_record[n]
                state_began[a, 0] = node_began[n] if node_began[n] >= 0 else t
            first -= shortfall_step * row[3 * p]
            second -= shortfall_step * row[3 * p + 1]
            third -= shortfall_step * row[3 * p + 2]
            state[a, 0] = first
            state[a, 1] = second
            state[a, 2] = third
            best = max(best, first, second, third)
        for w in range(low, high + 1):
            n = junction[w]
            for kind in range(kinds):
                value = node[n] - off_enter[kind]
                if value > off[w, kind]:
                    off[w, kind] = value
                    off_record[w, kind] = node_record[n]
                    off_began[w, kind] = t
                if off[w, kind] > _LOWEST:
                    off[w, kind] -= off_frame[kind] + off_cost
                    best = max(best, off[w, kind])
        # Prune, count scores from the best one, and let the arcs that end reach their nodes.
        floor = best - beam
        for n in range(junction[low], junction[min(high + 1, words)] + 1):
            node[n] = _LOWEST
        for a in range(first_arc[low], first_arc[high + 1]):
            for s in range(3):
                if state[a, s] < floor:
                    state[a, s] = _LOWEST
                else:
                    state[a, s] -= best
            if state[a, 2] > _LOWEST:
                n = target[a]
                value = state[a, 2] + log_leave[phone[a], 2]
                if value > node[n]:
                    node[n] = value
                    node_record[n] = state_record[a, 2]
                    node_began[n] = state_began[a, 2]
                    node_arc[n] = a
        if high < words and node[junction[high + 1]] > _LOWEST:
            high += 1
        skipping = _LOWEST
        skipping_record = np.int32(-1)
        for w in range(low, words + 1):
            skipping = max(_LOWEST, skipping - skip_word)
            if w > high:
                if skipping < -beam:
                    break
                high = w
            n = junction[w]
            likelier = 0
            for kind in range(kinds):
                if off[w, kind] < floor:
                    off[w, kind] = _LOWEST
                else:
                    off[w, kind] -= best
                if off[w, kind] > off[w, likelier]:
                    likelier = kind
            arrived = node[n]
            if off[w, likelier] > arrived:
                arrived = off[w, likelier]
                records[count, 0] = off_record[w, likelier]
                records[count, 1] = OFF_TRANSCRIPT
                records[count, 2] = off_began[w, likelier]
                is_new = True
            else:
                records[count, 0] = node_record[n]
                records[count, 1] = w - 1
                records[count, 2] = node_began[n]
                is_new = arrived > _LOWEST and source[node_arc[n]] != n
            if skipping > arrived:
                node[n] = skipping
                node_record[n] = skipping_record
            elif arrived > _LOWEST:
                node[n] = arrived
                if is_new:
                    records[count, 3] = t + 1
                    node_record[n] = count
                    count += 1
                if arrived - skip_open > skipping:
                    skipping = arrived - skip_open
                    skipping_record = node_record[n]
            node_began[n] = -1
        while low < high:
            alive = off[low].max() > _LOWEST or node[junction[low]] > -beam
            for a in range(first_arc[low], first_arc[low + 1]):
                alive = alive or state[a, 0] > _LOWEST
                alive = alive or state[a, 1] > _LOWEST or state[a, 2] > _LOWEST
            if alive:
                break
            for n in range(junction[low], junction[low + 1]):
                node[n] = _LOWEST
            low += 1
    last = junction[words]
    complete = node[last] > _LOWEST
    if not complete:
        for w in range(low, high + 1):
            if node[junction[w]] > node[last]:
                last = junction[w]
    path = np.empty((count, 4), np.int32)
    length = 0
    record = node_record[last]
    while record >= 0:
        path[length] = records[record]
        length += 1
        record = records[record, 0]
    return path[:length], complete


def search(
    shortfalls: npt.NDArray[np.uint8], graph: Graph, model: AcousticModel, penalties: Penalties
) -> Segmentation:
    """Find the best path of a text through audio.

    Args:
        shortfalls: uint8, shape (frames, 128), as in `pipeline.align.first_scores`.
        graph: the text.
        model: for the transition probabilities.
        penalties: what leaving the text costs.
    """
    path, complete = _search(
        shortfalls,
        SHORTFALL_STEP,  # a compiled function would not notice that it was changed
        graph.phone,
        graph.source,
        graph.target,
        graph.cost,
        graph.first_arc,
        graph.junction,
        model.log_stay,
        model.log_leave,
        np.array([penalties.off_frame, penalties.long_off_frame], np.float32),
        np.array([penalties.off_enter, penalties.long_off_enter], np.float32),
        np.float32(penalties.skip_open),
        np.float32(penalties.skip_word),
        np.float32(penalties.beam),
    )
    rows = path[::-1]
    return Segmentation(rows[:, 1].copy(), rows[:, 2].copy(), rows[:, 3].copy(), bool(complete))


def is_compiled() -> bool:
    """Whether the compiled search is in its cache; the first run on a machine takes longer."""
    return any(Path(str(_search.stats.cache_path)).glob("search._search-*.nbi"))
