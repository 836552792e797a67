from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.audio.features import CEPSTRA, FRAME_MS, add_deltas, cepstra_blocks
from tests.audio.conftest import RATE_HZ, noise, tone

SHIFT = RATE_HZ * FRAME_MS // 1000
SOUND = noise(3.0, seed=7)


def cepstra(blocks: Sequence[npt.NDArray[np.int16]]) -> npt.NDArray[np.float32]:
    parts = [np.zeros((0, CEPSTRA), np.float32), *cepstra_blocks(blocks)]
    return np.concatenate(parts)


@given(st.integers(0, 5000))
@settings(max_examples=60, deadline=None)
def test_one_frame_for_each_begun_10_ms(length: int) -> None:
    frames = cepstra([SOUND[:length]])
    assert frames.shape == (-(-length // SHIFT), CEPSTRA)
    assert frames.dtype == np.float32


@given(st.lists(st.integers(0, 12000), max_size=8), st.integers(1, len(SOUND)))
@settings(max_examples=40, deadline=None)
def test_blocks_of_any_size_give_the_same(sizes: list[int], length: int) -> None:
    edges = np.minimum(np.cumsum([0, *sizes]), length)
    blocks = [SOUND[a:b] for a, b in itertools.pairwise(edges)]
    blocks.append(SOUND[edges[-1] : length])
    # To the rounding of matrix products, which depends on their shape.
    np.testing.assert_allclose(cepstra(blocks), cepstra([SOUND[:length]]), rtol=0, atol=1e-3)


def test_tiny_blocks_give_the_same() -> None:
    sound = SOUND[:4000]
    blocks = [sound[at : at + 7] for at in range(0, len(sound), 7)]
    np.testing.assert_allclose(cepstra(blocks), cepstra([sound]), rtol=0, atol=1e-3)


def test_the_same_blocks_give_the_same_bits() -> None:
    blocks = np.array_split(SOUND, 5)
    np.testing.assert_array_equal(cepstra(blocks), cepstra(blocks))


@pytest.mark.parametrize("onset_ms", [500, 1000, 1230])
def test_a_burst_begins_in_its_frame(onset_ms: int) -> None:
    quiet = np.zeros(onset_ms * RATE_HZ // 1000, np.int16)
    energy = cepstra([np.concatenate([quiet, noise(0.5)])])[:, 0]
    halfway = (energy[:20].mean() + energy[-20:].max()) / 2
    # Frame i is centred on 10 i + 5 ms: the one centred 5 ms after the onset is loud.
    assert np.flatnonzero(energy > halfway)[0] == pytest.approx(onset_ms / FRAME_MS, abs=1)


def test_a_burst_ends_in_its_frame() -> None:
    energy = cepstra([np.concatenate([noise(0.6), np.zeros(RATE_HZ, np.int16)])])[:, 0]
    power = np.exp(energy / energy.max())
    assert power[55:59].min() > power[70:].max()


@pytest.mark.parametrize("level", [0, 1, -32768, 32767])
def test_any_constant_is_finite(level: int) -> None:
    assert np.isfinite(cepstra([np.full(RATE_HZ, level, np.int16)])).all()


def test_full_scale_square_wave_is_finite() -> None:
    wave = np.where(np.arange(RATE_HZ) // 40 % 2, 32767, -32768).astype(np.int16)
    assert np.isfinite(cepstra([wave])).all()


def test_nothing_gives_nothing() -> None:
    assert cepstra([]).shape == (0, CEPSTRA)
    assert cepstra([np.zeros(0, np.int16)]).shape == (0, CEPSTRA)


def test_tones_differ_and_repeat() -> None:
    low, again, high = (cepstra([tone(1, f)])[50] for f in (300, 300, 3000))
    np.testing.assert_array_equal(low, again)
    assert np.abs(low - high).max() > 1


def test_deltas() -> None:
    values = np.random.default_rng(3).normal(size=(20, CEPSTRA)).astype(np.float32)
    features = add_deltas(values)
    assert features.shape == (14, 3, CEPSTRA)
    for t in range(14):
        np.testing.assert_array_equal(features[t, 0], values[t + 3])
        np.testing.assert_allclose(features[t, 1], values[t + 5] - values[t + 1], rtol=1e-6)
        second = (values[t + 6] - values[t + 2]) - (values[t + 4] - values[t])
        np.testing.assert_allclose(features[t, 2], second, rtol=1e-5, atol=1e-6)


def test_deltas_of_a_line_are_its_slope() -> None:
    values = np.arange(20, dtype=np.float32)[:, None].repeat(CEPSTRA, axis=1)
    features = add_deltas(values)
    assert (features[:, 1] == 4).all()
    assert (features[:, 2] == 0).all()


def test_digital_silence_changes_as_noise_does() -> None:
    silence = cepstra([np.zeros(3 * RATE_HZ, np.float32)])[50:]
    assert (silence.std(axis=0) > 0.1).all()
    assert np.abs(np.diff(silence, axis=0)).min() > 0


def test_the_noise_beneath_changes_next_to_nothing_of_a_quiet_pause() -> None:
    pause = np.random.default_rng(2).normal(0, 30, 3 * RATE_HZ).astype(np.float32)
    soft, loud = cepstra([pause])[50:], cepstra([100 * pause])[50:]
    assert np.abs(soft - loud)[:, 1:].mean() < 0.25 * loud[:, 1:].std()
