"""Work on a stream in threads that go ahead of who reads the results."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from typing import TypeVar

from pipeline.processors import usual_threads

__all__ = ["map_ahead", "map_on"]

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


def map_ahead(
    function: Callable[[_Item], _Result], items: Iterable[_Item], threads: int
) -> Iterator[_Result]:
    """Yield `function(item)` for each item, in order.

    Unlike with `Executor.map`, no more items are taken than there are threads to work on them, so
    that memory does not grow with the stream.
    """
    with ThreadPoolExecutor(threads) as pool:
        yield from map_on(pool, function, items, threads)


def map_on(
    executor: Executor,
    function: Callable[[_Item], _Result],
    items: Iterable[_Item],
    ahead: int | None = None,
) -> Iterator[_Result]:
    """Yield `function(item)` for each item, in order.

    So many items are taken ahead of who reads the results, by default two for each thread that is
    usual.
    """
    if ahead is None:
        ahead = 2 * usual_threads()
    pending: deque[Future[_Result]] = deque()
    for item in items:
        pending.append(executor.submit(function, item))
        if len(pending) > ahead:
            yield pending.popleft().result()
    while pending:
        yield pending.popleft().result()
