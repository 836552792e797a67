"""Texts that a format has no way to hold: refused, never bent."""

from __future__ import annotations

import re

from pipeline.errors import InputError
from pipeline.times import clock

__all__ = ["refuse_where"]


def refuse_where(pattern: re.Pattern[str], text: str, start_ms: int, form: str, why: str) -> str:
    """Return `text` as it is.

    Args:
        pattern: what the format cannot hold.
        text: the text to be written.
        start_ms: when it is heard, for the error.
        form: name of the format, for the error.
        why: what the format takes it for.

    Raises:
        InputError: `pattern` is found in `text`.
    """
    found = pattern.search(text)
    if found is None:
        return text
    raise InputError(
        f"{form} cannot hold {found.group()!r}, which it takes for {why}: "
        f"{text[:60]!r} at {clock(start_ms)}",
        remedy="take another format, or change that text",
    )
