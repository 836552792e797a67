"""The throughput and memory of two workers, beside one."""

from __future__ import annotations

import argparse
import contextlib
import os
import resource
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

from bench.batch_support import ROOT, Report, children_of, command, run
from bench.peers import run_measured

DEMO = ROOT / "seeds" / "demo"
QUIET = 0.1
"""Processors that others may use while throughput is measured."""


def throughput(work: Path, report: Report, options: argparse.Namespace) -> None:
    work.mkdir(parents=True)
    copies = 8
    rows = ["id,audio,transcript"]
    for name in ("demo.mp3", "transcript.txt"):
        shutil.copy(DEMO / name, work / name)
    rows += [f"d{number},demo.mp3,transcript.txt" for number in range(copies)]
    manifest = work / "same.csv"
    manifest.write_text("\n".join(rows) + "\n", encoding="utf-8")
    run(manifest, work / "warm", "--only", "d0")
    ratios, peak_mb = [], 0.0
    # In turns, as the machine may be another one a minute later.
    for turn in range(options.turns):
        spent_s, others = {}, 0.0
        for jobs in (1, 2):
            busy_s, own_s, started_s = busy(), own_cpu_s(), time.monotonic()
            out = work / f"out-{turn}-{jobs}"
            driver = subprocess.Popen(command(manifest, out, jobs=jobs), cwd=ROOT)
            while driver.poll() is None:
                for pid in children_of(driver.pid):
                    peak_mb = max(peak_mb, memory_mb(pid))
                time.sleep(0.1)
            spent_s[jobs] = time.monotonic() - started_s
            own_s = own_cpu_s() - own_s
            others = max(others, (busy() - busy_s - own_s) / spent_s[jobs])
            report.say(
                f"- {jobs} at once: {copies} episodes of 173 s in {spent_s[jobs]:.1f} s, "
                f"{own_s:.1f} s of processor time; others used {others:.2f} processors"
            )
        if others <= QUIET:
            ratios.append(spent_s[1] / spent_s[2])
    single = run_measured(
        [sys.executable, "-m", "pipeline", "run", "--quiet", "--audio", str(DEMO / "demo.mp3"),
         "--transcript", str(DEMO / "transcript.txt"), "--out", str(work / "single")],
        work / "single.log",
        ROOT,
    )  # fmt: skip
    shown = ", ".join(f"{ratio:.2f}" for ratio in ratios)
    if ratios:
        held = statistics.median(ratios) >= 1.7
        report.check("two workers have at least 1.7 times the throughput of one", held, shown)
    else:
        report.say("- not judged: two workers against one; others used the machine, too")
    report.check(
        "memory of a worker as for a single run",
        peak_mb <= 1.15 * single.peak_mb,
        f"{peak_mb:.0f} MB after several episodes, single run {single.peak_mb:.0f} MB",
    )


def busy() -> float:
    """Seconds that all processors together have worked since the start of the machine."""
    words = Path("/proc/stat").read_text(encoding="ascii").partition("\n")[0].split()[1:9]
    user, nice, system, _, _, interrupts, soft, stolen = map(int, words)
    ticks = user + nice + system + interrupts + soft + stolen
    return ticks / os.sysconf("SC_CLK_TCK")


def own_cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def memory_mb(pid: int) -> float:
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    return 0.0
