from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import InputError
from pipeline.timecode import FRAME_RATES, Timeline, load_frame_rate, make_timeline

RATES = st.sampled_from(sorted(FRAME_RATES.values(), key=lambda rate: rate.per_second))


@given(RATES, st.integers(0, 12 * 3600 * 60))
def test_times_of_frames_find_their_frames_by_either_rounding(rate: object, frame: int) -> None:
    time_ms = rate.start_ms(frame)  # type: ignore[attr-defined]
    exact = time_ms * rate.per_second / 1000  # type: ignore[attr-defined]
    assert int(exact) == round(exact) == frame
    assert rate.frame_at(time_ms) == frame  # type: ignore[attr-defined]
    assert Fraction(0) <= exact - frame < Fraction(1, 10)


@pytest.mark.parametrize(
    ("rate", "drop", "frame", "expected"),
    [
        ("25", False, 90_000, "01:00:00:00"),
        ("23.976", False, 25, "00:00:01:01"),
        ("29.97", True, 1799, "00:00:59;29"),
        ("29.97", True, 1800, "00:01:00;02"),
        ("29.97", True, 17_981, "00:09:59;29"),
        ("29.97", True, 17_982, "00:10:00;00"),
        ("29.97", True, 107_892, "01:00:00;00"),
        ("59.94", True, 3600, "00:01:00;04"),
        ("25", False, 25 * 86_400, "00:00:00:00"),
    ],
)
def test_timecodes(rate: str, drop: bool, frame: int, expected: str) -> None:
    assert Timeline(FRAME_RATES[rate], drop).timecode(frame) == expected


@given(st.sampled_from(["29.97", "59.94"]), st.integers(0, 23 * 3600 * 29))
def test_drop_frame_timecodes_are_read_back(name: str, frame: int) -> None:
    rate = FRAME_RATES[name]
    written = Timeline(rate, drop_frame=True).timecode(frame)
    assert make_timeline(rate, drop_frame=True, start=written).start_frame == frame


def test_drop_frame_keeps_up_with_the_clock() -> None:
    rate = FRAME_RATES["29.97"]
    assert Timeline(rate, drop_frame=True).timecode(rate.frame_at(7_200_000)) == "02:00:00;00"


def test_start() -> None:
    timeline = make_timeline(FRAME_RATES["23.976"], drop_frame=False, start="01:00:00:00")
    assert timeline.timecode(0) == "01:00:00:00"
    assert timeline.start_ms == 3_603_600


@pytest.mark.parametrize(
    ("rate", "drop", "start", "message"),
    [
        ("25", True, None, "no drop-frame timecode at 25"),
        ("23.976", True, None, "no drop-frame timecode at 23.976"),
        ("25", False, "1:00:00", "is no timecode; write it as HH:MM:SS:FF"),
        ("25", False, "00:00:00:25", "more frames than 25"),
        ("29.97", True, "00:01:00:00", "leaves out the timecode"),
    ],
)
def test_wrong(rate: str, drop: bool, start: str | None, message: str) -> None:
    with pytest.raises(InputError, match=message):
        make_timeline(FRAME_RATES[rate], drop_frame=drop, start=start)


def test_rates_by_name() -> None:
    with pytest.raises(InputError, match=r"no frame rate 23\.98; did you mean 23\.976"):
        load_frame_rate("23.98")
