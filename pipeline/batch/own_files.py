"""The state's files, opened so that a link, a pipe or a huge file planted there does no harm."""

from __future__ import annotations

import contextlib
import errno
import os
import socket
import stat
import zlib
from functools import cache
from pathlib import Path
from typing import TextIO

from pipeline.limits import MOST_INPUT_BYTES

__all__ = [
    "check_no_links",
    "host_name",
    "open_log",
    "open_own",
    "read_own",
    "unpack",
    "write_whole",
]


@cache
def host_name() -> str:
    """This machine's name."""
    return socket.gethostname()


def check_no_links(*folders: Path) -> None:
    """Make sure that what is written into these folders stays below the folder of the outputs.

    Raises:
        OSError: one of them is a link.
    """
    for folder in folders:
        if folder.is_symlink():
            raise OSError(errno.ELOOP, f"a link is in the place of the folder {folder.name}")


def open_own(path: Path, flags: int) -> int:
    """Open a plain file by `os.open`, no link, and without waiting for anybody; a descriptor.

    Raises:
        OSError: there is no such file, it is a link or no plain file, or it cannot be opened.
    """
    descriptor = os.open(path, flags | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, 0o666)
    if stat.S_ISREG(os.fstat(descriptor).st_mode):
        return descriptor
    os.close(descriptor)
    raise OSError(errno.EINVAL, f"{path.name} is no plain file")


def open_log(path: Path) -> TextIO:
    """Open a text file to append to, made if need be.

    Raises:
        OSError: it cannot be, or is no plain file.
    """
    return os.fdopen(open_own(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT), "a", encoding="utf-8")


def read_own(path: Path) -> bytes:
    """Read a file.

    Raises:
        OSError: it cannot be read, is no plain file, or is larger than 1 GB.
    """
    with os.fdopen(open_own(path, os.O_RDONLY), "rb") as stream:
        if os.fstat(stream.fileno()).st_size > MOST_INPUT_BYTES:
            raise OSError(errno.EFBIG, f"{path.name} is too large")
        return stream.read()


def unpack(content: bytes) -> bytes:
    """Decompress one gzip member.

    Raises:
        ValueError: it is damaged, or larger than 1 GB inside.
    """
    unpacker = zlib.decompressobj(wbits=31)
    try:
        unpacked = unpacker.decompress(content, MOST_INPUT_BYTES)
    except zlib.error as error:
        raise ValueError(str(error)) from error
    if not unpacker.eof:
        raise ValueError("cut off, or too large")
    return unpacked


def write_whole(path: Path, content: bytes) -> None:
    """Replace a file by rename: whatever dies, `path` holds the old content or the new one.

    Raises:
        OSError: it cannot be written; the old content stays.
    """
    aside = path.with_name(f".{path.name}.{host_name()}.{os.getpid()}")
    try:
        # Left by a dead process of the same number, or planted.
        aside.unlink(missing_ok=True)
        with os.fdopen(open_own(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL), "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        aside.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            aside.unlink(missing_ok=True)
        raise
