from __future__ import annotations

import numba
import numpy as np
import numpy.typing as npt
import pytest

from pipeline.align.density_kernel import (
    BLOCK_FRAMES,
    DENSITIES_AT_ONCE,
    SIZE,
    log_densities,
    raise_to_best,
)


@numba.njit
def densities_of(
    values: npt.NDArray[np.float32], factors: npt.NDArray[np.float32], first: int
) -> npt.NDArray[np.float32]:
    found = np.full((DENSITIES_AT_ONCE + 1, BLOCK_FRAMES), np.float32(7))
    log_densities(values, factors, first, found)
    return found


@numba.njit
def best_of(
    found: npt.NDArray[np.float32],
    weights: npt.NDArray[np.float32],
    first: int,
    best: npt.NDArray[np.float32],
) -> None:
    raise_to_best(found, weights, first, best)


def drawn(*shape: int, seed: int = 0) -> npt.NDArray[np.float32]:
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


@pytest.mark.parametrize("first", [0, 5, 16])
def test_densities_are_quadratic_functions_of_each_frame(first: int) -> None:
    values, factors = drawn(SIZE, BLOCK_FRAMES), drawn(40, SIZE + 1, seed=1)
    found = densities_of(values, factors, first)
    chosen = factors[first : first + DENSITIES_AT_ONCE].astype(float)
    expected = chosen[:, :SIZE] @ values.astype(float) + chosen[:, SIZE:]
    np.testing.assert_allclose(found[:-1], expected, rtol=1e-4, atol=1e-4)
    np.testing.assert_array_equal(found[-1], 7)


@pytest.mark.parametrize("first", [0, 5, 16])
def test_the_best_is_raised_where_a_weighted_density_is_higher(first: int) -> None:
    found, weights = drawn(DENSITIES_AT_ONCE, BLOCK_FRAMES), drawn(40, seed=1)
    before = drawn(BLOCK_FRAMES, seed=2)
    best = before.copy()
    best_of(found, weights, first, best)
    weighted = found + weights[first : first + DENSITIES_AT_ONCE, None]
    np.testing.assert_array_equal(best, np.maximum(before, weighted.max(axis=0)))
    assert (best == before).any()
    assert (best > before).any()


def test_arrays_of_another_layout_are_refused() -> None:
    values, factors = drawn(SIZE, BLOCK_FRAMES), drawn(40, SIZE + 1)
    with pytest.raises(numba.TypingError):
        densities_of(np.asfortranarray(values), factors, 0)
    with pytest.raises(numba.TypingError):
        densities_of(values.astype(np.float64), factors, 0)
