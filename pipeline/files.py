"""Files at the border: hashes of inputs, safe names, outputs that appear whole or not at all."""

from __future__ import annotations

import errno
import hashlib
import os
import re
import stat
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

from pipeline.errors import InputError, OutputError
from pipeline.limits import MOST_INPUT_BYTES
from pipeline.set_swap import discard, locked, new_aside, recover, swap_in

__all__ = [
    "check_id",
    "check_not_inputs",
    "check_output_folder",
    "check_output_places",
    "check_plain_file",
    "clear_leftovers",
    "is_plain_file",
    "is_there",
    "read_bytes",
    "sha256_of",
    "without_links",
    "write_outputs",
]

MAX_ID_BYTES = 120
_BLOCK_BYTES = 1 << 20
_UNSAFE = re.compile(r'[/\\:*?"<>|]')
_RESERVED = re.compile(r"(con|prn|aux|nul|(com|lpt)[\d¹²³])(\..*)?", re.IGNORECASE)
"""Names that Windows keeps for devices, whatever their suffix."""


def check_id(name: str, remedy: str = "choose another --id") -> str:
    """Return `name` if files may be named after it on every system.

    Raises:
        InputError: it is empty, too long, begins with a dot or a dash, or holds a separator.
    """
    if not name:
        fault = "is empty"
    elif name.startswith((".", "-")):
        fault = "begins with a dot or a dash"
    elif name != name.strip() or name.endswith("."):
        fault = "begins or ends with a blank or ends with a dot"
    elif (found := _UNSAFE.search(name)) is not None:
        fault = f"holds the character {found.group()}"
    elif not name.isprintable():
        fault = "holds a character that cannot be printed"
    elif _RESERVED.fullmatch(name):
        fault = "is a name that Windows reserves"
    elif len(name.encode("utf-8", "surrogatepass")) > MAX_ID_BYTES:
        fault = f"is longer than {MAX_ID_BYTES} bytes"
    else:
        return name
    raise InputError(
        f"the episode id {name!r} {fault}, so no file can be named after it", remedy=remedy
    )


def read_bytes(path: Path, what: str, most_bytes: int = MOST_INPUT_BYTES) -> bytes:
    """Read a whole input file.

    Raises:
        InputError: it is missing, a folder, no plain file, too large, or cannot be read.
    """
    try:
        check_plain_file(path, what, most_bytes)
        return path.read_bytes()
    except OSError as error:
        raise _unreadable(path, what, error) from error


def check_plain_file(path: Path, what: str, most_bytes: int | None = None) -> None:
    """Make sure that reading `path` comes to an end: no pipe, no device, not too large.

    Raises:
        InputError: it is no plain file, or larger than `most_bytes`.
        OSError: it is missing or cannot be looked at.
    """
    found = path.stat()
    if not (stat.S_ISREG(found.st_mode) or stat.S_ISDIR(found.st_mode)):
        raise InputError(
            f"the {what} is no plain file", path=path, remedy="save it to a file and name that"
        )
    if most_bytes is not None and found.st_size > most_bytes:
        raise InputError(
            f"the {what} is larger than {most_bytes >> 20} MB", path=path, remedy="check the path"
        )


def is_there(path: Path) -> bool:
    """Whether the path leads to something that can be looked at.

    `Path.exists` raises where a name is too long, or a folder on the way is closed.
    """
    return _mode(path) is not None


def is_plain_file(path: Path) -> bool:
    """Whether the path leads to a file that is no folder, pipe or device; see `is_there`."""
    mode = _mode(path)
    return mode is not None and stat.S_ISREG(mode)


def _mode(path: Path) -> int | None:
    try:
        return path.stat().st_mode
    except (OSError, ValueError):
        return None


def sha256_of(path: Path, what: str) -> str:
    """SHA-256 of a file in hexadecimal, read in blocks.

    Raises:
        InputError: it is missing, a folder, or cannot be read.
    """
    digest = hashlib.sha256()
    try:
        check_plain_file(path, what)
        with path.open("rb") as stream:
            while block := stream.read(_BLOCK_BYTES):
                digest.update(block)
    except OSError as error:
        raise _unreadable(path, what, error) from error
    return digest.hexdigest()


def _unreadable(path: Path, what: str, error: OSError) -> InputError:
    if isinstance(error, FileNotFoundError):
        return InputError(f"there is no such {what}", path=path, remedy="check the path")
    if isinstance(error, IsADirectoryError):
        return InputError(f"the {what} is a folder", path=path, remedy="name a file")
    return InputError(f"cannot read the {what}: {_reason(error)}", path=path)


