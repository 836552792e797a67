"""Frames to one row of numbers for each word: how its sounds differ from everybody's.

A mixture of Gaussians learnt from all speech of the episode sorts frames into kinds of sound; the
mean deviation from each kind, stacked, is what tells voices apart whatever they say (the first
order statistics of Reynolds, Quatieri and Dunn, "Speaker verification using adapted Gaussian
mixture models", 2000). Rows are sums over frames, so that the row of a stretch of words is the sum
of theirs.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipeline.audio.spool import FrameSpool
from pipeline.gaussian_mixture import learn_mixture, posteriors
from pipeline.kernels import kernel
from pipeline.speakers.voice_features import VoiceFrames

__all__ = [
    "SIDE_SCALE_DB",
    "Background",
    "SpooledStatistics",
    "WordStatistics",
    "learn_background",
    "word_statistics",
]

_FRAMES_A_KIND = 1500
_LEAST_KINDS, _MOST_KINDS = 4, 64
_TRAINING_FRAMES = 40000
_SEED = 20
_LARGEST_DEVIATION = 3.0
_BLOCK = 20000
SIDE_SCALE_DB = 6.0


@dataclass(frozen=True, slots=True)
class Background:
    """A mixture of Gaussians with diagonal covariances over envelopes, and the usual pitch.

    Attributes:
        means: float32, shape (kinds, 20).
        deviations: float32, shape (kinds, 20), standard deviations.
        log_weights: float32, shape (kinds,).
        pitch_mean: mean of the logarithm of the pitch in hertz.
        pitch_deviation: its standard deviation.
    """

    means: npt.NDArray[np.float32]
    deviations: npt.NDArray[np.float32]
    log_weights: npt.NDArray[np.float32]
    pitch_mean: float
    pitch_deviation: float


@dataclass(frozen=True, slots=True)
class WordStatistics:
    """Sums over the frames of each word.

    Attributes:
        envelope: float32, shape (words, kinds * 20): deviations from each kind of sound.
        extra: float32, shape (words, 3): deviations of the pitch and of its square, and the side.
        frames: float32, shape (words,): number of audible frames, 0 for words without.
    """

    envelope: npt.NDArray[np.float32]
    extra: npt.NDArray[np.float32]
    frames: npt.NDArray[np.float32]


class SpooledStatistics:
    """Statistics of all words, the bulky part of them on disk."""

    def __init__(self, envelope: FrameSpool) -> None:
        """Begin with no words; `envelope` is an empty spool, float32, kinds * 20 columns."""
        self._envelope = envelope
        self.envelope_sum = np.zeros((), np.float64)
        """Sum of the envelope's statistics over all words, shape (kinds * 20,)."""
        self.extra = np.zeros((0, 3), np.float32)
        self.frames = np.zeros(0, np.float32)

    def append(self, part: WordStatistics) -> None:
        """Add the words that come next."""
        self._envelope.append(part.envelope)
        self.envelope_sum = self.envelope_sum + part.envelope.sum(axis=0, dtype=np.float64)
        self.extra = np.concatenate([self.extra, part.extra])
        self.frames = np.concatenate([self.frames, part.frames])

    def between(self, begin: int, end: int) -> WordStatistics:
        """Statistics of the words `begin` to `end`, or as far as there are."""
        return WordStatistics(
            self._envelope.read(begin, end), self.extra[begin:end], self.frames[begin:end]
        )


def learn_background(envelope: FrameSpool, pitch_and_side: FrameSpool) -> Background:
    """Learn the mixture from the frames of all speakers together; there must be some.

    Args:
        envelope: the envelopes, float32, 20 columns.
        pitch_and_side: `log_f0` and `side_db` of the same frames, as in `VoiceFrames`.
    """
    count = envelope.frames
    kinds = int(np.clip(count // _FRAMES_A_KIND, _LEAST_KINDS, _MOST_KINDS))
    rng = np.random.default_rng(_SEED)
    chosen = np.sort(rng.permutation(np.arange(count, dtype=np.int32))[:_TRAINING_FRAMES])
    sample = envelope.pick(chosen).astype(np.float64)
    mixture = learn_mixture(sample, kinds, rng)
    return Background(
        mixture.means.astype(np.float32),
        np.sqrt(mixture.variances).astype(np.float32),
        np.log(mixture.weights).astype(np.float32),
        *_usual_pitch(pitch_and_side),
    )


def _usual_pitch(pitch_and_side: FrameSpool) -> tuple[float, float]:
    """Mean and standard deviation of the logarithm of the pitch where there is one."""
    count, total, squares = 0, 0.0, 0.0
    for begin in range(0, pitch_and_side.frames, _BLOCK):
        log_f0 = pitch_and_side.read(begin, begin + _BLOCK)[:, 0].astype(np.float64)
        count += int((log_f0 > 0).sum())
        total += float(log_f0.sum())
        squares += float(np.square(log_f0).sum())
    if not count:
        return 0.0, 1.0
    mean = total / count
    return mean, max(0.05, float(np.sqrt(max(0.0, squares / count - mean**2))))


def word_statistics(
    frames: VoiceFrames, background: Background, word_of_frame: npt.NDArray[np.int64], words: int
) -> WordStatistics:
    """Sum up the frames of each word.

    Args:
        frames: the audible frames.
        background: the mixture.
        word_of_frame: int64, shape (n,): to which word each of `frames` belongs, never falling.
        words: how many words there are.
    """
    kinds = len(background.means)
    size = background.means.shape[1]
    envelope = np.zeros((words, kinds, size), np.float32)
    variances = np.square(background.deviations)
    for begin in range(0, len(frames.frame), _BLOCK):
        rows = frames.envelope[begin : begin + _BLOCK]
        posterior = posteriors(rows, background.means, variances, background.log_weights)
        _add_deviations(
            rows,
            posterior.astype(np.float32),
            background.means,
            background.deviations,
            word_of_frame[begin : begin + _BLOCK],
            envelope,
        )
    voiced = frames.log_f0 > 0
    pitch = np.clip((frames.log_f0 - background.pitch_mean) / background.pitch_deviation, -3, 3)
    extra = np.stack(
        [
            np.bincount(word_of_frame, weights=column, minlength=words)
            for column in (
                np.where(voiced, pitch, 0.0),
                np.where(voiced, np.square(pitch) - 1.0, 0.0),
                np.clip(frames.side_db / SIDE_SCALE_DB, -2, 2),
            )
        ],
        axis=1,
    ).astype(np.float32)
    count = np.bincount(word_of_frame, minlength=words).astype(np.float32)
    return WordStatistics(envelope.reshape(words, -1), extra, count)


@kernel(fastmath=True)
def _add_deviations(
    rows: npt.NDArray[np.float32],
    posterior: npt.NDArray[np.float32],
    means: npt.NDArray[np.float32],
    deviations: npt.NDArray[np.float32],
    word_of_frame: npt.NDArray[np.int64],
    total: npt.NDArray[np.float32],
) -> None:
    limit = np.float32(_LARGEST_DEVIATION)
    for t in range(len(rows)):
        word = word_of_frame[t]
        for c in range(len(means)):
            share = posterior[t, c]
            if share < np.float32(0.02):
                continue
            for d in range(rows.shape[1]):
                z = (rows[t, d] - means[c, d]) / deviations[c, d]
                total[word, c, d] += share * min(max(z, -limit), limit)
