"""How a worker tells what it is at, on whichever engine."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

__all__ = ["Report", "SparseReport"]

Report = Callable[[str, float | None], None]
"""Is told the stage and the share of it that is done, 0 to 1; None if unknown."""


class SparseReport:
    """Passes a new stage on at once, and the progress of one at most every `every_s` seconds."""

    def __init__(
        self, tell: Report, every_s: float, now: Callable[[], float] = time.monotonic
    ) -> None:
        """`now` gives seconds that never go back."""
        self._tell = tell
        self._every_s = every_s
        self._now = now
        self._stage: str | None = None
        self._told_s = 0.0
        self._lock = threading.Lock()

    def __call__(self, stage: str, share: float | None) -> None:
        """Tell it, or leave it."""
        now_s = self._now()
        with self._lock:
            if stage == self._stage and now_s - self._told_s < self._every_s:
                return
            self._stage, self._told_s = stage, now_s
            self._tell(stage, share)
