"""ffmpeg: where it is, and how files of strangers are given to it."""

from __future__ import annotations

import contextlib
import re
import shutil
import sys
from functools import cache
from pathlib import Path
from typing import IO

from pipeline.errors import InputError

__all__ = [
    "FORMATS",
    "PROTOCOLS",
    "SILENT_S",
    "bound_memory",
    "ffmpeg_executable",
    "file_address",
    "input_arguments",
    "last_complaints",
    "reason_of",
    "widen",
]

_MOST_COMPLAINTS = 10_000
_PIPE_BYTES = 1 << 20
PROTOCOLS = "file"
FORMATS = (
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

    Only `FORMATS` are read: a playlist could name any file, and the network.
    """
    guards = ["-protocol_whitelist", PROTOCOLS, "-format_whitelist", FORMATS]
    return [*guards, "-i", file_address(path)]


def bound_memory(process: int) -> None:
    """Let a damaged or hostile file have ffmpeg take 4 GB at most, where the system can say so."""
    if sys.platform == "linux":
        import resource

        with contextlib.suppress(OSError, ValueError):
            limit = (_MOST_MEMORY_BYTES, _MOST_MEMORY_BYTES)
            resource.prlimit(process, resource.RLIMIT_DATA, limit)


def widen(pipe: IO[bytes]) -> None:
    """Let a pipe hold a megabyte, where the system can: ffmpeg need not wait for its reader."""
    if sys.platform == "linux":
        import fcntl

        with contextlib.suppress(OSError):
            fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)


def last_complaints(complaints: IO[bytes]) -> str:
    """The end of what ffmpeg wrote into a file: a damaged recording may make it a million lines."""
    complaints.seek(max(0, complaints.seek(0, 2) - _MOST_COMPLAINTS))
    return complaints.read().decode("utf-8", "replace")


def reason_of(complaints: IO[bytes], audio: Path) -> str:
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
