from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pytest

from pipeline.audio.hearing import hear
from pipeline.audio.noise import measure_noise
from pipeline.audio.recording import Recording
from tests.audio.conftest import RATE_HZ

HISS = 30.0


def speechlike(seconds: float, level: float) -> npt.NDArray[np.float32]:
    """Noise whose loudness and colour change as syllables do, with pauses, over a faint hiss."""
    rng = np.random.default_rng(5)
    length = round(seconds * RATE_HZ)
    samples = rng.normal(0, 1, length)
    samples[1:] += (
        np.repeat(rng.uniform(-0.9, 0.9, length // 1600 + 1), 1600)[1:length] * samples[:-1]
    )
    samples *= np.repeat(rng.uniform(0.2, 1, length // 1600 + 1), 1600)[:length]
    samples *= np.arange(length) % RATE_HZ < 0.8 * RATE_HZ
    return (level * (samples + rng.normal(0, HISS / 4000, length))).astype(np.float32)


def silence(seconds: float, level: float) -> npt.NDArray[np.float32]:
    return np.random.default_rng(6).normal(0, level, round(seconds * RATE_HZ)).astype(np.float32)


def heard(samples: npt.NDArray[np.float32]) -> Recording:
    recording = Recording()
    for _ in hear(recording, lambda: iter(np.array_split(samples, 3))):
        pass
    return recording


@pytest.mark.parametrize("softer", [1e-2, 1e-3, 1e-5])
def test_faint_recordings_are_heard_as_loud_ones(softer: float) -> None:
    sound = speechlike(20, 4000.0)
    with heard(sound) as loud, heard(softer * sound) as soft:
        assert soft.frames == loud.frames
        usual = loud.features(0, loud.frames)
        difference = np.abs(soft.features(0, soft.frames) - usual)
        assert difference.mean() < 0.1 * np.abs(usual).mean()


def test_loud_recordings_are_read_once() -> None:
    readings = 0

    def read() -> Iterator[npt.NDArray[np.float32]]:
        nonlocal readings
        readings += 1
        yield speechlike(5, 4000.0)

    with Recording() as recording:
        assert list(hear(recording, read))[-1] == 500
    assert readings == 1


@pytest.mark.parametrize("level", [0.0, 0.6])
def test_nothing_at_all_is_no_faint_speech(level: float) -> None:
    with heard(silence(5, level)) as recording:
        assert recording.frames == 500
        assert np.isfinite(recording.features(0, 500)).all()


@pytest.mark.parametrize("level", [0.0, 1.0, HISS])
@pytest.mark.parametrize("where", ["before", "behind", "amid"])
def test_silence_is_no_noise(level: float, where: str) -> None:
    sound, pause = speechlike(30, 4000.0), silence(60, level)
    at = {"before": 0, "behind": len(sound), "amid": 15 * RATE_HZ}[where]
    with heard(sound) as alone, heard(np.insert(sound, at, pause)) as beside:
        assert alone.spoken_stretches() == ((0, 3000),)
        spoken = sum(stop - start for start, stop in beside.spoken_stretches())
        assert 3000 <= spoken <= 3300
        usual, found = measure_noise(alone), measure_noise(beside)
        above = usual.overall[0] - usual.mean[0], found.overall[0] - found.mean[0]
        assert above[1] == pytest.approx(above[0], rel=0.3)


def test_even_noise_throughout_is_all_there_is() -> None:
    with heard(silence(20, 1000.0)) as recording:
        assert recording.spoken_stretches() == ((0, 2000),)
