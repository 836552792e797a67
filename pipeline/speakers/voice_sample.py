"""What someone sounds like, to be known again: from a clip, or kept from an earlier episode."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from pipeline.arrays import load_arrays
from pipeline.audio.decode import stream_stereo
from pipeline.errors import InputError
from pipeline.files import read_bytes
from pipeline.limits import MOST_SPEAKERS, MOST_VOICES_BYTES
from pipeline.speakers.voice_encoder import EMBEDDING_SIZE, mean_embedding
from pipeline.speakers.voice_features import ENVELOPE_SIZE, voice_frames

__all__ = ["VoiceSample", "evenly_spread", "load_clip", "read_voices", "render_voices"]

_FORMAT = "episode-subtitles-voices/1"
_MOST_FRAMES = 6000
_LEAST_VOICED = 50
_CLIP_FRAMES = 60000
_SEED = 4


@dataclass(frozen=True, slots=True)
class VoiceSample:
    """Frames of one voice; which audio they are from does not matter any more.

    Attributes:
        key: key of the speaker.
        name: the speaker's name.
        source: where it is from: `clip` or `voices`.
        envelope: float32, shape (n, 20): as in `VoiceFrames`.
        log_f0: float32, shape (n,): as in `VoiceFrames`.
        embedding: float32, shape (256,): the mean of what the voice encoder makes of it; zeros
            where it had too little.
    """

    key: str
    name: str
    source: Literal["clip", "voices"]
    envelope: npt.NDArray[np.float32]
    log_f0: npt.NDArray[np.float32]
    embedding: npt.NDArray[np.float32]


def load_clip(clip: Path, key: str, name: str) -> VoiceSample:
    """Take a sample from a clip in which only this speaker speaks, its first ten minutes at most.

    Raises:
        InputError: the clip cannot be read, or holds no speech.
    """
    everything = np.ones(_CLIP_FRAMES, np.bool_)
    frames = voice_frames(stream_stereo(clip), everything, everything)
    if int((frames.log_f0 > 0).sum()) < _LEAST_VOICED:
        raise InputError(
            f"the reference clip of {name} holds no speech",
            path=clip,
            remedy="give some seconds in which only this speaker speaks, or leave clip out",
        )
    chosen = evenly_spread(len(frames.frame))
    embedding = mean_embedding(frames.mel[frames.frame])
    return VoiceSample(key, name, "clip", frames.envelope[chosen], frames.log_f0[chosen], embedding)


def evenly_spread(frames: int) -> npt.NDArray[np.intp]:
    """Which of so many frames make a sample, in order."""
    size = min(frames, _MOST_FRAMES)
    return np.arange(size) * frames // max(1, size)


def render_voices(samples: Sequence[VoiceSample]) -> bytes:
    """Render a voices file: a NumPy archive; the same samples give the same bytes."""
    arrays: dict[str, npt.NDArray[np.generic]] = {
        "format": np.array(_FORMAT),
        "keys": np.array([sample.key for sample in samples], dtype=np.str_),
        "names": np.array([sample.name for sample in samples], dtype=np.str_),
    }
    for number, sample in enumerate(samples):
        arrays[f"envelope_{number}"] = sample.envelope.astype(np.float16)
        arrays[f"log_f0_{number}"] = sample.log_f0.astype(np.float16)
        arrays[f"embedding_{number}"] = sample.embedding[None].astype(np.float16)
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)  # type: ignore[arg-type]
    return buffer.getvalue()


def read_voices(path: Path) -> tuple[VoiceSample, ...]:
    """Read a voices file.

    Raises:
        InputError: it is missing, or not such a file.
    """
    content = read_bytes(path, "voices file", MOST_VOICES_BYTES)
    try:
        return _samples(load_arrays(content))
    except ValueError as error:
        raise InputError(
            "not a voices file",
            path=path,
            remedy="name a file that --save-voices has written",
        ) from error


def _samples(arrays: Mapping[str, npt.NDArray[Any]]) -> tuple[VoiceSample, ...]:
    if str(arrays.get("format")) != _FORMAT:
        raise ValueError("another format")
    keys, names = (_texts(arrays.get(column)) for column in ("keys", "names"))
    if len(keys) > MOST_SPEAKERS:
        raise ValueError("too many voices")
    samples = []
    for number, (key, name) in enumerate(zip(keys, names, strict=True)):
        if key.split() != [key] or not name.strip() or not (key + name).isprintable():
            raise ValueError("not the name of a speaker")
        envelope = _frames(arrays.get(f"envelope_{number}"), (ENVELOPE_SIZE,))
        log_f0 = _frames(arrays.get(f"log_f0_{number}"), ())
        if len(envelope) != len(log_f0):
            raise ValueError("wrong shapes")
        (embedding,) = _frames(arrays.get(f"embedding_{number}"), (EMBEDDING_SIZE,))
        samples.append(VoiceSample(key, name, "voices", envelope, log_f0, embedding))
    return tuple(samples)


def _texts(array: npt.NDArray[Any] | None) -> list[str]:
    if array is None or array.ndim != 1 or array.dtype.kind != "U":
        raise ValueError("no texts")
    return [str(text) for text in array]


def _frames(array: npt.NDArray[Any] | None, shape: tuple[int, ...]) -> npt.NDArray[np.float32]:
    """Check that there are some frames of this shape each, all numbers finite."""
    if array is None or array.dtype.kind != "f" or array.shape[1:] != shape or array.ndim == 0:
        raise ValueError("wrong shapes")
    frames: npt.NDArray[np.float32] = array.astype(np.float32)
    if not 0 < len(frames) <= _MOST_FRAMES or not np.isfinite(frames).all():
        raise ValueError("wrong values")
    return frames
