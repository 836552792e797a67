"""Decodes any audio that ffmpeg reads, streamed as 16 kHz mono in blocks."""

from __future__ import annotations

import contextlib
import re
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import IO

import numpy as np
import numpy.typing as npt

from pipeline.audio.features import SAMPLE_RATE_HZ
from pipeline.audio.protection import is_encrypted
from pipeline.errors import InputError
from pipeline.files import check_plain_file
from pipeline.limits import LONGEST_AUDIO_S

__all__ = [
    "SILENT_S",
    "bound_memory",
    "ffmpeg_executable",
    "file_address",
    "input_arguments",
    "last_complaints",
    "stream_samples",
    "stream_stereo",
]

_BLOCK_SAMPLES = 20 * SAMPLE_RATE_HZ
_MOST_COMPLAINTS = 10_000
_PACKET_BYTES = 1 << 16
_PROTOCOLS = "file"
_FORMATS = (
    "aa,aac,ac3,ac4,act,adx,aiff,amr,amrnb,amrwb,ape,aptx,aptx_hd,asf,ast,au,avi,avr,bonk,caf,dff,"
    "dsf,dts,dtshd,dv,eac3,flac,flv,g722,g723_1,g729,gsm,gxf,iff,ilbc,ircam,iss,ivf,lc3,loas,"
    "matroska,mlp,mmf,mov,mp3,mpc,mpc8,mpeg,mpegts,mpegvideo,msf,mxf,nistsphere,nsv,nut,nuv,obu,ogg,"
    "oma,osq,paf,pvf,qcp,qoa,rka,rm,rso,sds,shn,sln,smjpeg,sox,spdif,svx,swf,tak,truehd,tta,voc,vqf,"
    "w64,wav,wavarc,wsd,wtv,wv,xa,xwma"
)
"""Demuxers that read one file and nothing but it: no playlist, no list of files or pictures."""

_PART_OF_FFMPEG = re.compile(r"\[[^\[\]]* @ 0x[0-9a-f]+\]")
"""Which part of it complains, and where that lies in memory."""

SILENT_S = 120.0
"""Nothing for so long from an ffmpeg that is at work: it hangs."""

_MOST_MEMORY_BYTES = 4 << 30


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
    """Arguments of ffmpeg that open a local file, and let nothing in it reach other files.

    Only `_FORMATS` are read: a playlist could name any file, and the network.
    """
    guards = ["-protocol_whitelist", _PROTOCOLS, "-format_whitelist", _FORMATS]
    return [*guards, "-i", file_address(path)]


def _decode_command(audio: Path, channels: int) -> list[str]:
    import ffmpeg

    source = ffmpeg.input(
        "",
        protocol_whitelist=_PROTOCOLS,
        format_whitelist=_FORMATS,
        vn=None,
        sn=None,
        dn=None,
        **_large_packets(audio),
    )
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
        bound_memory(process.pid)
        try:
            while data := _read(process, process.stdout, frame_bytes * _BLOCK_SAMPLES, audio):
                block = np.frombuffer(data[: len(data) // frame_bytes * frame_bytes], dtype="<i2")
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
            process.stdout.close()
        if decoded == 0 or status != 0:
            raise InputError(
                f"ffmpeg cannot decode this file ({_reason(complaints, audio)})",
                path=audio,
                remedy="check that it plays, and that it is audio or video",
            )


def bound_memory(process: int) -> None:
    """Let a damaged or hostile file have ffmpeg take 4 GB at most, where the system can say so."""
    if sys.platform == "linux":
        import resource

        with contextlib.suppress(OSError, ValueError):
            limit = (_MOST_MEMORY_BYTES, _MOST_MEMORY_BYTES)
            resource.prlimit(process, resource.RLIMIT_DATA, limit)


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


def last_complaints(complaints: IO[bytes]) -> str:
    """The end of what ffmpeg wrote into a file: a damaged recording may make it a million lines."""
    complaints.seek(max(0, complaints.seek(0, 2) - _MOST_COMPLAINTS))
    return complaints.read().decode("utf-8", "replace")


def _reason(complaints: IO[bytes], audio: Path) -> str:
    """What ffmpeg said last, in so far as it helps a user."""
    text = last_complaints(complaints).replace(f"{file_address(audio)}: ", "")
    lines = text.strip().splitlines()
    if "DRM protected" in text or "encrypted" in text:
        return "it is encrypted"
    if "not on whitelist" in text:
        return "a playlist, a list of files or pictures, and no audio"
    if not lines or "matches no streams" in text or "Nothing was written" in text:
        return "there is no audio in it"
    return _PART_OF_FFMPEG.sub("", lines[-1]).strip()
