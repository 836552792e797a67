"""The few directions in which the voices of an episode differ.

Principal components of the segments' statistics, and the covariance within a voice, first taken
from the two halves of each segment, so that no label is needed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline.speakers.voice_encoder import MEL_SIZE
from pipeline.speakers.voice_features import VoiceFrames
from pipeline.speakers.voice_sample import VoiceSample
from pipeline.speakers.voice_statistics import (
    SIDE_SCALE_DB,
    Background,
    SpooledStatistics,
    WordStatistics,
    word_statistics,
)

__all__ = [
    "Points",
    "VoiceSpace",
    "learn_space",
    "within_covariance",
    "within_from_halves",
]

_SPARE_COMPONENTS = 10
_SUBSPACE_ROUNDS = 12
_MOST_COMPONENTS = 50
_SEGMENTS_A_COMPONENT = 4
_SEGMENTS_AT_ONCE = 200
_ROWS_AT_ONCE = 1000
_RELEVANCE = 20.0
_HALF_FRAMES = 20.0
_LEAST_HALVES = 4
_KNOWN_WEIGHT = 200.0


@dataclass(frozen=True, slots=True)
class Points:
    """Sums of projected deviations, for words or for segments.

    Attributes:
        sums: shape (n, dimensions), float32 for words, of which there are many, else float64.
        frames: float64, shape (n,): over how many frames.
        variance: of a frame within a voice in any direction, None where only the episode tells.
    """

    sums: npt.NDArray[np.floating[Any]]
    frames: npt.NDArray[np.float64]
    variance: float | None = None

    @property
    def means(self) -> npt.NDArray[np.float64]:
        """Mean deviation of a frame; 0 where there are none."""
        means: npt.NDArray[np.float64] = self.sums / np.maximum(self.frames, 1.0)[:, None]
        return means

    def scatter(self, weights: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Weighted sum of each frame's mean's outer product, shape (dimensions, dimensions).

        Args:
            weights: float64, shape (n,): of the frames of each row.
        """
        total = np.zeros((self.sums.shape[1], self.sums.shape[1]))
        scale = weights / np.maximum(self.frames, 1.0)
        for begin in range(0, len(self.sums), _ROWS_AT_ONCE):
            part = slice(begin, begin + _ROWS_AT_ONCE)
            rows = self.sums[part].astype(np.float64)
            total += rows.T @ (rows * scale[part, None])
        return total

    def summed(
        self, cuts: npt.NDArray[np.int64], share: npt.NDArray[np.float64] | None = None
    ) -> Points:
        """Sums over the stretches that begin at `cuts` (the last is where the last one ends).

        `share` is how much of each row counts, float64, shape (n,); None for all.
        """
        share = np.ones(len(self.frames)) if share is None else share
        sums = np.empty((len(cuts) - 1, self.sums.shape[1]), np.float64)
        for begin in range(0, len(sums), _SEGMENTS_AT_ONCE):
            part = cuts[begin : begin + _SEGMENTS_AT_ONCE + 1]
            rows = self.sums[part[0] : part[-1]] * share[part[0] : part[-1], None]
            own = np.add.reduceat(rows, part[:-1] - part[0], axis=0, dtype=np.float64)
            sums[begin : begin + len(own)] = own
        return Points(sums, np.add.reduceat(self.frames * share, cuts[:-1]), self.variance)


