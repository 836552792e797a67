"""Turns a channel over that moves against the other one, so that their mix keeps what is heard.

Whether it is turned over changes only where that is plain, every tenth of a second.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import numpy.typing as npt

from pipeline.audio.features import SAMPLE_RATE_HZ

__all__ = ["in_phase", "mixed"]

_CELL_SAMPLES = SAMPLE_RATE_HZ // 10
_LOSS = 6.0
"""How many times less power a mix must have than the other one to be left for it: channels that do
not know of each other differ by much less, someone on one side alone by nothing."""


def mixed(blocks: Iterable[npt.NDArray[np.float32]]) -> Iterator[npt.NDArray[np.float32]]:
    """Sums of two channels in phase.

    Args:
        blocks: float32, shape (samples, 2), all but the last one whole tenths of a second.

    Yields:
        float32, shape (samples,).
    """
    for block, total, signs in _with_signs(blocks):
        if signs is None:
            yield total
        else:
            yield block[:, 0] + block[:, 1] * signs


def in_phase(blocks: Iterable[npt.NDArray[np.float32]]) -> Iterator[npt.NDArray[np.float32]]:
    """The same two channels, the second one turned over where it must be; see `mixed`."""
    for block, _, signs in _with_signs(blocks):
        if signs is None:
            yield block
        else:
            yield np.stack([block[:, 0], block[:, 1] * signs], axis=1)


def _with_signs(
    blocks: Iterable[npt.NDArray[np.float32]],
) -> Iterator[
    tuple[npt.NDArray[np.float32], npt.NDArray[np.float32], npt.NDArray[np.float32] | None]
]:
    """Each block, the sum of its channels, and 1 or -1 for each sample; None if it is 1 for all."""
    is_turned = False
    for block in blocks:
        total = block[:, 0] + block[:, 1]
        of_sum = _power_by_cell(total, _CELL_SAMPLES)
        of_difference = 2 * _power_by_cell(block.reshape(-1), 2 * _CELL_SAMPLES) - of_sum
        says_turned = of_sum * _LOSS < of_difference
        if not is_turned and not says_turned.any():
            yield block, total, None
            continue
        says_straight = of_difference * _LOSS < of_sum
        signs = np.ones(len(of_sum), np.float32)
        for cell in range(len(signs)):
            is_turned = bool(says_turned[cell] or (is_turned and not says_straight[cell]))
            signs[cell] = -1.0 if is_turned else 1.0
        yield block, total, np.repeat(signs, _CELL_SAMPLES)[: len(block)]


def _power_by_cell(values: npt.NDArray[np.float32], length: int) -> npt.NDArray[np.float32]:
    """Sums of squares of each `length` values, the last ones perhaps fewer."""
    whole = len(values) // length * length
    cells, rest = values[:whole].reshape(-1, length), values[whole:]
    sums: npt.NDArray[np.float32] = np.einsum("ij,ij->i", cells, cells)
    return np.append(sums, np.dot(rest, rest)) if len(rest) else sums
