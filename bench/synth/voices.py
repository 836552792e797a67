"""Speech with word times by any voice: flite's by their names, espeak-ng's behind `espeak/`."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import numpy as np

from bench.synth import espeak, flite
from bench.synth.flite import Utterance

__all__ = ["speak_cached"]

_ESPEAK = "espeak/"


def speak_cached(text: str, voice: str, cache_dir: Path | None) -> Utterance:
    """Speak, remembering the result in a folder by a hash of voice and text.

    `NAME@FACTOR` is a voice that is played faster by that factor: higher, from a smaller head.
    """
    name, _, factor = voice.partition("@")
    if factor:
        return _played_faster(speak_cached(text, name, cache_dir), float(factor))
    if cache_dir is None:
        return _speak(text, voice)
    engine = "espeak-1" if voice.startswith(_ESPEAK) else "flite-2"
    key = hashlib.sha256(f"{engine}\0{voice}\0{text}".encode()).hexdigest()
    path = cache_dir / engine.partition("-")[0] / key[:2] / f"{key}.npz"
    if path.exists():
        with np.load(path) as stored:
            return Utterance(stored["samples"], stored["times_s"])
    utterance = _speak(text, voice)
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_suffix(f".{os.getpid()}.npz")
    np.savez(aside, samples=utterance.samples, times_s=utterance.times_s)
    aside.rename(path)
    return utterance


def _speak(text: str, voice: str) -> Utterance:
    if voice.startswith(_ESPEAK):
        return espeak.speak(text, voice.removeprefix(_ESPEAK))
    return flite.speak(text, voice)


def _played_faster(utterance: Utterance, factor: float) -> Utterance:
    length = round(len(utterance.samples) / factor)
    at = np.arange(length) * factor
    heard = np.interp(at, np.arange(len(utterance.samples)), utterance.samples)
    return Utterance(np.round(heard).astype(np.int16), utterance.times_s / factor)