def _reason(error: OSError) -> str:
    reason = error.strerror or str(error)
    return f"{reason[:1].lower()}{reason[1:]}"


def check_not_inputs(folder: Path, names: Iterable[str], inputs: Iterable[Path]) -> None:
    """Make sure that no output overwrites an input.

    Raises:
        InputError: a file `folder/name` is one of `inputs`, directly or through a link.
    """
    sources = tuple(inputs)
    for name in names:
        target = without_links(folder / name)
        for source in sources:
            if target == without_links(source) or _same_file(target, source):
                raise InputError(
                    "this input would be overwritten by an output of the same name",
                    path=source,
                    remedy="choose another --out or --id",
                )


def without_links(path: Path) -> Path:
    """Where a path leads. `Path.resolve` raises on links in a circle; these stay as they are."""
    return Path(os.path.realpath(path))


def _same_file(target: Path, source: Path) -> bool:
    try:
        return target.samefile(source)
    except OSError:
        return False


def check_output_folder(folder: Path) -> None:
    """Find out before the long work whether `folder` can be written to; leaves nothing behind.

    Raises:
        OutputError: it cannot.
    """
    write_outputs(folder, {})


def check_output_places(folder: Path, names: Iterable[str]) -> None:
    """Make sure that only plain files and links will give way to the outputs `folder/name`.

    Raises:
        OutputError: a folder, a pipe or a device has one of the names.
    """
    for name in names:
        try:
            mode = (folder / name).lstat().st_mode
        except OSError:
            continue
        if not (stat.S_ISREG(mode) or stat.S_ISLNK(mode)):
            what = "folder" if stat.S_ISDIR(mode) else "pipe or device"
            raise OutputError(
                f"there is a {what} of this name", path=folder / name, remedy="choose another"
            )


def write_outputs(folder: Path, files: Mapping[str, bytes], gone: Collection[str] = ()) -> None:
    """Write all `files` (name to content) into `folder` and remove `gone`, or do nothing.

    They are written aside, in a folder inside `folder`, then swapped in (`set_swap`). Whatever
    interrupts this, every name reads as before or every name reads anew; nothing else is left,
    and what a killed writer had to leave is cleared.

    Raises:
        OutputError: the folder cannot be made or written to, the disk is full, or one of the names
            is that of a folder, a pipe or a device.
    """
    check_output_places(folder, files)
    try:
        made = _make_folder(folder)
    except OSError as error:
        raise _unwritable(folder, error) from error
    whole = False
    try:
        with locked(folder) as alone:
            if alone:
                recover(folder)
            aside, new = new_aside(folder)
            try:
                for name, content in files.items():
                    _write_file(new / name, content)
                if files or gone:
                    swap_in(aside, folder, tuple(files), gone)
                whole = bool(files)
            finally:
                discard(aside, folder)
    except OSError as error:
        raise _unwritable(folder, error) from error
    finally:
        if not whole:
            _remove_empty(made)


def clear_leftovers(folder: Path) -> None:
    """Complete or take back what a killed writer left in `folder`, if it exists.

    Raises:
        OutputError: it cannot be.
    """
    try:
        if not folder.is_dir():
            return
        with locked(folder) as alone:
            if alone:
                recover(folder)
    except OSError as error:
        raise _unwritable(folder, error) from error


def _make_folder(folder: Path) -> tuple[Path, ...]:
    """Make `folder`; return the folders that had to be made, innermost first."""
    missing = []
    for candidate in (folder, *folder.parents):
        if candidate.exists():
            break
        missing.append(candidate)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        _remove_empty(missing)
        raise
    return tuple(missing)


def _remove_empty(folders: Iterable[Path]) -> None:
    for folder in folders:
        try:
            folder.rmdir()
        except OSError:
            return


def _write_file(path: Path, content: bytes) -> None:
    with path.open("wb") as stream:
        stream.write(content)
        stream.flush()
        # A full disk may show only here, on network file systems above all.
        os.fsync(stream.fileno())


def _unwritable(folder: Path, error: OSError) -> OutputError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return OutputError(
            "the disk is full; nothing was changed there",
            path=folder,
            remedy="free some space or choose another --out",
        )
    return OutputError(
        f"cannot write into this folder: {_reason(error)}",
        path=folder,
        remedy="choose another --out",
    )
