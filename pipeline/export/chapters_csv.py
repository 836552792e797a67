"""The chapter table as CSV (RFC 4180 quoting, line feeds), harmless to spreadsheets."""

from __future__ import annotations

import csv
import io

from pipeline.episode import Episode
from pipeline.export.chapter_table import chapter_rows
from pipeline.export.options import DEFAULT_OPTIONS, ExportOptions
from pipeline.safe_text import table_cell
from pipeline.subtitles.styles import Style
from pipeline.times import clock

__all__ = ["COLUMNS", "render"]

COLUMNS = (
    "number",
    "title",
    "start",
    "end",
    "duration",
    "start_ms",
    "end_ms",
    "first_line",
    "speaker",
    "words",
    "repeated_lines",
)


def render(episode: Episode, style: Style, options: ExportOptions = DEFAULT_OPTIONS) -> str:
    """Render one row for each chapter; times are `H:MM:SS.mmm` and milliseconds."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in chapter_rows(episode):
        chapter = row.chapter
        writer.writerow(
            (
                chapter.number,
                table_cell(chapter.title),
                clock(chapter.start_ms),
                clock(chapter.end_ms),
                clock(chapter.end_ms - chapter.start_ms),
                chapter.start_ms,
                chapter.end_ms,
                table_cell(row.first_line),
                table_cell(row.speaker),
                row.words,
                chapter.repeated_lines,
            )
        )
    return buffer.getvalue()
