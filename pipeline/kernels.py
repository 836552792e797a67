"""Compiles the inner loops with numba, and keeps what is compiled in a place of the program's own.

Compiled code is a program, and numba unpickles what it finds where it keeps it: so nothing is taken
from a place that somebody else could write to, nor settings from the current folder.
"""

from __future__ import annotations

import contextlib
import os
import stat
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from pipeline.isolation import ROOT

__all__ = ["FOLDER_VARIABLE", "intrinsic", "kernel", "place_told", "types"]

FOLDER_VARIABLE = "EPISODE_SUBTITLES_CACHE"
"""The environment variable that names a folder for compiled code."""

_NUMBAS_VARIABLE = "NUMBA_CACHE_DIR"
_NAME = "episode-subtitles"
_KERNELS = "kernels"
_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_WRITE_OF_OTHERS = stat.S_IWGRP | stat.S_IWOTH


class _Place:
    """Where compiled code is kept: in `folder`, beside the sources if that is None, or nowhere.

    `told` is a line for the user if that is not as it should be.
    """

    def __init__(self, folder: Path | None, told: str | None = None, kept: bool = True) -> None:
        self.folder, self.told, self.kept = folder, told, kept


@cache
def _place() -> _Place:
    """The first of: the folder that the user names, the package's own, the user's, a temporary one.

    Beside the sources it goes with them: who may write there may change the sources, too, and a
    package that is removed leaves nothing in other places.
    """
    refused = ""
    for variable in (FOLDER_VARIABLE, _NUMBAS_VARIABLE):
        named = os.environ.get(variable)
        if not named:
            continue
        # The user's decision, so its owner is not looked at.
        if _takes_files(Path(named)):
            return _Place(Path(named).absolute())
        refused = f"{variable} names {named}, which cannot be written to; "
    if all(map(_takes_files, _package_folders())):
        told = f"{refused}compiled code is kept beside the program" if refused else None
        return _Place(None, told)
    own = _user_folder()
    if own is not None and _is_own(own.parent, 0o755) and _is_own(own, 0o755):
        return _Place(own, f"{refused}compiled code is kept in {own}" if refused else None)
    temporary = _temporary_folder()
    if temporary is not None:
        return _Place(
            temporary,
            f"{refused}compiled code is kept in {temporary}, and made again when that is gone; "
            f"{FOLDER_VARIABLE} names a better folder",
        )
    return _Place(
        None,
        f"{refused}compiled code cannot be kept anywhere, so each run takes 20 s longer; "
        f"{FOLDER_VARIABLE} names a folder for it",
        kept=False,
    )


def _package_folders() -> Iterator[Path]:
    package = Path(ROOT) / "pipeline"
    return (package / part / "__pycache__" for part in ("align", "audio", "speakers"))


def _user_folder() -> Path | None:
    given = os.environ.get("XDG_CACHE_HOME", "")
    try:
        home = Path(given) if Path(given).is_absolute() else Path.home() / ".cache"
    except RuntimeError:  # nobody's
        return None
    return home / _NAME / _KERNELS


def _temporary_folder() -> Path | None:
    """The same one for all runs of this user, if it is his own; else one for this run."""
    if not hasattr(os, "getuid"):
        return None
    try:
        above = Path(tempfile.gettempdir())
        found = above.stat()
        # In a folder that others may write to, and not only add to, names cannot be trusted.
        is_shared = bool(found.st_mode & _WRITE_OF_OTHERS) and not found.st_mode & stat.S_ISVTX
        if is_shared or found.st_uid not in (0, os.getuid()):
            return None
        lasting = above / f"{_NAME}-{os.getuid()}"
        if _is_own(lasting, 0o700):
            return lasting
        return Path(tempfile.mkdtemp(prefix=f"{_NAME}-"))
    except OSError:
        return None


def _is_own(folder: Path, mode: int) -> bool:
    """Whether only this user, or root, can put files there, and files can be put there at all."""
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(FileExistsError):
            folder.mkdir(mode=mode)
        found = folder.lstat()
    except OSError:
        return False
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
        return False
    open_to_others = _OTHERS if mode == 0o700 else _WRITE_OF_OTHERS
    return not found.st_mode & open_to_others and _takes_files(folder)


def _takes_files(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=folder).close()
    except OSError:
        return False
    return True


def place_told() -> str | None:
    """A line that says where compiled code is kept, if that is not where it should be."""
    return _place().told


@contextlib.contextmanager
def _own_settings() -> Iterator[None]:
    """Within, numba is imported with the settings of this program and of the environment.

    It would also take some from a file in the current folder: where to find compiled code, and what
    modules to import. It does not if it cannot read YAML.
    """
    folder = _place().folder
    if folder is None:
        os.environ.pop(_NUMBAS_VARIABLE, None)
    else:
        os.environ[_NUMBAS_VARIABLE] = str(folder)
    hidden = sys.modules.get("yaml", ...)
    sys.modules["yaml"] = None  # type: ignore[assignment]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        del sys.modules["yaml"]
        if hidden is not ...:
            sys.modules["yaml"] = hidden


with _own_settings():
    import numba
    from numba import types
    from numba.core import config
    from numba.extending import intrinsic

config._config_fname = os.devnull  # looked at again before each compilation
# In case that it was imported before.
config.CACHE_DIR = os.environ.get(_NUMBAS_VARIABLE, "")  # type: ignore[attr-defined]


def kernel(**options: Any) -> Callable[[Callable[..., Any]], Any]:
    """Compile a function when it is first called, without the interpreter's lock.

    `options` are more options of `numba.njit`.
    """
    compiled: Callable[[Callable[..., Any]], Any] = numba.njit(
        cache=_place().kept, nogil=True, **options
    )
    return compiled
