from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.audio.power_spectra import BINS, LONGEST_WINDOW, filtered_power


def drawn(shape: tuple[int, ...], seed: int = 0) -> np.ndarray[Any, Any]:
    return np.random.default_rng(seed).normal(0, 3000, shape).astype(np.float32)


def spectra(windows: np.ndarray[Any, Any], taper: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Filters of one bin each."""
    power = filtered_power(windows, taper, np.eye(BINS, dtype=np.float32), np.float32(0.0))
    return np.asarray(power)


def by_numpy(windows: np.ndarray[Any, Any], taper: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    tapered = windows.astype(np.float64) * taper
    return np.asarray(np.abs(np.fft.rfft(tapered, LONGEST_WINDOW, axis=1)) ** 2)


@given(windows=st.integers(0, 70), half=st.integers(1, 256), seed=st.integers(0, 9))
def test_it_is_numpys_within_single_precision(windows: int, half: int, seed: int) -> None:
    rows, taper = drawn((windows, 2 * half), seed), drawn((2 * half,), seed + 10) / 3000
    power = spectra(rows, taper)
    assert power.shape == (windows, BINS)
    expected = by_numpy(rows, taper)
    np.testing.assert_allclose(power, expected, rtol=1e-4, atol=1e-5 * expected.max(initial=1.0))


def test_a_sine_is_one_line() -> None:
    sine = np.cos(2 * np.pi * 40 * np.arange(512) / 512).astype(np.float32)
    power = spectra(sine[None], np.ones(512, np.float32))[0]
    assert power.argmax() == 40
    assert power[40] == pytest.approx(256.0**2)
    assert np.delete(power, 40).max() < 1e-3


def test_a_window_does_not_depend_on_those_around_it() -> None:
    rows, taper = drawn((75, 410)), np.hamming(410).astype(np.float32)
    alone = np.concatenate([spectra(row[None], taper) for row in rows])
    np.testing.assert_array_equal(spectra(rows, taper), alone)


def test_overlapping_windows_are_read_where_they_lie() -> None:
    samples, taper = drawn((2000,)), np.hamming(400).astype(np.float32)
    windows = np.lib.stride_tricks.sliding_window_view(samples, 400)[::160]
    np.testing.assert_array_equal(spectra(windows, taper), spectra(windows.copy(), taper))


@given(
    reaches=st.lists(st.tuples(st.integers(0, BINS - 1), st.integers(1, 30)), max_size=8),
    floor=st.floats(0, 1000, width=32),
)
def test_filters_sum_bins_up(reaches: list[tuple[int, int]], floor: float) -> None:
    rows, taper = drawn((40, 400)), np.hamming(400).astype(np.float32)
    filters = np.zeros((BINS, len(reaches)), np.float32)
    for column, (first, length) in enumerate(reaches):
        filters[first : first + length, column] = drawn((length,))[: BINS - first] / 3000
    filtered = filtered_power(rows, taper, filters, np.float32(floor))
    power = by_numpy(rows, taper) + floor
    scale = (power @ np.abs(filters)).max(initial=1.0)
    np.testing.assert_allclose(filtered, power @ filters, rtol=1e-4, atol=1e-5 * scale)
