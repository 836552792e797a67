"""Power spectra of many windows at once, summed up by filters.

NumPy transforms one window after the other. Here 32 windows go through each step together and fill
the vector registers, which is three times as fast: the real transform of 512 samples as a complex
one of 256 in four steps of radix 4 (Stockham's order; see Van Loan, "Computational frameworks for
the fast Fourier transform", 1992).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from pipeline.kernels import kernel

__all__ = ["BINS", "LONGEST_WINDOW", "filtered_power"]

LONGEST_WINDOW = 512
BINS = LONGEST_WINDOW // 2 + 1

_POINTS = LONGEST_WINDOW // 2
_AT_ONCE = 32
_ANGLES = 2 * np.pi * np.arange(_POINTS)
_ROOTS = np.exp(-1j * _ANGLES / _POINTS).astype(np.complex64)
_HALF_ROOTS = np.exp(-1j * _ANGLES / LONGEST_WINDOW).astype(np.complex64)


@kernel()
def filtered_power(
    windows: npt.NDArray[np.float32],
    taper: npt.NDArray[np.float32],
    filters: npt.NDArray[np.float32],
    floor: np.float32,
) -> npt.NDArray[np.float32]:
    """Squared magnitudes of the transforms of tapered windows, filtered.

    Args:
        windows: float32, shape (n, length), filled up with zeros to 512; the length is even.
        taper: float32, shape (length,).
        filters: float32, shape (257, filters), each reaching over bins that follow each other.
        floor: what is added to the power at each bin.

    Returns:
        float32, shape (n, filters).
    """
    size = _POINTS * _AT_ONCE
    real, imag = np.empty(size, np.float32), np.empty(size, np.float32)
    real_2, imag_2 = np.empty(size, np.float32), np.empty(size, np.float32)
    power = np.empty((BINS, _AT_ONCE), np.float32)
    low, high = _reach(filters)
    filtered = np.empty((len(windows), filters.shape[1]), np.float32)
    total = np.empty(_AT_ONCE, np.float32)
    for at in range(0, len(windows), _AT_ONCE):
        count = min(_AT_ONCE, len(windows) - at)
        _lay_out(windows[at : at + count], taper, real, imag)
        _radix_4(real, imag, real_2, imag_2, 64)
        _radix_4(real_2, imag_2, real, imag, 16)
        _radix_4(real, imag, real_2, imag_2, 4)
        _radix_4(real_2, imag_2, real, imag, 1)
        for k in range(_POINTS // 2 + 1):
            one, other = k * _AT_ONCE, (_POINTS - k) % _POINTS * _AT_ONCE
            _power_at(
                real[one : one + _AT_ONCE],
                imag[one : one + _AT_ONCE],
                real[other : other + _AT_ONCE],
                imag[other : other + _AT_ONCE],
                _HALF_ROOTS[k].real,
                _HALF_ROOTS[k].imag,
                power[k],
                power[_POINTS - k],
            )
        for f in range(filters.shape[1]):
            total[:] = 0.0
            for k in range(low[f], high[f]):
                weight = filters[k, f]
                for n in range(_AT_ONCE):
                    total[n] += weight * (power[k, n] + floor)
            filtered[at : at + count, f] = total[:count]
    return filtered


@kernel()
def _reach(
    filters: npt.NDArray[np.float32],
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Each filter's first bin, and the one behind its last."""
    low = np.zeros(filters.shape[1], np.int64)
    high = np.zeros(filters.shape[1], np.int64)
    for f in range(filters.shape[1]):
        reached = np.flatnonzero(filters[:, f])
        if len(reached):
            low[f], high[f] = reached[0], reached[-1] + 1
    return low, high


@kernel()
def _lay_out(
    windows: npt.NDArray[np.float32],
    taper: npt.NDArray[np.float32],
    real: npt.NDArray[np.float32],
    imag: npt.NDArray[np.float32],
) -> None:
    """Even samples to `real`, odd ones to `imag`, one row for each place in the windows."""
    real[:] = 0.0
    imag[:] = 0.0
    for n in range(len(windows)):
        window = windows[n]
        for j in range(len(taper) // 2):
            real[j * _AT_ONCE + n] = window[2 * j] * taper[2 * j]
            imag[j * _AT_ONCE + n] = window[2 * j + 1] * taper[2 * j + 1]


@kernel()
def _power_at(
    real: npt.NDArray[np.float32],
    imag: npt.NDArray[np.float32],
    mirrored_real: npt.NDArray[np.float32],
    mirrored_imag: npt.NDArray[np.float32],
    cosine: np.float32,
    sine: np.float32,
    power: npt.NDArray[np.float32],
    mirrored_power: npt.NDArray[np.float32],
) -> None:
    """Power of the real transform at a place and at its mirrored one."""
    half = np.float32(0.5)
    for n in range(len(power)):
        even_r, even_i = real[n] + mirrored_real[n], imag[n] - mirrored_imag[n]
        odd_r, odd_i = imag[n] + mirrored_imag[n], mirrored_real[n] - real[n]
        turned_r, turned_i = cosine * odd_r - sine * odd_i, cosine * odd_i + sine * odd_r
        x, y = half * (even_r + turned_r), half * (even_i + turned_i)
        power[n] = x * x + y * y
        x, y = half * (even_r - turned_r), half * (even_i - turned_i)
        mirrored_power[n] = x * x + y * y


@kernel()
def _radix_4(
    real: npt.NDArray[np.float32],
    imag: npt.NDArray[np.float32],
    real_2: npt.NDArray[np.float32],
    imag_2: npt.NDArray[np.float32],
    groups: int,
) -> None:
    """One step, from the first two arrays to the others."""
    quarter = len(real) // 4
    run = quarter // groups
    step = _POINTS // (4 * groups)
    for group in range(groups):
        w1_r, w1_i = _ROOTS[step * group].real, _ROOTS[step * group].imag
        w2_r, w2_i = _ROOTS[2 * step * group].real, _ROOTS[2 * step * group].imag
        w3_r, w3_i = _ROOTS[3 * step * group].real, _ROOTS[3 * step * group].imag
        at = run * group
        a_r, a_i = real[at : at + run], imag[at : at + run]
        at += quarter
        b_r, b_i = real[at : at + run], imag[at : at + run]
        at += quarter
        c_r, c_i = real[at : at + run], imag[at : at + run]
        at += quarter
        d_r, d_i = real[at : at + run], imag[at : at + run]
        to = 4 * run * group
        for n in range(run):
            sum_r, sum_i = a_r[n] + c_r[n], a_i[n] + c_i[n]
            gap_r, gap_i = a_r[n] - c_r[n], a_i[n] - c_i[n]
            other_sum_r, other_sum_i = b_r[n] + d_r[n], b_i[n] + d_i[n]
            other_gap_r, other_gap_i = b_i[n] - d_i[n], d_r[n] - b_r[n]
            real_2[to + n] = sum_r + other_sum_r
            imag_2[to + n] = sum_i + other_sum_i
            x, y = gap_r + other_gap_r, gap_i + other_gap_i
            real_2[to + run + n] = x * w1_r - y * w1_i
            imag_2[to + run + n] = x * w1_i + y * w1_r
            x, y = sum_r - other_sum_r, sum_i - other_sum_i
            real_2[to + 2 * run + n] = x * w2_r - y * w2_i
            imag_2[to + 2 * run + n] = x * w2_i + y * w2_r
            x, y = gap_r - other_gap_r, gap_i - other_gap_i
            real_2[to + 3 * run + n] = x * w3_r - y * w3_i
            imag_2[to + 3 * run + n] = x * w3_i + y * w3_r
