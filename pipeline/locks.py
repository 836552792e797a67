"""Who holds a lock that this program waits for."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import stat
import time
import warnings
from datetime import UTC, datetime
from pathlib import Path

from pipeline.json_text import parse_json
from pipeline.safe_text import one_line

__all__ = ["WaitWarning", "holder_of", "own_mark", "warn_of_wait"]

_LOCKS = Path("/proc/locks")
_MOST_BYTES = 4096


class WaitWarning(UserWarning):
    """Something is waited for that another process holds."""


def warn_of_wait(message: str) -> None:
    """Tell whoever listens to warnings; each time, not once for each place in the program."""
    with warnings.catch_warnings():
        warnings.simplefilter("always", WaitWarning)
        warnings.warn(message, WaitWarning, stacklevel=2)


def own_mark() -> bytes:
    """What a holder writes into its lock file: its process, this machine, and the time."""
    since = datetime.now(UTC).isoformat(timespec="seconds")
    return json.dumps({"pid": os.getpid(), "host": socket.gethostname(), "since": since}).encode()


def holder_of(descriptor: int) -> str:
    """Who holds the lock of an open file or folder, as far as that can be found out, a phrase.

    By the mark in it, if it is a file, and else by what the system says of its processes.
    """
    found = os.fstat(descriptor)
    mark = _mark_of(descriptor) if stat.S_ISREG(found.st_mode) else None
    if mark is not None:
        return mark
    pid = _pid_by_system(found)
    if pid is None:
        return "another process"
    since = _started(pid)
    return f"process {pid} on {socket.gethostname()}" + (f", started {since}" if since else "")


def _mark_of(descriptor: int) -> str | None:
    try:
        mark = parse_json(os.pread(descriptor, _MOST_BYTES, 0))
        pid, host, since = int(mark["pid"]), str(mark["host"]), str(mark["since"])
    except (OSError, ValueError, KeyError, TypeError, OverflowError):
        return None
    if host == socket.gethostname() and not Path(f"/proc/{pid}").exists() and _LOCKS.exists():
        return None  # of a holder before
    return one_line(f"process {pid} on {host}, since {since}")


def _pid_by_system(found: os.stat_result) -> int | None:
    """Linux lists locks as `1: FLOCK  ADVISORY  WRITE PID MAJOR:MINOR:INODE 0 EOF` (proc(5))."""
    place = f"{os.major(found.st_dev):02x}:{os.minor(found.st_dev):02x}:{found.st_ino}"
    with contextlib.suppress(OSError, ValueError, IndexError):
        for line in _LOCKS.read_text(encoding="ascii").splitlines():
            words = line.split()
            if words[1] == "FLOCK" and words[5] == place and int(words[4]) > 0:
                return int(words[4])
    return None


def _started(pid: int) -> str | None:
    """When a process started; /proc/PID/stat counts it in ticks since the machine's start."""
    try:
        ticks = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19])
        up_s = float(Path("/proc/uptime").read_text().split()[0])
        started_s = time.time() - up_s + ticks / os.sysconf("SC_CLK_TCK")
        return datetime.fromtimestamp(started_s, UTC).isoformat(timespec="seconds")
    except (OSError, ValueError, IndexError):
        return None
