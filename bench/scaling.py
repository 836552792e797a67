"""`python -m bench.scaling`: what audio and episodes cost, the figures of docs/scaling.md.

An hour of synthetic speech, clean and noisy, goes through a batch of one worker. Then ten thousand
episodes that are done are looked at again: the work of the driver alone.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

from bench.peers import Run, run_measured
from bench.synth.cases import CASES, write_case
from bench.synth.clips import write_clip
from bench.synth.invent import invent_transcript
from bench.synth.sound import ffmpeg_command
from pipeline.batch.inputs import episode_key, program_version, read_inputs
from pipeline.batch.manifest import read_manifest
from pipeline.batch.records import EpisodeRecord
from pipeline.batch.state import StateFolder
from pipeline.batch.work import BATCH_FORMATS

ROOT = Path(__file__).resolve().parents[1]
MP3 = ("-ac", "1", "-b:a", "96k")


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(prog="python -m bench.scaling", description=__doc__)
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--case", action="append", choices=list(CASES))
    parser.add_argument("--episodes", type=int, default=10_000, help="for the driver")
    parser.add_argument("--cache", type=Path, default=ROOT / ".cache" / "bench")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="scaling-") as name:
        warm_up(Path(name) / "warm")
        for case in options.case or ("clean", "noise15-mp3"):
            hours(case, Path(name) / case, options)
        driver(Path(name) / "driver", options.episodes)


def warm_up(work: Path) -> None:
    """The first run in a new environment compiles."""
    work.mkdir()
    write_clip(0, work / "a.wav", work / "a.txt")
    (work / "one.csv").write_text("id,audio,transcript\na,a.wav,a.txt\n")
    batch(work / "one.csv", work / "out")


def hours(case: str, work: Path, options: argparse.Namespace) -> None:
    """An episode by one worker: per hour of audio."""
    work.mkdir(parents=True)
    transcript = work / "invented.txt"
    transcript.write_text(invent_transcript(options.minutes), encoding="utf-8")
    write_case(case, transcript, work, voices=["rms", "slt"], seed=0, cache_dir=options.cache)
    command = [ffmpeg_command(), "-v", "error", "-i", work / "episode.wav", *MP3, work / "e.mp3"]
    subprocess.run(command, check=True)
    (work / "one.csv").write_text("id,audio,transcript\ne,e.mp3,transcript.txt\n")
    run = batch(work / "one.csv", work / "out")
    record = StateFolder(work / "out").read("e")
    assert record is not None and record.duration_ms, run.stderr
    hour = record.duration_ms / 3_600_000
    stages = ", ".join(f"{name} {spent / hour:.1f}" for name, spent in record.stages_s.items())
    print(
        f"{case}: {hour:.2f} h of audio, {run.cpu_s / hour:.0f} s of processor time an hour, "
        f"peak {run.peak_mb:.0f} MB; audio {megabytes(work / 'e.mp3') / hour:.0f} MB, outputs "
        f"{megabytes(work / 'out' / 'e') / hour:.1f} MB, state "
        f"{megabytes(work / 'out' / '.batch') / hour:.2f} MB an hour"
    )
    print(f"  stages, s an hour: {stages}", flush=True)


def driver(work: Path, episodes: int) -> None:
    """Episodes that are all done: reading the manifest, the records, writing the summary."""
    work.mkdir(parents=True)
    write_clip(0, work / "a.wav", work / "a.txt")
    rows = [f"e{number},a.wav,a.txt" for number in range(episodes)]
    manifest = work / "many.csv"
    manifest.write_text("\n".join(["id,audio,transcript", *rows]) + "\n", encoding="utf-8")
    state = StateFolder(work / "out")
    for entry in read_manifest(manifest, work / "out").entries:
        assert entry.job is not None
        inputs = read_inputs(entry.job)
        key = episode_key(entry.job, inputs, BATCH_FORMATS)
        record = EpisodeRecord(
            entry.id, "done", program_version(), key, 1, "", coverage=1.0, inputs=inputs,
            duration_ms=3_600_000, stages_s={"Listening": 10.0},
        )  # fmt: skip
        state.write(record)
    for what, more in {"again": (), "--status": ("--status",)}.items():
        run = batch(manifest, work / "out", *more)
        assert run.status == 0, run.stderr
        print(
            f"{episodes} episodes, all done, {what}: {run.wall_s:.1f} s, {run.cpu_s:.1f} s of "
            f"processor time, peak {run.peak_mb:.0f} MB",
            flush=True,
        )
    print(f"  index.html {megabytes(work / 'out' / 'index.html'):.1f} MB")


def batch(manifest: Path, out: Path, *more: str) -> Run:
    words = [sys.executable, "-m", "pipeline", "batch", manifest, "--out", out, "--jobs", "1"]
    return run_measured([*words, *more], out.with_suffix(".log"), ROOT)


def megabytes(place: Path) -> float:
    files = [path for path in place.rglob("*") if path.is_file()] if place.is_dir() else [place]
    return sum(path.stat().st_size for path in files) / 1e6


if __name__ == "__main__":
    main()
