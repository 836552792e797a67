"""Text of strangers on terminals, in logs and in tables: it does nothing there. Pure."""

from __future__ import annotations

import re

__all__ = ["one_line", "table_cell", "without_controls"]

_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
"""Controls of terminals but tab and line feed, line separators, marks that turn the direction of
writing for what follows, halves of surrogate pairs."""

_FORMULA = re.compile(r"[=+\-@\t\r]")


def without_controls(text: str) -> str:
    """The text with a blank for whatever a terminal may obey; line feeds and tabs stay."""
    return _CONTROLS.sub(" ", text)


def one_line(text: str) -> str:
    """The text without controls and on one line, so that it cannot pass for another message."""
    return without_controls(text).replace("\n", " ")


def table_cell(text: str) -> str:
    """The text with an apostrophe before what a spreadsheet takes for the beginning of a formula.

    These are `=`, `+`, `-`, `@`, tab and carriage return (OWASP, "CSV Injection"). A carriage
    return becomes a blank: readers take it for the end of a row, and `csv` does not quote it.
    """
    safe = text.replace("\r", " ")
    return f"'{safe}" if _FORMULA.match(text) else safe
