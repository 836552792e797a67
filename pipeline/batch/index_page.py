"""`index.html`: all episodes of a batch, each with the way to its review page. Pure."""

from __future__ import annotations

import base64
import hashlib
import html
import re
from collections import Counter
from collections.abc import Sequence
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING
from urllib.parse import quote

from pipeline.batch.state import FOLDER
from pipeline.times import clock, percent

if TYPE_CHECKING:
    from pipeline.batch.summary import Line

__all__ = ["render_index"]

_FILES = (
    ("SRT", ".srt"),
    ("VTT", ".vtt"),
    ("chapters", ".chapters.md"),
    ("report", ".report.json"),
)
_DOUBTFUL = 0.9


def render_index(lines: Sequence[Line], title: str) -> str:
    """The page; every text of a user is escaped, and the policy allows no other script or style."""
    template = _template()
    duration_ms = sum(line.record.duration_ms or 0 for line in lines if line.record)
    parts = {
        "TITLE": html.escape(title),
        "POLICY": html.escape(_policy(template)),
        "COUNTS": _counts(lines),
        "LENGTH": html.escape(clock(duration_ms).partition(".")[0]),
        "ROWS": "\n".join(_row(number, line) for number, line in enumerate(lines, 1)),
    }
    return re.sub(r"\{\{([A-Z]+)\}\}", lambda found: parts[found[1]], template)


@cache
def _template() -> str:
    return resources.files("pipeline.batch").joinpath("index.html").read_text(encoding="utf-8")


def _policy(template: str) -> str:
    allowed = {}
    for kind in ("script", "style"):
        found = re.search(rf"<{kind}>(.*?)</{kind}>", template, re.DOTALL)
        assert found is not None
        digest = base64.b64encode(hashlib.sha256(found[1].encode()).digest()).decode()
        allowed[kind] = f"'sha256-{digest}'"
    return (
        "default-src 'none'; base-uri 'none'; form-action 'none'; img-src data:; "
        f"script-src {allowed['script']}; style-src {allowed['style']}"
    )


def _counts(lines: Sequence[Line]) -> str:
    counts = Counter(line.state for line in lines)
    order = ("done", "below quality", "failed", "running", "interrupted", "waiting")
    return "\n".join(
        f'<button type="button" aria-pressed="false" data-state="{_kind(state)}">'
        f"<b>{counts[state]}</b> {state}</button>"
        for state in order
        if counts[state]
    )


def _kind(state: str) -> str:
    return state.replace(" ", "-")


def _row(number: int, line: Line) -> str:
    record, name = line.record, line.entry.id
    folder = quote(name)
    cells = [
        f'<td data-sort="{number}" class="n">{number}</td>',
        f'<th scope="row">{_title(line, folder)}{_reason(line)}</th>',
        f'<td class="state">{html.escape(line.state)}</td>',
    ]
    coverage = None if record is None else record.coverage
    doubts = None if record is None else record.doubts
    length_ms = None if record is None else record.duration_ms
    found = "" if coverage is None else percent(coverage)
    poor = ' class="n poor"' if coverage is not None and coverage < _DOUBTFUL else ' class="n"'
    cells += [
        f'<td{poor} data-label="found" data-sort="{_number(coverage)}">{found}</td>',
        f'<td class="n" data-label="doubtful passages" data-sort="{_number(doubts)}">'
        f"{'' if doubts is None else doubts}</td>",
        f'<td class="n" data-label="length" data-sort="{_number(length_ms)}">'
        f"{'' if length_ms is None else clock(length_ms).partition('.')[0]}</td>",
        f'<td class="files">{_files(line, folder)}</td>',
    ]
    return f'<tr class="{_kind(line.state)}">{"".join(cells)}</tr>'


def _number(value: float | None) -> str:
    return "-1" if value is None else str(value)


def _written(line: Line) -> set[str]:
    return set() if line.record is None else {file.name for file in line.record.outputs}


def _title(line: Line, folder: str) -> str:
    page = f"{line.entry.id}.review.html"
    shown = html.escape(line.entry.id)
    if page in _written(line):
        return f'<a href="{folder}/{quote(page)}">{shown}</a>'
    return shown


def _reason(line: Line) -> str:
    reason = line.stage or (line.record.reason if line.record else None)
    return f"<small>{html.escape(reason)}</small>" if reason else ""


def _files(line: Line, folder: str) -> str:
    written = _written(line)
    links = [
        f'<a href="{folder}/{quote(line.entry.id + suffix)}">{label}</a>'
        for label, suffix in _FILES
        if line.entry.id + suffix in written
    ]
    if line.record is not None:
        links.append(f'<a href="{FOLDER}/{folder}/log.txt">log</a>')
    return " ".join(links)
