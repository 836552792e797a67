"""Speech with word times, from espeak-ng through its C library.

Built from formants, not from recordings, and with pronunciations of its own, in several accents:
voices that nothing in the acoustic model or the lexicon was made for. (Debian: package
libespeak-ng1.)
"""

from __future__ import annotations

import ctypes
import re
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.synth.flite import SAMPLE_RATE_HZ, Utterance

__all__ = ["EspeakMissingError", "available", "speak"]

_SYNCHRONOUS = 2
_PHONEME_EVENTS = 1
_UTF8 = 1
_PHONEME = 7


class EspeakMissingError(RuntimeError):
    """espeak-ng's library is not installed."""


class _Event(ctypes.Structure):
    _fields_ = [
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("phoneme", ctypes.c_char * 8),
    ]


_CALLBACK = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event)
)


class _Espeak:
    """The library, and what it said last."""

    def __init__(self) -> None:
        try:
            self.library: Any = ctypes.CDLL("libespeak-ng.so.1")
        except OSError as error:
            raise EspeakMissingError(
                "espeak-ng is not installed (Debian and Ubuntu: apt install libespeak-ng1)"
            ) from error
        self.rate_hz = int(self.library.espeak_Initialize(_SYNCHRONOUS, 0, None, _PHONEME_EVENTS))
        self.blocks: list[NDArray[np.int16]] = []
        self.phonemes: list[tuple[int, int, bool]] = []  # place in the text, sample, is a pause
        self._callback = _CALLBACK(self._receive)  # must live as long as the library
        self.library.espeak_SetSynthCallback(self._callback)

    def _receive(self, samples: Any, count: int, events: Any) -> int:
        if samples:
            self.blocks.append(np.ctypeslib.as_array(samples, (count,)).copy())
        at = 0
        while events[at].type:
            event = events[at]
            if event.type == _PHONEME:
                is_pause = event.phoneme.startswith(b"_")
                self.phonemes.append((event.text_position - 1, event.sample, is_pause))
            at += 1
        return 0


@cache
def _espeak() -> _Espeak:
    return _Espeak()


def available() -> bool:
    """Whether espeak-ng can be used here."""
    try:
        _espeak()
    except EspeakMissingError:
        return False
    return True


def speak(text: str, voice: str) -> Utterance:
    """Speak plain words in a voice of espeak-ng, such as `en-us+f3` or `en-gb-x-rp`.

    A word that espeak-ng says in one with the word before it ("of the") gets its share of their
    time by its letters.

    Raises:
        EspeakMissingError: espeak-ng is not installed.
        ValueError: it has no such voice.
    """
    espeak = _espeak()
    if espeak.library.espeak_SetVoiceByName(voice.encode("ascii")):
        raise ValueError(f"espeak-ng has no voice {voice}")
    espeak.blocks.clear()
    espeak.phonemes.clear()
    # A stop is the end of a sentence only where a capital follows.
    data = re.sub(r"[.?!] [a-z]", lambda found: found[0].upper(), text).encode("ascii")
    espeak.library.espeak_Synth(data, len(data) + 1, 0, 0, 0, _UTF8, None, None)
    spoken = np.concatenate(espeak.blocks)
    length = round(len(spoken) * SAMPLE_RATE_HZ / espeak.rate_hz)
    spectrum = np.fft.rfft(spoken)[: length // 2 + 1]
    samples = np.fft.irfft(spectrum, length) * (length / len(spoken))
    times = _word_samples(text, espeak.phonemes, len(spoken)) / espeak.rate_hz
    return Utterance(np.clip(np.round(samples), -32768, 32767).astype(np.int16), times)


def _word_samples(
    text: str, phonemes: list[tuple[int, int, bool]], samples: int
) -> NDArray[np.float64]:
    """First sample of each word, and the sample after its last."""
    words = text.split()
    places = np.cumsum([0, *(len(word) + 1 for word in words[:-1])])
    of_phoneme = np.searchsorted(places, [place for place, _, _ in phonemes], side="right") - 1
    times = np.full((len(words), 2), np.nan)
    for at, (_, sample, is_pause) in enumerate(phonemes):
        if is_pause:
            continue
        end = phonemes[at + 1][1] if at + 1 < len(phonemes) else samples
        word = of_phoneme[at]
        times[word] = np.fmin(times[word, 0], sample), end
    first = 0
    while first < len(words):
        stop = first + 1
        while stop < len(words) and np.isnan(times[stop, 0]):
            stop += 1
        letters = np.cumsum([0, *(len(word) for word in words[first:stop])])
        start, end = times[first]
        edges = start + (end - start) * letters / letters[-1]
        times[first:stop, 0], times[first:stop, 1] = edges[:-1], edges[1:]
        first = stop
    return times