@dataclass(frozen=True, slots=True)
class VoiceSpace:
    """Where the voices of one episode differ.

    Attributes:
        background: kinds of sound.
        mean: float32, shape (columns,): mean of a frame's envelope statistics.
        components: float32, shape (columns, components): principal components of segments.
        extra_mean: float64, shape (3,): mean of a frame's pitch, its square, and side.
        telling: bool, shape (3,): which of these say anything.
    """

    background: Background
    mean: npt.NDArray[np.float32]
    components: npt.NDArray[np.float32]
    extra_mean: npt.NDArray[np.float64]
    telling: npt.NDArray[np.bool_]

    @property
    def dimensions(self) -> int:
        """How many numbers a point has."""
        return int(self.components.shape[1] + self.telling.sum())

    def points(self, statistics: WordStatistics) -> Points:
        """Project: components of the envelope, then pitch and side if they say anything."""
        frames = statistics.frames
        inside = statistics.envelope @ self.components
        inside -= np.outer(frames, self.mean @ self.components)
        extra = statistics.extra - np.outer(frames, self.extra_mean)
        return Points(
            np.hstack([inside, extra[:, self.telling]]).astype(np.float32),
            frames.astype(np.float64),
        )

    def sample_point(self, sample: VoiceSample) -> Points:
        """Where a sample from elsewhere lies; its side says nothing here."""
        count = len(sample.envelope)
        side_db = np.full(count, self.extra_mean[2] * SIDE_SCALE_DB, np.float32)
        frames = VoiceFrames(
            np.arange(count, dtype=np.int32),
            sample.envelope,
            sample.log_f0,
            side_db,
            np.zeros((0, MEL_SIZE), np.float32),
        )
        return self.points(
            word_statistics(frames, self.background, np.zeros(count, np.int64), words=1)
        )


