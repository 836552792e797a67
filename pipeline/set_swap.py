"""Swaps a set of files for another at a single moment, whatever is killed when.

No file system renames many files at once, but one rename of a link is atomic. So the names pass
through links for the moment of the swap:

1. The new files are written into `.writing-X/new`. Each old one gets a second name in
   `.writing-X/old`, and its place is taken by a link to `.writing-X/current/NAME`, where `current`
   is a link to `old`: every name still reads as before.
2. `current` is made a link to `new`, by one rename. That is the moment.
3. The new files are moved into the places of the links, and `.writing-X` goes.

Who dies between leaves names that all read old or all read new; whoever writes there next
(`recover`) takes back the first step or completes the third. Where the file system knows no links,
files are renamed one after the other by a list, `.writing-X/renaming`: a death among these renames
can leave a mixture, until whoever writes there next takes it back.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Collection, Iterator
from pathlib import Path

from pipeline.json_text import parse_json
from pipeline.locks import holder_of, warn_of_wait

if sys.platform != "win32":
    import fcntl

__all__ = ["PREFIX", "discard", "locked", "long_aside", "new_aside", "recover", "swap_in"]

PREFIX = ".writing-"
_NEW, _OLD, _CURRENT, _NEXT, _RENAMING = "new", "old", "current", "next", "renaming"
_LOCK_WAIT_S = 30.0
_LOCK_TOLD_S = 1.0
_LOCK_POLL_S = 0.02
_NO_LINKS = (errno.EPERM, errno.EOPNOTSUPP, errno.ENOTSUP, errno.ENOSYS, errno.EMLINK)


@contextlib.contextmanager
def locked(folder: Path, wait_s: float | None = None) -> Iterator[bool]:
    """Keep other writers out of `folder`; False where the file system knows no locks.

    Who waits for more than a second is told for whom, by a `WaitWarning`.

    Raises:
        OSError: someone else has been writing there for `wait_s`, by default half a minute.
    """
    if sys.platform == "win32":
        yield False
        return
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield _lock(descriptor, folder, _LOCK_WAIT_S if wait_s is None else wait_s)
    finally:
        os.close(descriptor)


if sys.platform != "win32":

    def _lock(descriptor: int, folder: Path, wait_s: float) -> bool:
        began_s = time.monotonic()
        told = False
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return True
            except BlockingIOError:
                waited_s = time.monotonic() - began_s
                if waited_s > wait_s:
                    holder = holder_of(descriptor)
                    raise OSError(errno.EBUSY, f"{holder} is writing there") from None
                if waited_s > _LOCK_TOLD_S and not told:
                    told = True
                    warn_of_wait(f"waiting for {holder_of(descriptor)}, which writes into {folder}")
                time.sleep(_LOCK_POLL_S)
            except OSError:
                return False


def new_aside(folder: Path) -> tuple[Path, Path]:
    """Make a folder for a swap into `folder`, and in it the one that takes the new files."""
    aside = Path(tempfile.mkdtemp(prefix=PREFIX, dir=folder))
    new = aside / _NEW
    new.mkdir()
    # While names are links into it, it must be open to whoever may read them.
    aside.chmod(new.stat().st_mode)
    return aside, new


@contextlib.contextmanager
def long_aside(folder: Path, prefix: str) -> Iterator[Path]:
    """A folder in `folder` for work that takes long; what dead programs left goes.

    Raises:
        OSError: it cannot be made.
    """
    with locked(folder):
        for left in folder.glob(f"{prefix}*"):
            if left.is_dir() and not left.is_symlink():
                with contextlib.suppress(OSError), locked(left, wait_s=0.0) as dead:
                    if dead:
                        shutil.rmtree(left, ignore_errors=True)
        aside = Path(tempfile.mkdtemp(prefix=prefix, dir=folder))
        alive = contextlib.ExitStack()
        alive.enter_context(locked(aside))
    with alive:
        try:
            yield aside
        finally:
            shutil.rmtree(aside, ignore_errors=True)


def recover(folder: Path) -> None:
    """Complete or take back what a killed writer left in `folder`; only under the lock.

    Raises:
        OSError: it cannot be.
    """
    for aside in sorted(folder.glob(f"{PREFIX}*")):
        if aside.is_dir() and not aside.is_symlink():
            discard(aside, folder)


def discard(aside: Path, folder: Path) -> None:
    """Remove `aside`; if a swap was on its way, it is completed or taken back first.

    Raises:
        OSError: it cannot be; nothing that a name in `folder` reads from is removed.
    """
    _settle(aside, folder)
    _undo_renames(aside, folder)
    shutil.rmtree(aside, ignore_errors=True)


def swap_in(aside: Path, folder: Path, names: Collection[str], gone: Collection[str] = ()) -> None:
    """Put `aside/new/NAME` in the place of `folder/NAME` for all `names`, and remove `gone`.

    After an exception, `discard` brings back the old files, or what little is left to do is done.

    Raises:
        OSError: it cannot be.
    """
    places = list(dict.fromkeys((*names, *gone)))
    for name in places:
        if (folder / name).is_dir() and not (folder / name).is_symlink():
            raise IsADirectoryError(errno.EISDIR, f"{name} is a folder")
    if len(places) == 1 and names:
        (aside / _NEW / places[0]).replace(folder / places[0])
    elif _link_old(aside, folder, places):
        (aside / _NEXT).symlink_to(_NEW)
        (aside / _NEXT).replace(aside / _CURRENT)
        _sync(aside)
        _settle(aside, folder)
    else:
        _rename_each(aside, folder, places)
    _sync(folder)


def _link_old(aside: Path, folder: Path, places: Collection[str]) -> bool:
    """Step 1; False if there are no links here, and nothing has been changed."""
    current = aside / _CURRENT
    (aside / _OLD).mkdir()
    try:
        current.symlink_to(_OLD)
        for name in places:
            _second_name(folder / name, aside / _OLD / name)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        shutil.rmtree(aside / _OLD)
        (aside / _OLD).mkdir()
        current.unlink(missing_ok=True)
        return False
    _sync(aside / _OLD)
    for name in places:
        link = aside / _NEXT
        link.symlink_to(_link_text(aside, name))
        link.replace(folder / name)
    return True


def _second_name(path: Path, second: Path) -> None:
    if path.is_symlink():
        # A link is replaced, never followed: what it points to is somebody else's.
        second.symlink_to(path.parent.absolute() / path.readlink())
    elif path.exists():
        second.hardlink_to(path)


def _link_text(aside: Path, name: str) -> str:
    return f"{aside.name}/{_CURRENT}/{name}"


def _settle(aside: Path, folder: Path) -> None:
    """Replace the links by the files that they read as; again and again does no harm."""
    current = aside / _CURRENT
    if not current.is_symlink() or (aside / _NEW).is_symlink() or (aside / _OLD).is_symlink():
        # The latter two only where somebody wants files from elsewhere to be moved here.
        return
    # Whatever `current` reads is looked for by name: it is a link from a folder anyone can write.
    kept = aside / (_NEW if str(current.readlink()) == _NEW else _OLD)
    for place in folder.iterdir():
        name = place.name
        if not place.is_symlink() or str(place.readlink()) != _link_text(aside, name):
            continue
        if os.path.lexists(kept / name):
            (kept / name).replace(place)
        else:
            place.unlink()


def _rename_each(aside: Path, folder: Path, places: Collection[str]) -> None:
    """One after the other, by a list that says what to undo."""
    listed = aside / _RENAMING
    was_there = {name: os.path.lexists(folder / name) for name in places}
    listed.write_text(json.dumps(was_there), encoding="utf-8")
    _sync(aside)
    for name in places:
        if was_there[name]:
            (folder / name).replace(aside / _OLD / name)
        if (aside / _NEW / name).exists():
            (aside / _NEW / name).replace(folder / name)
    listed.unlink()


def _undo_renames(aside: Path, folder: Path) -> None:
    listed = aside / _RENAMING
    if listed.is_symlink() or not listed.is_file() or (aside / _OLD).is_symlink():
        return
    try:
        was_there = parse_json(listed.read_text(encoding="utf-8"))
    except ValueError:
        return
    for name in was_there if isinstance(was_there, dict) else ():
        if not _is_file_name(name):
            continue
        if not was_there[name]:
            (folder / name).unlink(missing_ok=True)
        elif os.path.lexists(aside / _OLD / name):
            (aside / _OLD / name).replace(folder / name)


def _is_file_name(name: str) -> bool:
    """Whether a file in the folder itself can have this name."""
    try:
        return Path(name).name == name != ".." and b"\0" not in os.fsencode(name)
    except UnicodeEncodeError:
        return False


def _sync(folder: Path) -> None:
    """Have the names in `folder` on the disk, where the system can: a power cut keeps the order."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
