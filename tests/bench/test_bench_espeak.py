"""Other voices: their words must be where their times say, too."""

from __future__ import annotations

import numpy as np
import pytest

from bench.synth import espeak
from bench.synth.flite import SAMPLE_RATE_HZ
from bench.synth.voices import speak_cached

TEXT = "it was in a while, the strength of it. was it the end?"


@pytest.fixture(autouse=True)
def _espeak() -> None:
    if not espeak.available():
        pytest.skip("espeak-ng is not installed (Debian and Ubuntu: apt install libespeak-ng1)")


def level(samples: np.ndarray, start_s: float, end_s: float) -> float:
    part = samples[round(start_s * SAMPLE_RATE_HZ) : round(end_s * SAMPLE_RATE_HZ)].astype(float)
    return float(np.sqrt(np.mean(part**2)))


def test_words_are_where_their_times_say() -> None:
    spoken = espeak.speak(TEXT, "en-us")
    times, words = spoken.times_s, TEXT.split()
    assert times.shape == (len(words), 2)
    assert (times[:, 1] > times[:, 0]).all()
    assert (times[1:, 0] >= times[:-1, 1] - 1e-9).all()
    assert times[-1, 1] <= len(spoken.samples) / SAMPLE_RATE_HZ
    pauses = [at for at, mark in enumerate(words[:-1]) if mark[-1] in ",."]
    held = set(np.flatnonzero(times[1:, 0] - times[:-1, 1] > 0.03).tolist())
    assert held == set(pauses)
    loud = level(spoken.samples, 0, times[-1, 1])
    for at in pauses:
        middle = (times[at, 1] + times[at + 1, 0]) / 2
        assert level(spoken.samples, middle, times[at + 1, 0]) < loud / 30
    assert all(level(spoken.samples, *time) > loud / 10 for time in times)


def test_voices_differ_and_are_remembered(tmp_path) -> None:
    one = speak_cached(TEXT, "espeak/en-us", tmp_path)
    again = speak_cached(TEXT, "espeak/en-us", tmp_path)
    other = speak_cached(TEXT, "espeak/en-gb-scotland", tmp_path)
    np.testing.assert_array_equal(one.samples, again.samples)
    np.testing.assert_array_equal(one.times_s, again.times_s)
    assert len(other.samples) != len(one.samples)
    assert len(list(tmp_path.rglob("*.npz"))) == 2


def test_an_unknown_voice_is_refused() -> None:
    with pytest.raises(ValueError, match="no voice nobody"):
        espeak.speak(TEXT, "nobody")
