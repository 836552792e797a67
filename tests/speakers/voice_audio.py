"""Conversations of synthetic voices: pulses through three resonators, made in milliseconds."""

from __future__ import annotations

import wave
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pipeline.align.records import Alignment, TimedWord
from pipeline.transcript.records import Transcript
from tests.support import transcript_of

RATE_HZ = 16000
VOWELS_HZ = ((730, 1090), (270, 2290), (300, 870), (530, 1840), (660, 1720), (570, 840))


@dataclass(frozen=True)
class Voice:
    """A glottis at `f0_hz` and a vocal tract `tract` times as short as usual."""

    f0_hz: float
    tract: float


LOW, HIGH, MIDDLE = Voice(95, 0.92), Voice(210, 1.18), Voice(140, 1.05)
VOICES = {"ann": LOW, "bob": HIGH, "cid": MIDDLE}


def speak(voice: Voice, rng: np.random.Generator, length_ms: int) -> np.ndarray:
    """A made-up word: two or three vowels."""
    parts = []
    for piece_ms in np.diff(np.linspace(0, length_ms, rng.integers(3, 5)).astype(int)):
        count = piece_ms * RATE_HZ // 1000
        formants = VOWELS_HZ[rng.integers(len(VOWELS_HZ))]
        hertz = np.fft.rfftfreq(2048, 1 / RATE_HZ)
        shape = sum(
            gain / (1 + ((hertz - formant * voice.tract) / 90) ** 2)
            for formant, gain in zip((*formants, 2700), (1.0, 0.6, 0.3), strict=True)
        )
        f0_hz = voice.f0_hz * rng.uniform(0.93, 1.07)
        phase = np.cumsum(np.full(count, f0_hz / RATE_HZ)) + rng.uniform()
        pulses = np.diff(np.floor(phase), prepend=0) + 0.02 * rng.normal(size=count)
        response = np.fft.irfft(shape)[:1024]
        parts.append(np.convolve(pulses, response)[:count])
    return np.concatenate(parts)


@dataclass(frozen=True)
class Conversation:
    """Audio of a conversation, the transcript of it, its times, and who says each word."""

    audio: Path
    transcript: Transcript
    alignment: Alignment
    right: tuple[str, ...]


def converse(
    folder: Path,
    turns: Sequence[tuple[str, str]],
    *,
    text: Sequence[str] | None = None,
    sides: bool = False,
    voices: dict[str, Voice] | None = None,
    seed: int = 1,
) -> Conversation:
    """Speak `turns`, pairs of a speaker and words; `text` is the transcript if it differs.

    `sides` puts the first speaker into the left channel, all others into the right one.
    """
    rng = np.random.default_rng(seed)
    casting = VOICES if voices is None else voices
    left: list[np.ndarray] = []
    right: list[np.ndarray] = []
    words: list[TimedWord] = []
    speakers: list[str] = []
    at_ms = 200
    silence = np.zeros(200 * RATE_HZ // 1000)
    left.append(silence), right.append(silence)
    for speaker, line in turns:
        for _ in line.split():
            length_ms = int(rng.integers(200, 450))
            sound = speak(casting[speaker], rng, length_ms)
            sound = np.pad(sound, (0, length_ms * RATE_HZ // 1000 - len(sound)))
            mine = not sides or speaker == turns[0][0]
            left.append(sound if mine else 0 * sound)
            right.append(sound if not sides or not mine else 0 * sound)
            words.append(TimedWord(at_ms, at_ms + length_ms, 1.0, "aligned"))
            speakers.append(speaker)
            at_ms += length_ms
        pause = np.zeros(150 * RATE_HZ // 1000)
        left.append(pause), right.append(pause)
        at_ms += 150
    stereo = np.stack([np.concatenate(left), np.concatenate(right)], axis=1)
    stereo = 6000 * stereo / np.abs(stereo).max() + rng.normal(size=stereo.shape)
    audio = folder / f"talk{seed}{'-sides' if sides else ''}.wav"
    write_wav(audio, stereo)
    lines = [f"- {line}" for _, line in turns] if text is None else list(text)
    transcript = transcript_of(lines)
    return Conversation(audio, transcript, Alignment(tuple(words), (), at_ms, 1.0), tuple(speakers))


def write_wav(path: Path, samples: np.ndarray) -> None:
    """Write float samples of 16-bit range, shape (samples,) or (samples, channels)."""
    with wave.open(str(path), "wb") as file:
        channels = 1 if samples.ndim == 1 else samples.shape[1]
        file.setparams((channels, 2, RATE_HZ, 0, "NONE", "not compressed"))
        file.writeframes(samples.astype("<i2").tobytes())
