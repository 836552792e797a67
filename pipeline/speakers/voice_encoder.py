"""Windows of speech to points that lie near each other where the voice is the same.

The encoder of Wan et al., "Generalized end-to-end loss for speaker verification" (2018): three LSTM
layers over 40 mel energies, with the weights of Resemblyzer (Apache 2.0), which were learnt from
thousands of people. Unlike what is learnt from an episode alone, it knows what differs between
people and what between recordings of one of them. It runs on NumPy: no PyTorch.
"""

from __future__ import annotations

import functools
from pathlib import Path

import numpy as np
import numpy.typing as npt

from pipeline.ahead import map_ahead
from pipeline.arrays import load_arrays
from pipeline.audio.features import FRAME_MS, SAMPLE_RATE_HZ
from pipeline.audio.filterbank import triangular_filters
from pipeline.installed import own_file
from pipeline.kernels import kernel
from pipeline.processors import usual_threads

__all__ = [
    "EMBEDDING_SIZE",
    "MEL_SIZE",
    "WINDOW_FRAMES",
    "embed",
    "filled",
    "mean_embedding",
    "mel_energies",
]

MEL_SIZE = 40
EMBEDDING_SIZE = 256
WINDOW_FRAMES = 160
"""The encoder was taught with windows of this length."""

_WINDOW = 400
_SHIFT = SAMPLE_RATE_HZ * FRAME_MS // 1000
_LAYERS = 3
_AT_ONCE = 25
_STEPS_AT_ONCE = 10
_SAMPLE_WINDOWS = 40
_LEVEL = 1e-3
"""Mean square of the samples of a window, of full scale: -30 dB, as in the training."""
_WEIGHTS = "voice_encoder.npz"


