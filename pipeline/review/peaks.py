"""The waveform of a recording, small enough for a page: two hours are 360 kB."""

from __future__ import annotations

import numpy as np

from pipeline.audio.decode import stream_samples
from pipeline.audio.features import SAMPLE_RATE_HZ
from pipeline.audio.tracks import Audio

__all__ = ["PEAKS_PER_S", "read_peaks"]

PEAKS_PER_S = 50
_SAMPLES = SAMPLE_RATE_HZ // PEAKS_PER_S


def read_peaks(audio: Audio) -> bytes:
    """The loudest sample of each 20 ms, one byte each: 255 is full scale.

    Raises:
        InputError: the audio cannot be decoded.
    """
    found = bytearray()
    rest = np.zeros(0, dtype=np.float32)
    for block in stream_samples(audio):
        samples = np.concatenate([rest, block])
        whole = len(samples) // _SAMPLES * _SAMPLES
        found += _peaks(samples[:whole].reshape(-1, _SAMPLES))
        rest = samples[whole:]
    if len(rest):
        found += _peaks(rest.reshape(1, -1))
    return bytes(found)


def _peaks(samples: np.ndarray[tuple[int, ...], np.dtype[np.float32]]) -> bytes:
    loudest = np.abs(samples).max(axis=1, initial=0)
    peaks: bytes = np.minimum(255, loudest / 128).astype(np.uint8).tobytes()
    return peaks
