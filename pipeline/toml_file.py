"""TOML that users write by hand: read, and the places that errors name."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

from pipeline.errors import InputError
from pipeline.files import read_bytes
from pipeline.limits import MOST_CONFIG_BYTES

__all__ = ["parse_toml", "read_text"]


def read_text(path: Path, what: str) -> str:
    """Read a whole UTF-8 file; `what` names its kind in errors.

    Raises:
        InputError: it is missing, unreadable or not UTF-8.
    """
    content = read_bytes(path, what, MOST_CONFIG_BYTES)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise InputError(
            "not UTF-8 text", path=path, line=line, remedy=f"save the {what} as UTF-8"
        ) from error


def parse_toml(text: str, path: Path) -> dict[str, Any]:
    """Parse TOML; `path` is named in errors only.

    Raises:
        InputError: it is not TOML.
    """
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _broken_toml(error, text, path) from error
    except ValueError as error:
        # A number of thousands of digits, which Python refuses to read.
        raise InputError("not valid TOML: a number is too long", path=path) from error
    except RecursionError as error:
        raise InputError("not a config: nested too deeply", path=path) from error


def _broken_toml(error: tomllib.TOMLDecodeError, text: str, path: Path) -> InputError:
    found = re.fullmatch(r"(.*) \(at (?:line (\d+), column (\d+)|end of document)\)", str(error))
    if found is None:
        return InputError(f"not valid TOML: {error}", path=path)
    line = int(found[2]) if found[2] else text.count("\n") + 1
    column = int(found[3]) if found[3] else None
    return InputError(
        f"not valid TOML: {found[1]}",
        path=path,
        line=line,
        column=column,
        remedy='write text as key = "value"',
    )
