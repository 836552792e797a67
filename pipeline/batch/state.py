"""What a batch knows about its episodes, in `OUT/.batch`: safe to share between machines.

A folder an episode: `record.json` (replaced whole, by rename), `lock` (held while one works on
it; the kernel frees it when its holder dies), `log.txt` and the stages kept. One file an episode
rather than one database: SQLite must not be shared over a network file system, and many machines
do write here at once.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import gzip
import hashlib
import json
import os
import time
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from pipeline.batch.own_files import (
    check_no_links,
    host_name,
    open_log,
    open_own,
    read_own,
    unpack,
    write_whole,
)
from pipeline.batch.records import EpisodeRecord
from pipeline.errors import OutputError
from pipeline.files import clear_leftovers
from pipeline.json_text import parse_json
from pipeline.limits import MOST_TIME_MS
from pipeline.locks import holder_of, own_mark

__all__ = ["FOLDER", "DamagedError", "StateFolder", "now_utc", "unwritable"]

FOLDER = ".batch"
_FORMAT = "episode-subtitles-batch/1"
_PROBE_BYTES = 1 << 18
_NO_LOCKS = (errno.ENOSYS, errno.ENOLCK, errno.EOPNOTSUPP, errno.EINVAL)


class DamagedError(ValueError):
    """What was kept is not what was written; the message says why."""


def now_utc() -> str:
    """The time, ISO 8601, whole seconds."""
    return datetime.now(UTC).isoformat(timespec="seconds")


class StateFolder:
    """The state below `root`, the folder that `--out` names."""

    def __init__(self, root: Path) -> None:
        """Nothing is made before something is written."""
        self.root = root
        self.folder = root / FOLDER

    def of_episode(self, name: str) -> Path:
        """The folder of an episode's record, made if need be.

        Raises:
            OSError: it cannot be made, or it or the episode's folder of outputs is a link.
        """
        folder = self.folder / name
        check_no_links(self.folder, folder, self.root / name)
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def log_path(self, name: str) -> Path:
        """Where the episode's log is."""
        return self.folder / name / "log.txt"

    def read(self, name: str) -> EpisodeRecord | None:
        """The episode's record; None if there is none, or none that this version can read."""
        from pydantic import ValidationError

        try:
            document = parse_json(read_own(self.folder / name / "record.json"))
            if document.pop("format") != _FORMAT:
                return None
            record = _adapter(EpisodeRecord).validate_python(document)
        except (OSError, ValueError, KeyError, TypeError, AttributeError, ValidationError):
            return None
        assert isinstance(record, EpisodeRecord)
        return record if record.id == name and _can_be_true(record) else None

    def write(self, record: EpisodeRecord) -> None:
        """Replace the episode's record.

        Raises:
            OSError: it cannot be written; the old one stays.
        """
        document = {"format": _FORMAT, **asdict(record)}
        text = json.dumps(document, ensure_ascii=True, indent=1) + "\n"
        write_whole(self.of_episode(record.id) / "record.json", text.encode())

    @contextlib.contextmanager
    def locked(self, name: str) -> Iterator[bool]:
        """Hold the episode's lock; yields False if another process has it.

        A file system without locks (some parallel ones) yields True.

        Raises:
            OSError: the lock file cannot be made.
        """
        with open_log(self.of_episode(name) / "lock") as stream:
            try:
                fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
                _sign(stream.fileno())
            except BlockingIOError:
                yield False
                return
            except OSError as error:
                if error.errno not in _NO_LOCKS:
                    raise
            yield True

    def is_locked(self, name: str) -> bool:
        """Whether some process works on the episode now."""
        path = self.folder / name / "lock"
        try:
            with os.fdopen(open_own(path, os.O_RDONLY), "rb") as stream:
                fcntl.flock(stream, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        except OSError:
            return False
        return False

    def holder(self, name: str) -> str:
        """Who works on the episode now, as far as that is known, a phrase."""
        try:
            descriptor = open_own(self.folder / name / "lock", os.O_RDONLY)
        except OSError:
            return "another process"
        with os.fdopen(descriptor, "rb"):
            return holder_of(descriptor)

    def read_stage(self, name: str, stage: str, key: str, kind: type) -> Any:
        """A stage kept by `keep_stage` under this key; None if there is none.

        Raises:
            DamagedError: there is one, and it is not what was written.
        """
        from pydantic import ValidationError

        path = self.folder / name / f"{stage}.json.gz"
        try:
            kept = parse_json(unpack(read_own(path)))
            if kept["key"] != key:
                return None
            if kept["sha256"] != _digest(kept["value"]):
                raise DamagedError("its content has changed")
            value = _adapter(kind).validate_python(kept["value"])
        except FileNotFoundError:
            return None
        except DamagedError:
            raise
        except (OSError, ValueError, KeyError, TypeError, ValidationError) as error:
            raise DamagedError("it cannot be read") from error
        return value

    def keep_stage(self, name: str, stage: str, key: str, value: Any) -> None:
        """Keep a stage's result for the next time, in place of the last one.

        Raises:
            OSError: it cannot be written.
        """
        values = asdict(value)
        kept = {"key": key, "sha256": _digest(values), "value": values}
        text = json.dumps(kept, ensure_ascii=True)
        content = gzip.compress(text.encode(), compresslevel=4, mtime=0)
        write_whole(self.of_episode(name) / f"{stage}.json.gz", content)

    def clear_leftovers(self, name: str) -> None:
        """Clear what a killed worker may have left; only under the lock.

        Raises:
            OutputError: it cannot be.
        """
        clear_leftovers(self.root / name)
        for path in (self.folder / name).glob(".*.*"):
            with contextlib.suppress(OSError):
                path.unlink()

    def check_writable(self) -> None:
        """Find out whether anything can be written at all: a full disk is nobody's own fault.

        Raises:
            OutputError: it cannot.
        """
        path = self.folder / f"probe-{host_name()}-{os.getpid()}"
        try:
            check_no_links(self.folder, self.folder / "drivers")
            self.folder.mkdir(parents=True, exist_ok=True)
            write_whole(path, bytes(_PROBE_BYTES))
            path.unlink()
        except OSError as error:
            raise unwritable(self.root, error) from error

    def beat(self, active: list[dict[str, Any]]) -> None:
        """Tell `--status` what this driver's workers do; not being able to matters little."""
        path = self._beat_path()
        with contextlib.suppress(OSError):
            check_no_links(self.folder, path.parent)
            path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(path, json.dumps({"time": time.time(), "active": active}).encode())

    def end_beat(self) -> None:
        """This driver ends."""
        with contextlib.suppress(OSError):
            self._beat_path().unlink(missing_ok=True)

    def read_beats(self, fresh_s: float = 60.0) -> dict[str, dict[str, Any]]:
        """What the workers of all drivers do, by episode; what is older than `fresh_s` is left."""
        found: dict[str, dict[str, Any]] = {}
        for path in (self.folder / "drivers").glob("*.json"):
            try:
                beat = parse_json(read_own(path))
                if time.time() - float(beat["time"]) <= fresh_s:
                    found |= {str(one["id"]): one for one in beat["active"]}
            except (OSError, ValueError, KeyError, TypeError, OverflowError):
                continue
        return found

    def _beat_path(self) -> Path:
        return self.folder / "drivers" / f"{host_name()}-{os.getpid()}.json"


def _can_be_true(record: EpisodeRecord) -> bool:
    """Whether its numbers are in range: they are rounded, added and shown."""
    counts = (record.attempts, record.words or 0, record.doubts or 0, record.duration_ms or 0)
    return (
        all(0 <= count <= MOST_TIME_MS for count in counts)
        and 0.0 <= (record.coverage or 0.0) <= 1.0
        and all(0.0 <= spent_s < MOST_TIME_MS for spent_s in record.stages_s.values())
    )


def _sign(lock: int) -> None:
    """Say in the lock file who holds it; not being able to matters little."""
    with contextlib.suppress(OSError):
        os.ftruncate(lock, 0)
        os.write(lock, own_mark())


def _digest(value: Any) -> str:
    """SHA-256 of what JSON says of it: the same for what was written and what was read back."""
    return hashlib.sha256(json.dumps(value, ensure_ascii=True).encode()).hexdigest()


@cache
def _adapter(kind: type) -> Any:
    from pydantic import TypeAdapter

    return TypeAdapter(kind)


def unwritable(folder: Path, error: OSError) -> OutputError:
    """The error that a user meets for one of the state's files."""
    full = error.errno in (errno.ENOSPC, errno.EDQUOT)
    reason = error.strerror or "error"
    problem = "the disk is full" if full else f"cannot write: {reason[0].lower()}{reason[1:]}"
    return OutputError(problem, path=folder, remedy="the same command goes on when that is mended")
