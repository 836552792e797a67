from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.audio.timed_pcm import on_one_clock

PER_MS = 16


def part(time_ms: int, length_ms: int, value: float) -> tuple[int, npt.NDArray[np.float32]]:
    return time_ms, np.full((length_ms * PER_MS, 1), value, np.float32)


def timeline(parts: Sequence[tuple[int, npt.NDArray[np.float32]]]) -> list[tuple[float, int]]:
    """Values in turn, and for how many ms each lasts."""
    samples = np.concatenate([np.zeros((0, 1)), *on_one_clock(parts, 1, 1000)])[:, 0]
    edges = np.flatnonzero(np.diff(samples, prepend=np.nan, append=np.nan))
    return [(float(samples[a]), (b - a) // PER_MS) for a, b in itertools.pairwise(edges)]


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        pytest.param([(0, 500, 1), (500, 500, 2)], [(1, 500), (2, 500)], id="in step"),
        pytest.param([(30, 500, 1)], [(0, 30), (1, 500)], id="begins late"),
        pytest.param([(0, 500, 1), (540, 500, 2)], [(1, 500), (2, 500)], id="jitter"),
        pytest.param([(0, 500, 1), (800, 500, 2)], [(1, 500), (0, 300), (2, 500)], id="hole"),
        pytest.param(
            [(0, 600, 1), (300, 200, 2), (500, 500, 3)], [(1, 600), (3, 400)], id="overlap"
        ),
        pytest.param(
            [(0, 5000, 1), (10, 500, 2), (510, 500, 3)],
            [(1, 5000), (2, 500), (3, 500)],
            id="begins again",
        ),
        pytest.param(
            [(0, 2000, 1), (2000, 2000, 1), (2000, 500, 2), (2000, 500, 3), (2500, 500, 4)],
            [(1, 4000), (2, 500), (3, 500), (4, 500)],
            id="time stands",
        ),
    ],
)
def test_clock(parts: list[tuple[int, int, int]], expected: list[tuple[float, int]]) -> None:
    assert timeline([part(*one) for one in parts]) == expected


@given(
    st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 400)), max_size=12),
    st.integers(1, 20_000),
)
@settings(max_examples=100, deadline=None)
def test_blocks_are_whole_and_nothing_doubles(times: list[tuple[int, int]], block: int) -> None:
    parts = [part(*one, number + 1) for number, one in enumerate(times)]
    blocks = list(on_one_clock(parts, 1, block))
    assert all(len(one) == block for one in blocks[:-1])
    samples = np.concatenate([np.zeros((0, 1)), *blocks])[:, 0]
    heard = samples[samples > 0]
    assert (np.diff(heard) >= 0).all()
    for number, (_, length_ms) in enumerate(times):
        assert (heard == number + 1).sum() <= length_ms * PER_MS
