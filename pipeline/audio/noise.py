"""What the background of a recording sounds like, measured in its quietest moments."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipeline.audio.features import CEPSTRA, add_deltas
from pipeline.audio.recording import Recording

__all__ = ["Noise", "measure_noise"]

_STRETCH_FRAMES = 1000
_SMOOTHED_FRAMES = 21
_QUIETEST_SHARE = 0.1
_CONTEXT = 3


@dataclass(frozen=True, eq=False)
class Noise:
    """A recording's background, and the mean of all that is heard in it.

    Attributes:
        mean: float64, shape (13,): mean cepstrum of the background.
        variances: float64, shape (3, 13): variances of its cepstra and their two differences.
        overall: float64, shape (13,): mean cepstrum of what is spoken, pauses included.
    """

    mean: npt.NDArray[np.float64]
    variances: npt.NDArray[np.float64]
    overall: npt.NDArray[np.float64]


def measure_noise(recording: Recording) -> Noise:
    """Measure the quietest tenth of every 10 s of speech: it pauses about as often.

    Long silences before, behind and amid it are no noise.
    """
    total, quiet_total = np.zeros(CEPSTRA), np.zeros(CEPSTRA)
    squares = np.zeros((3, CEPSTRA))
    frames, quiet_frames = 0, 0
    for start, stop in _stretches(recording):
        cepstra = recording.read(start, stop)
        frames += len(cepstra)
        total += cepstra.sum(axis=0, dtype=np.float64)
        quiet = _quietest(cepstra[:, 0])
        quiet_total += cepstra[quiet].sum(axis=0, dtype=np.float64)
        padded = np.pad(cepstra, ((_CONTEXT, _CONTEXT), (0, 0)), mode="edge")
        features = add_deltas(padded)[quiet].astype(np.float64)
        features[:, 0] -= features[:, 0].mean(axis=0)
        squares += np.square(features).sum(axis=0)
        quiet_frames += len(quiet)
    if not quiet_frames:
        return Noise(np.zeros(CEPSTRA), np.ones((3, CEPSTRA)), np.zeros(CEPSTRA))
    return Noise(quiet_total / quiet_frames, squares / quiet_frames, total / frames)


def _stretches(recording: Recording) -> Iterator[tuple[int, int]]:
    for first, last in recording.spoken_stretches():
        for start in range(first, last, _STRETCH_FRAMES):
            yield start, min(last, start + _STRETCH_FRAMES)


def _quietest(loudness: npt.NDArray[np.float32]) -> npt.NDArray[np.intp]:
    reach = _SMOOTHED_FRAMES // 2
    padded = np.pad(loudness.astype(np.float64), (reach, reach), mode="edge")
    smooth = np.convolve(padded, np.ones(_SMOOTHED_FRAMES), mode="valid")
    count = max(1, round(_QUIETEST_SHARE * len(loudness)))
    return np.sort(np.argsort(smooth, kind="stable")[:count])
