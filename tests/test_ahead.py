"""Tests of the work that goes ahead."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from pipeline.ahead import map_ahead, map_on


def noted(taken: list[int]) -> Iterator[int]:
    """A hundred numbers; each is noted when it is taken."""
    for number in range(100):
        taken.append(number)
        yield number


@pytest.mark.parametrize("threads", [1, 2, 7])
@pytest.mark.parametrize("count", [0, 1, 2, 20])
def test_results_come_in_order(threads: int, count: int) -> None:
    assert list(map_ahead(lambda n: n * n, range(count), threads)) == [n * n for n in range(count)]


def test_items_are_taken_only_as_needed() -> None:
    taken: list[int] = []
    results = map_ahead(str, noted(taken), threads=2)
    assert next(results) == "0"
    assert len(taken) == 3


def test_an_error_reaches_the_reader() -> None:
    with pytest.raises(ZeroDivisionError):
        list(map_ahead(lambda n: 1 // n, [1, 0, 1], threads=2))


def test_who_stops_reading_leaves_no_thread_waiting() -> None:
    before = set(threading.enumerate())
    results = map_ahead(str, range(10), threads=2)
    next(results)
    started = set(threading.enumerate()) - before
    assert started
    results.close()
    assert not any(thread.is_alive() for thread in started)


def test_an_executor_of_ones_own_is_not_given_all_items_at_once() -> None:
    taken: list[int] = []
    with ThreadPoolExecutor(2) as executor:
        results = map_on(executor, str, noted(taken), ahead=5)
        assert next(results) == "0"
        assert len(taken) == 6
        assert list(results) == [str(number) for number in range(1, 100)]
        assert list(map_on(executor, str, [3, 1, 2])) == ["3", "1", "2"]
