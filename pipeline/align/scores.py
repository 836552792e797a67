"""Senone scores: log likelihoods of frames under the acoustic model, in nats.

A mixture is scored by its best weighted density instead of the sum over all of them; on real
speech that changed neither the phones recognised nor the boundaries found by more than chance,
and costs a third of the time.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import Any

import numba
import numpy as np
import numpy.typing as npt
from numba import types
from numba.extending import intrinsic

from pipeline.align.acoustic_model import AcousticModel

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

BLOCK_FRAMES = 64
"""Frames are scored in blocks of so many: they fill the vector registers."""

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


@intrinsic
def _with_wide_vectors(typing_context: Any) -> Any:
    """Have LLVM use all of the vector registers in the function that says this.

    On Intel's servers it keeps to half of them, which was wise when they slowed down for the other
    half; the scores take a third less with all. There is no public way to say so.
    """

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        # Without it all is the same, but slower.
        with contextlib.suppress(AttributeError, TypeError):
            set.add(builder.function.attributes, '"prefer-vector-width"="512"')
        return context.get_dummy_value()

    return types.void(), codegen


@numba.njit(cache=True, nogil=True, fastmath=True)
def score_codebook(
    x: npt.NDArray[np.float32],
    quadratics: npt.NDArray[np.float32],
    log_weights: npt.NDArray[np.float32],
    senones: npt.NDArray[np.int32],
    scores: npt.NDArray[np.float32],
) -> None:
    """Score 64 frames under senones of one codebook.

    Two densities at a time, of which there must be an even number, and the best so far is written
    to another array than it is read from: the compiler then keeps the loops in vector registers
    and stores without masks, which makes it twice as fast.

    Args:
        x: float32, shape (streams, 26, 64): see `squares_and_values`.
        quadratics: those of the codebook, shape (streams, densities, 27).
        log_weights: as `Mixtures` has them.
        senones: int32.
        scores: float32, shape (senones, 64), for the result.
    """
    _with_wide_vectors()  # type: ignore[call-arg]  # numba passes its own
    streams, densities, _ = quadratics.shape
    best = np.empty((len(senones), 64), np.float32)
    better = np.empty((len(senones), 64), np.float32)
    log_density = np.empty((2, 64), np.float32)
    for k in range(len(senones)):
        for n in range(64):
            scores[k, n] = 0.0
    for stream in range(streams):
        values = x[stream]
        factors = quadratics[stream]
        for k in range(len(senones)):
            for n in range(64):
                best[k, n] = _LOWEST
        for density in range(0, densities, 2):
            for n in range(64):
                one = factors[density, 26]
                other = factors[density + 1, 26]
                for i in range(26):
                    one += factors[density, i] * values[i, n]
                    other += factors[density + 1, i] * values[i, n]
                log_density[0, n] = one
                log_density[1, n] = other
            for k in range(len(senones)):
                weight = log_weights[senones[k], stream, density]
                other_weight = log_weights[senones[k], stream, density + 1]
                for n in range(64):
                    one = log_density[0, n] + weight
                    other = log_density[1, n] + other_weight
                    value = other if other > one else one
                    better[k, n] = value if value > best[k, n] else best[k, n]
            best, better = better, best
        for k in range(len(senones)):
            for n in range(64):
                scores[k, n] += best[k, n]


@numba.njit(cache=True, nogil=True)
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
