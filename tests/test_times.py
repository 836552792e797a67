import pytest

from pipeline.times import clock, padded_clock, percent, seconds, youtube_clock


@pytest.mark.parametrize(
    ("time_ms", "plain", "padded", "youtube", "in_seconds"),
    [
        (0, "0:00:00.000", "00:00:00.000", "0:00", "0.000"),
        (59_999, "0:00:59.999", "00:00:59.999", "0:59", "59.999"),
        (3_600_000, "1:00:00.000", "01:00:00.000", "1:00:00", "3600.000"),
        (45_296_007, "12:34:56.007", "12:34:56.007", "12:34:56", "45296.007"),
    ],
)
def test_clocks(time_ms: int, plain: str, padded: str, youtube: str, in_seconds: str) -> None:
    assert clock(time_ms) == plain
    assert padded_clock(time_ms) == padded
    assert youtube_clock(time_ms) == youtube
    assert seconds(time_ms) == in_seconds


@pytest.mark.parametrize(
    ("share", "text"),
    [(0.0, "0.0 %"), (0.29, "29.0 %"), (0.8999, "89.9 %"), (0.99999, "99.9 %"), (1.0, "100.0 %")],
)
def test_only_what_is_whole_is_a_hundred(share: float, text: str) -> None:
    assert percent(share) == text
