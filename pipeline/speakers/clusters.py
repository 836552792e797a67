"""Which stretches sound alike: agglomerative clustering where the voice's own spread is known."""

from __future__ import annotations

import numba
import numpy as np
import numpy.typing as npt

from pipeline.speakers.voice_space import Points

__all__ = ["cluster", "telling_directions"]

_DIRECTIONS = 12
_MOST_LEAVES = 3000


def telling_directions(
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


def cluster(segments: Points, directions: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    """Merge the two nearest clusters until one is left (Ward's criterion).

    Returns:
        int64, shape (8, segments): row k - 1 is the division into k clusters. Segments without
        frames are in the cluster 0.
    """
    levels = np.zeros((8, len(segments.frames)), np.int64)
    heard = np.flatnonzero(segments.frames > 0)
    if not len(heard):
        return levels
    # The longest segments shape the tree, the short ones join the nearest cluster.
    order = heard[np.argsort(-segments.frames[heard], kind="stable")][:_MOST_LEAVES]
    leaves = np.sort(order)
    rows = segments.means[leaves] @ directions
    merges = _ward(rows, segments.frames[leaves])
    everyone = segments.means[heard] @ directions
    for wanted in range(1, 9):
        found = _cut(merges, len(leaves), min(wanted, len(leaves)))
        for _ in range(10):
            names = np.unique(found)
            weight = segments.frames[leaves]
            centres = np.array(
                [np.average(rows[found == k], axis=0, weights=weight[found == k]) for k in names]
            )
            closer = _nearest(rows, centres)
            if np.array_equal(closer, found):
                break
            found = closer
        levels[wanted - 1, heard] = _nearest(everyone, centres)
    return levels


def _nearest(
    rows: npt.NDArray[np.float64], centres: npt.NDArray[np.float64]
) -> npt.NDArray[np.int64]:
    score = rows @ centres.T - 0.5 * np.square(centres).sum(axis=1)
    return score.argmax(axis=1).astype(np.int64)


@numba.njit(cache=True, nogil=True)  # type: ignore[misc]
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


@numba.njit(cache=True, nogil=True)  # type: ignore[misc]
def _cost(
    centre: npt.NDArray[np.float64], weight: npt.NDArray[np.float64], a: int, b: int
) -> float:
    distance = 0.0
    for d in range(centre.shape[1]):
        difference = centre[a, d] - centre[b, d]
        distance += difference * difference
    return distance * weight[a] * weight[b] / (weight[a] + weight[b])


def _cut(merges: npt.NDArray[np.float64], leaves: int, wanted: int) -> npt.NDArray[np.int64]:
    """Undo the `wanted - 1` costliest merges."""
    parent = np.arange(leaves)
    cheapest = np.argsort(merges[:, 2], kind="stable")[: leaves - wanted]
    for a, b, _ in merges[np.sort(cheapest)]:
        parent[_root(parent, int(b))] = _root(parent, int(a))
    roots = np.array([_root(parent, leaf) for leaf in range(leaves)])
    return np.unique(roots, return_inverse=True)[1].astype(np.int64)


def _root(parent: npt.NDArray[np.int64], at: int) -> int:
    while parent[at] != at:
        parent[at] = parent[parent[at]]
        at = int(parent[at])
    return at
