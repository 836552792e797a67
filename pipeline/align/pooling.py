"""Weights that let one density speak for all those that noise has made its like.

Mixtures are scored by their best density, which would leave little of silence, whose many densities
all become the noise.
"""

from __future__ import annotations

import numpy as np

from pipeline.align.acoustic_model import AcousticModel
from pipeline.align.scores import Mixtures

__all__ = ["pooled"]


def pooled(mixtures: Mixtures, model: AcousticModel, share: float) -> Mixtures:
    """Pool the weights of densities alike.

    Each density's weight becomes the sum of all weights of its codebook and stream, each by how
    like its density is: by exp(-d), d the Kullback-Leibler divergence, as in the variational bound
    of Hershey and Olsen, "Approximating the Kullback Leibler divergence between Gaussian mixture
    models" (2007). Densities that move, in adaptation, are to be pooled anew: the old weights would
    count what they no longer have in common many times over.

    Args:
        mixtures: the mixtures, with weights that are not pooled.
        model: tells the codebook of each senone.
        share: how far the logarithms of the weights go from the old to the new, 0 to 1.
    """
    if not share:
        return mixtures
    own = mixtures.log_weights
    log_weights = np.empty_like(own)
    for codebook in range(len(mixtures.quadratics)):
        senones = np.flatnonzero(model.senone_phone == codebook)
        for stream in range(own.shape[1]):
            mean, variance = mixtures.gaussians(codebook, stream)
            moment = (variance + np.square(mean)) @ (1 / variance).T
            moment += (np.square(mean) / variance).sum(axis=1) - 2 * mean @ (mean / variance).T
            volume = np.log(variance).sum(axis=1)
            divergence = 0.5 * (moment - mean.shape[1] + volume[None, :] - volume[:, None])
            likeness = np.exp(-np.maximum(0.0, divergence))
            weights = np.exp(own[senones, stream].astype(np.float64))
            log_weights[senones, stream] = np.log(weights @ likeness.T)
    return Mixtures(mixtures.quadratics, own + np.float32(share) * (log_weights - own))
