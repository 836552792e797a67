"""What of a voice can be heard in each 10 ms: its spectral envelope, its pitch, its side.

Twenty mel cepstra without the level (Davis and Mermelstein, "Comparison of parametric
representations for monosyllabic word recognition", 1980) describe the vocal tract, and as nothing
is subtracted from them, the microphone as well, which in an episode belongs to a speaker. Pitch is
the strongest peak of the normalised autocorrelation (Boersma, "Accurate short-term analysis of the
fundamental frequency", 1993). In stereo the difference between the channels' levels tells where
someone sits.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipeline.ahead import map_ahead
from pipeline.audio.features import FRAME_MS, SAMPLE_RATE_HZ
from pipeline.audio.filterbank import triangular_filters
from pipeline.audio.power_spectra import filtered_power
from pipeline.kernels import kernel
from pipeline.processors import usual_threads
from pipeline.speakers.voice_encoder import MEL_SIZE, mel_energies

__all__ = ["ENVELOPE_SIZE", "VoiceFrames", "stream_voice_frames", "voice_frames"]

ENVELOPE_SIZE = 20

_SHIFT = SAMPLE_RATE_HZ * FRAME_MS // 1000
_WINDOW = 400
_PART = 80  # divides shift and window
_LEAD = (_WINDOW - _SHIFT) // 2
_FFT = 512
_FILTERS = 32
_LOWEST_HZ, _HIGHEST_HZ = 100.0, 7000.0
_POWER_FLOOR = np.float32(200.0)

_FAINT_POWER = 3e4  # loud speech at - 45 dB: what is fainter is amplified
_USUAL_POWER = 1e7
_NOTHING_POWER = 1.0  # a step of 16-bit audio

_PITCH_DECIMATION = 4
_PITCH_RATE_HZ = SAMPLE_RATE_HZ // _PITCH_DECIMATION
_PITCH_WINDOW = _PITCH_RATE_HZ * 45 // 1000
_LONGEST_LAG = _PITCH_RATE_HZ // 60
_SHORTEST_LAG = _PITCH_RATE_HZ // 420
_VOICED = 0.55
_OCTAVE_COST = 0.06  # per octave down: a multiple of the period fits nearly as well

_AUDIBLE_DB = 30.0
"""Frames so far below the loud ones of the same block tell of the room, not of a voice."""
_PLENTY_FRAMES = 200_000
"""With more to learn from, every other envelope tells as much in half the time."""
_BLOCK_FRAMES = 2000


@dataclass(frozen=True, slots=True)
class VoiceFrames:
    """The audible ones among the frames asked for, in order.

    Attributes:
        frame: int32, shape (n,): frame numbers, 10 ms each, rising.
        envelope: float32, shape (n, 20): mel cepstra 1 to 20.
        log_f0: float32, shape (n,): natural logarithm of the pitch in hertz, 0 where unvoiced.
        side_db: float32, shape (n,): level of the left channel over the right one; 0 in mono.
        mel: float32, shape (m, 40): what the voice encoder hears of the frames that are encoded,
            audible or not, in order.
    """

    frame: npt.NDArray[np.int32]
    envelope: npt.NDArray[np.float32]
    log_f0: npt.NDArray[np.float32]
    side_db: npt.NDArray[np.float32]
    mel: npt.NDArray[np.float32]


def _mel_filters() -> npt.NDArray[np.float32]:
    low, high = 2595.0 * np.log10(1.0 + np.array([_LOWEST_HZ, _HIGHEST_HZ]) / 700.0)
    edges = 700.0 * (10.0 ** (np.linspace(low, high, _FILTERS + 2) / 2595.0) - 1.0)
    bins = np.arange(_FFT // 2 + 1) * (SAMPLE_RATE_HZ / _FFT)
    return triangular_filters(bins, edges).astype(np.float32)


def _cosines() -> npt.NDArray[np.float32]:
    k = np.arange(1, ENVELOPE_SIZE + 1)
    basis = np.cos(np.pi * (np.arange(_FILTERS)[:, None] + 0.5) * k / _FILTERS)
    basis *= np.sqrt(2.0 / _FILTERS)
    return np.asarray(basis, np.float32)


_HAMMING = np.hamming(_WINDOW).astype(np.float32)
_MEL_FILTERS = _mel_filters()
_COSINES = _cosines()
_HANN = np.hanning(_PITCH_WINDOW + 2)[1:-1].astype(np.float32)
_HANN_CORRELATION = np.correlate(_HANN, _HANN, "full")[_PITCH_WINDOW - 1 :][: _LONGEST_LAG + 2]


def voice_frames(
    blocks: Iterable[npt.NDArray[np.float32]],
    wanted: npt.NDArray[np.bool_],
    encoded: npt.NDArray[np.bool_],
) -> VoiceFrames:
    """Describe the audible frames among those wanted, all at once; see `stream_voice_frames`."""
    parts = [_nothing(), *stream_voice_frames(blocks, wanted, encoded)]
    return VoiceFrames(
        np.concatenate([part.frame for part in parts]),
        np.concatenate([part.envelope for part in parts]),
        np.concatenate([part.log_f0 for part in parts]),
        np.concatenate([part.side_db for part in parts]),
        np.concatenate([part.mel for part in parts]),
    )


def stream_voice_frames(
    blocks: Iterable[npt.NDArray[np.float32]],
    wanted: npt.NDArray[np.bool_],
    encoded: npt.NDArray[np.bool_],
) -> Iterator[VoiceFrames]:
    """Describe the audible frames among those wanted, some at a time.

    Args:
        blocks: float32 samples at 16 kHz, in steps of 16-bit audio, shape (samples, 2), of any
            lengths.
        wanted: bool, shape (frames,): which frames of 10 ms to look at. Where the audio is
            shorter, the rest is silent.
        encoded: bool, shape (frames,): which frames the voice encoder is to hear.
    """
    step = 2 if int(wanted.sum()) > _PLENTY_FRAMES else 1
    # The transforms release the interpreter's lock.
    return map_ahead(
        lambda item: _describe(item[0], item[1], wanted, encoded, step),
        _stretches(blocks),
        usual_threads(),
    )


def _nothing() -> VoiceFrames:
    return VoiceFrames(
        np.zeros(0, np.int32),
        np.zeros((0, ENVELOPE_SIZE), np.float32),
        np.zeros(0, np.float32),
        np.zeros(0, np.float32),
        np.zeros((0, MEL_SIZE), np.float32),
    )


def _stretches(
    blocks: Iterable[npt.NDArray[np.float32]],
) -> Iterator[tuple[int, npt.NDArray[np.float32]]]:
    """Yield (first frame, samples) of `_BLOCK_FRAMES` frames with the context they need."""
    kept = np.zeros((_LEAD, 2), np.float32)
    size = (_BLOCK_FRAMES - 1) * _SHIFT + _WINDOW
    first = 0
    for block in blocks:
        kept = np.concatenate([kept, block])
        while len(kept) >= size:
            yield first, kept[:size]
            kept = kept[_BLOCK_FRAMES * _SHIFT :]
            first += _BLOCK_FRAMES
    if len(kept) >= _WINDOW:
        yield first, kept


def _describe(
    first: int,
    samples: npt.NDArray[np.float32],
    wanted: npt.NDArray[np.bool_],
    encoded: npt.NDArray[np.bool_],
    step: int,
) -> VoiceFrames:
    count = min((len(samples) - _WINDOW) // _SHIFT + 1, len(wanted) - first)
    if count <= 0 or not (wanted[first : first + count] | encoded[first : first + count]).any():
        return _nothing()
    left, right = samples[:, 0].astype(np.float32), samples[:, 1].astype(np.float32)
    mono: npt.NDArray[np.float32] = np.float32(0.5) * (left + right)
    power = _frame_power(mono, count)
    mine = wanted[first : first + count]
    loud = float(np.percentile(power[mine], 95)) if mine.any() else 0.0
    if _NOTHING_POWER < loud < _FAINT_POWER:
        gain = np.float32(math.sqrt(_USUAL_POWER / loud))
        left, right, mono, power = left * gain, right * gain, mono * gain, power * gain * gain
        loud = _USUAL_POWER
    quiet = loud * 10 ** (-_AUDIBLE_DB / 10)
    chosen = np.flatnonzero(mine & (power > max(float(_POWER_FLOOR), quiet)))
    side_db = np.zeros(len(chosen), np.float32)
    if not np.array_equal(samples[:, 0], samples[:, 1]):
        both = [_frame_power(channel, count)[chosen] + _POWER_FLOOR for channel in (left, right)]
        side_db = (10 * np.log10(both[0] / both[1])).astype(np.float32)
    return VoiceFrames(
        (chosen + first).astype(np.int32),
        _envelopes(mono, chosen, step),
        _pitches(mono, chosen),
        side_db,
        mel_energies(mono, np.flatnonzero(encoded[first : first + count])),
    )


def _frame_power(samples: npt.NDArray[np.float32], count: int) -> npt.NDArray[np.float64]:
    """Mean square of each window."""
    parts = samples[: len(samples) // _PART * _PART].reshape(-1, _PART)
    sums = np.concatenate([[0.0], np.cumsum(np.einsum("ij,ij->i", parts, parts), dtype=np.float64)])
    begin = np.arange(count) * (_SHIFT // _PART)
    power: npt.NDArray[np.float64] = (sums[begin + _WINDOW // _PART] - sums[begin]) / _WINDOW
    return power


def _envelopes(
    mono: npt.NDArray[np.float32], chosen: npt.NDArray[np.intp], step: int
) -> npt.NDArray[np.float32]:
    """Cepstra at the chosen frames, found at every `step`-th frame of 10 ms."""
    emphasised = np.empty_like(mono)
    emphasised[0] = mono[0]
    emphasised[1:] = mono[1:] - np.float32(0.97) * mono[:-1]
    windows = np.lib.stride_tricks.sliding_window_view(emphasised, _WINDOW)[:: step * _SHIFT]
    places, back = np.unique(chosen // step, return_inverse=True)
    mel = filtered_power(windows[places], _HAMMING, _MEL_FILTERS, _POWER_FLOOR)
    cepstra = np.log(mel) @ _COSINES
    found: npt.NDArray[np.float32] = cepstra[back]
    return found


def _pitches(
    mono: npt.NDArray[np.float32], chosen: npt.NDArray[np.intp]
) -> npt.NDArray[np.float32]:
    """Logarithm of the pitch at the chosen frames, found at every other frame of 10 ms."""
    usable = len(mono) // _PITCH_DECIMATION * _PITCH_DECIMATION
    # NumPy's mean of so short rows takes many times as long.
    parts = mono[:usable].reshape(-1, _PITCH_DECIMATION).T
    slow = np.asarray(sum(parts) / np.float32(_PITCH_DECIMATION))
    shift = _SHIFT // _PITCH_DECIMATION
    lead = (_PITCH_WINDOW - _WINDOW // _PITCH_DECIMATION) // 2
    slow = np.pad(slow, (lead, _PITCH_WINDOW))
    windows = np.lib.stride_tricks.sliding_window_view(slow, _PITCH_WINDOW)[:: 2 * shift]
    places, back = np.unique(chosen // 2, return_inverse=True)
    log_f0: npt.NDArray[np.float32] = _pitches_at(windows, places)[back]
    return log_f0


@kernel()
def _pitches_at(
    windows: npt.NDArray[np.float32], places: npt.NDArray[np.intp]
) -> npt.NDArray[np.float32]:
    log_f0 = np.empty(len(places), np.float32)
    for n, place in enumerate(places):
        log_f0[n] = _pitch(windows[place])
    return log_f0


@kernel(fastmath=True)
def _pitch(window: npt.NDArray[np.float32]) -> float:
    """Logarithm of the pitch in a window, 0 where there is none."""
    tapered = (window - window.mean()) * _HANN
    correlation = np.empty(_LONGEST_LAG + 2, np.float32)
    for lag in range(len(correlation)):
        later = tapered[lag:]
        product = np.float32(0.0)
        for n in range(len(later)):
            product += tapered[n] * later[n]
        correlation[lag] = product
    correlation *= _HANN_CORRELATION[0] / (max(correlation[0], np.float32(1.0)) * _HANN_CORRELATION)
    best, best_value = 0, -1.0
    for lag in range(_SHORTEST_LAG, _LONGEST_LAG + 1):
        top = correlation[lag]
        if top >= correlation[lag - 1] and top > correlation[lag + 1]:
            value = top - _OCTAVE_COST * math.log2(lag / _SHORTEST_LAG)
            if value > best_value:
                best, best_value = lag, value
    if best == 0 or correlation[best] <= _VOICED:
        return 0.0
    low, top, high = correlation[best - 1 : best + 2]
    bend = min(low - 2 * top + high, np.float32(-1e-6))
    offset = min(max(0.5 * (low - high) / bend, -0.5), 0.5)
    return math.log(_PITCH_RATE_HZ / (best + offset))
