"""Adapts the acoustic model to a recording, by maximum a posteriori re-estimation.

Every density of a codebook moves towards the frames that an alignment gives to its phone, in so
far as there are enough of them; see Gauvain and Lee, "Maximum a posteriori estimation for
multivariate Gaussian mixture observations of Markov chains" (1994).
"""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np
import numpy.typing as npt

from pipeline.align.acoustic_model import AcousticModel
from pipeline.align.scores import Mixtures

__all__ = ["Statistics"]

_PRIOR_FRAMES = 20.0
_VARIANCE_FLOOR = 0.3  # of the model's own variance


@dataclass(frozen=True, eq=False)
class Statistics:
    """Sums over the frames that each density answers for.

    Attributes:
        counts: float64, shape (codebooks, streams, densities).
        sums: float64, shape (codebooks, streams, densities, 13).
        squares: float64, same shape.
    """

    counts: npt.NDArray[np.float64]
    sums: npt.NDArray[np.float64]
    squares: npt.NDArray[np.float64]

    @classmethod
    def empty(cls, model: AcousticModel) -> Statistics:
        """No frame seen yet."""
        return cls(
            np.zeros(model.constants.shape),
            np.zeros(model.means.shape),
            np.zeros(model.means.shape),
        )

    def add(
        self,
        features: npt.NDArray[np.float32],
        senones: npt.NDArray[np.int32],
        model: AcousticModel,
        mixtures: Mixtures,
    ) -> None:
        """Count frames in.

        Args:
            features: float32, shape (frames, 3, 13).
            senones: int32, shape (frames,): the senone that each frame is aligned to, -1 if it
                should not count.
            model: tells the codebook of each senone.
            mixtures: the mixtures that share the frames out.
        """
        _accumulate(
            features,
            senones,
            model.senone_phone,
            mixtures.quadratics,
            mixtures.log_weights,
            self.counts,
            self.sums,
            self.squares,
        )

    def merge(self, other: Statistics) -> None:
        """Add another recording's or stretch's sums."""
        self.counts[...] += other.counts
        self.sums[...] += other.sums
        self.squares[...] += other.squares

    def adapt(self, model: AcousticModel) -> Mixtures:
        """The model's mixtures, adapted to what was counted."""
        # In double precision: some variances are a millionth of the squared mean.
        own_means = model.means.astype(np.float64)
        variances = 0.5 / model.precisions.astype(np.float64)
        prior = _PRIOR_FRAMES
        total = (prior + self.counts)[..., None]
        means = (prior * own_means + self.sums) / total
        moments = prior * (variances + np.square(own_means)) + self.squares
        adapted = np.maximum(moments / total - np.square(means), _VARIANCE_FLOOR * variances)
        return Mixtures.from_gaussians(means, adapted, model.log_weights)


@numba.njit(cache=True, nogil=True, fastmath=True)
def _accumulate(
    features: npt.NDArray[np.float32],
    senones: npt.NDArray[np.int32],
    senone_phone: npt.NDArray[np.int32],
    quadratics: npt.NDArray[np.float32],
    log_weights: npt.NDArray[np.float32],
    counts: npt.NDArray[np.float64],
    sums: npt.NDArray[np.float64],
    squares: npt.NDArray[np.float64],
) -> None:
    frames, streams, size = features.shape
    densities = quadratics.shape[2]
    log_density = np.empty(densities, np.float32)
    for t in range(frames):
        senone = senones[t]
        if senone < 0:
            continue
        codebook = senone_phone[senone]
        for stream in range(streams):
            best = np.float32(-1e30)
            for density in range(densities):
                q = quadratics[codebook, stream, density]
                value = q[26] + log_weights[senone, stream, density]
                for i in range(size):
                    x = features[t, stream, i]
                    value += (q[i] * x + q[13 + i]) * x
                log_density[density] = value
                best = max(best, value)
            total = 0.0
            for density in range(densities):
                log_density[density] -= best
                if log_density[density] > -8.0:
                    total += np.exp(log_density[density])
            for density in range(densities):
                if log_density[density] > -8.0:
                    share = np.exp(log_density[density]) / total
                    counts[codebook, stream, density] += share
                    for i in range(size):
                        x = features[t, stream, i]
                        sums[codebook, stream, density, i] += share * x
                        squares[codebook, stream, density, i] += share * x * x
