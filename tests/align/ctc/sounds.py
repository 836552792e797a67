"""Sound made of stretches of noise and quiet."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt


def speech_like(parts: Sequence[tuple[int, float]]) -> npt.NDArray[np.float32]:
    """float32 at 16 kHz: each part is so many ms of noise, so loud."""
    draw = np.random.default_rng(0)
    return np.concatenate(
        [draw.normal(0, 0.1, 16 * length_ms) * level for length_ms, level in parts]
    ).astype(np.float32)
