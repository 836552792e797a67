"""`ID.corrections.json`, read and written."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from pipeline.errors import InputError
from pipeline.export.text_check import find_no_text
from pipeline.files import read_bytes
from pipeline.json_text import parse_json
from pipeline.review.records import Corrections, LineCorrection, MarkedGap

__all__ = [
    "FORMAT",
    "SUFFIX",
    "parse_corrections",
    "read_corrections",
    "render_corrections",
    "version_of",
]

FORMAT = "episode-subtitles-corrections/1"
SUFFIX = ".corrections.json"


@dataclass(frozen=True, slots=True)
class _Document:
    format: str
    episode: str
    audio_sha256: str
    lines: tuple[LineCorrection, ...] = ()
    gaps: tuple[MarkedGap, ...] = ()


def render_corrections(corrections: Corrections) -> str:
    """Render as JSON, one correction a line; what is not corrected is left out."""
    rows = ",\n  ".join(_dump(_given(asdict(line))) for line in corrections.lines)
    gaps = ",\n  ".join(_dump(asdict(gap)) for gap in corrections.gaps)
    parts = [
        f'"format": {_dump(FORMAT)}',
        f'"episode": {_dump(corrections.episode)}',
        f'"audio_sha256": {_dump(corrections.audio_sha256)}',
        f'"lines": [\n  {rows}]' if rows else '"lines": []',
        f'"gaps": [\n  {gaps}]' if gaps else '"gaps": []',
    ]
    return "{" + ",\n ".join(parts) + "}\n"


def version_of(corrections: Corrections | None) -> str:
    """An entity tag (RFC 9110, with its quotes) for what is corrected; None if nothing is saved."""
    if corrections is None:
        return '"none"'
    return f'"{hashlib.sha256(render_corrections(corrections).encode()).hexdigest()[:32]}"'


def _given(values: dict[str, Any]) -> dict[str, Any]:
    # Not by equality: 0 equals False.
    return {
        key: value
        for key, value in values.items()
        if value is not None and value is not False and value != ()
    }


def _dump(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def read_corrections(path: Path) -> Corrections:
    """Read and check a file of corrections.

    Raises:
        InputError: it is missing, damaged, of another format, or contradicts itself.
    """
    return parse_corrections(read_bytes(path, "file of corrections"), path)


def parse_corrections(content: bytes, path: Path) -> Corrections:
    """Check the JSON in `content`; `path` is named in errors only. Unknown keys are ignored.

    Raises:
        InputError: it is damaged, of another format, or contradicts itself.
    """
    try:
        values = parse_json(content.decode("utf-8-sig"))
    except ValueError as error:
        raise InputError(
            f"damaged corrections: {error}", path=path, remedy="save them anew from the review page"
        ) from error
    found = values.get("format") if isinstance(values, dict) else None
    if found != FORMAT:
        raise InputError(
            f'no corrections: "format" is not "{FORMAT}"',
            path=path,
            remedy=f"name an ID{SUFFIX} file",
        )
    try:
        document = TypeAdapter(_Document).validate_json(
            content.lstrip(b"\xef\xbb\xbf"), strict=True
        )
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise InputError(f"damaged corrections: {place}: {first['msg']}", path=path) from error
    if fault := _fault(document):
        raise InputError(f"damaged corrections: {fault}", path=path)
    return Corrections(document.episode, document.audio_sha256, document.lines, document.gaps)


def _fault(document: _Document) -> str | None:
    if len({line.line for line in document.lines}) != len(document.lines):
        return "two of them are for the same line"
    for line in document.lines:
        start_ms, end_ms = line.start_ms, line.end_ms
        if line.line < 0 or any(word.at < 0 for word in line.words):
            return "an index is negative"
        if min(start_ms or 0, end_ms or 0) < 0:
            return f"line {line.line} has a time before the audio"
        if start_ms is not None and end_ms is not None and end_ms <= start_ms:
            return f"line {line.line} ends before it starts"
        if character := find_no_text(line.text or ""):
            return f"the text of line {line.line} holds the character {character}"
    for gap in document.gaps:
        if not 0 <= gap.start_ms < gap.end_ms:
            return f"the gap at {gap.start_ms} ms has no length"
    return None
