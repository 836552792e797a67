"""Decodes any audio that ffmpeg reads, streamed as 16 kHz mono in blocks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt

from pipeline.audio.pcm import Track, decode_track
from pipeline.audio.phase import in_phase, mixed
from pipeline.audio.protection import is_encrypted
from pipeline.audio.tracks import Audio, choose_track, path_of
from pipeline.errors import InputError
from pipeline.files import check_plain_file

__all__ = ["stream_samples", "stream_stereo"]

_FULL_SCALE = np.float32(32768.0)


def stream_samples(audio: Audio) -> Iterator[npt.NDArray[np.float32]]:
    """Decode the audio track that is asked for, or that players would play.

    Args:
        audio: a local file in any format that ffmpeg reads, video included.

    Yields:
        float32 samples at 16 kHz, mono, in steps of 16-bit audio, fractions of them included, in
        blocks of 20 s, the last one shorter. The first sample stands at the start of the file's
        clock; where the file has no audio there is silence.

    Raises:
        InputError: the file is missing, empty, unreadable or holds no such audio.
    """
    track, blocks = _open(audio)
    if track.channels == 1:
        for block in blocks:
            yield block[:, 0] * _FULL_SCALE
    else:
        for total in mixed(blocks):
            yield total * (_FULL_SCALE / 2)


def stream_stereo(audio: Audio) -> Iterator[npt.NDArray[np.float32]]:
    """Decode like `stream_samples`, but to two channels, equal ones if the file is mono.

    Yields:
        float32 samples, shape (samples, 2), in blocks of 20 s, the last one shorter.

    Raises:
        InputError: the file is missing, empty, unreadable or holds no such audio.
    """
    track, blocks = _open(audio)
    for block in blocks if track.channels == 1 else in_phase(blocks):
        yield np.broadcast_to(block * _FULL_SCALE, (len(block), 2))


def _open(audio: Audio) -> tuple[Track, Iterator[npt.NDArray[np.float32]]]:
    path = path_of(audio)
    _check_file(path)
    track = choose_track(audio)
    return track, decode_track(path, track)


def _check_file(audio: Path) -> None:
    try:
        check_plain_file(audio, "audio file")
        with audio.open("rb") as file:
            if not file.read(1):
                raise InputError(
                    "the audio file is empty", path=audio, remedy="copy or download it again"
                )
        if is_encrypted(audio):
            raise InputError(
                "the audio is encrypted (DRM), so it cannot be decoded",
                path=audio,
                remedy="use a copy without protection",
            )
    except FileNotFoundError as error:
        raise InputError(
            "there is no such audio file", path=audio, remedy="check the path"
        ) from error
    except IsADirectoryError as error:
        raise InputError(
            "this is a folder, not an audio file", path=audio, remedy="name a file"
        ) from error
    except OSError as error:
        raise InputError(
            f"the audio file cannot be read ({error.strerror})",
            path=audio,
            remedy="check the path and the permissions",
        ) from error
