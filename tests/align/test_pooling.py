import numpy as np
import pytest

from pipeline.align.acoustic_model import AcousticModel
from pipeline.align.pooling import pooled
from pipeline.align.scores import Mixtures


def test_densities_alike_get_all_of_their_weight(model: AcousticModel) -> None:
    means = np.zeros_like(model.means)
    result = pooled(Mixtures.from_gaussians(means, 1 + means, model.log_weights), model, 1.0)
    total = np.logaddexp.reduce(model.log_weights.astype(np.float64), axis=2, keepdims=True)
    np.testing.assert_allclose(
        result.log_weights, np.broadcast_to(total, result.log_weights.shape), atol=1e-4
    )


def test_densities_apart_keep_their_weights(model: AcousticModel) -> None:
    means = np.zeros_like(model.means) + 100.0 * np.arange(model.means.shape[2])[:, None]
    mixtures = Mixtures.from_gaussians(means, np.ones_like(means), model.log_weights)
    result = pooled(mixtures, model, 1.0)
    np.testing.assert_allclose(result.log_weights, model.log_weights, atol=1e-4)


@pytest.mark.parametrize("share", [0.0, 0.5])
def test_a_share_of_the_way(model: AcousticModel, share: float) -> None:
    mixtures = Mixtures.of(model)
    raised = pooled(mixtures, model, 1.0).log_weights - model.log_weights
    assert raised.min() >= -1e-4
    assert raised.max() > 0.1
    result = pooled(mixtures, model, share)
    np.testing.assert_allclose(result.log_weights - model.log_weights, share * raised, atol=1e-4)
    np.testing.assert_array_equal(result.quadratics, mixtures.quadratics)


def test_means_and_variances_come_back(model: AcousticModel) -> None:
    means, variances = Mixtures.of(model).gaussians(3, 1)
    np.testing.assert_allclose(means, model.means[3, 1], rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(variances, 0.5 / model.precisions[3, 1], rtol=1e-5)
