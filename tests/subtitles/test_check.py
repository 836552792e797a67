from dataclasses import replace

import pytest

from pipeline.subtitles.captions import Caption
from pipeline.subtitles.check import RULES, check_captions, count_by_rule
from pipeline.subtitles.styles import STYLES

STYLE = STYLES["netflix"]
GOOD = Caption(0, 2000, ("Yes.",))


def rules(*captions: Caption, frame_rate: str = "none") -> list[tuple[int, str, float, float]]:
    style = replace(STYLE, frame_rate=frame_rate)
    return [(v.cue, v.rule, v.value, v.limit) for v in check_captions(captions, style)]


@pytest.mark.parametrize(
    ("captions", "expected"),
    [
        ([GOOD, Caption(2084, 4000, ("No.",))], []),
        ([GOOD, Caption(2083, 4000, ("No.",))], [(2, "gap", 83, 84)]),
        ([GOOD, Caption(1900, 4000, ("No.",))], [(2, "overlap", 100, 0)]),
        ([Caption(500, 2000, ("No.",)), GOOD], [(2, "order", 0, 500)]),
        ([Caption(0, 833, ("No.",))], []),
        ([Caption(0, 832, ("No.",))], [(1, "min-duration", 832, 833)]),
        ([Caption(0, 7001, ("No.",))], [(1, "max-duration", 7001, 7000)]),
        ([Caption(0, 3000, ("a", "b", "c"))], [(1, "lines", 3, 2)]),
        ([Caption(0, 3000, ("a" * 42, "b"))], []),
        ([Caption(0, 3000, ("e\u0301" * 42, "b"))], []),
        ([Caption(0, 3000, ("a", "b" * 43))], [(1, "line-length", 43, 42)]),
        ([Caption(0, 1000, ("a" * 20,))], []),
        ([Caption(0, 1000, ("a" * 20, "b"))], [(1, "reading-speed", 21, 20)]),
        ([Caption(0, 3000, ())], [(1, "empty", 0, 1)]),
        ([Caption(3000, 3000, ())], [(1, "empty", 0, 1), (1, "min-duration", 0, 833)]),
    ],
)  # fmt: skip
def test_rules(captions: list[Caption], expected: list[tuple[int, str, float, float]]) -> None:
    assert rules(*captions) == expected


def test_frames() -> None:
    # Two frames at 29.97 are 66.7 ms; whoever rounds to milliseconds is forgiven.
    pair = (Caption(0, 1001, ("No.",)), Caption(1068, 2002, ("No.",)))
    assert rules(*pair, frame_rate="29.97") == []
    assert rules(*pair) == [(2, "gap", 67, 84)]
    assert rules(Caption(10, 1001, ("No.",)), frame_rate="29.97") == [(1, "frame", 10, 1)]


def test_counts() -> None:
    counts = count_by_rule(check_captions([GOOD, GOOD], STYLE))
    assert list(counts) == list(RULES)
    assert counts["overlap"] == 1
    assert sum(counts.values()) == 1
