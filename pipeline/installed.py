"""Files that an installed package carries: read, and compared with what its installer recorded.

An acoustic model with a few bytes changed still loads, and times every word a little wrong; only
the hashes tell (`RECORD`: Python packaging, "Recording installed projects").
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

from pipeline.errors import InputError
from pipeline.files import check_plain_file

__all__ = ["find_package", "own_file", "package_folder", "read_installed", "reinstalling"]

_MOST_BYTES = 64 << 20


@cache
def find_package(package: str) -> Path | None:
    """Where an installed package lies, without importing it; None if it is not installed."""
    try:
        spec = find_spec(package)
    except (ImportError, ValueError):
        return None
    return Path(spec.origin).parent if spec is not None and spec.origin is not None else None


def package_folder(package: str) -> Path:
    """Folder of a package that has to be there.

    Raises:
        InputError: there is no such package.
    """
    folder = find_package(package)
    if folder is None:
        raise InputError(f"the package {package} is missing", remedy=reinstalling(package))
    return folder


def reinstalling(package: str) -> str:
    """What to do about a package that is damaged."""
    return f"install it again: pip install --force-reinstall {package}"


def read_installed(path: Path, package: str) -> bytes:
    """Read a file of an installed package.

    Files that the installer has recorded no SHA-256 of are not compared, those outside the
    package neither.

    Raises:
        InputError: it is missing, unreadable, or not as it was installed.
    """
    remedy = reinstalling(package)
    what = f"a file of the package {package}"
    try:
        check_plain_file(path, f"file of the package {package}", _MOST_BYTES)
        content = path.read_bytes()
    except FileNotFoundError as error:
        raise InputError(f"{what} is missing", path=path, remedy=remedy) from error
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise InputError(f"{what} cannot be read ({reason})", path=path, remedy=remedy) from error
    expected = _recorded(package).get(path)
    if expected is not None and hashlib.sha256(content).digest() != expected:
        raise InputError(f"{what} is damaged or was changed", path=path, remedy=remedy)
    return content


@contextmanager
def own_file(path: Path, what: str) -> Iterator[None]:
    """Within, the failure to read a file of this package is an error that a user understands.

    Raises:
        InputError: in place of an OSError or a ValueError.
    """
    try:
        yield
    except (OSError, ValueError) as error:
        raise InputError(
            f"{what} cannot be read ({error})", path=path, remedy="install episode-subtitles again"
        ) from error


@cache
def _recorded(package: str) -> Mapping[Path, bytes]:
    """SHA-256 by path, as far as the installer recorded any."""
    try:
        files = metadata.files(package) or ()
    except metadata.PackageNotFoundError:
        return {}
    return {
        Path(str(file.locate())): base64.urlsafe_b64decode(file.hash.value + "==")
        for file in files
        if file.hash is not None and file.hash.mode == "sha256"
    }
