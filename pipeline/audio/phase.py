"""Turns a channel over that moves against the other one, so that their mix keeps what is heard."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import numpy.typing as npt

from pipeline.audio.features import SAMPLE_RATE_HZ

__all__ = ["in_phase"]

_CELL_SAMPLES = SAMPLE_RATE_HZ // 10
_LOSS = 10.0
"""How many times less power a mix must have than the other one to be left for it: channels that do
not know of each other differ by much less, someone on one side alone by nothing."""


def in_phase(blocks: Iterable[npt.NDArray[np.float32]]) -> Iterator[npt.NDArray[np.float32]]:
    """Turn over the second channel where the sum of both would cancel what they share.

    Whether it is turned over changes only where that is plain, every tenth of a second.

    Args:
        blocks: float32, shape (samples, 2), all but the last one whole tenths of a second.

    Yields:
        The blocks, of the same shape.
    """
    is_turned = False
    for block in blocks:
        power, shared = _by_cell(block, 0, 0) + _by_cell(block, 1, 1), 2 * _by_cell(block, 0, 1)
        says_turned = power + shared < (power - shared) / _LOSS
        says_straight = power - shared < (power + shared) / _LOSS
        if not is_turned and not says_turned.any():
            yield block
            continue
        signs = np.empty(len(power), np.float32)
        for cell in range(len(power)):
            is_turned = bool(says_turned[cell]) or (is_turned and not says_straight[cell])
            signs[cell] = -1.0 if is_turned else 1.0
        turned = block.copy()
        turned[:, 1] *= np.repeat(signs, _CELL_SAMPLES)[: len(block)]
        yield turned


def _by_cell(block: npt.NDArray[np.float32], one: int, other: int) -> npt.NDArray[np.float32]:
    """Sums of a channel times a channel over each tenth of a second, the last one short."""
    whole = len(block) // _CELL_SAMPLES * _CELL_SAMPLES
    cells = block[:whole].reshape(-1, _CELL_SAMPLES, 2)
    sums: npt.NDArray[np.float32] = np.einsum("ij,ij->i", cells[..., one], cells[..., other])
    if whole == len(block):
        return sums
    return np.append(sums, np.dot(block[whole:, one], block[whole:, other]))
