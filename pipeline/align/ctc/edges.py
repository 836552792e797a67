"""Word edges at pauses. Pure.

The network marks where letters begin. It has no mark for the end of speech, so that the last letter
before a pause reaches over it, and now and then a first letter begins inside one: there the sound
itself decides.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from pipeline.audio.features import SAMPLE_RATE_HZ

__all__ = ["Sound"]

_CELL_MS = 10
_LONGEST_LETTER_MS = 200
_MOST_LETTER_MS = 400
_QUIET_CELLS = 8
_BELOW_LOUD_DB = 35.0
_LEAST_BELOW_LOUD_DB = 15.0
_ABOVE_FLOOR_DB = 6.0


class Sound:
    """Where a window of audio is quiet, in cells of 10 ms."""

    def __init__(self, samples: npt.NDArray[np.float32]) -> None:
        """Listen to float32 samples at 16 kHz."""
        size = _CELL_MS * SAMPLE_RATE_HZ // 1000
        cells = samples[: len(samples) // size * size].reshape(-1, size).astype(np.float64)
        power_db = 10 * np.log10(np.maximum((cells**2).mean(axis=1), 1e-10))
        if len(power_db) == 0:
            self._quiet = np.zeros(0, dtype=np.bool_)
            return
        loud_db, floor_db = np.percentile(power_db, 95), np.percentile(power_db, 5)
        limit_db = max(
            loud_db - _BELOW_LOUD_DB,
            min(floor_db + _ABOVE_FLOOR_DB, loud_db - _LEAST_BELOW_LOUD_DB),
        )
        self._quiet = power_db < limit_db

    def end_of(self, letter_ms: float, until_ms: float) -> float:
        """Where a last letter that began at `letter_ms` and may reach to `until_ms` ends.

        It ends where a pause of 80 ms or more begins, and lasts no longer than 400 ms.
        """
        if until_ms - letter_ms <= _LONGEST_LETTER_MS:
            return until_ms
        first, last = round(letter_ms / _CELL_MS), round(until_ms / _CELL_MS)
        quiet = self._quiet[first:last]
        for at in range(len(quiet) - _QUIET_CELLS + 1):
            if quiet[at : at + _QUIET_CELLS].all():
                return max(letter_ms + 2 * _CELL_MS, float((first + at) * _CELL_MS))
        return min(until_ms, letter_ms + _MOST_LETTER_MS)

    def start_of(self, letter_ms: float, next_ms: float) -> float:
        """Where a first letter that seems to begin at `letter_ms` begins; `next_ms` is the next's.

        If a pause of 80 ms or more follows, the word begins behind it.
        """
        if next_ms - letter_ms <= _LONGEST_LETTER_MS:
            return letter_ms
        first, last = round(letter_ms / _CELL_MS), round(next_ms / _CELL_MS)
        quiet = self._quiet[first:last]
        for at in range(len(quiet) - 1, _QUIET_CELLS - 2, -1):
            if quiet[at - _QUIET_CELLS + 1 : at + 1].all():
                return min(float((first + at + 1) * _CELL_MS), next_ms)
        return letter_ms
