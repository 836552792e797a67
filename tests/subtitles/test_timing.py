from __future__ import annotations

import itertools
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.subtitles.styles import load_style
from pipeline.subtitles.timing import Span, place_spans

STYLE = replace(load_style("podcast"), min_duration_ms=800, min_gap_ms=0)
LONG_MS = 60_000


def starts_of(*starts_ms: int, duration_ms: int = LONG_MS) -> list[int]:
    spans = [Span(at, at + 200, 3) for at in starts_ms]
    return [start for start, _ in place_spans(spans, STYLE, duration_ms)]


def test_captions_that_have_room_stay() -> None:
    assert starts_of(0, 1000, 2000) == [0, 1000, 2000]


def test_two_that_crowd_share_the_room_around_them() -> None:
    assert starts_of(1000, 5000, 5400, 9000) == [1000, 4800, 5600, 9000]


def test_what_cannot_be_helped_stays_where_it_is_spoken() -> None:
    wanted = [1000, *range(5000, 13_000, 400), 20_000]
    starts = starts_of(*wanted)
    # At either end of the twenty, some may gain the least duration; those between cannot.
    assert starts[6:-6] == wanted[6:-6]
    assert (starts[0], starts[-1]) == (1000, 20_000)
    for start, at in zip(starts, wanted, strict=True):
        assert abs(start - at) <= 500


def test_a_crowd_elsewhere_moves_nothing() -> None:
    wanted = [1000, 2500, 4000, *[30_000] * 40]
    assert starts_of(*wanted)[:3] == wanted[:3]
    assert starts_of(*wanted, duration_ms=30_040)[:3] == wanted[:3]


@given(st.lists(st.integers(0, 4000), min_size=1, max_size=40), st.integers(0, 5000))
@settings(max_examples=200, deadline=None)
def test_who_moves_gains(steps_ms: list[int], rest_ms: int) -> None:
    wanted = list(itertools.accumulate(steps_ms))
    # Those that begin at the same moment have to be told apart by something.
    wanted = [at + number for number, at in enumerate(wanted)]
    spans = [Span(at, at + 200, 3) for at in wanted]
    placed = place_spans(spans, STYLE, wanted[-1] + rest_ms)
    rooms = [after - before for before, after in itertools.pairwise(wanted)]
    for number, (start, end) in enumerate(placed):
        assert abs(start - wanted[number]) <= 500
        if number + 1 < len(placed):
            assert end <= placed[number + 1][0]
            room = placed[number + 1][0] - start
            assert room >= min(800, rooms[number])
            if start != wanted[number]:
                assert room >= 800
