"""Rows of numbers for every frame, on disk, so that memory does not grow with the recording."""

from __future__ import annotations

import itertools
import tempfile
import threading
from types import TracebackType
from typing import IO, Any, Self

import numpy as np
import numpy.typing as npt

__all__ = ["FrameSpool"]

_PICKED_AT_ONCE = 20_000


class FrameSpool:
    """A temporary file of rows of one type and length, appended in order, read anywhere.

    Use as a context manager; the file goes with it. Threads may read at the same time.
    """

    def __init__(self, columns: int, dtype: npt.DTypeLike) -> None:
        """Open an empty spool for rows of `columns` values of `dtype`."""
        self._file: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 closed in __exit__
        self._lock = threading.Lock()
        self._columns = columns
        self._dtype = np.dtype(dtype)
        self.frames = 0

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Remove the file."""
        self._file.close()

    def clear(self) -> None:
        """Forget all rows."""
        with self._lock:
            self._file.seek(0)
            self._file.truncate()
        self.frames = 0

    def append(self, rows: npt.NDArray[Any]) -> None:
        """Add rows, shape (frames, columns), behind those already there."""
        data = np.ascontiguousarray(rows, dtype=self._dtype)
        with self._lock:
            self._file.seek(0, 2)
            self._file.write(data.tobytes())
        self.frames += len(rows)

    def read(self, start: int, stop: int) -> npt.NDArray[Any]:
        """Rows `start` to `stop` (clipped to what there is), shape (frames, columns)."""
        start, stop = max(0, start), min(self.frames, stop)
        row_bytes = self._columns * self._dtype.itemsize
        with self._lock:
            self._file.seek(start * row_bytes)
            data = self._file.read(max(0, stop - start) * row_bytes)
        return np.frombuffer(data, dtype=self._dtype).reshape(-1, self._columns)

    def pick(self, rows: npt.NDArray[np.intp]) -> npt.NDArray[Any]:
        """Some rows, given in ascending order, shape (rows, columns)."""
        cuts = np.searchsorted(rows, np.arange(0, self.frames + _PICKED_AT_ONCE, _PICKED_AT_ONCE))
        parts = [self.read(0, 0)]
        for number, (low, high) in enumerate(itertools.pairwise(cuts.tolist())):
            if low < high:
                start = number * _PICKED_AT_ONCE
                parts.append(self.read(start, start + _PICKED_AT_ONCE)[rows[low:high] - start])
        return np.concatenate(parts)
