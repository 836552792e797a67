"""How much of this machine a process may use."""

from __future__ import annotations

import os

__all__ = ["processors", "usual_threads"]


def processors() -> int:
    """How many processors this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on macOS
        return os.cpu_count() or 1


def usual_threads() -> int:
    """As many as OMP_NUM_THREADS says: many workers side by side need one thread each."""
    wanted = os.environ.get("OMP_NUM_THREADS", "")
    if wanted.isdecimal() and int(wanted) > 0:
        return int(wanted)
    return processors()