def learn_space(
    background: Background, statistics: SpooledStatistics, cuts: npt.NDArray[np.int64]
) -> VoiceSpace:
    """Learn from the segments of words that begin at `cuts`; some frames must be heard."""
    frames = np.add.reduceat(statistics.frames, cuts[:-1])
    total = max(1.0, float(frames.sum()))
    mean = np.asarray(statistics.envelope_sum / total, dtype=np.float32)
    heard = int((frames > 0).sum())
    size = int(np.clip(heard // _SEGMENTS_A_COMPONENT, 2, _MOST_COMPONENTS))
    rows = (
        (sums - frames[at, None] * mean)
        / (frames[at, None] + _RELEVANCE)
        * np.sqrt(frames[at])[:, None]
        for at, sums in _segment_sums(statistics, cuts)
    )
    if len(frames) < len(mean):
        few = np.concatenate(list(rows))
        values, left = np.linalg.eigh((few @ few.T).astype(np.float64))
        size = min(size, len(values))
        values, left = values[: -size - 1 : -1], left[:, : -size - 1 : -1]
        components = few.T @ left / np.sqrt(np.maximum(values, 1e-9))
    else:
        scatter = np.zeros((len(mean), len(mean)), np.float32)
        for part in rows:
            scatter += part.T @ part
        components = _principal_components(scatter, size)
    extra_mean = statistics.extra.sum(axis=0, dtype=np.float64) / total
    deviation = statistics.extra - np.outer(statistics.frames, extra_mean)
    return VoiceSpace(
        background,
        mean,
        components.astype(np.float32),
        extra_mean,
        np.abs(deviation).sum(axis=0) > 1e-3 * total,
    )


def _principal_components(scatter: npt.NDArray[np.float32], count: int) -> npt.NDArray[np.float32]:
    """The first eigenvectors of a symmetric matrix, shape (dimensions, count), largest first.

    By subspace iteration (Halko, Martinsson and Tropp, "Finding structure with randomness", 2011):
    all eigenvectors would take ten times as long, and memory for three more such matrices.
    """
    columns = min(len(scatter), count + _SPARE_COMPONENTS)
    basis = np.random.default_rng(0).normal(size=(len(scatter), columns)).astype(np.float32)
    for _ in range(_SUBSPACE_ROUNDS):
        basis, _ = np.linalg.qr(scatter @ basis)
    _, vectors = np.linalg.eigh((basis.T @ scatter @ basis).astype(np.float64))
    components: npt.NDArray[np.float32] = basis @ vectors[:, : -count - 1 : -1].astype(np.float32)
    return components


def _segment_sums(
    statistics: SpooledStatistics, cuts: npt.NDArray[np.int64]
) -> Iterator[tuple[slice, npt.NDArray[np.float32]]]:
    """Sums of the envelope's statistics over segments, and which segments these are."""
    segments = len(cuts) - 1
    for begin in range(0, segments, _SEGMENTS_AT_ONCE):
        end = min(segments, begin + _SEGMENTS_AT_ONCE)
        words = statistics.between(int(cuts[begin]), int(cuts[end]))
        sums = np.add.reduceat(words.envelope, cuts[begin:end] - cuts[begin], axis=0)
        yield slice(begin, end), sums


def within_from_halves(words: Points, cuts: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """Covariance of a frame within one voice, shape (dimensions, dimensions).

    Taken from how the two halves of each segment differ, which are nearly always of one voice.

    Args:
        words: the words.
        cuts: int64, shape (segments + 1,): the first words of the segments, then their end.
    """
    size = words.sums.shape[1]
    of_halves, of_all = np.zeros((size, size)), np.zeros((size, size))
    usable = 0
    for begin in range(0, len(cuts) - 1, _SEGMENTS_AT_ONCE):
        part = cuts[begin : begin + _SEGMENTS_AT_ONCE + 1]
        inside = slice(part[0], part[-1])
        segments, differences = _halves(
            Points(words.sums[inside], words.frames[inside]), part - part[0]
        )
        centred = segments.means * np.sqrt(segments.frames)[:, None]
        of_halves += differences.T @ differences
        of_all += centred.T @ centred
        usable += len(differences)
    if usable < _LEAST_HALVES:
        return _shrunk(of_all, len(cuts) - 1)
    return _shrunk(of_halves, usable)


def _halves(words: Points, cuts: npt.NDArray[np.int64]) -> tuple[Points, npt.NDArray[np.float64]]:
    """The segments, and for each that is long enough how a frame's mean differs between halves.

    The words whose middle lies behind the middle of their segment are its second half.
    """
    before = np.cumsum(words.frames) - words.frames / 2
    segments = words.summed(cuts)
    begin = np.cumsum(segments.frames) - segments.frames
    middle = np.repeat(begin + segments.frames / 2, np.diff(cuts))
    second = words.summed(cuts, (before > middle).astype(np.float64))
    first = Points(segments.sums - second.sums, segments.frames - second.frames)
    usable = np.minimum(first.frames, second.frames) >= _HALF_FRAMES
    scale = np.sqrt(first.frames * second.frames / np.maximum(segments.frames, 1.0))
    differences = ((second.means - first.means) * scale[:, None])[usable]
    return segments, differences


def within_covariance(
    segments: Points, share: npt.NDArray[np.float64], voices: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """Covariance of a frame within the voices, shape (dimensions, dimensions).

    Args:
        segments: the segments.
        share: float64, shape (n, speakers): to whom each belongs.
        voices: float64, shape (speakers, dimensions): mean of each.
    """
    total = segments.scatter(share.sum(axis=1))
    cross = (segments.sums.T @ share) @ voices
    total += (voices.T * (share.T @ segments.frames)) @ voices - cross - cross.T
    count = float(share[segments.frames > 0].sum())
    if segments.variance is None:
        return _shrunk(total, count)
    known = segments.variance * _KNOWN_WEIGHT * np.eye(len(total))
    result: npt.NDArray[np.float64] = (total + known) / (count + _KNOWN_WEIGHT)
    return result


def _shrunk(scatter: npt.NDArray[np.float64], count: float) -> npt.NDArray[np.float64]:
    """Scatter over count, drawn to its diagonal as far as the count is small."""
    size = len(scatter)
    diagonal = np.diag(scatter) + 1e-6 * max(1e-6, float(np.trace(scatter))) / size
    prior = size + 10.0
    result: npt.NDArray[np.float64] = (scatter + np.diag(diagonal) * (prior / max(count, 1.0))) / (
        count + prior
    )
    return result
