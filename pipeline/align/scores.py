"""Senone scores: log likelihoods of frames under the acoustic model, in nats.

A mixture is scored by its best weighted density instead of the sum over all of them; on real
speech that changed neither the phones recognised nor the boundaries found by more than chance,
and costs a third of the time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline.align.acoustic_model import AcousticModel
from pipeline.align.density_kernel import (
    BLOCK_FRAMES,
    DENSITIES_AT_ONCE,
    log_densities,
    raise_to_best,
    with_wide_vectors,
)
from pipeline.kernels import kernel

__all__ = [
    "BLOCK_FRAMES",
    "Mixtures",
    "SenoneGroups",
    "group_senones",
    "quadratics_of",
    "score_codebook",
    "score_frames",
    "squares_and_values",
]

_LOWEST = np.float32(-1e30)


@dataclass(frozen=True, eq=False)
class Mixtures:
    """The model's mixtures as the kernel wants them.

    Attributes:
        quadratics: float32, shape (codebooks, streams, densities, 27): the factors of the 13
            squares, of the 13 values, and the constant, of each log density.
        log_weights: float32, shape (senones, streams, densities).
    """

    quadratics: npt.NDArray[np.float32]
    log_weights: npt.NDArray[np.float32]

    @classmethod
    def of(cls, model: AcousticModel) -> Mixtures:
        """Mixtures of a model as it is."""
        return cls.from_gaussians(model.means, 0.5 / model.precisions, model.log_weights)

    @classmethod
    def from_gaussians(
        cls,
        means: npt.NDArray[Any],
        variances: npt.NDArray[Any],
        log_weights: npt.NDArray[np.float32],
    ) -> Mixtures:
        """Mixtures of Gaussians; means and variances: (codebooks, streams, densities, 13)."""
        return cls(quadratics_of(means, variances), log_weights)

    def gaussians(
        self, codebook: int, stream: int
    ) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        """Means and variances of a codebook's densities, float64, shape (densities, 13)."""
        factors = self.quadratics[codebook, stream].astype(np.float64)
        variances = -0.5 / factors[:, :13]
        return factors[:, 13:26] * variances, variances


def quadratics_of(means: npt.NDArray[Any], variances: npt.NDArray[Any]) -> npt.NDArray[np.float32]:
    """Factors of log densities as `Mixtures` has them, float32, shape (…, 27); both: (…, 13)."""
    precisions = 0.5 / variances
    constants = -0.5 * np.log(2 * np.pi * variances) - precisions * means * means
    quadratics = np.concatenate(
        [-precisions, 2.0 * precisions * means, constants.sum(axis=-1, keepdims=True)], axis=-1
    )
    return np.ascontiguousarray(quadratics, dtype=np.float32)


@dataclass(frozen=True, eq=False)
class SenoneGroups:
    """Senones to be scored, grouped by codebook.

    Attributes:
        codebooks: int32, shape (groups,).
        firsts: int32, shape (groups + 1,): where each group begins in `senones`.
        senones: int32, shape (senones,): also the order of the columns of the scores.
    """

    codebooks: npt.NDArray[np.int32]
    firsts: npt.NDArray[np.int32]
    senones: npt.NDArray[np.int32]


def group_senones(
    senones: npt.NDArray[np.int32], senone_phone: npt.NDArray[np.int32]
) -> SenoneGroups:
    """Group distinct senones by codebook; within a group they ascend."""
    distinct = np.unique(senones).astype(np.int32)
    phone = senone_phone[distinct]
    order = np.argsort(phone, kind="stable")
    codebooks, firsts = np.unique(phone[order], return_index=True)
    return SenoneGroups(
        codebooks.astype(np.int32),
        np.append(firsts, len(distinct)).astype(np.int32),
        distinct[order],
    )


@kernel(fastmath=True)
def score_codebook(
    x: npt.NDArray[np.float32],
    quadratics: npt.NDArray[np.float32],
    log_weights: npt.NDArray[np.float32],
    senones: npt.NDArray[np.int32],
    scores: npt.NDArray[np.float32],
) -> None:
    """Score 64 frames under senones of one codebook.

    Args:
        x: float32, shape (streams, 26, 64): see `squares_and_values`.
        quadratics: those of the codebook, shape (streams, densities, 27); the number of densities
            is a multiple of `DENSITIES_AT_ONCE`.
        log_weights: as `Mixtures` has them.
        senones: int32.
        scores: float32, shape (senones, 64), for the result.
    """
    with_wide_vectors()  # type: ignore[call-arg]  # numba passes its own
    streams, densities, _ = quadratics.shape
    best = np.empty((len(senones), BLOCK_FRAMES), np.float32)
    log_density = np.empty((DENSITIES_AT_ONCE, BLOCK_FRAMES), np.float32)
    scores[:] = 0.0
    for stream in range(streams):
        best[:] = _LOWEST
        for density in range(0, densities, DENSITIES_AT_ONCE):
            log_densities(x[stream], quadratics[stream], density, log_density)
            for k in range(len(senones)):
                raise_to_best(log_density, log_weights[senones[k], stream], density, best[k])
        scores += best


@kernel()
def _score_block(
    x: npt.NDArray[np.float32],
    quadratics: npt.NDArray[np.float32],
    log_weights: npt.NDArray[np.float32],
    codebooks: npt.NDArray[np.int32],
    firsts: npt.NDArray[np.int32],
    senones: npt.NDArray[np.int32],
    scores: npt.NDArray[np.float32],
) -> None:
    for group in range(len(codebooks)):
        group_senones = slice(firsts[group], firsts[group + 1])
        score_codebook(
            x,
            quadratics[codebooks[group]],
            log_weights,
            senones[group_senones],
            scores[group_senones],
        )


def squares_and_values(features: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """What the densities are functions of.

    Args:
        features: float32, shape (frames, streams, 13).

    Returns:
        float32, shape (streams, 26, frames): the squares of the 13 values, and the values; the `x`
        of `score_codebook` for each 64 of the frames.
    """
    values = features.transpose(1, 2, 0)
    streams, size, frames = values.shape
    both = np.empty((streams, 2 * size, frames), np.float32)
    np.square(values, out=both[:, :size])
    both[:, size:] = values
    return both


def score_frames(
    features: npt.NDArray[np.float32], mixtures: Mixtures, groups: SenoneGroups
) -> npt.NDArray[np.float32]:
    """Score every frame under every senone of the groups.

    Args:
        features: float32, shape (frames, streams, 13).
        mixtures: the model's mixtures.
        groups: the senones wanted.

    Returns:
        float32, shape (senones, frames), rows in the order of `groups.senones`.
    """
    values = squares_and_values(features)
    streams, size, frames = values.shape
    x = np.zeros((streams, size, BLOCK_FRAMES), dtype=np.float32)
    block = np.empty((len(groups.senones), BLOCK_FRAMES), dtype=np.float32)
    scores = np.empty((len(groups.senones), frames), dtype=np.float32)
    for at in range(0, frames, BLOCK_FRAMES):
        x[:, :, : frames - at] = values[:, :, at : at + BLOCK_FRAMES]
        _score_block(
            x,
            mixtures.quadratics,
            mixtures.log_weights,
            groups.codebooks,
            groups.firsts,
            groups.senones,
            block,
        )
        scores[:, at : at + BLOCK_FRAMES] = block[:, : frames - at]
    return scores
