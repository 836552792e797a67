"""Adaptation on features made from the model's own means."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from pipeline.align.acoustic_model import AcousticModel
from pipeline.align.adaptation import Statistics
from pipeline.align.scores import Mixtures, group_senones, score_frames
from tests.align.phones import typical


@pytest.fixture
def seen(model: AcousticModel) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.int32]]:
    """Frames of a voice that is not the model's, and their senones."""
    rng = np.random.default_rng(0)
    senones = np.repeat(model.ci_senones[[3, 7, 20]].ravel(), 200).astype(np.int32)
    x = typical(senones, model)
    x = x + 0.3 + 0.2 * rng.normal(size=x.shape)
    return x.astype(np.float32), senones


def test_without_data_the_model_stays_as_it_is(model: AcousticModel) -> None:
    mixtures, original = Statistics.empty(model).adapt(model), Mixtures.of(model)
    np.testing.assert_allclose(mixtures.quadratics, original.quadratics, rtol=1e-4, atol=1e-3)
    np.testing.assert_array_equal(
        Statistics.empty(model).adapted_log_weights(model), original.log_weights
    )


def test_frames_are_shared_out_once(
    model: AcousticModel, seen: tuple[npt.NDArray[np.float32], npt.NDArray[np.int32]]
) -> None:
    features, senones = seen
    statistics = Statistics.empty(model)
    statistics.add(features, senones, model, Mixtures.of(model))
    np.testing.assert_array_equal(
        statistics.senone_frames, np.bincount(senones, minlength=len(model.senone_phone))
    )
    counts = statistics.counts.sum(axis=3)
    wanted = statistics.senone_frames[model.ci_senones][..., None].repeat(3, axis=2)
    np.testing.assert_allclose(counts, wanted, rtol=1e-4)
    total = statistics.sums.sum(axis=(0, 2))
    np.testing.assert_allclose(total, features.sum(axis=0), rtol=1e-3, atol=1)
    squares = statistics.squares.sum(axis=(0, 2))
    np.testing.assert_allclose(squares, np.square(features).sum(axis=0), rtol=1e-3, atol=1)


def test_frames_without_a_senone_do_not_count(
    model: AcousticModel, seen: tuple[npt.NDArray[np.float32], npt.NDArray[np.int32]]
) -> None:
    statistics = Statistics.empty(model)
    statistics.add(seen[0], np.full(len(seen[0]), -1, np.int32), model, Mixtures.of(model))
    assert not statistics.counts.any()


def test_means_move_towards_the_voice(
    model: AcousticModel, seen: tuple[npt.NDArray[np.float32], npt.NDArray[np.int32]]
) -> None:
    features, senones = seen
    original = Mixtures.of(model)
    statistics = Statistics.empty(model)
    statistics.add(features, senones, model, original)
    adapted = statistics.adapt(model)
    groups = group_senones(np.unique(senones), model.senone_phone)
    columns = np.searchsorted(groups.senones, senones)
    rows = np.arange(len(senones))
    before = score_frames(features, original, groups)[columns, rows].mean()
    after = score_frames(features, adapted, groups)[columns, rows].mean()
    assert after > before + 0.5
    untouched = [p for p in range(len(model.phones)) if p not in model.senone_phone[senones]]
    np.testing.assert_allclose(
        adapted.quadratics[untouched], original.quadratics[untouched], rtol=1e-4, atol=1e-3
    )


def of_state(model: AcousticModel, phone: str, state: int) -> npt.NDArray[np.int64]:
    """All senones of a state, in context and without."""
    is_of_phone = model.senone_phone == model.phone_index[phone]
    return np.flatnonzero(is_of_phone & (model.senone_state == state))


def test_each_senone_is_of_one_state(model: AcousticModel) -> None:
    for senones in (model.ci_senones, model.triphone_senones):
        for state in range(3):
            assert (model.senone_state[senones[:, state]] == state).all()


def test_what_a_state_often_uses_weighs_more_in_all_its_contexts(model: AcousticModel) -> None:
    senones = of_state(model, "AE", 1)
    one, others = senones[3], np.setdiff1d(senones, model.ci_senones)
    # A voice that says this state by one density that is rare in it.
    phone = model.phone_index["AE"]
    rare = np.exp(model.log_weights[senones, 0]).mean(axis=0).argmin()
    features = np.repeat(typical(np.array([one]), model), 500, axis=0)
    features[:, 0] = model.means[phone, 0, rare]
    statistics = Statistics.empty(model)
    aligned = np.full(500, one, np.int32)
    statistics.add(features, aligned, model, Mixtures.of(model))
    used = statistics.counts[phone, 1, 0].argmax()
    adapted = statistics.adapted_log_weights(model)
    gain = adapted - model.log_weights
    assert (gain[others, 0, used] > 0.1).all()
    np.testing.assert_allclose(np.exp(adapted[others]).sum(axis=-1), 1, rtol=1e-3)
    untouched = np.setdiff1d(np.arange(len(adapted)), others)
    np.testing.assert_array_equal(adapted[untouched], model.log_weights[untouched])


def test_the_more_is_seen_the_more_the_weights_are_those_seen(model: AcousticModel) -> None:
    senone = np.setdiff1d(of_state(model, "IY", 0), model.ci_senones)[0]
    weights = []
    for frames in (20, 200, 2000):
        statistics = Statistics.empty(model)
        features = np.repeat(typical(np.array([senone]), model), frames, axis=0)
        aligned = np.full(frames, senone, np.int32)
        statistics.add(features, aligned, model, Mixtures.of(model))
        used = statistics.counts[model.phone_index["IY"], 0, 0].argmax()
        weights.append(statistics.adapted_log_weights(model)[senone, 0, used])
    own = model.log_weights[senone, 0, used]
    assert 0 >= weights[2] > weights[1] > weights[0] > own


def test_weights_that_fit_stay(model: AcousticModel) -> None:
    senone = np.setdiff1d(of_state(model, "IY", 0), model.ci_senones)[0]
    phone = model.phone_index["IY"]
    statistics = Statistics.empty(model)
    statistics.senone_frames[senone] = 1000
    statistics.counts[phone, 0] = 1000 * np.exp(model.log_weights[senone])
    adapted = statistics.adapted_log_weights(model)
    # Weights are read in steps, so that they do not quite sum to one.
    np.testing.assert_allclose(adapted, model.log_weights, atol=0.1)


def test_merging_is_adding(
    model: AcousticModel, seen: tuple[npt.NDArray[np.float32], npt.NDArray[np.int32]]
) -> None:
    features, senones = seen
    whole, half, other = (Statistics.empty(model) for _ in range(3))
    mixtures = Mixtures.of(model)
    whole.add(features, senones, model, mixtures)
    half.add(features[:700], senones[:700], model, mixtures)
    other.add(features[700:], senones[700:], model, mixtures)
    half.merge(other)
    for name in ("counts", "sums", "squares", "senone_frames"):
        np.testing.assert_allclose(getattr(half, name), getattr(whole, name), rtol=1e-6, atol=1e-6)
