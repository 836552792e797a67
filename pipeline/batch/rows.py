"""What manifests hold, before it is judged: CSV, JSONL, TOML, or a folder of episodes."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipeline.batch.options import Scalar, column_name, known_columns
from pipeline.errors import InputError
from pipeline.files import is_there
from pipeline.json_text import parse_json
from pipeline.suggest import did_you_mean
from pipeline.toml_file import parse_toml, read_text

__all__ = ["Row", "Rows", "read_rows"]

AUDIO = frozenset(
    ".mp3 .m4a .aac .wav .flac .ogg .oga .opus .wma .aiff .aif .mp4 .m4v .mkv .mka .mov .webm .avi "
    ".ts .mpg .mpeg".split()
)
TRANSCRIPT = (".txt", ".srt", ".vtt", ".md")


@dataclass(frozen=True, slots=True)
class Row:
    """One episode's columns as written; `fault` says that they are not all there."""

    values: Mapping[str, Scalar]
    path: Path
    line: int | None
    fault: InputError | None = None


@dataclass(slots=True)
class Rows:
    """A whole manifest: its rows, what holds for all of them, and what is wrong with it.

    `base` is the folder that relative paths start from.
    """

    base: Path
    rows: list[Row] = field(default_factory=list)
    defaults: Mapping[str, Scalar] = field(default_factory=dict)
    faults: list[InputError] = field(default_factory=list)


def read_rows(manifest: Path) -> Rows:
    """Read a manifest by its kind.

    Raises:
        InputError: it is missing, or not such a file at all.
    """
    if manifest.is_dir():
        return _folder(manifest)
    kind = manifest.suffix.lower()
    if kind not in _READERS:
        if not is_there(manifest):
            raise InputError("there is no such manifest", path=manifest, remedy="check the path")
        raise InputError(
            "not a manifest by its name",
            path=manifest,
            remedy="name a .csv, .tsv, .jsonl or .toml file, or a folder of episodes",
        )
    found = _READERS[kind](read_text(manifest, "manifest"), manifest)
    if not found.rows and not found.faults:
        raise InputError("the manifest has no episodes", path=manifest, remedy="add a row for each")
    return found


def _csv(text: str, path: Path) -> Rows:
    found = Rows(path.parent)
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = next((mark for mark in ("\t", ";") if mark in first and "," not in first), ",")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    columns: list[str] | None = None
    line = 1
    try:
        for cells in reader:
            # Of a row that goes over several lines, the first.
            begin, line = line, reader.line_num + 1
            if not any(cell.strip() for cell in cells):
                continue
            if columns is None:
                columns = [column_name(cell) for cell in cells]
                found.faults += _wrong_columns(columns, path, begin)
                if found.faults:
                    return found
                continue
            if any(cell.strip() for cell in cells[len(columns) :]):
                found.faults.append(
                    InputError(
                        f"{len(cells)} cells, but the header has {len(columns)}",
                        path=path,
                        line=begin,
                        remedy='put values that hold a comma in "quotes"',
                    )
                )
                continue
            values = zip(columns, (cell.strip() for cell in cells), strict=False)
            found.rows.append(Row({k: v for k, v in values if k and v}, path, begin))
    except csv.Error as error:
        raise InputError(f"not valid CSV: {error}", path=path, line=line) from error
    return found


def _wrong_columns(columns: list[str], path: Path, line: int) -> list[InputError]:
    faults = [
        _unknown(name, path, line) for name in columns if name and name not in known_columns()
    ]
    faults += [
        InputError(f"two columns are called {name}", path=path, line=line)
        for name in dict.fromkeys(columns)
        if name and columns.count(name) > 1
    ]
    faults += [
        InputError(
            f"there is no column {name}",
            path=path,
            line=line,
            remedy="begin with a header such as id,audio,transcript",
        )
        for name in ("audio", "transcript")
        if name not in columns and not faults
    ]
    return faults


def _unknown(name: str, path: Path, line: int | None) -> InputError:
    return InputError(
        f"unknown key {name}", path=path, line=line, remedy=did_you_mean(name, known_columns())
    )


def _jsonl(text: str, path: Path) -> Rows:
    found = Rows(path.parent)
    # Not splitlines(): JSON strings may hold what Unicode calls line ends.
    for line, written in enumerate(text.split("\n"), 1):
        if not written.strip():
            continue
        try:
            value = parse_json(written)
        except ValueError as error:
            problem = getattr(error, "msg", "nested too deeply")
            found.faults.append(InputError(f"not valid JSON: {problem}", path=path, line=line))
            continue
        if isinstance(value, dict) and set(value) == {"defaults"}:
            found.defaults = _checked(value["defaults"], path, line, found) or {}
            continue
        values = _checked(value, path, line, found)
        if values is not None:
            found.rows.append(Row(values, path, line))
    return found


