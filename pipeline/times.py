"""Times as text. All values are integer milliseconds."""

from __future__ import annotations

import math

__all__ = ["clock", "padded_clock", "percent", "seconds", "youtube_clock"]


def _split(time_ms: int) -> tuple[int, int, int, int]:
    rest_s, milliseconds = divmod(time_ms, 1000)
    rest_min, whole_s = divmod(rest_s, 60)
    hours, minutes = divmod(rest_min, 60)
    return hours, minutes, whole_s, milliseconds


def clock(time_ms: int) -> str:
    """`H:MM:SS.mmm`, as the chapter table writes it.

    >>> clock(3_723_004)
    '1:02:03.004'
    """
    hours, minutes, whole_s, milliseconds = _split(time_ms)
    return f"{hours}:{minutes:02}:{whole_s:02}.{milliseconds:03}"


def padded_clock(time_ms: int) -> str:
    """`HH:MM:SS.mmm`, as WebVTT writes it.

    >>> padded_clock(3_723_004)
    '01:02:03.004'
    """
    hours, minutes, whole_s, milliseconds = _split(time_ms)
    return f"{hours:02}:{minutes:02}:{whole_s:02}.{milliseconds:03}"


def youtube_clock(time_ms: int) -> str:
    """`M:SS` or `H:MM:SS`, whole seconds rounded down, as YouTube's chapter lists have it.

    >>> youtube_clock(63_999), youtube_clock(3_723_004)
    ('1:03', '1:02:03')
    """
    hours, minutes, whole_s, _ = _split(time_ms)
    return f"{hours}:{minutes:02}:{whole_s:02}" if hours else f"{minutes}:{whole_s:02}"


def percent(share: float) -> str:
    """A share from 0 to 1 in per cent, rounded down: only what is whole is 100.0 %.

    >>> percent(0.99999)
    '99.9 %'
    """
    # The small term undoes binary fractions: 0.29 * 1000 is 289.99999999999994.
    return f"{math.floor(share * 1000 + 1e-9) / 10:.1f} %"


def seconds(time_ms: int) -> str:
    """Seconds with three decimals, as CTM and RTTM have them.

    >>> seconds(3_723_004)
    '3723.004'
    """
    whole_s, milliseconds = divmod(time_ms, 1000)
    return f"{whole_s}.{milliseconds:03}"
