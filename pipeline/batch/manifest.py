"""From a manifest to the episodes that it names.

What makes the manifest itself doubtful (its form, names, two episodes of one id, paths that leave
its folder) is told before anything begins. What is wrong with a single episode (a file that is not
there, a faulty config) is that episode's fault alone.
"""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.batch.options import Scalar, is_path, job_of
from pipeline.batch.records import Entry
from pipeline.batch.rows import Row, Rows, read_rows
from pipeline.errors import InputError
from pipeline.files import check_id, is_there, without_links
from pipeline.job import Job
from pipeline.system_errors import as_told

__all__ = ["Manifest", "read_manifest"]

_OWN_NAMES = ("summary.csv", "index.html")
_NO_EPISODE = "episode"


@dataclass(slots=True)
class Manifest:
    """Episodes in order, and what is wrong with the manifest itself."""

    entries: list[Entry] = field(default_factory=list)
    faults: list[InputError] = field(default_factory=list)


def read_manifest(
    path: Path,
    out: Path,
    defaults: Mapping[str, Scalar] | None = None,
    *,
    allow_outside: bool = False,
) -> Manifest:
    """Read a manifest.

    Args:
        path: a CSV, TSV, JSONL or TOML file, or a folder of episodes.
        out: the folder of the outputs; each episode's go to `out/ID`.
        defaults: options for rows that do not have them; paths as the program finds them.
        allow_outside: whether paths may leave the manifest's folder.

    Raises:
        InputError: it is missing, or not such a file at all.
    """
    rows = read_rows(path)
    manifest = Manifest(faults=list(rows.faults))
    taken: dict[str, str] = {}
    written: dict[Path, str] = {}
    read: dict[Path, str] = {}
    for row in rows.rows:
        try:
            entry = _entry(row, rows, out, defaults or {}, allow_outside)
            _check_name(entry.id, row, taken)
        except InputError as error:
            manifest.faults.append(error)
            continue
        if entry.job is not None:
            manifest.faults += _shared_voices(entry.job, row, written, read)
        manifest.entries.append(entry)
    return manifest


def _entry(
    row: Row, rows: Rows, out: Path, defaults: Mapping[str, Scalar], allow_outside: bool
) -> Entry:
    own: dict[str, Scalar] = {**rows.defaults, **row.values}
    for name, value in own.items():
        if is_path(name, value):
            own[name] = _inside(str(value), name, rows.base, row, allow_outside)
    values: dict[str, Scalar] = {**defaults, **own}
    written = str(row.values.get("audio", "")), str(row.values.get("transcript", ""))
    missing = next((name for name in ("audio", "transcript") if name not in values), None)
    if row.fault is None and missing is not None:
        raise InputError(f"{missing} is missing", path=row.path, line=row.line, remedy="name it")
    try:
        if row.fault is not None:
            raise row.fault
        _check_files(values)
        job = job_of(values, out)
    except InputError as error:
        stem = Path(str(values.get("transcript", _NO_EPISODE))).stem
        return Entry(str(values.get("id") or stem), *written, None, _at(error, row))
    if "config" in own and not allow_outside:
        for speaker in job.speakers:
            if speaker.clip is not None:
                _inside(speaker.clip, f"clip of {speaker.key}", rows.base, row, allow_outside)
    return Entry(job.id, *written, job)


def _inside(value: str, name: str, base: Path, row: Row, allow_outside: bool) -> str:
    path = base / value
    fault = InputError(f"{name}: no file has such a name", path=row.path, line=row.line)
    if "\0" in value:
        raise fault
    try:
        os.fsencode(value)
    except UnicodeEncodeError as error:
        raise as_told(error) or fault from error
    if not allow_outside and not without_links(path).is_relative_to(without_links(base)):
        raise InputError(
            f"{name}: {value} lies outside the manifest's folder",
            path=row.path,
            line=row.line,
            remedy="move it there, or give --allow-outside if you trust the manifest",
        )
    return str(path)


def _check_files(values: Mapping[str, Scalar]) -> None:
    """Cheap, so that what is missing is told at once and not when its turn comes."""
    for name in ("audio", "transcript"):
        path = Path(str(values[name]))
        if not is_there(path):
            what = "audio file" if name == "audio" else name
            raise InputError(f"there is no such {what}", path=path, remedy="check the path")


def _at(error: InputError, row: Row) -> InputError:
    """The same error with the row's place, unless it names another file."""
    if error.path is not None:
        return error
    return InputError(error.problem, path=row.path, line=row.line, remedy=error.remedy)


def _check_name(name: str, row: Row, taken: dict[str, str]) -> None:
    try:
        check_id(name, remedy="choose another id")
        if name.casefold() in _OWN_NAMES:
            raise InputError(f"the id {name} is the name of a file of the batch itself")
    except InputError as error:
        raise _at(error, row) from error
    # Some file systems do not tell case and composition apart.
    folded = unicodedata.normalize("NFC", name).casefold()
    place = str(row.path) if row.line is None else f"line {row.line}"
    if folded in taken:
        raise InputError(
            f"the id {name} is taken by {taken[folded]}",
            path=row.path,
            line=row.line,
            remedy="give each episode an id of its own",
        )
    taken[folded] = place


def _shared_voices(
    job: Job, row: Row, written: dict[Path, str], read: dict[Path, str]
) -> list[InputError]:
    """Episodes run in any order and at the same time: none may wait for another's voices."""
    faults = []
    saved = None if job.save_voices is None else without_links(job.save_voices)
    heard = None if job.voices is None else without_links(job.voices)
    if saved in written or saved in read:
        other = written.get(saved) or read[saved]
        faults.append(_voices_fault(f"save_voices: {other} uses the same file", row))
    elif heard in written:
        faults.append(_voices_fault(f"voices: {written[heard]} writes this file", row))
    if saved is not None:
        written[saved] = job.id
    if heard is not None and heard != saved:
        read[heard] = job.id
    return faults


def _voices_fault(problem: str, row: Row) -> InputError:
    remedy = "put episodes that depend on others into a second manifest"
    return InputError(problem, path=row.path, line=row.line, remedy=remedy)