def _hertz(mel: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Slaney's scale: even up to 1 kHz, then logarithmic."""
    result: npt.NDArray[np.float64] = np.where(
        mel < 15.0, mel * 200.0 / 3.0, 1000.0 * np.exp(np.log(6.4) / 27.0 * (mel - 15.0))
    )
    return result


def _mel_filters() -> npt.NDArray[np.float32]:
    """Triangles of equal area, float32, shape (201, 40)."""
    highest = 15.0 + np.log(SAMPLE_RATE_HZ / 2 / 1000.0) / (np.log(6.4) / 27.0)
    edges = _hertz(np.linspace(0.0, highest, MEL_SIZE + 2))
    bins = np.arange(_WINDOW // 2 + 1) * (SAMPLE_RATE_HZ / _WINDOW)
    filters = triangular_filters(bins, edges) * (2.0 / (edges[2:] - edges[:-2]))
    return filters.astype(np.float32)


_HANN = np.hanning(_WINDOW + 1)[:-1].astype(np.float32)
_MEL_FILTERS = _mel_filters()


def mel_energies(
    samples: npt.NDArray[np.float32], frames: npt.NDArray[np.intp]
) -> npt.NDArray[np.float32]:
    """Mel energies of chosen frames.

    Args:
        samples: float32 on the scale of int16, 16 kHz; frame n is 400 of them from 160 n on.
        frames: the frames' numbers.

    Returns:
        float32, shape (frames, 40), of samples whose full scale is 1.
    """
    windows = np.lib.stride_tricks.sliding_window_view(samples, _WINDOW)[::_SHIFT]
    energies = np.empty((len(frames), MEL_SIZE), np.float32)
    for at in range(0, len(frames), 256):
        part = windows[frames[at : at + 256]] * (_HANN / np.float32(32768.0))
        spectrum = np.fft.rfft(part, axis=1)
        power = np.square(spectrum.real) + np.square(spectrum.imag)
        energies[at : at + 256] = power.astype(np.float32) @ _MEL_FILTERS
    return energies


def embed(windows: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Find the points of the windows.

    Args:
        windows: float32, shape (n, 160, 40): mel energies; shorter ones are repeated to fill it.

    Returns:
        float32, shape (n, 256), of length 1. The points of one voice have cosines of about 0.7 with
        each other, those of two voices of 0.3 to 0.6.
    """
    parts = (windows[at : at + _AT_ONCE] for at in range(0, len(windows), _AT_ONCE))
    found = list(map_ahead(_embed_some, parts, usual_threads()))
    return np.concatenate([np.zeros((0, EMBEDDING_SIZE), np.float32), *found])


def mean_embedding(mel: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """The point of one voice: the mean over evenly spread windows of its frames.

    Args:
        mel: float32, shape (n, 40): mel energies of its audible frames; there must be some.
    """
    count = max(1, len(mel) // WINDOW_FRAMES)
    chosen = np.unique(np.arange(_SAMPLE_WINDOWS) * count // _SAMPLE_WINDOWS)
    windows = [filled(mel[n * WINDOW_FRAMES : (n + 1) * WINDOW_FRAMES]) for n in chosen]
    mean: npt.NDArray[np.float32] = embed(np.stack(windows)).mean(axis=0)
    return mean


def filled(mel: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """A window's frames, repeated if they are too few."""
    return np.resize(mel, (WINDOW_FRAMES, MEL_SIZE))


def _embed_some(windows: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    weights = _weights()
    # A window's energy is the sum of its bins' but for a constant; speech is mostly below 4 kHz.
    level = windows.mean(axis=(1, 2), keepdims=True) + np.float32(1e-12)
    rows = np.ascontiguousarray((windows * (_usual_energy() / level)).transpose(1, 0, 2))
    for layer in range(_LAYERS):
        rows = _lstm(
            rows, weights[f"in_{layer}"], weights[f"hidden_{layer}"], weights[f"b_{layer}"]
        )
    points = np.maximum(rows[-1] @ weights["out"] + weights["out_b"], 0.0)
    lengths = np.linalg.norm(points, axis=1, keepdims=True)
    result: npt.NDArray[np.float32] = points / np.maximum(lengths, 1e-6)
    return result


def _lstm(
    rows: npt.NDArray[np.float32],
    into: npt.NDArray[np.float32],
    hidden: npt.NDArray[np.float32],
    bias: npt.NDArray[np.float32],
) -> npt.NDArray[np.float32]:
    steps, batch, size = rows.shape
    found = np.empty((steps, batch, len(hidden)), np.float32)
    cell = np.zeros((batch, len(hidden)), np.float32)
    last = np.zeros((batch, len(hidden)), np.float32)
    for begin in range(0, steps, _STEPS_AT_ONCE):
        part = rows[begin : begin + _STEPS_AT_ONCE]
        gates = (part.reshape(-1, size) @ into + bias).reshape(len(part), batch, -1)
        for t in range(len(part)):
            gates[t] += last @ hidden
            _step(gates[t], cell, found[begin + t])
            last = found[begin + t]
    return found


@kernel(fastmath=True)
def _step(
    gates: npt.NDArray[np.float32], cell: npt.NDArray[np.float32], found: npt.NDArray[np.float32]
) -> None:
    batch, size = cell.shape
    half = np.float32(0.5)
    for b in range(batch):
        for d in range(size):
            inlet = half + half * _tanh(half * gates[b, d])
            keep = half + half * _tanh(half * gates[b, size + d])
            new = _tanh(gates[b, 2 * size + d])
            outlet = half + half * _tanh(half * gates[b, 3 * size + d])
            value = keep * cell[b, d] + inlet * new
            cell[b, d] = value
            found[b, d] = outlet * _tanh(value)


@kernel(fastmath=True, inline="always")
def _tanh(x: np.float32) -> np.float32:
    """Continued fraction, within 1e-4 of tanh, which the compiler can do eight at a time."""
    limit = np.float32(4.97)
    x = np.float32(min(max(x, -limit), limit))
    s = x * x
    above = x * (np.float32(135135) + s * (np.float32(17325) + s * (np.float32(378) + s)))
    below = np.float32(135135) + s * (
        np.float32(62370) + s * (np.float32(3150) + s * np.float32(28))
    )
    return above / below


@functools.cache
def _usual_energy() -> np.float32:
    """Mean of the mel energies of a window of white noise of the level of the training."""
    power = _LEVEL * float(np.square(_HANN).sum())
    return np.float32(power * float(_MEL_FILTERS.sum()) / MEL_SIZE)


@functools.cache
def _weights() -> dict[str, npt.NDArray[np.float32]]:
    return _read_weights(Path(__file__).with_name(_WEIGHTS))


def _read_weights(path: Path) -> dict[str, npt.NDArray[np.float32]]:
    """The weights by name.

    Raises:
        InputError: the file is missing or damaged.
    """
    with own_file(path, "the voice encoder"):
        stored = load_arrays(path.read_bytes())
        if {name: array.shape for name, array in stored.items()} != _shapes():
            raise ValueError("other arrays than an encoder has")
        if any(a.dtype != np.float16 or not np.isfinite(a).all() for a in stored.values()):
            raise ValueError("values that are none")
    return {name: array.astype(np.float32) for name, array in stored.items()}


def _shapes() -> dict[str, tuple[int, ...]]:
    size, gates = EMBEDDING_SIZE, 4 * EMBEDDING_SIZE
    shapes: dict[str, tuple[int, ...]] = {"out": (size, size), "out_b": (size,)}
    for layer in range(_LAYERS):
        shapes[f"in_{layer}"] = (size if layer else MEL_SIZE, gates)
        shapes |= {f"hidden_{layer}": (size, gates), f"b_{layer}": (gates,)}
    return shapes
