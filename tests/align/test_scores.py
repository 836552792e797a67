from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from pipeline.align.acoustic_model import AcousticModel
from pipeline.align.scores import BLOCK_FRAMES, Mixtures, group_senones, score_frames


def features(frames: int, seed: int = 0) -> npt.NDArray[np.float32]:
    scale = np.linspace(8, 0.5, 13) * np.array([1.0, 0.5, 0.4])[:, None]
    drawn = np.random.default_rng(seed).normal(size=(frames, 3, 13)) * scale
    return drawn.astype(np.float32)


def reference(
    x: npt.NDArray[np.float32], senones: npt.NDArray[np.int32], model: AcousticModel
) -> npt.NDArray[np.float64]:
    """Best weighted density of each stream, summed over streams, in double precision."""
    scores = np.zeros((len(senones), len(x)))
    variances = 0.5 / model.precisions.astype(float)
    for row, senone in enumerate(senones):
        phone = model.senone_phone[senone]
        for stream in range(3):
            mean, variance = model.means[phone, stream].astype(float), variances[phone, stream]
            distance = np.square(x[:, stream, None, :] - mean) / variance
            density = -0.5 * (distance + np.log(2 * np.pi * variance)).sum(axis=2)
            scores[row] += (density + model.log_weights[senone, stream]).max(axis=1)
    return scores


@pytest.mark.parametrize("frames", [1, BLOCK_FRAMES - 1, BLOCK_FRAMES, BLOCK_FRAMES + 1, 150])
def test_scores_are_those_of_the_formula(model: AcousticModel, frames: int) -> None:
    senones = np.array([0, 1, 2, 60, 125, 500, 3000, 5125], dtype=np.int32)
    groups = group_senones(senones, model.senone_phone)
    x = features(frames)
    scores = score_frames(x, Mixtures.of(model), groups)
    assert scores.shape == (len(senones), frames)
    np.testing.assert_allclose(scores, reference(x, groups.senones, model), rtol=1e-4, atol=0.02)


def test_no_frames(model: AcousticModel) -> None:
    groups = group_senones(model.ci_senones.ravel(), model.senone_phone)
    assert score_frames(features(0), Mixtures.of(model), groups).shape == (126, 0)


def test_a_frame_scores_the_same_wherever_it_stands(model: AcousticModel) -> None:
    groups = group_senones(model.ci_senones.ravel(), model.senone_phone)
    x, mixtures = features(130), Mixtures.of(model)
    whole = score_frames(x, mixtures, groups)
    np.testing.assert_array_equal(score_frames(x[37:101], mixtures, groups), whole[:, 37:101])


def test_groups_hold_each_senone_once_by_codebook(model: AcousticModel) -> None:
    drawn = np.random.default_rng(1).integers(0, 5126, 400).astype(np.int32)
    groups = group_senones(drawn, model.senone_phone)
    assert sorted(groups.senones.tolist()) == sorted(set(drawn.tolist()))
    assert groups.firsts[0] == 0
    assert groups.firsts[-1] == len(groups.senones)
    assert (np.diff(groups.codebooks) > 0).all()
    for group, codebook in enumerate(groups.codebooks):
        members = groups.senones[groups.firsts[group] : groups.firsts[group + 1]]
        assert len(members)
        assert (model.senone_phone[members] == codebook).all()


def test_all_ci_senones_stay_in_the_models_order(model: AcousticModel) -> None:
    groups = group_senones(model.ci_senones.ravel(), model.senone_phone)
    np.testing.assert_array_equal(groups.senones, model.ci_senones.ravel())