def _toml(text: str, path: Path) -> Rows:
    found = Rows(path.parent)
    document = parse_toml(text, path)
    for key in document:
        if key not in ("defaults", "episodes"):
            line = _line_of(rf"\s*\[*\s*{re.escape(key)}\b", text)
            remedy = did_you_mean(key, ["defaults", "episodes"])
            found.faults.append(
                InputError(f"unknown key {key}", path=path, line=line, remedy=remedy)
            )
    if "defaults" in document:
        line = _line_of(r"\s*\[\s*defaults\s*\]", text)
        found.defaults = _checked(document["defaults"], path, line, found) or {}
    episodes = document.get("episodes", [])
    if not isinstance(episodes, list):
        episodes = [episodes]
    lines = [
        n
        for n, one in enumerate(text.split("\n"), 1)
        if re.match(r"\s*\[\[\s*episodes\s*\]\]", one)
    ]
    for number, value in enumerate(episodes):
        line = lines[number] if len(lines) == len(episodes) else None
        values = _checked(value, path, line, found)
        if values is not None:
            found.rows.append(Row(values, path, line))
    return found


def _line_of(pattern: str, text: str) -> int | None:
    lines = text.split("\n")
    return next((n for n, line in enumerate(lines, 1) if re.match(pattern, line)), None)


def _checked(value: Any, path: Path, line: int | None, found: Rows) -> dict[str, Scalar] | None:
    """A table of known keys with plain values; what is wrong goes to the faults."""
    if not isinstance(value, dict):
        remedy = 'write each as {"id": …, "audio": …, "transcript": …}'
        found.faults.append(InputError("not a table of keys", path=path, line=line, remedy=remedy))
        return None
    values: dict[str, Scalar] = {}
    faults = []
    for written, one in value.items():
        name = column_name(written)
        if name not in known_columns():
            faults.append(_unknown(written, path, line))
        elif isinstance(one, bool | int | float | str):
            values[name] = one
        elif one is not None:
            faults.append(
                InputError(f"the key {written} must be text or a number", path=path, line=line)
            )
    found.faults += faults
    return None if faults else values


def _folder(folder: Path) -> Rows:
    """`NAME/` with one audio file and one transcript, or `NAME.mp3` beside `NAME.txt`."""
    found = Rows(folder)
    try:
        items = sorted(item for item in folder.iterdir() if not item.name.startswith("."))
    except OSError as error:
        raise InputError(
            f"cannot read this folder: {(error.strerror or '').lower()}", path=folder
        ) from error
    files = [item for item in items if item.is_file()]
    names = {item.stem for item in files if item.suffix.lower() in AUDIO}
    # Only what lies beside an audio file, or alone as a transcript, is an episode.
    names |= {item.stem for item in files if item.suffix.lower() in TRANSCRIPT[:3]}
    for name in sorted(names):
        found.rows.append(_row_of(name, folder, [item for item in files if item.stem == name]))
    for item in items:
        if item.is_dir():
            inside = [one for one in sorted(item.iterdir()) if one.is_file()]
            inside = [one for one in inside if not one.name.startswith(".")]
            if any(one.suffix.lower() in AUDIO or one.suffix in TRANSCRIPT for one in inside):
                found.rows.append(_row_of(item.name, folder, inside))
    if not found.rows:
        raise InputError(
            "there are no episodes in this folder",
            path=folder,
            remedy="put NAME.mp3 beside NAME.txt, or both into a folder NAME",
        )
    return found


def _row_of(name: str, folder: Path, files: list[Path]) -> Row:
    values: dict[str, Scalar] = {"id": name}
    fault = None
    kinds = {"audio": AUDIO, "transcript": TRANSCRIPT, "config": (".toml",)}
    for part, suffixes in kinds.items():
        fitting = [file for file in files if file.suffix.lower() in suffixes]
        if len(fitting) == 1:
            values[part] = str(fitting[0].relative_to(folder))
        elif fitting:
            listed = ", ".join(file.name for file in fitting)
            fault = fault or InputError(
                f"{name} has {len(fitting)} files that may be the {part}: {listed}",
                path=folder,
                remedy="leave one, or write a manifest",
            )
        elif part != "config":
            what = "audio file" if part == "audio" else part
            fault = fault or InputError(f"{name} has no {what}", path=folder, remedy="add it")
    return Row(values, folder, None, fault)


_READERS: Mapping[str, Callable[[str, Path], Rows]] = {
    ".csv": _csv,
    ".tsv": _csv,
    ".jsonl": _jsonl,
    ".ndjson": _jsonl,
    ".toml": _toml,
}
