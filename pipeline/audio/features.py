"""Mel cepstra as CMU Sphinx computes them (`feat.params` of the en-us model).

Pre-emphasis 0.97, Hamming window of 410 samples, 512-point spectrum, 25 triangular mel filters
from 130 to 6800 Hz of unit area, noise removal, log, orthonormal DCT, liftering by 22; see
`fe_sigproc.c` in
https://github.com/cmusphinx/pocketsphinx. Frames stand every 10 ms, and frame `i` is centred on
`10 i + 5` ms, so that a change of state between the frames `i - 1` and `i` lies at `10 i` ms.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache

import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits

from pipeline.ahead import map_ahead
from pipeline.audio.denoise import NoiseRemover
from pipeline.audio.filterbank import triangular_filters
from pipeline.processors import usual_threads

__all__ = [
    "C0_PER_DB",
    "CEPSTRA",
    "CEPSTRA_OF_LOG_MEL",
    "FRAME_MS",
    "LOG_MEL_OF_CEPSTRA",
    "SAMPLE_RATE_HZ",
    "add_deltas",
    "cepstra_blocks",
]

SAMPLE_RATE_HZ = 16000
FRAME_MS = 10
CEPSTRA = 13
C0_PER_DB = 1.15
"""The first cepstrum is a sum over 25 bands: so much louder is one decibel."""

_SHIFT = SAMPLE_RATE_HZ * FRAME_MS // 1000
_WINDOW = 410
_LEAD = (_WINDOW - _SHIFT) // 2
_TAIL = _WINDOW - _SHIFT - _LEAD
_FFT = 512
_FILTERS = 25
_LIFTER = 22
_PRE_EMPHASIS = np.float32(0.97)

# Digital silence, which gated recordings are full of, would be further from speech than any sound
# is, and a sound that never changes is a phone to the model (ZH) and not silence. So there is noise
# of about one step of 16-bit audio beneath everything, half of it even, half as noise really is.
# It is made once, and repeated by the frame: the same audio gives the same features.
_EVEN_POWER = np.float32(100.0)
_DITHER_POWER = 100.0
_DITHER_FRAMES = 1009
_DITHER_SEED = 20


def _mel(frequency_hz: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return 2595.0 * np.log10(1.0 + frequency_hz / 700.0)


def _mel_filters() -> npt.NDArray[np.float32]:
    """Triangular filters, shape (bins, filters), their edges rounded to bins, of unit area."""
    low, high = _mel(np.array([130.0, 6800.0]))
    edges_hz = 700.0 * (10.0 ** (np.linspace(low, high, _FILTERS + 2) / 2595.0) - 1.0)
    bin_hz = SAMPLE_RATE_HZ / _FFT
    edges = np.round(edges_hz / bin_hz) * bin_hz
    bins = np.arange(_FFT // 2 + 1) * bin_hz
    filters = triangular_filters(bins, edges) * (2.0 / (edges[2:] - edges[:-2]))
    return filters.astype(np.float32)


def _cosines() -> npt.NDArray[np.float32]:
    """Orthonormal DCT-II with liftering, shape (filters, cepstra)."""
    k = np.arange(CEPSTRA)
    basis = np.cos(np.pi * (np.arange(_FILTERS)[:, None] + 0.5) * k / _FILTERS)
    basis *= np.where(k == 0, np.sqrt(1.0 / _FILTERS), np.sqrt(2.0 / _FILTERS))
    lifter = 1.0 + _LIFTER / 2.0 * np.sin(k * np.pi / _LIFTER)
    return (basis * lifter).astype(np.float32)


_HAMMING = (0.54 - 0.46 * np.cos(2 * np.pi * np.arange(_WINDOW) / (_WINDOW - 1))).astype(np.float32)
_MEL_FILTERS = _mel_filters()
_COSINES = _cosines()

CEPSTRA_OF_LOG_MEL: npt.NDArray[np.float64] = _COSINES.astype(np.float64)
"""Matrix from log mel spectra to cepstra, shape (25, 13)."""

LOG_MEL_OF_CEPSTRA = np.linalg.pinv(CEPSTRA_OF_LOG_MEL).astype(np.float64)
"""Matrix back to the smoothest log mel spectra, shape (13, 25)."""


def _mel_spectra(samples: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Mel power spectra of the frames wholly in `samples`, shape (frames, filters).

    The first sample only serves pre-emphasis.
    """
    from pipeline.audio.power_spectra import filtered_power  # loads numba, which takes a while

    emphasised = samples[1:] - _PRE_EMPHASIS * samples[:-1]
    windows = np.lib.stride_tricks.sliding_window_view(emphasised, _WINDOW)[::_SHIFT]
    mel: npt.NDArray[np.float32] = filtered_power(windows, _HAMMING, _MEL_FILTERS, _EVEN_POWER)
    return mel


