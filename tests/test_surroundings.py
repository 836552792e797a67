from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pipeline.surroundings import latest_before, next_from

times = st.lists(st.none() | st.integers(0, 100))


@given(times)
def test_latest_time_of_the_words_before(times_ms: list[int | None]) -> None:
    latest = latest_before(times_ms)
    for place in range(len(times_ms) + 1):
        known = [time_ms for time_ms in times_ms[:place] if time_ms is not None]
        assert latest[place] == max(known, default=0)
    assert len(latest) == len(times_ms) + 1


@given(times)
def test_time_of_the_next_word_that_has_one(times_ms: list[int | None]) -> None:
    following = next_from(times_ms, 1000)
    for place in range(len(times_ms) + 1):
        known = (time_ms for time_ms in times_ms[place:] if time_ms is not None)
        assert following[place] == next(known, 1000)
    assert len(following) == len(times_ms) + 1
