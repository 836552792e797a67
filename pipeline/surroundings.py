"""Which times stand around each place between the words of a text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import accumulate

__all__ = ["latest_before", "next_from"]


def latest_before(times_ms: Iterable[int | None]) -> list[int]:
    """For the place before each word, and after the last: the latest time of the words before it.

    0 where there is none.

    >>> latest_before([100, None, 90])
    [0, 100, 100, 100]
    """
    return [0, *accumulate((time_ms or 0 for time_ms in times_ms), max)]


def next_from(times_ms: Sequence[int | None], end_ms: int) -> list[int]:
    """For the place before each word, and after the last: the time of the next word that has one.

    `end_ms` where there is none.

    >>> next_from([100, None, 90], 500)
    [100, 90, 90, 500]
    """
    following = [end_ms]
    for time_ms in reversed(times_ms):
        following.append(following[-1] if time_ms is None else time_ms)
    return following[::-1]
