"""The benchmark's tables, as Markdown."""

from __future__ import annotations

import datetime
import os
import platform
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bench.peers import Run
from bench.score import Score, calibration_error

__all__ = ["Row", "report"]

PEERS = ("aeneas", "pocketsphinx")  # they state no confidence

_HEAD = ("case", "aligner")
_COST_COLUMNS = ("audio s", "wall s", "× real time", "CPU s", "peak MB", "note")
_LINE_COLUMNS = (
    *("lines", "median", "p95", "p99", "worst", "≤ 100 ms", "≤ 200 ms"),
    *("chapters: worst", "bias"),
)
_WORD_COLUMNS = (
    *("words", "edge mean", "median", "p95", "p99", "edges ≤ 20 ms", "≤ 50"),
    *("words ≤ 50 ms", "≤ 100", "≤ 200"),
)
_REST_COLUMNS = (
    *("absent precision", "recall", "untranscribed in gaps", "transcribed in gaps"),
    *("calibration error", "speakers right"),
)


@dataclass(frozen=True, slots=True)
class Row:
    """One aligner on one recording; no score where it failed or had to refuse."""

    what: str
    aligner: str
    audio_s: float
    run: Run | None
    score: Score | None
    note: str = ""
    stages_s: Mapping[str, float] = field(default_factory=dict)


def report(rows: Sequence[Row], about: str) -> str:
    """Render all rows as Markdown; `about` says what was spoken."""
    today = datetime.datetime.now(datetime.UTC).date().isoformat()
    out = [
        "# Benchmark results",
        "",
        f"{today}, {_machine()}, revision {_revision()}.",
        f"{about} `python -m bench --help` says how to repeat this.",
        "",
        "Errors in ms against the truth; a share counts words or lines without a time as wrong.",
        "",
        "## Time and memory",
        "",
        *_table(
            [*_HEAD, *_COST_COLUMNS],
            [_cost(row) for row in rows],
        ),
        "",
        *_stages(rows),
        "## Line and chapter starts",
        "",
        *_table(
            [*_HEAD, *_LINE_COLUMNS],
            [_lines(row, row.score) for row in rows if row.score],
        ),
        "",
        "## Words",
        "",
        *_table(
            [*_HEAD, *_WORD_COLUMNS],
            [_words(row, row.score) for row in rows if row.score and row.aligner != "aeneas"],
        ),
        "",
        "## What does not match, confidence, speakers",
        "",
        *_table(
            [*_HEAD, *_REST_COLUMNS],
            [_rest(row, row.score) for row in rows if row.score and row.aligner != "aeneas"],
        ),
        *_overall(rows),
    ]
    return "\n".join(out) + "\n"


def _stages(rows: Sequence[Row]) -> list[str]:
    """Where the time goes, by stage; in seconds."""
    timed = [row for row in rows if row.stages_s and row.audio_s >= 60]
    if not timed:
        return []
    names = list(dict.fromkeys(name for row in timed for name in row.stages_s))
    cells = [[row.what, row.aligner, *(_n(row.stages_s.get(n), 2) for n in names)] for row in timed]
    return ["## Where the time goes, in seconds", "", *_table([*_HEAD, *names], cells), ""]


def _overall(rows: Sequence[Row]) -> list[str]:
    """Calibration over all cases of an aligner together."""
    out = []
    for aligner in dict.fromkeys(row.aligner for row in rows if row.aligner not in PEERS):
        scores = [row.score for row in rows if row.aligner == aligner and row.score]
        error = calibration_error([pair for score in scores for pair in score.judged])
        out += ["", f"Calibration error of {aligner} over all of these together: {_n(error, 3)}"]
    return out


def _cost(row: Row) -> list[str]:
    note = " ".join(row.note.replace("|", "/").split())
    if row.run is None:
        return [row.what, row.aligner, _n(row.audio_s, 0), "", "", "", "", note]
    speed = row.audio_s / row.run.wall_s if row.run.wall_s else 0
    figures = [row.audio_s, row.run.wall_s, speed, row.run.cpu_s, row.run.peak_mb]
    places = [0, 1, 0, 1, 0]
    return [row.what, row.aligner, *map(_n, figures, places), note]


def _lines(row: Row, s: Score | None) -> list[str]:
    assert s is not None
    e = s.line_starts
    cells = [_n(e.median, 1), _n(e.p95, 0), _n(e.p99, 0), _n(e.worst, 0)]
    cells += [_p(e.within[100]), _p(e.within[200]), _n(s.chapter_starts.worst, 0), _n(e.bias, 1)]
    return [row.what, row.aligner, str(e.expected), *cells]


def _words(row: Row, s: Score | None) -> list[str]:
    assert s is not None
    e = s.word_edges
    cells = [_n(e.mean, 1), _n(e.median, 1), _n(e.p95, 0), _n(e.p99, 0)]
    cells += [_p(e.within[20]), _p(e.within[50])]
    cells += [_p(s.words_within.get(t)) for t in (50, 100, 200)]
    return [row.what, row.aligner, str(s.words), *cells]


def _rest(row: Row, s: Score | None) -> list[str]:
    assert s is not None
    shares = [s.absent_precision, s.absent_recall, s.untranscribed_in_gaps, s.transcribed_in_gaps]
    cells = [_p(x) for x in shares] + [_n(s.calibration_error, 3), _p(s.speakers_right)]
    return [row.what, row.aligner, *cells]


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(len(r[n]) for r in [head, *rows]) for n in range(len(head))]
    lines = [
        "| " + " | ".join(c.ljust(w) for c, w in zip(r, widths, strict=True)) + " |"
        for r in [head, *rows]
    ]
    return [lines[0], "|" + "|".join("-" * (w + 2) for w in widths) + "|", *lines[1:]]


def _n(value: float | None, places: int) -> str:
    return "–" if value is None else f"{value:.{places}f}"


def _p(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:.2f} %"


def _machine() -> str:
    name = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        models = [
            x.split(":", 1)[1].strip() for x in info.read_text().splitlines() if "model n" in x
        ]
        name = models[0] if models else name
    memory = ""
    if hasattr(os, "sysconf") and "SC_PHYS_PAGES" in os.sysconf_names:
        size = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
        memory = f", {size:.0f} GB"
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return f"{name}, {cores} cores{memory}, {platform.system()}, Python {platform.python_version()}"


def _revision() -> str:
    done = subprocess.run(
        ["git", "describe", "--always", "--dirty"],
        cwd=Path(__file__).parent,
        capture_output=True,
        text=True,
    )
    return done.stdout.strip() or "unknown"
