"""What the system refuses, told as the user's matter where it is that and not a fault of ours."""

from __future__ import annotations

import codecs
import errno
import sys
import tempfile
from pathlib import Path

from pipeline.errors import EpisodeSubtitlesError, InputError

__all__ = ["as_told"]


def _without_current_folder() -> bool:
    """Whether the current folder was deleted, or may not be looked at."""
    try:
        Path.cwd()
    except OSError:
        return True
    return False


def as_told(error: BaseException) -> EpisodeSubtitlesError | None:
    """The error that a user understands; None if the program itself is at fault."""
    if isinstance(error, UnicodeEncodeError):
        encoding = sys.getfilesystemencoding()
        if encoding == "utf-8" or codecs.lookup(error.encoding) != codecs.lookup(encoding):
            return None
        return InputError(
            f"the name {error.object!a} cannot be written in this system's encoding, {encoding}",
            remedy="set LC_ALL=C.UTF-8, or PYTHONUTF8=1",
        )
    if not isinstance(error, OSError):
        return None
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return InputError(
            f"the disk is full, perhaps that of {_temporary()}",
            remedy="free some space, or set TMPDIR",
        )
    if "temporary directory" in (error.strerror or ""):  # tempfile's own words
        return InputError("no folder for temporary files can be written to", remedy="set TMPDIR")
    if error.errno == errno.ENOENT and error.filename is None and _without_current_folder():
        return InputError(
            "the current folder was deleted", remedy="change to another, or give whole paths"
        )
    if error.filename is None:
        return None
    # Not looked for where it came up; still the file's fault and not the program's.
    reason = (error.strerror or type(error).__name__).lower()
    return InputError(f"{error.filename}: cannot be used ({reason})", remedy="check the path")


def _temporary() -> str:
    try:
        return tempfile.gettempdir()
    except OSError:
        return "temporary files"
