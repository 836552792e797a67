"""Silence, faint noise and a low level around and under the demo's speech: the same words."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import soundfile

from pipeline.align.hmm import HmmAligner
from pipeline.align.records import Alignment
from pipeline.audio.decode import stream_samples
from pipeline.audio.features import SAMPLE_RATE_HZ
from pipeline.progress import SilentProgress
from pipeline.transcript.parse import parse_transcript
from tests.align.conftest import DEMO

LENGTH_S = 20
SILENCE_S = 60
_Samples = npt.NDArray[np.float64]


@pytest.fixture(scope="module")
def speech() -> _Samples:
    """The demo's beginning, full scale 1."""
    return next(stream_samples(DEMO / "demo.mp3")).astype(np.float64) / 32768


@pytest.fixture(scope="module")
def text() -> str:
    """What is said in it."""
    truth = json.loads((DEMO / "truth.json").read_text(encoding="utf-8"))
    lines = [line for line in truth["lines"] if (line["end_ms"] or 1e9) <= LENGTH_S * 1000 - 300]
    return "\n\n".join(line["text"] for line in lines)


def zeros(seconds: float) -> _Samples:
    return np.zeros(round(seconds * SAMPLE_RATE_HZ))


def faint(seconds: float, level_db: float) -> _Samples:
    samples = np.random.default_rng(3).normal(size=round(seconds * SAMPLE_RATE_HZ))
    return samples * 10 ** (level_db / 20)


def between(speech: _Samples, silence: _Samples) -> _Samples:
    """Silence in the longest pause."""
    power = np.convolve(np.square(speech), np.ones(SAMPLE_RATE_HZ // 5), mode="same")
    inside = slice(4 * SAMPLE_RATE_HZ, 16 * SAMPLE_RATE_HZ)
    at = inside.start + int(np.argmin(power[inside]))
    return np.concatenate([speech[:at], silence, speech[at:]])


def gated(speech: _Samples) -> _Samples:
    level = np.sqrt(np.convolve(np.square(speech), np.ones(800) / 800, mode="same"))
    return np.where(level < 0.02 * level.max(), 0.0, speech)


def align(samples: _Samples, text: str, path: Path) -> Alignment:
    soundfile.write(path, samples.astype(np.float32), SAMPLE_RATE_HZ, subtype="FLOAT")
    transcript = parse_transcript(f"{text}\n".encode(), "text")
    return HmmAligner().align(transcript, path, SilentProgress())


@pytest.fixture(scope="module")
def plain(speech: _Samples, text: str, tmp_path_factory: pytest.TempPathFactory) -> Alignment:
    found = align(speech, text, tmp_path_factory.mktemp("plain") / "plain.wav")
    assert found.coverage == 1
    return found


@pytest.mark.parametrize(
    ("make", "later_ms"),
    [
        pytest.param(lambda s: np.concatenate([s, zeros(SILENCE_S)]), 0, id="zeros behind"),
        pytest.param(
            lambda s: np.concatenate([zeros(SILENCE_S), s]), SILENCE_S * 1000, id="zeros before"
        ),
        pytest.param(lambda s: between(s, zeros(SILENCE_S)), None, id="zeros amid"),
        pytest.param(
            lambda s: np.concatenate([faint(SILENCE_S, -50), s]),
            SILENCE_S * 1000,
            id="noise before",
        ),
        pytest.param(lambda s: np.concatenate([s, faint(SILENCE_S, -60)]), 0, id="noise behind"),
        pytest.param(gated, 0, id="gated"),
        pytest.param(lambda s: 1e-3 * s, 0, id="60 dB softer"),
        pytest.param(lambda s: 1e-5 * s, 0, id="100 dB softer"),
        pytest.param(
            lambda s: 1e-3 * np.concatenate([s, zeros(SILENCE_S)]), 0, id="softer, and zeros behind"
        ),
    ],
)
def test_the_same_words_are_found(
    speech: _Samples,
    text: str,
    plain: Alignment,
    tmp_path: Path,
    make: Callable[[_Samples], _Samples],
    later_ms: int | None,
) -> None:
    found = align(make(speech), text, tmp_path / "a.wav")
    statuses = [word.status for word in found.words]
    assert statuses == [word.status for word in plain.words]
    for word, usual in zip(found.words, plain.words, strict=True):
        if word.start_ms is None or usual.start_ms is None:
            continue
        assert word.end_ms is not None and word.end_ms - word.start_ms < 1500
        if later_ms is not None:
            assert abs(word.start_ms - later_ms - usual.start_ms) < 100
