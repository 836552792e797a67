"""Sounds made with numpy, and files made of them with ffmpeg."""

from __future__ import annotations

import subprocess
import wave
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from pipeline.audio.ffmpeg import ffmpeg_executable

RATE_HZ = 16000


def tone(seconds: float, frequency_hz: float = 440.0, level: float = 8000.0) -> npt.NDArray:
    """A sine, int16 at 16 kHz."""
    t = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    return np.rint(level * np.sin(2 * np.pi * frequency_hz * t)).astype(np.int16)


def noise(seconds: float, level: float = 3000.0, seed: int = 1) -> npt.NDArray:
    """White noise, int16 at 16 kHz."""
    samples = np.random.default_rng(seed).normal(0, level, round(seconds * RATE_HZ))
    return np.clip(np.rint(samples), -32767, 32767).astype(np.int16)


def write_wav(path: Path, samples: npt.NDArray, rate_hz: int = RATE_HZ) -> Path:
    """Write int16 samples, shape (samples,) or (samples, channels)."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1 if samples.ndim == 1 else samples.shape[1])
        file.setsampwidth(2)
        file.setframerate(rate_hz)
        file.writeframes(samples.astype("<i2").tobytes())
    return path


def encode(*words: str | Path) -> None:
    """Run ffmpeg; skip the test if this one lacks the encoder."""
    done = subprocess.run(
        [ffmpeg_executable(), "-y", "-v", "error", *map(str, words)],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if "Unknown encoder" in done.stderr:
        pytest.skip(f"this ffmpeg has no encoder for it: {done.stderr.strip()}")
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="session")
def tone_wav(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """3 s of which the second second is a tone."""
    silence = np.zeros(RATE_HZ, np.int16)
    samples = np.concatenate([silence, tone(1.0), silence])
    return write_wav(tmp_path_factory.mktemp("tone") / "tone.wav", samples)
