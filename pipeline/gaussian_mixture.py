"""Mixtures of Gaussians with diagonal covariances, learnt by expectation-maximisation.

See Dempster, Laird and Rubin, "Maximum likelihood from incomplete data via the EM algorithm"
(1977).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["GaussianMixture", "learn_mixture", "posteriors"]

_ROUNDS = 8
_LEAST_VARIANCE_SHARE = 0.05  # of the sample's
_LEAST_VARIANCE = 1e-6
_LEAST_MASS = 1e-3
_BLOCK = 4000


@dataclass(frozen=True, eq=False)
class GaussianMixture:
    """A mixture.

    Attributes:
        means: float64, shape (kinds, size).
        variances: float64, same shape.
        weights: float64, shape (kinds,), together 1.
    """

    means: npt.NDArray[np.float64]
    variances: npt.NDArray[np.float64]
    weights: npt.NDArray[np.float64]


def learn_mixture(
    sample: npt.NDArray[np.float64], kinds: int, rng: np.random.Generator
) -> GaussianMixture:
    """Learn a mixture.

    Args:
        sample: shape (rows, size), at least one row.
        kinds: how many Gaussians.
        rng: chooses the rows that they begin at.
    """
    variance_floor = _LEAST_VARIANCE_SHARE * sample.var(axis=0) + _LEAST_VARIANCE
    means = sample[rng.permutation(len(sample))[:kinds]]
    means = np.resize(means, (kinds, sample.shape[1]))
    variances = np.tile(sample.var(axis=0) + variance_floor, (kinds, 1))
    weights = np.full(kinds, 1.0 / kinds)
    for _ in range(_ROUNDS):
        mass = np.full(kinds, _LEAST_MASS)
        sums, squares = np.zeros_like(means), np.zeros_like(means)
        for begin in range(0, len(sample), _BLOCK):
            rows = sample[begin : begin + _BLOCK]
            posterior = posteriors(rows, means, variances, np.log(weights))
            mass += posterior.sum(axis=0)
            sums += posterior.T @ rows
            squares += posterior.T @ np.square(rows)
        means = sums / mass[:, None]
        variances = squares / mass[:, None] - np.square(means)
        variances = np.maximum(variances, variance_floor)
        weights = mass / mass.sum()
    return GaussianMixture(means, variances, weights)


def posteriors(
    rows: npt.NDArray[np.floating[Any]],
    means: npt.NDArray[np.floating[Any]],
    variances: npt.NDArray[np.floating[Any]],
    log_weights: npt.NDArray[np.floating[Any]],
) -> npt.NDArray[np.floating[Any]]:
    """Probability of each Gaussian for each row, shape (rows, kinds)."""
    precisions = 1 / variances
    constant = log_weights - 0.5 * (
        np.log(variances).sum(axis=1) + (np.square(means) * precisions).sum(axis=1)
    )
    score = rows @ (means * precisions).T - 0.5 * (np.square(rows) @ precisions.T) + constant
    score -= score.max(axis=1, keepdims=True)
    np.exp(score, out=score)
    posterior: npt.NDArray[np.floating[Any]] = score / score.sum(axis=1, keepdims=True)
    return posterior
