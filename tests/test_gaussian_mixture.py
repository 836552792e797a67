import numpy as np

from pipeline.gaussian_mixture import learn_mixture, posteriors

RNG = np.random.default_rng(3)
LEFT = RNG.normal((-2.0, 0.0), (1.0, 0.5), (3000, 2))
RIGHT = RNG.normal((2.0, 3.0), (0.5, 1.0), (1000, 2))


def test_two_heaps_are_found() -> None:
    mixture = learn_mixture(np.concatenate([LEFT, RIGHT]), 2, np.random.default_rng(0))
    order = np.argsort(mixture.means[:, 0])
    np.testing.assert_allclose(mixture.means[order], [(-2, 0), (2, 3)], atol=0.1)
    np.testing.assert_allclose(mixture.variances[order], [(1, 0.25), (0.25, 1)], atol=0.2)
    np.testing.assert_allclose(mixture.weights[order], [0.75, 0.25], atol=0.01)


def test_rows_fewer_than_kinds_and_all_alike_give_finite_mixtures() -> None:
    mixture = learn_mixture(np.ones((2, 3)), 4, np.random.default_rng(0))
    np.testing.assert_allclose(mixture.means, 1.0, atol=0.01)
    assert (mixture.variances > 0).all()
    assert np.isfinite(np.log(mixture.weights)).all()


def test_posteriors_share_each_row_out() -> None:
    mixture = learn_mixture(np.concatenate([LEFT, RIGHT]), 2, np.random.default_rng(0))
    rows = np.array([[-2.0, 0.0], [2.0, 3.0], [0.0, 1.0]])
    posterior = posteriors(rows, mixture.means, mixture.variances, np.log(mixture.weights))
    np.testing.assert_allclose(posterior.sum(axis=1), 1.0)
    assert posterior[0].argmax() != posterior[1].argmax()
