"""How a batch went: a table, `summary.csv` and `index.html`. Rendering is pure."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.batch.own_files import write_whole
from pipeline.batch.records import Entry, EpisodeRecord
from pipeline.batch.state import FOLDER, StateFolder, unwritable
from pipeline.safe_text import table_cell
from pipeline.times import clock, percent

__all__ = [
    "Line",
    "counted",
    "read_lines",
    "render_csv",
    "render_table",
    "write_summary",
]

COLUMNS = (
    "id", "state", "reason", "coverage", "doubtful_passages", "duration", "duration_ms", "words",
    "attempts", "run_time_s", "started", "ended", "host", "audio", "transcript", "version", "log",
)  # fmt: skip
_MOST_ROWS = 100
_LONGEST_ID = 40


@dataclass(frozen=True, slots=True)
class Line:
    """An episode of the manifest: what is recorded of it, if anything, and what is at work on it.

    `stage` is what a worker does with it at this moment, None if none does.
    """

    entry: Entry
    record: EpisodeRecord | None
    stage: str | None = None

    @property
    def state(self) -> str:
        """One of running, done, below quality, failed, interrupted, waiting."""
        if self.stage is not None:
            return "running"
        if self.record is None:
            return "waiting"
        if self.record.state == "running":
            return "interrupted"
        return self.record.state.replace("_", " ")

    @property
    def run_time_s(self) -> float | None:
        """How long it took, in seconds."""
        stages_s = None if self.record is None else self.record.stages_s
        return round(sum(stages_s.values()), 1) if stages_s else None


def read_lines(
    entries: Sequence[Entry], state: StateFolder, fresh: Mapping[str, EpisodeRecord]
) -> list[Line]:
    """Each episode of the manifest; `fresh` are records that need not be read again."""
    beats = state.read_beats()
    lines = []
    for entry in entries:
        record = fresh.get(entry.id) or state.read(entry.id)
        stage = None
        if record is not None and record.state == "running" and state.is_locked(entry.id):
            stage = _stage(beats.get(entry.id, {}))
        lines.append(Line(entry, record, stage))
    return lines


def _stage(beat: Mapping[str, Any]) -> str:
    share = beat.get("share")
    name = str(beat.get("stage") or "at work")
    is_share = isinstance(share, int | float) and 0 <= share <= 1
    return f"{name} {share:.0%}" if is_share else name


def counted(lines: Sequence[Line]) -> str:
    """`32 done, 8 failed`."""
    counts = Counter(line.state for line in lines)
    order = ("done", "below quality", "failed", "running", "interrupted", "waiting")
    return ", ".join(f"{counts[state]} {state}" for state in order if counts[state])


def write_summary(lines: Sequence[Line], root: Path, title: str) -> None:
    """Write both files into `root`.

    Raises:
        OutputError: they cannot be written; the old ones stay.
    """
    from pipeline.batch.index_page import render_index

    try:
        root.mkdir(parents=True, exist_ok=True)
        write_whole(root / "summary.csv", render_csv(lines).encode())
        write_whole(root / "index.html", render_index(lines, title).encode())
    except OSError as error:
        raise unwritable(root, error) from error


def render_csv(lines: Sequence[Line]) -> str:
    """A row for each episode, in the manifest's order."""
    stream = io.StringIO()
    writer = csv.DictWriter(stream, COLUMNS, lineterminator="\n")
    writer.writeheader()
    for line in lines:
        record = line.record
        row: dict[str, Any] = {
            "id": line.entry.id,
            "state": line.state,
            "audio": line.entry.audio,
            "transcript": line.entry.transcript,
            "run_time_s": line.run_time_s,
        }
        if record is not None:
            row |= {
                "reason": record.reason,
                "coverage": record.coverage,
                "doubtful_passages": record.doubts,
                "duration": None if record.duration_ms is None else clock(record.duration_ms),
                "duration_ms": record.duration_ms,
                "words": record.words,
                "attempts": record.attempts,
                "started": record.started,
                "ended": record.ended,
                "host": record.host,
                "version": record.version,
                "log": f"{FOLDER}/{record.id}/log.txt",
            }
        writer.writerow(
            {n: table_cell(value) if isinstance(value, str) else value for n, value in row.items()}
        )
    return stream.getvalue()


def render_table(lines: Sequence[Line], *, all_rows: bool = False) -> list[str]:
    """Lines of text: what is not done first to last, of many episodes only that."""
    shown = list(lines)
    if len(lines) > _MOST_ROWS and not all_rows:
        shown = [line for line in lines if line.state != "done"]
    header = ("episode", "state", "found", "doubts", "length", "took", "")
    rows = [header, *(_cells(line) for line in shown)] if shown else []
    widths = [max(len(row[at]) for row in rows) for at in range(len(header))] if rows else []
    texts = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
    return [*texts, counted(lines)]


def _cells(line: Line) -> tuple[str, ...]:
    record = line.record
    name = line.entry.id
    if len(name) > _LONGEST_ID:
        name = f"{name[: _LONGEST_ID - 1]}…"
    if record is None:
        return (name, line.state, "", "", "", "", "")
    return (
        name,
        line.state,
        "" if record.coverage is None else percent(record.coverage),
        "" if record.doubts is None else str(record.doubts),
        "" if record.duration_ms is None else clock(record.duration_ms).partition(".")[0],
        "" if line.run_time_s is None else f"{line.run_time_s:.1f} s",
        line.stage or record.reason or "",
    )