@cache
def _dither() -> npt.NDArray[np.float32]:
    """Mel spectra of white noise in successive frames, float32, shape (frames, filters)."""
    from pipeline.audio.power_spectra import filtered_power

    rng = np.random.default_rng(_DITHER_SEED)
    noise = rng.standard_normal(_DITHER_FRAMES * _SHIFT + _WINDOW)
    noise *= np.sqrt(_DITHER_POWER / np.square(_HAMMING).sum())
    windows = np.lib.stride_tricks.sliding_window_view(noise.astype(np.float32), _WINDOW)
    mel: npt.NDArray[np.float32] = filtered_power(
        windows[: _DITHER_FRAMES * _SHIFT : _SHIFT], _HAMMING, _MEL_FILTERS, np.float32(0.0)
    )
    return mel


def cepstra_blocks(
    blocks: Iterable[npt.NDArray[np.float32]],
) -> Iterator[npt.NDArray[np.float32]]:
    """Cepstra of streamed audio, a block of frames for each block of samples.

    Args:
        blocks: float32 samples at 16 kHz, in steps of 16-bit audio, of any lengths.

    Yields:
        float32, shape (frames, 13). The frames of all blocks together cover the audio:
        one for each begun 10 ms.
    """
    denoise = NoiseRemover()
    # The matrix products are small: several threads to each of them would wait for one another.
    with threadpool_limits(limits=1, user_api="blas"):
        frame = 0
        for mel in map_ahead(_mel_spectra, _whole_frames(blocks), usual_threads()):
            mel += np.take(_dither(), range(frame, frame + len(mel)), axis=0, mode="wrap")
            frame += len(mel)
            cepstra: npt.NDArray[np.float32] = np.log(denoise(mel)) @ _COSINES
            yield cepstra


def _whole_frames(
    blocks: Iterable[npt.NDArray[np.float32]],
) -> Iterator[npt.NDArray[np.float32]]:
    """The samples of the frames that each block completes, and one before them."""
    kept = np.zeros(_LEAD + 1, dtype=np.float32)
    for block in blocks:
        kept = np.concatenate([kept, block.astype(np.float32)])
        frames = (len(kept) - 1 - _WINDOW) // _SHIFT + 1
        if frames > 0:
            yield kept[: (frames - 1) * _SHIFT + _WINDOW + 1]
            kept = kept[frames * _SHIFT :]
    # Frames begun in the last samples are completed with silence.
    begun = -(-(len(kept) - 1 - _LEAD) // _SHIFT)
    if begun > 0:
        padding = (begun - 1) * _SHIFT + _WINDOW + 1 - len(kept)
        yield np.concatenate([kept, np.zeros(max(0, padding), dtype=np.float32)])


def add_deltas(cepstra: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Cepstra with their first and second differences, as Sphinx's `1s_c_d_dd`.

    Args:
        cepstra: float32, shape (frames + 6, 13): three frames of context on either side.

    Returns:
        float32, shape (frames, 3, 13).
    """
    n = len(cepstra) - 6
    static = cepstra[3 : 3 + n]
    delta = cepstra[5 : 5 + n] - cepstra[1 : 1 + n]
    later = cepstra[6 : 6 + n] - cepstra[2 : 2 + n]
    earlier = cepstra[4 : 4 + n] - cepstra[0:n]
    return np.stack([static, delta, later - earlier], axis=1)
