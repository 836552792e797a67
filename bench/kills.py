"""`python -m bench.kills`: kills `run` at random moments and looks at what is in its folder.

A run over a finished set of outputs is killed by SIGKILL, half of the times anywhere between its
first second and its last, half of the times while it writes. The folder must then read as the old
set or as the new one, and after a next, whole run hold nothing but that run's outputs. The two sets
differ in every file. Each run is a process of its own, forked from one that has imported the
program, so that kills fall into its work and not into its start.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from pipeline.audio.ffmpeg import ffmpeg_executable
from pipeline.cli import main as program
from pipeline.set_swap import PREFIX

DEMO = Path(__file__).resolve().parents[1] / "seeds" / "demo"
CLIP_S = 14
TITLES = ("One", "Two")
"""Two lines of the demo more or less: times, counts and words differ, and so does every file."""
TEXTS = (
    "# First\n\n- [Maya] Welcome back to Small Trades.\n\nI'm Maya Reyes, and my guest today\n",
    "# Second\n\n- [Tom] Welcome back to Small Trades.\n\nI'm Maya Reyes, and my guest today\n\n"
    "pours liquid bronze into holes in the ground.\n",
)


def main(words: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(words)
    with tempfile.TemporaryDirectory(prefix="kills-") as name:
        work = Path(name)
        _prepare(work)
        # In this process, so that those forked from it have all that is slow to load.
        _run(work, "One")
        tally = kill_often(work, options.kills, random.Random(options.seed))
    for what, count in sorted(tally.items()):
        print(f"{what}: {count}")
    sys.exit(bool(tally["a mixture"] or tally["something left"]))


def _prepare(work: Path) -> None:
    command = [ffmpeg_executable(), "-v", "error", "-i", str(DEMO / "demo.mp3"), "-t", str(CLIP_S)]
    subprocess.run([*command, str(work / "clip.wav")], check=True)
    for title, text in zip(TITLES, TEXTS, strict=True):
        (work / f"{title}.txt").write_text(text, encoding="utf-8")


def kill_often(work: Path, kills: int, rng: random.Random) -> Counter[str]:
    """Counts of: killed (where), what was found then, and what was left after a next run."""
    out = work / "out"
    known: dict[str, Mapping[str, bytes]] = {}
    spent_s = writing_s = 0.0
    for title in TITLES:
        whole_s, writing_s = _whole_run(work, title)
        spent_s = max(spent_s, whole_s)
        known[title] = outputs(out)
    differ = [name for name in known["One"] if known["One"][name] != known["Two"][name]]
    tally: Counter[str] = Counter(
        {"files in a set": len(known["One"]), "of which differ between the sets": len(differ)}
    )
    tally["a mixture"] = tally["something left"] = 0
    for number in range(kills):
        title, other = TITLES[number % 2], TITLES[1 - number % 2]
        before = outputs(out)
        child = _start(work, title)
        if number % 2:
            time.sleep(rng.uniform(0, spent_s))
        else:
            _await_writing(out, child)
            time.sleep(rng.uniform(0, 1.3 * writing_s))
        ended = os.waitpid(child, os.WNOHANG) != (0, 0)
        while_writing = any((path / "new").is_dir() for path in out.glob(f"{PREFIX}*"))
        if not ended:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
        tally["killed while writing" if while_writing else
              "came too late" if ended else "killed elsewhere"] += 1  # fmt: skip
        tally[_what(outputs(out), before, known[title])] += 1
        # Anew each time: how long a run takes changes with what else the machine does.
        spent_s, writing_s = _whole_run(work, other)
        hidden = [path.name for path in out.iterdir() if path.name not in known[other]]
        links = [path.name for path in out.iterdir() if path.is_symlink()]
        tally["something left"] += bool(hidden or links)
        tally["next run whole"] += _what(outputs(out), {}, known[other]) == "the new set"
    return tally


def outputs(out: Path) -> dict[str, bytes]:
    """What a reader finds under the names that are not hidden."""
    return {
        path.name: path.read_bytes()
        for path in out.iterdir()
        if not path.name.startswith(".") and path.exists()
    }


def _what(found: Mapping[str, bytes], old: Mapping[str, bytes], new: Mapping[str, bytes]) -> str:
    if found == old:
        return "the old set"
    # A report holds its run's times: it is new if it is not the old one.
    same = all(
        found.get(name) == content or (name.endswith(".report.json") and name in found
                                       and found[name] != old.get(name))
        for name, content in new.items()
    )  # fmt: skip
    return "the new set" if same and found.keys() == new.keys() else "a mixture"


def _start(work: Path, title: str) -> int:
    child = os.fork()
    if child == 0:
        os._exit(_run(work, title))
    return child


def _run(work: Path, title: str) -> int:
    return program([
        "run", "--audio", str(work / "clip.wav"), "--transcript", str(work / f"{title}.txt"),
        "--id", "clip", "--title", title, "--out", str(work / "out"), "--quiet",
    ])  # fmt: skip


def _whole_run(work: Path, title: str) -> tuple[float, float]:
    """Seconds in all, and seconds of writing."""
    started_s = time.monotonic()
    child = _start(work, title)
    began_s = _await_writing(work / "out", child)
    _, status = os.waitpid(child, 0)
    if status:
        raise SystemExit(f"bench: a run ended with {status}")
    ended_s = time.monotonic()
    return ended_s - started_s, ended_s - began_s


def _await_writing(out: Path, child: int) -> float:
    """Wait until outputs are being written, not the probe at the beginning."""
    while True:
        for aside in out.glob(f"{PREFIX}*") if out.is_dir() else ():
            try:
                if any((aside / "new").iterdir()):
                    return time.monotonic()
            except OSError:
                continue
        if os.waitid(os.P_PID, child, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None:
            return time.monotonic()
        time.sleep(0.0005)


if __name__ == "__main__":
    main()
