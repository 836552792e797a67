"""Adapts the acoustic model to a recording, by maximum a posteriori re-estimation.

Every density of a codebook moves towards the frames that an alignment gives to its phone, and the
weights of densities that a state uses more than its senones would have it grow, in so far as there
are enough frames; see Gauvain and Lee, "Maximum a posteriori estimation for multivariate Gaussian
mixture observations of Markov chains" (1994).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipeline.align.acoustic_model import AcousticModel
from pipeline.align.scores import Mixtures
from pipeline.kernels import kernel

__all__ = ["Statistics"]

_PRIOR_FRAMES = 20.0
_VARIANCE_FLOOR = 0.3  # of the model's own variance
_PRIOR_FRAMES_OF_WEIGHTS = 200.0
_LEAST_PRIOR_FRAMES = 1e-3


@dataclass(frozen=True, eq=False)
class Statistics:
    """Sums over the frames that each density answers for.

    Attributes:
        counts: float64, shape (codebooks, 3 states, streams, densities).
        sums: float64, shape (codebooks, streams, densities, 13).
        squares: float64, same shape.
        senone_frames: int64, shape (senones,): frames of each senone.
    """

    counts: npt.NDArray[np.float64]
    sums: npt.NDArray[np.float64]
    squares: npt.NDArray[np.float64]
    senone_frames: npt.NDArray[np.int64]

    @classmethod
    def empty(cls, model: AcousticModel) -> Statistics:
        """No frame seen yet."""
        return cls(
            np.zeros((*model.ci_senones.shape, *model.constants.shape[1:])),
            np.zeros(model.means.shape),
            np.zeros(model.means.shape),
            np.zeros(len(model.senone_phone), np.int64),
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
            model: tells the codebook and the state of each senone.
            mixtures: the mixtures that share the frames out.
        """
        _accumulate(
            features,
            senones,
            model.senone_phone,
            model.senone_state,
            mixtures.quadratics,
            mixtures.log_weights,
            self.counts,
            self.sums,
            self.squares,
            self.senone_frames,
        )

    def merge(self, other: Statistics) -> None:
        """Add another recording's or stretch's sums."""
        self.counts[...] += other.counts
        self.sums[...] += other.sums
        self.squares[...] += other.squares
        self.senone_frames[...] += other.senone_frames

    def adapt(self, model: AcousticModel) -> Mixtures:
        """The model's mixtures, their densities adapted to what was counted."""
        # In double precision: some variances are a millionth of the squared mean.
        own_means = model.means.astype(np.float64)
        variances = 0.5 / model.precisions.astype(np.float64)
        prior = _PRIOR_FRAMES
        total = (prior + self.counts.sum(axis=1))[..., None]
        means = (prior * own_means + self.sums) / total
        moments = prior * (variances + np.square(own_means)) + self.squares
        adapted = np.maximum(moments / total - np.square(means), _VARIANCE_FLOOR * variances)
        return Mixtures.from_gaussians(means, adapted, model.log_weights)

    def adapted_log_weights(self, model: AcousticModel) -> npt.NDArray[np.float32]:
        """The weights of the senones in context, adapted to what was counted.

        Most senones are seen too rarely to learn from, and would learn the very words that the
        text has wrong. So the weights of all senones of a state are scaled alike: by how much more
        it uses each density than its senones' own weights would have it. Those without context
        stay as they are: by them phones are recognised, which is to speak against the text.

        Args:
            model: the model that was counted with.

        Returns:
            float32, shape (senones, streams, densities), nats.
        """
        log_weights = model.log_weights.copy()
        in_context = np.ones(len(log_weights), np.bool_)
        in_context[model.ci_senones] = False
        for phone, state in np.ndindex(model.ci_senones.shape):
            is_of_state = (model.senone_phone == phone) & (model.senone_state == state)
            frames = self.senone_frames[is_of_state].astype(np.float64)
            senones = np.flatnonzero(is_of_state & in_context)
            if not frames.any() or not len(senones):
                continue
            expected = np.tensordot(frames, np.exp(model.log_weights[is_of_state]), 1)
            prior = _PRIOR_FRAMES_OF_WEIGHTS / frames.sum() * expected + _LEAST_PRIOR_FRAMES
            scale = np.log((self.counts[phone, state] + prior) / (expected + prior))
            scaled = model.log_weights[senones] + scale
            scaled -= np.log(np.exp(scaled).sum(axis=-1, keepdims=True))
            log_weights[senones] = scaled
        return log_weights


@kernel(fastmath=True)
def _accumulate(
    features: npt.NDArray[np.float32],
    senones: npt.NDArray[np.int32],
    senone_phone: npt.NDArray[np.int32],
    senone_state: npt.NDArray[np.int32],
    quadratics: npt.NDArray[np.float32],
    log_weights: npt.NDArray[np.float32],
    counts: npt.NDArray[np.float64],
    sums: npt.NDArray[np.float64],
    squares: npt.NDArray[np.float64],
    senone_frames: npt.NDArray[np.int64],
) -> None:
    frames, streams, size = features.shape
    densities = quadratics.shape[2]
    log_density = np.empty(densities, np.float32)
    for t in range(frames):
        senone = senones[t]
        if senone < 0:
            continue
        codebook, state = senone_phone[senone], senone_state[senone]
        senone_frames[senone] += 1
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
                    counts[codebook, state, stream, density] += share
                    for i in range(size):
                        x = features[t, stream, i]
                        sums[codebook, stream, density, i] += share * x
                        squares[codebook, stream, density, i] += share * x * x
