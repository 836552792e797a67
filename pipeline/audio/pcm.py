"""Runs ffmpeg on one track of a file and reads what it decodes."""

from __future__ import annotations

import contextlib
import subprocess
import tempfile
import threading
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import IO

import numpy as np
import numpy.typing as npt

from pipeline.audio.features import SAMPLE_RATE_HZ
from pipeline.audio.ffmpeg import (
    FORMATS,
    PROTOCOLS,
    SILENT_S,
    bound_memory,
    ffmpeg_executable,
    file_address,
    last_complaints,
    reason_of,
    widen,
)
from pipeline.audio.killed import check_not_killed, decoded_again, done_again
from pipeline.audio.timed_pcm import on_one_clock, timed_parts
from pipeline.errors import InputError
from pipeline.limits import LONGEST_AUDIO_S

__all__ = ["Track", "decode_piece", "decode_track"]

_BLOCK_SAMPLES = 20 * SAMPLE_RATE_HZ
_PACKET_BYTES = 1 << 16
_BESIDE = ("-map", "0:v:0", "-c:v", "copy", "-f", "null", "-")
"""A second output, which makes ffmpeg read the video without decoding it."""


@dataclass(frozen=True, slots=True)
class Track:
    """What is to be known of an audio track to decode it.

    Attributes:
        index: its number among the file's audio tracks, from 0.
        channels: 1 if it is mono, 2 if it has more, as far as its beginning tells.
        has_clock: whether the file says when each part of it is played.
        is_beside_video: whether the zero of that clock must be found with the video's help.
    """

    index: int
    channels: int
    has_clock: bool = True
    is_beside_video: bool = False


def decode_track(audio: Path, track: Track) -> Iterator[npt.NDArray[np.float32]]:
    """Decode a track of a file by the clock that players go by.

    Args:
        audio: a local file in any format that ffmpeg reads, video included.
        track: the track; if it has more than two channels they are mixed to two.

    Yields:
        float32 samples at 16 kHz, full scale 1, shape (samples, channels), in blocks of 20 s, the
        last one shorter. The first sample stands at the start of the file's clock; where the track
        has no audio there is silence.

    Raises:
        InputError: the file cannot be decoded, or is too long.
        PassingError: ffmpeg was killed twice.
    """
    return decoded_again(lambda: _decode_once(audio, track))


def _decode_once(audio: Path, track: Track) -> Generator[npt.NDArray[np.float32], None, None]:
    decoded = 0
    # Complaints go to a file: thousands about a damaged recording would block a pipe.
    with tempfile.TemporaryFile() as complaints:
        command = _decode_command(audio, track.index, track.channels)
        if track.is_beside_video:
            command += _BESIDE
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=complaints, stdin=subprocess.DEVNULL
        )
        pipe = process.stdout
        if pipe is None:
            raise RuntimeError("ffmpeg was started without a pipe")
        bound_memory(process.pid)
        widen(pipe)
        try:
            parts = timed_parts(lambda size: _read(process, pipe, size, audio), track.channels)
            if not track.has_clock:
                parts = ((0, samples) for _, samples in parts)
            for block in on_one_clock(parts, track.channels, _BLOCK_SAMPLES):
                decoded += len(block)
                if decoded > LONGEST_AUDIO_S * SAMPLE_RATE_HZ:
                    raise InputError(
                        f"the audio is longer than {LONGEST_AUDIO_S // 3600} hours",
                        path=audio,
                        remedy="check its time stamps, or split it",
                    )
                yield block
            status = process.wait()
        finally:
            with contextlib.suppress(OSError):
                process.kill()
            process.wait()
            pipe.close()
        check_not_killed(status, last_complaints(complaints), audio)
        if decoded == 0 or status != 0:
            raise InputError(
                f"ffmpeg cannot decode this file ({reason_of(complaints, audio)})",
                path=audio,
                remedy="check that it plays, and that it is audio or video",
            )


def decode_piece(
    audio: Path, index: int, start_s: float, length_s: float
) -> npt.NDArray[np.float32]:
    """Some seconds from somewhere in a track, mono, shape (samples,); empty if there is nothing.

    Raises:
        PassingError: ffmpeg was killed twice.
    """
    return done_again(lambda: _decode_piece_once(audio, index, start_s, length_s))


def _decode_piece_once(
    audio: Path, index: int, start_s: float, length_s: float
) -> npt.NDArray[np.float32]:
    command = _decode_command(audio, index, 1, ss=start_s, t=length_s)
    # A damaged place says nothing, and that is an answer.
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        bound_memory(process.pid)
        try:
            told = memoryview(process.communicate(timeout=SILENT_S)[0])
        except subprocess.TimeoutExpired:
            process.kill()
            return np.zeros(0, np.float32)
    check_not_killed(process.returncode, "", audio)
    at = 0

    def read(size: int) -> bytes:
        nonlocal at
        at += size
        return bytes(told[at - size : at])

    parts = [samples[:, 0] for _, samples in timed_parts(read, 1)]
    return np.concatenate([np.zeros(0, np.float32), *parts])


def _decode_command(audio: Path, index: int, channels: int, **piece: float) -> list[str]:
    import ffmpeg

    source = ffmpeg.input(
        "",
        protocol_whitelist=PROTOCOLS,
        format_whitelist=FORMATS,
        sn=None,
        dn=None,
        **piece,
        **_large_packets(audio),
    )
    stream = source.output(
        "pipe:",
        format="matroska",
        acodec="pcm_f32le",
        ac=channels,
        ar=SAMPLE_RATE_HZ,
        map=f"0:a:{index}",
        map_metadata=-1,
        map_chapters=-1,
    ).global_args("-nostdin", "-hide_banner", "-loglevel", "error")
    command: list[str] = stream.compile(cmd=ffmpeg_executable())
    # Only here: the library hashes its input's name as UTF-8, and not every file's name is.
    command[command.index("-i") + 1] = file_address(audio)
    return command


def _large_packets(audio: Path) -> dict[str, int]:
    """Options of ffmpeg that read a WAV file in packets of some seconds, not 4 kB.

    Every packet is handed through five threads; with small ones that takes three times as long as
    all the rest.
    """
    with audio.open("rb") as file:
        head = file.read(12)
    is_wav = head[:4] == b"RIFF" and head[8:] == b"WAVE"
    return {"max_size": _PACKET_BYTES} if is_wav and _knows_packet_size() else {}


@cache
def _knows_packet_size() -> bool:
    """Whether this ffmpeg is new enough."""
    asked = [ffmpeg_executable(), "-hide_banner", "-h", "demuxer=wav"]
    told = subprocess.run(asked, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    return b"max_size" in told.stdout


def _read(process: subprocess.Popen[bytes], pipe: IO[bytes], size: int, audio: Path) -> bytes:
    """The next bytes; an ffmpeg that gives none for two minutes hangs, and is ended."""
    stuck = threading.Event()

    def end() -> None:
        stuck.set()
        process.kill()

    watch = threading.Timer(SILENT_S, end)
    watch.daemon = True
    watch.start()
    try:
        data = pipe.read(size)
    finally:
        watch.cancel()
    if stuck.is_set():
        raise InputError(
            f"ffmpeg got stuck in this file: no audio from it for {SILENT_S:.0f} s", path=audio
        )
    return data
