"""Triangular filters over the bins of a spectrum. Pure."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["triangular_filters"]


def triangular_filters(
    bins_hz: npt.NDArray[np.floating[Any]], edges_hz: npt.NDArray[np.floating[Any]]
) -> npt.NDArray[np.float64]:
    """Filters that rise from one edge to the next and fall to the one behind it, 1 at their peaks.

    Args:
        bins_hz: shape (bins,): frequencies of the spectrum's bins.
        edges_hz: shape (filters + 2,), ascending.

    Returns:
        float64, shape (bins, filters).
    """
    left, centre, right = edges_hz[:-2], edges_hz[1:-1], edges_hz[2:]
    rising = (bins_hz[:, None] - left) / (centre - left)
    falling = (right - bins_hz[:, None]) / (right - centre)
    filters: npt.NDArray[np.float64] = np.maximum(0.0, np.minimum(rising, falling))
    return filters
