"""The chapter table in Markdown, for show notes."""

from __future__ import annotations

import re

from pipeline.episode import Episode
from pipeline.export.chapter_table import chapter_rows
from pipeline.export.options import DEFAULT_OPTIONS, ExportOptions
from pipeline.subtitles.styles import Style
from pipeline.times import clock

__all__ = ["render"]

_SPECIAL = re.compile(r"([\\`*_\[\]<>|#~])")


def render(episode: Episode, style: Style, options: ExportOptions = DEFAULT_OPTIONS) -> str:
    """Render a heading and one row for each chapter."""
    rows = [
        f"# {_escape(episode.title)}",
        "",
        "| # | Chapter | Start | End | Duration | Begins with | Speaker | Words |",
        "|--:|---|--:|--:|--:|---|---|--:|",
    ]
    for row in chapter_rows(episode):
        chapter = row.chapter
        cells = (
            str(chapter.number),
            _escape(chapter.title),
            clock(chapter.start_ms),
            clock(chapter.end_ms),
            clock(chapter.end_ms - chapter.start_ms),
            _escape(row.first_line),
            _escape(row.speaker),
            str(row.words),
        )
        rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows) + "\n"


def _escape(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))
