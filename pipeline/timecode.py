"""Frames and timecodes, exact. Rates are rational: 23.976 is 24000/1001.

Source: SMPTE ST 12-1 (drop-frame counts skip numbers, never frames).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from pipeline.errors import InputError
from pipeline.suggest import did_you_mean

__all__ = ["FRAME_RATES", "FrameRate", "Timeline", "load_frame_rate", "make_timeline"]

_TIMECODE = re.compile(r"(\d{2}):([0-5]\d):([0-5]\d)[:;](\d{2})")


@dataclass(frozen=True, slots=True)
class FrameRate:
    """A frame rate.

    Attributes:
        name: what users call it.
        per_second: frames a second.
        nominal: frames that a timecode counts as a second.
    """

    name: str
    per_second: Fraction
    nominal: int

    @property
    def is_ntsc(self) -> bool:
        """Whether timecode seconds are longer than real ones (1001/1000)."""
        return self.per_second.denominator == 1001

    @property
    def may_drop(self) -> bool:
        """Whether drop-frame timecode is defined for it."""
        return self.is_ntsc and self.nominal % 30 == 0

    def frame_at(self, time_ms: int) -> int:
        """The frame that is shown at a time."""
        return int(time_ms * self.per_second / 1000)

    def first_frame_from(self, time_ms: int) -> int:
        """The first frame that begins at a time or later."""
        return -int(-time_ms * self.per_second // 1000)

    def start_ms(self, frame: int) -> int:
        """When a frame begins, rounded up: reading it back by either rounding finds the frame.

        >>> FRAME_RATES["23.976"].start_ms(2)
        84
        """
        return -int(-frame * 1000 // self.per_second)


FRAME_RATES = {
    rate.name: rate
    for rate in (
        FrameRate("23.976", Fraction(24000, 1001), 24),
        FrameRate("24", Fraction(24), 24),
        FrameRate("25", Fraction(25), 25),
        FrameRate("29.97", Fraction(30000, 1001), 30),
        FrameRate("30", Fraction(30), 30),
        FrameRate("50", Fraction(50), 50),
        FrameRate("59.94", Fraction(60000, 1001), 60),
        FrameRate("60", Fraction(60), 60),
    )
}


def load_frame_rate(name: str) -> FrameRate:
    """The frame rate called `name`.

    Raises:
        InputError: there is none of that name.
    """
    if name not in FRAME_RATES:
        raise InputError(f"there is no frame rate {name}", remedy=did_you_mean(name, FRAME_RATES))
    return FRAME_RATES[name]


@dataclass(frozen=True, slots=True)
class Timeline:
    """An editor's timeline: how its frames are numbered.

    Attributes:
        rate: its frame rate.
        drop_frame: whether timecodes drop numbers, so that they keep up with the clock.
        start_frame: number of its first frame.
    """

    rate: FrameRate
    drop_frame: bool = False
    start_frame: int = 0

    def timecode(self, frame: int) -> str:
        """Timecode of a frame counted from the timeline's start: `HH:MM:SS:FF`, `;FF` if dropped.

        >>> Timeline(FRAME_RATES["29.97"], drop_frame=True).timecode(1800)
        '00:01:00;02'
        """
        number = self.start_frame + frame
        nominal = self.rate.nominal
        if self.drop_frame:
            dropped = nominal // 15
            per_ten_minutes = nominal * 600 - 9 * dropped
            tens, rest = divmod(number, per_ten_minutes)
            number += 9 * dropped * tens
            if rest >= nominal * 60:
                number += dropped * ((rest - nominal * 60) // (nominal * 60 - dropped) + 1)
        whole_s, frames = divmod(number, nominal)
        minutes, seconds = divmod(whole_s, 60)
        hours, minutes = divmod(minutes, 60)
        mark = ";" if self.drop_frame else ":"
        return f"{hours % 24:02}:{minutes:02}:{seconds:02}{mark}{frames:02}"

    @property
    def start_ms(self) -> int:
        """How far its start is from timecode zero, in real time."""
        return self.rate.start_ms(self.start_frame)


def make_timeline(rate: FrameRate, *, drop_frame: bool, start: str | None) -> Timeline:
    """A timeline that starts at the timecode `start`.

    Raises:
        InputError: the rate knows no drop-frame, or `start` is no timecode of it.
    """
    if drop_frame and not rate.may_drop:
        raise InputError(
            f"there is no drop-frame timecode at {rate.name} frames a second",
            remedy="leave --drop-frame out, or use it with 29.97 or 59.94",
        )
    return Timeline(rate, drop_frame, _frame_number(start, rate, drop_frame) if start else 0)


def _frame_number(timecode: str, rate: FrameRate, drop_frame: bool) -> int:
    found = _TIMECODE.fullmatch(timecode)
    remedy = "write it as HH:MM:SS:FF, such as 01:00:00:00"
    if found is None:
        raise InputError(f"{timecode!r} is no timecode", remedy=remedy)
    hours, minutes, seconds, frames = map(int, found.groups())
    if frames >= rate.nominal:
        raise InputError(
            f"the timecode {timecode} has more frames than {rate.name} frames a second allow",
            remedy=remedy,
        )
    number = ((hours * 60 + minutes) * 60 + seconds) * rate.nominal + frames
    if drop_frame:
        dropped = rate.nominal // 15
        whole_minutes = hours * 60 + minutes
        if minutes % 10 and seconds == 0 and frames < dropped:
            raise InputError(
                f"drop-frame leaves out the timecode {timecode}", remedy="take the next one"
            )
        number -= dropped * (whole_minutes - whole_minutes // 10)
    return number
