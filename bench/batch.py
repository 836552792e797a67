"""`python -m bench.batch`: what a batch promises, tried out; writes bench/BATCH.md.

Forty episodes on both engines; kill -9 of workers, drivers and Ray nodes at random moments; a disk
that fills up and one that turns read-only; the throughput and memory of two workers.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from bench.batch_disk import disk
from bench.batch_kills import drivers, kills
from bench.batch_support import ROOT, Report, run, states
from bench.batch_throughput import throughput
from tests.batch.episodes import BAD, outputs, write_episodes


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(prog="python -m bench.batch", description=__doc__)
    parser.add_argument("--only", action="append", choices=list(PARTS))
    parser.add_argument("--kills", type=int, default=20, help="of each kind")
    parser.add_argument("--turns", type=int, default=3, help="of one worker and two")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--results", type=Path, default=ROOT / "bench" / "BATCH.md")
    options = parser.parse_args()
    failed = False
    with tempfile.TemporaryDirectory(prefix="batch-") as folder:
        work = Path(folder)
        for name in options.only or PARTS:
            heading, part = PARTS[name]
            report = Report()
            report.say(f"## {heading}\n")
            started_s = time.monotonic()
            part(work / name, report, options)
            report.say(f"\n{time.monotonic() - started_s:.0f} s; load {os.getloadavg()[0]:.1f}.\n")
            failed |= report.failed
            write_part(options.results, heading, "\n".join(report.lines))
    sys.exit(failed)


def write_part(results: Path, heading: str, text: str) -> None:
    """Replace one part of the results; the others stay."""
    before = results.read_text(encoding="utf-8") if results.exists() else ""
    parts = {part.partition("\n")[0]: f"## {part}" for part in before.split("## ")[1:]}
    parts[heading] = text + "\n"
    ordered = [parts[heading] for heading, _ in PARTS.values() if heading in parts]
    head = "# Batches\n\nWritten by `python -m bench.batch`.\n\n"
    results.write_text(head + "\n".join(part.strip() + "\n" for part in ordered), encoding="utf-8")


def forty(work: Path, report: Report, options: argparse.Namespace) -> None:
    manifest = write_episodes(work, 32)
    made = {}
    for what, jobs, more in (
        ("local, 1 worker", 1, []),
        ("local, 2 workers", 2, []),
        ("ray, 1 worker", 1, ["--engine", "ray"]),
        ("ray, 2 workers", 2, ["--engine", "ray"]),
    ):
        out = work / f"out-{len(made)}"
        status, _, spent_s = run(manifest, out, *more, jobs=jobs)
        found = states(out)
        done = [name for name, (state, _) in found.items() if state == "done"]
        explained = [n for n, why in BAD.items() if found[n][0] == "failed" and why in found[n][1]]
        held = status == 3 and len(done) == 32 and len(explained) == 8
        report.check(
            f"{what}: {len(done)} of 32 done, {len(explained)} of 8 explained",
            held,
            f"{spent_s:.0f} s",
        )
        made[what] = outputs(out)
    one, *others = made.values()
    report.check(
        f"all {len(one)} outputs are the same, byte for byte, but for the reports' run times",
        all(one == other for other in others),
    )


PARTS: Mapping[str, tuple[str, Callable[[Path, Report, argparse.Namespace], None]]] = {
    "forty": ("Forty episodes, eight of them bad", forty),
    "kill-worker": ("kill -9 of a worker", partial(kills, "worker")),
    "kill-driver": ("kill -9 of the driver", partial(kills, "driver")),
    "kill-node": ("kill -9 of a Ray node", partial(kills, "Ray node")),
    "drivers": ("Two drivers on one folder", drivers),
    "disk": ("A disk that fails", disk),
    "throughput": ("Two workers", throughput),
}

if __name__ == "__main__":
    main()
