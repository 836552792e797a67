"""What the parts of `python -m bench.batch` share: the report, the command, and its outcome."""

from __future__ import annotations

import contextlib
import csv
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bench.synth.clips import write_clip

ROOT = Path(__file__).resolve().parents[1]
FEW = 6


@dataclass
class Report:
    """Lines of BATCH.md, and whether all of it held."""

    lines: list[str] = field(default_factory=list)
    failed: bool = False

    def say(self, text: str) -> None:
        print(text, flush=True)
        self.lines.append(text)

    def check(self, what: str, held: bool, more: str = "") -> None:
        self.failed |= not held
        self.say(f"- {'held' if held else '**FAILED**'}: {what}{more and f' ({more})'}")


def command(manifest: Path, out: Path, *more: str, jobs: int = 2) -> list[str]:
    words = [sys.executable, "-m", "pipeline", "batch", str(manifest), "--out", str(out)]
    return [*words, "--jobs", str(jobs), "--quiet", *more]


def run(manifest: Path, out: Path, *more: str, jobs: int = 2) -> tuple[int, str, float]:
    """Exit status, what was said on standard error, seconds."""
    started_s = time.monotonic()
    done = subprocess.run(
        command(manifest, out, *more, jobs=jobs), cwd=ROOT, capture_output=True, text=True
    )
    return done.returncode, done.stderr.strip(), time.monotonic() - started_s


def states(out: Path) -> Mapping[str, tuple[str, str]]:
    with (out / "summary.csv").open(encoding="utf-8") as stream:
        return {row["id"]: (row["state"], row["reason"]) for row in csv.DictReader(stream)}


def write_few(folder: Path) -> Path:
    folder.mkdir(parents=True)
    rows = ["id,audio,transcript"]
    for number in range(FEW):
        write_clip(number * 8, folder / f"{number}.wav", folder / f"{number}.txt")
        rows.append(f"e{number},{number}.wav,{number}.txt")
    manifest = folder / "few.csv"
    manifest.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return manifest


def children_of(pid: int) -> list[int]:
    with contextlib.suppress(OSError):
        text = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
        return [int(word) for word in text.split()]
    return []
