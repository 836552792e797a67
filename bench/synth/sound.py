"""Sounds that are not speech, and what recordings suffer: arrays in, arrays out.

Signals are float32 in [-1, 1] at 16 kHz unless stated otherwise. All randomness is from the
generator handed in.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "add_noise",
    "chime",
    "clip",
    "laughter",
    "level_changes",
    "mp3_round_trip",
    "music",
    "reverberation",
    "speech_level",
    "stretch",
    "telephone",
    "to_float",
    "to_int16",
]

RATE_HZ = 16_000
Signal = NDArray[np.float32]


def to_float(samples: NDArray[np.int16]) -> Signal:
    """From 16-bit PCM."""
    return samples.astype(np.float32) / 32768


def to_int16(signal: Signal) -> NDArray[np.int16]:
    """To 16-bit PCM, clipped where it is too loud."""
    return np.clip(np.round(signal * 32767), -32768, 32767).astype(np.int16)


def speech_level(signal: Signal) -> float:
    """Root mean square over the louder half of 20 ms frames: the level of speech, not pauses."""
    frames = signal[: len(signal) // 320 * 320].reshape(-1, 320)
    power = np.mean(frames.astype(np.float64) ** 2, axis=1)
    loud = power[power >= np.median(power)] if len(power) else np.zeros(1)
    return float(np.sqrt(loud.mean()))


def music(seconds: float, rng: np.random.Generator) -> Signal:
    """Chords of decaying harmonics with a drum: four beats to a chord."""
    count = round(seconds * RATE_HZ)
    out = np.zeros(count + RATE_HZ * 4, dtype=np.float32)
    beat = int(RATE_HZ * rng.uniform(0.4, 0.6))
    root = rng.uniform(98, 147)
    time = np.arange(beat * 4, dtype=np.float32) / RATE_HZ
    for number, at in enumerate(range(0, count, beat)):
        if number % 4 == 0:
            step = rng.choice([0, 5, 7, 9, -3])
            for interval in (0, 4 if step not in (9, -3) else 3, 7, 12):
                pitch = root * 2 ** ((step + interval) / 12)
                tone = sum(
                    np.sin(2 * np.pi * pitch * k * time + rng.uniform(0, 6)) / k**1.3
                    for k in range(1, 7)
                )
                out[at : at + len(time)] += (0.06 * tone * np.exp(-1.2 * time)).astype(np.float32)
        length = beat // 2
        decay = np.exp(-np.arange(length) / (0.03 * RATE_HZ))
        hit = rng.normal(0, 0.12 if number % 2 else 0.05, length) * decay
        if number % 2 == 0:
            sweep = 60 + 60 * decay
            hit += 0.3 * np.sin(2 * np.pi * np.cumsum(sweep) / RATE_HZ) * decay
        out[at : at + length] += hit.astype(np.float32)
    out = out[:count]
    fade = min(count // 2, RATE_HZ // 2)
    ramp = np.linspace(0, 1, fade, dtype=np.float32)
    out[:fade] *= ramp
    out[count - fade :] *= ramp[::-1]
    return out


def laughter(seconds: float, rng: np.random.Generator) -> Signal:
    """Something like laughter: breathy bursts, about five a second, in falling groups."""
    count = round(seconds * RATE_HZ)
    out = np.zeros(count, dtype=np.float64)
    at, left, pitch = 0, int(rng.integers(4, 9)), rng.uniform(160, 320)
    while at < count:
        length = int(RATE_HZ * rng.uniform(0.08, 0.13))
        time = np.arange(length) / RATE_HZ
        envelope = np.sin(np.pi * np.arange(length) / length) ** 1.5
        voiced = sum(
            np.sin(2 * np.pi * pitch * k * time) * np.exp(-(((pitch * k - 800) / 900) ** 2))
            for k in range(1, 14)
        )
        breath = np.diff(rng.normal(0, 1, length + 1))
        burst = (0.11 * voiced + 0.035 * breath) * envelope
        end = min(count, at + length)
        out[at:end] += burst[: end - at]
        at += int(RATE_HZ * rng.uniform(0.17, 0.24))
        pitch *= 0.96
        left -= 1
        if left == 0:
            at += int(RATE_HZ * rng.uniform(0.2, 0.6))
            left, pitch = int(rng.integers(4, 9)), rng.uniform(160, 320)
    return out.astype(np.float32)


def chime(seconds: float = 1.5) -> Signal:
    """Two bell strokes, a fourth apart."""
    time = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    out = np.zeros(len(time))
    for start, pitch in ((0.0, 659.3), (0.35, 880.0)):
        since = np.clip(time - start, 0, None)
        for ratio, weight in ((1.0, 1.0), (2.0, 0.5), (2.76, 0.35), (5.4, 0.15)):
            ring = np.sin(2 * np.pi * pitch * ratio * since) * np.exp(-since * (2 + 1.5 * ratio))
            out += 0.12 * weight * ring * (time >= start)
    return out.astype(np.float32)


def add_noise(signal: Signal, noise: Signal, snr_db: float) -> Signal:
    """Mix in noise (repeated as needed) so far below the level of the speech."""
    gain = speech_level(signal) / (np.sqrt(np.mean(noise.astype(np.float64) ** 2)) + 1e-9)
    gain *= 10 ** (-snr_db / 20)
    out = signal.copy()
    for at in range(0, len(out), len(noise)):
        part = out[at : at + len(noise)]
        part += (gain * noise[: len(part)]).astype(np.float32)
    return out


def reverberation(signal: Signal, rng: np.random.Generator, t60_s: float = 0.45) -> Signal:
    """A room: noise that dies by 60 dB in `t60_s`, 5 dB below the direct sound in all."""
    length = round(t60_s * RATE_HZ)
    tail = rng.normal(0, 1, length) * 10 ** (-3 * np.arange(length) / length)
    tail[: round(0.004 * RATE_HZ)] = 0
    tail *= 10 ** (-5 / 20) / np.sqrt((tail**2).sum())
    tail[0] = 1
    size = 1 << 17
    response = np.fft.rfft(tail, size)
    block = size - length
    out = np.zeros(len(signal) + size, dtype=np.float32)
    for at in range(0, len(signal), block):
        part = np.fft.irfft(np.fft.rfft(signal[at : at + block], size) * response, size)
        out[at : at + size] += part.astype(np.float32)
    return out[: len(signal)]


def level_changes(
    signal: Signal, rng: np.random.Generator, depth_db: float = 20.0, every_s: float = 25.0
) -> Signal:
    """The level jumps now and then, anywhere within `depth_db` downward."""
    out = signal.copy()
    at = 0
    while at < len(out):
        length = int(RATE_HZ * rng.uniform(0.4, 1.6) * every_s)
        out[at : at + length] *= np.float32(10 ** (-rng.uniform(0, depth_db) / 20))
        at += length
    return out


def clip(signal: Signal, gain_db: float = 15.0) -> Signal:
    """Too loud by `gain_db` for the converter."""
    return np.clip(signal * np.float32(10 ** (gain_db / 20)), -1, 1)


def mp3_round_trip(signal: Signal, kbit_s: int = 64) -> Signal:
    """Through MP3 and back; as long as before."""
    mp3 = _ffmpeg(
        ["-f", "f32le", "-ar", "16000", "-ac", "1", "-i", "-"],
        ["-ar", "44100", "-c:a", "libmp3lame", "-b:a", f"{kbit_s}k", "-f", "mp3"],
        signal.tobytes(),
        seekable=True,
    )
    return _fit(_decode(mp3), len(signal))


def telephone(signal: Signal) -> Signal:
    """300 to 3400 Hz at 8 kHz, mu-law, and back to 16 kHz."""
    narrow = _ffmpeg(
        ["-f", "f32le", "-ar", "16000", "-ac", "1", "-i", "-"],
        ["-af", "highpass=f=300,lowpass=f=3400", "-ar", "8000", "-c:a", "pcm_mulaw", "-f", "wav"],
        signal.tobytes(),
    )
    return _fit(_decode(narrow), len(signal))


def stretch(signal: Signal, speed: float) -> Signal:
    """Faster (above 1) or slower, at the same pitch: what stood at t stands at t / speed.

    ffmpeg's atempo begins some milliseconds early or late, by speed and version: that constant is
    measured on the envelopes and taken out. What is left is its jitter of a few milliseconds.
    """
    raw = _ffmpeg(
        ["-f", "f32le", "-ar", "16000", "-ac", "1", "-i", "-"],
        ["-af", f"atempo={speed}", "-f", "f32le"],
        signal.tobytes(),
    )
    out = np.frombuffer(raw, np.float32).copy()
    lag = _lag(signal[: 600 * RATE_HZ], out, speed)
    out = out[lag:] if lag >= 0 else np.pad(out, (-lag, 0))
    return _fit(out, round(len(signal) / speed))


def _lag(before: Signal, after: Signal, speed: float) -> int:
    """By how many samples `after` is late against `before` played at this speed."""
    one = _envelope(before)
    at_ms = np.arange(int(len(one) / speed) - 200)
    one = np.interp(at_ms * speed, np.arange(len(one)), one)
    two = np.pad(_envelope(after), (100, 300))[: len(one) + 200]
    best = max(range(200), key=lambda shift: float(one @ two[shift : shift + len(one)]))
    return (best - 100) * RATE_HZ // 1000


def _envelope(signal: Signal) -> NDArray[np.float64]:
    """Change of the log energy, smoothed over 16 ms, one value a millisecond."""
    step = RATE_HZ // 1000
    power = np.mean(signal[: len(signal) // step * step].reshape(-1, step) ** 2, axis=1)
    smooth = np.convolve(power, np.hanning(17), mode="same")
    return np.gradient(np.log(smooth + 1e-6))


def _decode(data: bytes) -> Signal:
    raw = _ffmpeg(["-i", "-"], ["-ar", "16000", "-ac", "1", "-f", "f32le"], data)
    return np.frombuffer(raw, np.float32).copy()


def _fit(signal: Signal, length: int) -> Signal:
    return np.pad(signal[:length], (0, max(0, length - len(signal))))


def ffmpeg_command() -> str:
    """The ffmpeg of PATH, else the one of imageio-ffmpeg."""
    found = shutil.which("ffmpeg")
    if found:
        return found
    import imageio_ffmpeg

    return str(imageio_ffmpeg.get_ffmpeg_exe())


def _ffmpeg(
    before: Sequence[str], after: Sequence[str], data: bytes, *, seekable: bool = False
) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        # a file, not a pipe: the MP3 header that says how many samples to drop is written last
        target = str(Path(folder) / "out") if seekable else "-"
        done = subprocess.run(
            [ffmpeg_command(), "-v", "error", *before, *after, "-y", target],
            input=data,
            stdout=subprocess.PIPE,
            check=True,
        )
        return Path(target).read_bytes() if seekable else done.stdout
