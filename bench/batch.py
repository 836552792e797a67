"""`python -m bench.batch`: what a batch promises, tried out; writes bench/BATCH.md.

Forty episodes on both engines; kill -9 of workers, drivers and Ray nodes at random moments; a disk
that fills up and one that turns read-only; the throughput and memory of two workers.
"""

from __future__ import annotations

import argparse
import contextlib
import csv
import os
import random
import resource
import secrets
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from bench.peers import run_measured
from bench.synth.clips import write_clip
from tests.batch.episodes import BAD, outputs, write_episodes

ROOT = Path(__file__).resolve().parents[1]
DEMO = ROOT / "seeds" / "demo"
FEW = 6
TOGETHER = 5
PATIENCE_S = 300.0
QUIET = 0.1
"""Processors that others may use while throughput is measured."""


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


# --- forty ---------------------------------------------------------------------------------------


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


# --- kills ---------------------------------------------------------------------------------------


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


def write_few(folder: Path) -> Path:
    folder.mkdir(parents=True)
    rows = ["id,audio,transcript"]
    for number in range(FEW):
        write_clip(number * 8, folder / f"{number}.wav", folder / f"{number}.txt")
        rows.append(f"e{number},{number}.wav,{number}.txt")
    manifest = folder / "few.csv"
    manifest.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return manifest


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


def children_of(pid: int) -> list[int]:
    with contextlib.suppress(OSError):
        text = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
        return [int(word) for word in text.split()]
    return []


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


class Cluster:
    """A Ray cluster on this machine: a head that works on nothing, two nodes of one processor."""

    def __init__(self, folder: Path) -> None:
        token = folder / "ray-token"
        token.write_text(secrets.token_hex(32), encoding="ascii")
        os.environ |= {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN_PATH": str(token)}
        os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
        from ray.cluster_utils import Cluster as RayCluster

        self._cluster = RayCluster(initialize_head=True, head_node_args={"num_cpus": 0})
        self._nodes = [self._cluster.add_node(num_cpus=1) for _ in range(2)]
        self.address = str(self._cluster.address)

    def kill_a_node(self, rng: random.Random) -> None:
        """Its workers end with it; another node comes in its place."""
        node = self._nodes.pop(rng.randrange(2))
        os.kill(node.all_processes["raylet"][0].process.pid, signal.SIGKILL)
        self._nodes.append(self._cluster.add_node(num_cpus=1))

    def __enter__(self) -> Cluster:
        return self

    def __exit__(self, *_: object) -> None:
        self._cluster.shutdown()


# --- two drivers ---------------------------------------------------------------------------------


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


# --- disk ----------------------------------------------------------------------------------------


def disk(work: Path, report: Report, options: argparse.Namespace) -> None:
    manifest = write_few(work)
    run(manifest, work / "reference")
    reference = outputs(work / "reference")
    mounted = work / "disk"
    mounted.mkdir()
    # The state and some of the episodes fit, not all of them.
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=560k", "tmpfs", mounted]).returncode:
        report.say("- not tried: a small disk can be mounted by root only")
        return
    try:
        out = mounted / "out"
        status, shown, _ = run(manifest, out)
        some = len(list(out.glob("*/*.srt")))
        whole = all(reference[name] == text for name, text in outputs(out).items())
        one_line = "disk is full" in shown and shown.count("\n") == 0
        report.check(
            f"disk full: stops with one clear line and status 2, {some} of {FEW} whole",
            status == 2 and one_line and whole,
            f"`{shown[-120:].replace(str(work), '')}`",
        )
        subprocess.run(["mount", "-o", "remount,size=64m", mounted], check=True)
        status, _, _ = run(manifest, out)
        report.check("… goes on when there is space", status == 0 and outputs(out) == reference)
        shutil.rmtree(out)
        driver = subprocess.Popen(
            command(manifest, out), cwd=ROOT, stderr=subprocess.PIPE, text=True
        )
        while not list(out.glob("*/*.srt")) and driver.poll() is None:
            time.sleep(0.02)
        subprocess.run(["chattr", "-R", "+i", out], check=True)  # root has every permission else
        shown = driver.communicate()[1].strip()
        subprocess.run(["chattr", "-R", "-i", out], check=True)
        some = len(list(out.glob("*/*.srt")))
        report.check(
            f"permission lost: stops with one clear line and status 2, {some} of {FEW} whole",
            driver.returncode == 2 and shown.count("\n") == 0 and some < FEW,
            f"`{shown[-120:].replace(str(work), '')}`",
        )
        status, _, _ = run(manifest, out)
        report.check("… goes on when it is back", status == 0 and outputs(out) == reference)
    finally:
        subprocess.run(["umount", mounted], check=False)


# --- throughput ----------------------------------------------------------------------------------


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
