"""kill -9 of workers, drivers and Ray nodes at random moments of a batch; two drivers at once."""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.batch_cluster import Cluster
from bench.batch_support import FEW, ROOT, Report, children_of, command, run, states, write_few
from tests.batch.episodes import outputs

TOGETHER = 5
PATIENCE_S = 300.0


def kills(kind: str, work: Path, report: Report, options: argparse.Namespace) -> None:
    manifest = write_few(work)
    rng = random.Random(f"{options.seed} {kind}")
    status, _, spent_s = run(manifest, work / "reference")
    reference, whole = outputs(work / "reference"), progress(work / "reference")
    report.check(f"{FEW} episodes without a kill", status == 0, f"{spent_s:.0f} s")
    outcomes = []
    with Cluster(work) if kind == "Ray node" else contextlib.nullcontext() as cluster:
        for turn in range(options.kills):
            out = work / str(turn)
            more = ["--engine", "ray", "--address", cluster.address] if cluster else []
            moment = rng.randrange(whole)
            outcomes.append(one_kill(kind, manifest, out, more, moment, rng, cluster, reference))
            print(f"  {turn + 1}, at {moment} of {whole}: {outcomes[-1]}", flush=True)
            shutil.rmtree(out)
    faults = [fault for outcome in outcomes for fault in outcome.faults]
    report.check(
        f"kill -9 of a {kind}, {options.kills} times: all done, none twice, no half file",
        not faults,
        f"{sum(outcome.hit for outcome in outcomes)} came while it ran, "
        f"{sum(outcome.again for outcome in outcomes)} times the command was given again"
        + "".join(f"; {fault}" for fault in faults[:5]),
    )


@dataclass(frozen=True)
class Outcome:
    """Whether it ran when the kill came, and whether the command had to be given again."""

    hit: bool
    again: bool
    faults: Sequence[str]


def one_kill(
    kind: str,
    manifest: Path,
    out: Path,
    more: Sequence[str],
    moment: int,
    rng: random.Random,
    cluster: Cluster | None,
    reference: Mapping[str, str],
) -> Outcome:
    with out.with_suffix(".log").open("wb") as log:
        driver = subprocess.Popen(
            command(manifest, out, *more), cwd=ROOT, stdout=subprocess.DEVNULL, stderr=log
        )
    # Moments of the work, not of the clock: how fast the machine is matters nothing.
    while driver.poll() is None and progress(out) < moment:
        time.sleep(0.02)
    time.sleep(rng.uniform(0.0, 0.5))
    running = driver.poll() is None
    if kind == "worker":
        workers = children_of(driver.pid)
        running = running and bool(workers)
        if running:
            with contextlib.suppress(ProcessLookupError):
                os.kill(rng.choice(workers), signal.SIGKILL)
    elif kind == "driver":
        driver.kill()
    elif cluster is not None:
        cluster.kill_a_node(rng)
    try:
        status = driver.wait(PATIENCE_S)
    except subprocess.TimeoutExpired:
        print(f"  {kind}: still not done after {PATIENCE_S:.0f} s", flush=True)
        driver.kill()
        status = driver.wait()
    half = [name for name, text in outputs(out).items() if reference[name] != text]
    again = status != 0
    if again:
        status, shown, _ = run(manifest, out, *more)
        if status != 0:
            print(f"  {kind}: status {status}: {shown[-300:]}", flush=True)
    faults = [f"half files: {half}"] if half else []
    return Outcome(running, again, [*faults, *find_faults(out, reference)])


def progress(out: Path) -> int:
    """How many lines all episodes' logs have: one at the begin and the end of each stage."""
    return sum(log.read_bytes().count(b"\n") for log in out.glob(".batch/*/log.txt"))


def find_faults(out: Path, reference: Mapping[str, str]) -> Iterator[str]:
    wrong = [name for name, (state, _) in states(out).items() if state != "done"]
    if wrong:
        yield f"not done: {wrong}"
    if outputs(out) != reference:
        yield "other outputs"
    for log in sorted((out / ".batch").glob("*/log.txt")):
        times = log.read_text(encoding="utf-8").count(" done\n")
        if times > 1:
            yield f"{log.parent.name} was done {times} times"
    left = [path.name for path in out.rglob("*") if path.name.startswith((".writing-", ".record"))]
    if left:
        yield f"left behind: {left}"


def drivers(work: Path, report: Report, options: argparse.Namespace) -> None:
    manifest = write_few(work)
    run(manifest, work / "reference")
    reference = outputs(work / "reference")
    rng = random.Random(options.seed)
    faults = []
    for turn in range(TOGETHER):
        out = work / str(turn)
        pair = []
        for _ in range(2):
            pair.append(subprocess.Popen(command(manifest, out), cwd=ROOT))
            time.sleep(rng.uniform(0.0, 3.0))
        ended = [driver.wait() for driver in pair]
        faults += [f"turn {turn}: statuses {ended}"] if any(ended) else []
        faults += [f"turn {turn}: {fault}" for fault in find_faults(out, reference)]
    report.check(
        f"two drivers on one folder, {TOGETHER} times: both end well, all done, none twice",
        not faults,
        "; ".join(faults[:5]),
    )
