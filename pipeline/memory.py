"""Memory that a stage has freed, for the next stage and for other programs."""

from __future__ import annotations

import contextlib
import ctypes
import sys

__all__ = ["give_back_freed", "keep_little"]

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD, _M_ARENA_MAX = -1, -3, -8  # of malloc.h
_LARGE_BYTES = 16 << 20  # with a quarter of it, making room anew takes a second in two hours
_MOST_HEAPS = 2


def keep_little(large_bytes: int = _LARGE_BYTES) -> None:
    """From now on, blocks of `large_bytes` go back to the system as soon as they are freed.

    By itself glibc counts ever larger ones among those that it keeps, up to 32 MB, and has up to
    eight heaps for each processor to keep them in: on eight hours of audio that is 90 MB.
    """
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            mallopt = ctypes.CDLL(None).mallopt
            mallopt(_M_MMAP_THRESHOLD, large_bytes)
            mallopt(_M_TRIM_THRESHOLD, large_bytes)
            mallopt(_M_ARENA_MAX, _MOST_HEAPS)


def give_back_freed() -> None:
    """Return what was freed to the system, where the C library would keep it.

    glibc keeps a heap for each thread. After two hours of aligning they hold 80 MB of nothing.
    """
    if sys.platform == "linux":
        # Other C libraries have no such function, and keep less.
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).malloc_trim(0)
