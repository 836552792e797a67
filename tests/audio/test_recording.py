from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.audio.features import CEPSTRA, add_deltas, cepstra_blocks
from pipeline.audio.recording import Recording
from pipeline.audio.spool import FrameSpool
from tests.audio.conftest import noise


@given(
    st.lists(st.integers(0, 9), max_size=6),
    st.lists(st.tuples(st.integers(-3, 60), st.integers(-3, 60)), max_size=6),
)
@settings(max_examples=60, deadline=None)
def test_spool_gives_back_what_it_got(lengths: list[int], reads: list[tuple[int, int]]) -> None:
    rows = np.arange(3 * sum(lengths), dtype=np.float32).reshape(-1, 3)
    with FrameSpool(3, np.float32) as spool:
        at = 0
        for length in lengths:
            spool.append(rows[at : at + length])
            at += length
        assert spool.frames == len(rows)
        for start, stop in reads:
            wanted = rows[max(0, start) : max(0, stop)]
            np.testing.assert_array_equal(spool.read(start, stop), wanted)
        spool.clear()
        assert spool.frames == 0
        assert spool.read(0, 9).shape == (0, 3)
        spool.append(rows[::-1])
        np.testing.assert_array_equal(spool.read(0, len(rows)), rows[::-1])


def test_spool_takes_readers_at_the_same_time() -> None:
    rows = np.random.default_rng(0).integers(0, 255, (5000, 16), dtype=np.uint8)
    with FrameSpool(16, np.uint8) as spool, ThreadPoolExecutor(4) as executor:
        spool.append(rows)
        for at, part in enumerate(executor.map(lambda i: spool.read(i, i + 50), range(4900))):
            np.testing.assert_array_equal(part, rows[at : at + 50])


def test_spool_converts_rows_in_any_layout() -> None:
    rows = np.arange(12, dtype=np.float64).reshape(3, 4)
    with FrameSpool(3, np.float32) as spool:
        spool.append(rows.T)
        read = spool.read(0, 4)
        assert read.dtype == np.float32
        np.testing.assert_array_equal(read, rows.T)


def speechlike(level: float) -> npt.NDArray[np.int16]:
    """25 s of noise whose loudness and colour change as syllables do."""
    rng = np.random.default_rng(5)
    samples = noise(25, 1.0, seed=5).astype(float)
    samples = rng.normal(0, 1, len(samples))
    samples[1:] += np.repeat(rng.uniform(-0.9, 0.9, 250), 1600)[1:] * samples[:-1]
    samples *= np.repeat(rng.uniform(0.2, 1, 250), 1600)
    return np.rint(np.clip(level * samples, -32767, 32767)).astype(np.int16)


def features_of(samples: npt.NDArray[np.int16]) -> npt.NDArray[np.float32]:
    with Recording() as recording:
        counts = list(recording.fill(cepstra_blocks(np.array_split(samples, 4))))
        assert counts == sorted(counts)
        assert counts[-1] == recording.frames == -(-len(samples) // 160)
        return recording.features(0, recording.frames)


@pytest.mark.parametrize("decibel", [6, 12, 20])
def test_level_does_not_matter(decibel: float) -> None:
    loud = features_of(speechlike(4000))
    soft = features_of(speechlike(4000 / 10 ** (decibel / 20)))
    difference = np.abs(loud - soft)
    assert difference.mean() < 0.02 * np.abs(loud).mean()


def test_mean_is_about_zero_even_where_the_level_changes() -> None:
    samples = np.concatenate([speechlike(6000), speechlike(600), speechlike(6000)])
    features = features_of(samples)
    assert abs(features[:1500, 0, 0].mean()) < 3
    assert abs(features[3400:4000, 0, 0].mean()) < 6


def test_any_part_is_as_in_the_whole() -> None:
    with Recording() as recording:
        list(recording.fill(cepstra_blocks([speechlike(4000)])))
        whole = recording.features(0, recording.frames)
        for start, stop in [(0, 1), (0, 7), (100, 350), (2, 2), (2490, 2500), (2499, 2500)]:
            np.testing.assert_array_equal(recording.features(start, stop), whole[start:stop])


def test_differences_are_those_of_the_cepstra() -> None:
    with Recording() as recording:
        list(recording.fill(cepstra_blocks([speechlike(4000)])))
        features = recording.features(0, recording.frames)
        static = np.pad(features[:, 0], ((3, 3), (0, 0)), mode="edge")
        np.testing.assert_allclose(add_deltas(static)[5:-5], features[5:-5], atol=1e-4)


@pytest.mark.parametrize("seconds", [0.01, 0.3, 1, 11])
@pytest.mark.parametrize("level", [0.0, 3000.0])
def test_short_and_silent_recordings_are_finite(seconds: float, level: float) -> None:
    features = features_of(noise(seconds, level))
    assert features.shape[1:] == (3, CEPSTRA)
    assert np.isfinite(features).all()


def test_digital_silence_does_not_pull_the_mean() -> None:
    sound = speechlike(4000)
    gated = np.concatenate([sound[: 5 * 16000], np.zeros(20 * 16000, np.int16)])
    alone, beside_silence = features_of(sound[: 5 * 16000]), features_of(gated)
    difference = np.abs(alone[10:490, 0] - beside_silence[10:490, 0]).mean()
    assert difference < 0.1 * np.abs(alone[10:490, 0]).mean()
