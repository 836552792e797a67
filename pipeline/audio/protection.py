"""Whether the audio of an MP4 file is encrypted, so that decoding gives nothing or noise.

The sample entry of a track says so: `enca` (common encryption, ISO/IEC 23001-7), `drms` (FairPlay)
and `aavd` (Audible). Boxes: ISO/IEC 14496-12.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import BinaryIO

__all__ = ["is_encrypted"]

_ENCRYPTED = (b"enca", b"drms", b"aavd")
_MOST_BOXES = 10_000
_Box = tuple[bytes, int, int]
"""Type, and where its content begins and ends."""


def is_encrypted(audio: Path) -> bool:
    """Whether the first audio track is; False for what is no MP4 file, however damaged.

    Raises:
        OSError: the file cannot be read.
    """
    with audio.open("rb") as file:
        size = file.seek(0, 2)
        if not any(kind == b"ftyp" for kind, _, _ in islice(_boxes(file, 0, size), 1)):
            return False
        for media in _inside(file, (b"", 0, size), b"moov", b"trak", b"mdia"):
            if _handler(file, media) == b"soun":
                return _sample_entry(file, media) in _ENCRYPTED
    return False


def _inside(file: BinaryIO, box: _Box, *kinds: bytes) -> Iterator[_Box]:
    """Boxes of the last kind inside those of the kinds before."""
    for found in _boxes(file, *box[1:]):
        if found[0] == kinds[0]:
            if len(kinds) == 1:
                yield found
            else:
                yield from _inside(file, found, *kinds[1:])


def _boxes(file: BinaryIO, start: int, end: int) -> Iterator[_Box]:
    for _ in range(_MOST_BOXES):
        file.seek(start)
        head = file.read(16)
        if len(head) < 8 or start + 8 > end:
            return
        size, kind = struct.unpack_from(">I4s", head)
        content = start + 8
        if size == 1 and len(head) == 16:
            (size,) = struct.unpack_from(">Q", head, 8)
            content += 8
        after = end if size == 0 else min(start + size, end)
        if after < content:
            return
        yield kind, content, after
        start = after


def _handler(file: BinaryIO, media: _Box) -> bytes:
    for _, content, _ in _inside(file, media, b"hdlr"):
        file.seek(content + 8)
        return file.read(4)
    return b""


def _sample_entry(file: BinaryIO, media: _Box) -> bytes:
    for _, content, _ in _inside(file, media, b"minf", b"stbl", b"stsd"):
        file.seek(content + 12)
        return file.read(4)
    return b""
