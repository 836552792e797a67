"""Which stretches sound alike: agglomerative clustering where the voice's own spread is known."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from pipeline.kernels import kernel
from pipeline.speakers.voice_space import Points

__all__ = ["halve"]

_DIRECTIONS = 12
_MOST_LEAVES = 3000
_LEAST_LEAVES = 4
_LEAF_FRAMES = 80.0
_FEW_LEAVES = 800
_WAYS = 4


def _telling_directions(
    segments: Points, within: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """Directions in which segments differ most for how much one voice varies.

    Returns:
        float64, shape (dimensions, directions); a frame's covariance within a voice is the unit
        matrix in them.
    """
    values, vectors = np.linalg.eigh(within)
    whiten = vectors / np.sqrt(np.maximum(values, 1e-12))
    rows = (segments.means @ whiten) * np.sqrt(segments.frames)[:, None]
    _, turned = np.linalg.eigh(rows.T @ rows)
    directions: npt.NDArray[np.float64] = whiten @ turned[:, ::-1][:, :_DIRECTIONS]
    return directions


def halve(segments: Points, within: npt.NDArray[np.float64]) -> tuple[npt.NDArray[np.bool_], ...]:
    """Divide segments into two groups that sound unlike (Ward's criterion).

    Args:
        segments: the segments.
        within: float64, shape (dimensions, dimensions): covariance of a frame within a voice.

    Returns:
        Different ways, the first one first: bool, shape (n,), which segments are in the second
        group. Few segments may be outliers rather than a voice, so that several ways are worth a
        trial; of many, one. None if there are too few.
    """
    # The longer segments shape the tree, the short ones join the nearer group.
    length = segments.frames
    leaves = np.flatnonzero(length >= min(_LEAF_FRAMES, 0.5 * float(length.max(initial=0.0))))
    leaves = np.sort(leaves[np.argsort(-length[leaves], kind="stable")][:_MOST_LEAVES])
    if len(leaves) < _LEAST_LEAVES or not length[leaves].all():
        return ()
    chosen = Points(segments.sums[leaves], length[leaves])
    directions = _telling_directions(chosen, within)
    rows = chosen.means @ directions
    everyone = segments.means @ directions
    merges = _ward(rows, chosen.frames)
    ways: list[npt.NDArray[np.bool_]] = []
    for branch in _branches(merges, len(leaves), _WAYS if len(leaves) <= _FEW_LEAVES else 1):
        second = _nearer_second(everyone, _settled_centres(rows, chosen.frames, branch))
        second &= length > 0
        if second.any() and not any(np.array_equal(second, way) for way in ways):
            ways.append(second)
    return tuple(ways)


def _settled_centres(
    rows: npt.NDArray[np.float64], weights: npt.NDArray[np.float64], second: npt.NDArray[np.bool_]
) -> npt.NDArray[np.float64]:
    """Centres of the two groups after everyone has joined the nearer one, again and again."""
    while True:
        centres = np.array(
            [np.average(rows[part], axis=0, weights=weights[part]) for part in (~second, second)]
        )
        nearer = _nearer_second(rows, centres)
        if nearer.all() or not nearer.any() or np.array_equal(nearer, second):
            return centres
        second = nearer


def _nearer_second(
    rows: npt.NDArray[np.float64], centres: npt.NDArray[np.float64]
) -> npt.NDArray[np.bool_]:
    score = rows @ centres.T - 0.5 * np.square(centres).sum(axis=1)
    nearer: npt.NDArray[np.bool_] = score[:, 1] > score[:, 0]
    return nearer


@kernel()
def _ward(
    rows: npt.NDArray[np.float64], weights: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """Merges (a, b, cost), shape (leaves - 1, 3), by nearest-neighbour chains.

    A cluster goes by its lowest leaf; a merge lets b's cluster be part of a's.
    """
    count = len(rows)
    centre = rows.copy()
    weight = weights.copy()
    alive = np.ones(count, np.bool_)
    chain = np.zeros(count + 1, np.int64)
    length = 0
    merges = np.zeros((max(0, count - 1), 3))
    for step in range(count - 1):
        if length == 0:
            for i in range(count):
                if alive[i]:
                    chain[0] = i
                    length = 1
                    break
        while True:
            a = chain[length - 1]
            b = chain[length - 2] if length > 1 else -1
            best = np.inf
            if b >= 0:
                best = _cost(centre, weight, a, b)
            for i in range(count):
                if alive[i] and i != a:
                    cost = _cost(centre, weight, a, i)
                    if cost < best:
                        best, b = cost, i
            if length > 1 and b == chain[length - 2]:
                break
            chain[length] = b
            length += 1
        length -= 2
        low, high = min(a, b), max(a, b)
        both = weight[low] + weight[high]
        centre[low] = (centre[low] * weight[low] + centre[high] * weight[high]) / both
        weight[low] = both
        alive[high] = False
        merges[step, 0], merges[step, 1], merges[step, 2] = low, high, best
    return merges


@kernel()
def _cost(
    centre: npt.NDArray[np.float64], weight: npt.NDArray[np.float64], a: int, b: int
) -> float:
    distance = 0.0
    for d in range(centre.shape[1]):
        difference = centre[a, d] - centre[b, d]
        distance += difference * difference
    cost: float = distance * weight[a] * weight[b] / (weight[a] + weight[b])
    return cost


def _branches(
    merges: npt.NDArray[np.float64], leaves: int, wanted: int
) -> list[npt.NDArray[np.bool_]]:
    """The leaves on one side of each of the costliest merges, costliest first."""
    order = np.argsort(merges[:, 2], kind="stable")
    found = []
    for rank in range(1, min(wanted, len(order)) + 1):
        # Merges cheaper than this one are those below it, and some elsewhere.
        parent = np.arange(leaves)
        for a, b, _ in merges[np.sort(order[:-rank])]:
            parent[_root(parent, int(b))] = _root(parent, int(a))
        branch = _root(parent, int(merges[order[-rank], 1]))
        found.append(np.array([_root(parent, leaf) == branch for leaf in range(leaves)]))
    return found


def _root(parent: npt.NDArray[np.int64], at: int) -> int:
    while parent[at] != at:
        parent[at] = parent[parent[at]]
        at = int(parent[at])
    return at
