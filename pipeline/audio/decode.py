"""Decodes any audio that ffmpeg reads, streamed as 16 kHz mono in blocks."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import IO

import numpy as np
import numpy.typing as npt

from pipeline.audio.features import SAMPLE_RATE_HZ
from pipeline.errors import InputError

__all__ = [
    "ffmpeg_executable",
    "file_address",
    "input_arguments",
    "stream_samples",
    "stream_stereo",
]

_BLOCK_SAMPLES = 20 * SAMPLE_RATE_HZ
_MOST_COMPLAINTS = 10_000
_PROTOCOLS = "file"


@cache
def ffmpeg_executable() -> str:
    """The ffmpeg on PATH, else the one in the imageio-ffmpeg wheel.

    Raises:
        InputError: there is none.
    """
    found = shutil.which("ffmpeg")
    if found is not None:
        return found
    try:
        import imageio_ffmpeg

        return str(imageio_ffmpeg.get_ffmpeg_exe())
    except (ImportError, RuntimeError) as error:
        raise InputError(
            "no ffmpeg found", remedy="install ffmpeg, or run: pip install imageio-ffmpeg"
        ) from error


def file_address(path: Path) -> str:
    """A path as ffmpeg takes it for nothing else.

    Neither a leading dash nor a colon in a name can be taken for an option or a protocol.
    """
    return f"file:{path.absolute()}"


def input_arguments(path: Path) -> list[str]:
    """Arguments of ffmpeg that open a local file, and let no playlist in it reach the network."""
    return ["-protocol_whitelist", _PROTOCOLS, "-i", file_address(path)]


def _decode_command(audio: Path, channels: int) -> list[str]:
    import ffmpeg

    source = ffmpeg.input(file_address(audio), protocol_whitelist=_PROTOCOLS, vn=None)
    # The filter keeps to the file's time stamps: audio may begin later than the video beside it,
    # or have holes where packets were lost, and players show subtitles by the file's clock.
    stream = source.output(
        "pipe:",
        format="s16le",
        acodec="pcm_s16le",
        ac=channels,
        ar=SAMPLE_RATE_HZ,
        map="0:a:0",
        af="aresample=async=1:first_pts=0",
    ).global_args("-nostdin", "-hide_banner", "-loglevel", "error")
    command: list[str] = stream.compile(cmd=ffmpeg_executable())
    return command


def _check_file(audio: Path) -> None:
    try:
        with audio.open("rb") as file:
            if not file.read(1):
                raise InputError(
                    "the audio file is empty", path=audio, remedy="copy or download it again"
                )
    except FileNotFoundError as error:
        raise InputError(
            "there is no such audio file", path=audio, remedy="check the path given with --audio"
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


def stream_samples(audio: Path) -> Iterator[npt.NDArray[np.int16]]:
    """Decode the first audio stream of a file.

    Args:
        audio: a local file in any format that ffmpeg reads, video included.

    Yields:
        int16 samples at 16 kHz, mono, in blocks of 20 s, the last one shorter. The first sample
        stands at the start of the file's clock; where the file has no audio there is silence.

    Raises:
        InputError: the file is missing, empty, unreadable or holds no audio.
    """
    return _stream(audio, 1)


def stream_stereo(audio: Path) -> Iterator[npt.NDArray[np.int16]]:
    """Decode like `stream_samples`, but to two channels, equal ones if the file is mono.

    Yields:
        int16 samples at 16 kHz, shape (samples, 2), in blocks of 20 s, the last one shorter.

    Raises:
        InputError: the file is missing, empty, unreadable or holds no audio.
    """
    return (block.reshape(-1, 2) for block in _stream(audio, 2))


def _stream(audio: Path, channels: int) -> Iterator[npt.NDArray[np.int16]]:
    _check_file(audio)
    frame_bytes = 2 * channels
    decoded = 0
    # Complaints go to a file: thousands about a damaged recording would block a pipe.
    with tempfile.TemporaryFile() as complaints:
        process = subprocess.Popen(
            _decode_command(audio, channels),
            stdout=subprocess.PIPE,
            stderr=complaints,
            stdin=subprocess.DEVNULL,
        )
        if process.stdout is None:
            raise RuntimeError("ffmpeg was started without a pipe")
        try:
            while data := process.stdout.read(frame_bytes * _BLOCK_SAMPLES):
                block = np.frombuffer(data[: len(data) // frame_bytes * frame_bytes], dtype="<i2")
                decoded += len(block)
                yield block
            status = process.wait()
        finally:
            with contextlib.suppress(OSError):
                process.kill()
            process.wait()
            process.stdout.close()
        if decoded == 0 or status != 0:
            raise InputError(
                f"ffmpeg cannot decode this file ({_reason(complaints, audio)})",
                path=audio,
                remedy="check that it plays, and that it is audio or video",
            )


def _reason(complaints: IO[bytes], audio: Path) -> str:
    """What ffmpeg said last, in so far as it helps a user."""
    complaints.seek(max(0, complaints.seek(0, 2) - _MOST_COMPLAINTS))
    text = complaints.read().decode("utf-8", "replace").replace(f"{file_address(audio)}: ", "")
    lines = text.strip().splitlines()
    if not lines or "matches no streams" in text:
        return "there is no audio in it"
    return lines[-1].strip()
