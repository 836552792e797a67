"""Advanced SubStation Alpha and SubStation Alpha (ASS, SSA): the dialogue and who speaks it."""

from __future__ import annotations

import re

from pipeline.errors import InputError
from pipeline.transcript.formats.records import CueLine, Document
from pipeline.transcript.source import SourceLine

__all__ = ["is_ass", "read_ass"]

_SECTION = re.compile(r"\[(?:script info|v4\+? styles|events)\]$", re.IGNORECASE)
_OVERRIDE = re.compile(r"\{[^{}]*\}")
_DRAWING = re.compile(r"\{[^{}]*\\p[1-9][^{}]*\}")
_STYLE_SWITCH = re.compile(r"\{[^{}]*\\r([^\\{}]+)[^{}]*\}")
_FORMAT = ("layer", "start", "end", "style", "name", "marginl", "marginr", "marginv", "effect")
"""Fields before the text, unless the file says otherwise."""
_NOBODY = frozenset(("", "default", "ntp"))


def is_ass(document: Document) -> bool:
    """Tell by the sections' names, or by a line of dialogue with its times."""
    head = document.head[:100]
    return any(_SECTION.match(text) for text in head[:20]) or any(
        re.match(r"(?:Dialogue|Comment):\s*[^,]*,\s*\d+:\d\d:\d\d", text) for text in head
    )


def read_ass(document: Document) -> list[CueLine]:
    """Return the lines of dialogue; comments, drawings and override tags are dropped.

    `Name` is the speaker; a line that switches to the style of a name is that speaker's.

    Raises:
        InputError: it has no dialogue.
    """
    fields: tuple[str, ...] = _FORMAT
    events = False
    found: list[CueLine] = []
    names: set[str] = set()
    rows: list[tuple[SourceLine, str]] = []
    for line in document.lines:
        kind, colon, rest = line.text.partition(":")
        if line.text.startswith("["):
            events = line.text.lower().startswith("[events")
        elif kind.lower() == "format" and colon and events:
            fields = tuple(part.strip().lower() for part in rest.split(","))[:-1]
        elif kind.lower() == "dialogue" and colon:
            values = rest.split(",", len(fields))
            if len(values) <= len(fields):
                continue
            by_name = dict(zip(fields, (value.strip() for value in values), strict=False))
            name = by_name.get("name") or by_name.get("actor") or ""
            names.add(name)
            rows.append((line.part(len(line.text) - len(values[-1]), len(line.text)), name))
    for text, name in rows:
        found.extend(_lines(text, name, names))
    if not found:
        raise InputError(
            "these ASS subtitles have no lines of dialogue",
            path=document.path,
            remedy="give a transcript with spoken words",
        )
    return found


def _lines(source: SourceLine, name: str, names: set[str]) -> list[CueLine]:
    if _DRAWING.search(source.text):
        return []
    found: list[CueLine] = []
    at = 0
    for row in re.split(r"(\\N)", source.text):
        if row != "\\N":
            found.append(_line(source.part(at, at + len(row)), name, names))
            name = found[-1].voices[-1][1] if found[-1].voices else name
        at += len(row)
    return [line for line in found if line.source.text]


def _line(source: SourceLine, name: str, names: set[str]) -> CueLine:
    """Drop override tags; `\\n` and `\\h` are blanks."""
    for found in _STYLE_SWITCH.finditer(source.text):
        name = found[1].strip() if found[1].strip() in names else name
    spans = [m.span() for m in _OVERRIDE.finditer(source.text)]
    bare = source.without(spans)
    text = bare.text.replace("\\n", "  ").replace("\\h", "  ")
    bare = SourceLine(text, bare.number, bare.columns).part(0, len(text))
    return CueLine(bare, () if name.lower() in _NOBODY else ((0, name),))
