"""Speech with word times, from the flite synthesiser through its C library.

flite keeps the utterance's structure: the end of the segment before a word's first phone is the
word's start, the end of its last phone the word's end. (Debian: packages flite and libflite1.)
"""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["VOICES", "FliteMissingError", "Utterance", "available", "speak"]

SAMPLE_RATE_HZ = 16_000
VOICES = ("rms", "slt", "awb", "kal16")
_FIRST = b"R:SylStructure.daughter1.daughter1.R:Segment.p.end"
_LAST = b"R:SylStructure.daughtern.daughtern.R:Segment.end"


class FliteMissingError(RuntimeError):
    """flite's libraries are not installed."""


@dataclass(frozen=True, slots=True)
class Utterance:
    """`samples`: int16, 16 kHz. `times_s`: float64, (words, 2), start and end of each word."""

    samples: NDArray[np.int16]
    times_s: NDArray[np.float64]


class _Wave(ctypes.Structure):
    _fields_ = [
        ("type", ctypes.c_char_p),
        ("sample_rate", ctypes.c_int),
        ("num_samples", ctypes.c_int),
        ("num_channels", ctypes.c_int),
        ("samples", ctypes.POINTER(ctypes.c_short)),
    ]


@cache
def _library() -> Any:
    try:
        library = ctypes.CDLL("libflite.so.1", ctypes.RTLD_GLOBAL)
        for part in ("usenglish", "cmulex"):
            ctypes.CDLL(f"libflite_{part}.so.1", ctypes.RTLD_GLOBAL)
    except OSError as error:
        raise FliteMissingError(
            "flite is not installed (Debian and Ubuntu: apt install libflite1)"
        ) from error
    pointer, text = ctypes.c_void_p, ctypes.c_char_p
    for name, result, arguments in (
        ("flite_synth_text", pointer, [text, pointer]),
        ("utt_relation", pointer, [pointer, text]),
        ("relation_head", pointer, [pointer]),
        ("item_next", pointer, [pointer]),
        ("item_daughter", pointer, [pointer]),
        ("ffeature_float", ctypes.c_float, [pointer, text]),
        ("utt_wave", ctypes.POINTER(_Wave), [pointer]),
        ("delete_utterance", None, [pointer]),
    ):
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
    library.flite_init()
    return library


@cache
def _voice(name: str) -> int:
    _library()
    voices = ctypes.CDLL(f"libflite_cmu_us_{name}.so.1", ctypes.RTLD_GLOBAL)
    register = getattr(voices, f"register_cmu_us_{name}")
    register.restype = ctypes.c_void_p
    return int(register(None))


def available() -> bool:
    """Whether flite can be used here."""
    try:
        _voice("slt")
    except (FliteMissingError, OSError):
        return False
    return True


def speak(text: str, voice: str) -> Utterance:
    """Speak plain words (`[a-z']`, each perhaps with one of `,.?!` behind it).

    Raises:
        FliteMissingError: flite is not installed.
        ValueError: flite split the text into other words than its white space does.
    """
    library = _library()
    ctypes.CDLL(None).srand(1)  # flite draws its breath noise from C's generator
    utterance = library.flite_synth_text(text.encode("ascii"), _voice(voice))
    try:
        wave = library.utt_wave(utterance).contents
        if wave.sample_rate != SAMPLE_RATE_HZ or wave.num_channels != 1:
            raise ValueError(f"voice {voice} does not speak 16 kHz mono")
        samples = np.ctypeslib.as_array(wave.samples, (wave.num_samples,)).copy()
        times: list[tuple[float, float]] = []
        token = library.relation_head(library.utt_relation(utterance, b"Token"))
        while token:
            spans = []
            word = library.item_daughter(token)
            while word:
                start = library.ffeature_float(word, _FIRST)
                end = library.ffeature_float(word, _LAST)
                if end > 0:
                    spans.append((start, end))
                word = library.item_next(word)
            if not spans:
                raise ValueError(f"flite says nothing for word {len(times)} of {text!r}")
            times.append((spans[0][0], spans[-1][1]))
            token = library.item_next(token)
    finally:
        library.delete_utterance(utterance)
    if len(times) != len(text.split()):
        raise ValueError(f"flite made {len(times)} words of the {len(text.split())} in {text!r}")
    array = np.array(times, dtype=np.float64)
    if (array[:, 1] <= array[:, 0]).any() or (array[1:, 0] < array[:-1, 1] - 1e-4).any():
        raise ValueError(f"word times run backwards in {text!r}")
    return Utterance(samples, array)
