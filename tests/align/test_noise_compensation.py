import numpy as np
import pytest

from pipeline.align.acoustic_model import load_acoustic_model
from pipeline.align.noise_compensation import compensate, compensate_for
from pipeline.audio.features import CEPSTRA, CEPSTRA_OF_LOG_MEL
from pipeline.audio.noise import Noise
from pipeline.audio.recording import Recording

MODEL = load_acoustic_model()
USE = np.exp(MODEL.log_weights[MODEL.ci_senones, 0].astype(np.float64)).sum(axis=1)
FLAT = np.ones(len(CEPSTRA_OF_LOG_MEL)) @ CEPSTRA_OF_LOG_MEL


def in_noise(level: float) -> Noise:
    return Noise(level * FLAT, np.full((3, CEPSTRA), 0.5), np.zeros(CEPSTRA))


def test_without_noise_densities_keep_their_places() -> None:
    moved = compensate(MODEL, in_noise(-60.0), USE)
    shift = moved.means[:, 0] - MODEL.means[:, 0]
    np.testing.assert_allclose(shift, np.broadcast_to(shift[0, 0], shift.shape), atol=0.05)
    np.testing.assert_allclose(moved.means[:, 1:], MODEL.means[:, 1:], atol=0.05)
    np.testing.assert_allclose(moved.precisions, MODEL.precisions, rtol=0.05)


def test_in_loud_noise_differences_and_distances_shrink() -> None:
    moved = compensate(MODEL, in_noise(-0.5), USE)
    assert np.ptp(moved.means[:, 0, :, 0]) < 0.8 * np.ptp(MODEL.means[:, 0, :, 0])
    assert np.abs(moved.means[:, 1]).mean() < 0.8 * np.abs(MODEL.means[:, 1]).mean()


@pytest.mark.parametrize(
    ("background_c0", "is_moved"), [(10.0, False), (45.0, True), (59.5, False)]
)
def test_the_model_is_moved_only_where_there_is_noise_and_something_in_it(
    background_c0: float, is_moved: bool
) -> None:
    rng = np.random.default_rng(1)
    cepstra = rng.normal(size=(3000, CEPSTRA)).astype(np.float32)
    cepstra[:, 0] += np.where(np.arange(3000) % 100 < 50, background_c0, 70.0)
    if background_c0 > 59.0:
        cepstra[:, 0] = background_c0 + rng.normal(size=3000)
    with Recording() as recording:
        for _ in recording.fill([cepstra]):
            pass
        phones = np.array([MODEL.phone_index[name] for name in ("AA", "T", "IY")], dtype=np.int32)
        noise = compensate_for(MODEL, recording, phones)
    assert noise.is_noisy == is_moved
    assert (noise.model is not MODEL) == is_moved
    assert 0 <= noise.pooled_share <= is_moved
