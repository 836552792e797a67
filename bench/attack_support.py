"""What the attacks share: a short episode, and runs of the program that are watched."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.audio.ffmpeg import ffmpeg_executable
from pipeline.cli import main as program
from pipeline.isolation import ROOT
from pipeline.processors import processors

DEMO = Path(ROOT) / "seeds" / "demo" / "demo.mp3"
CLIP_S = 14
TEXT = "- [Maya] Welcome back to Small Trades.\n\nI'm Maya Reyes, and my guest today\n"
MOST_S = 90.0
ENDS = (0, 2, 3)
"""Exit statuses of work that was done, refused, or done below the quality demanded."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try: whether the program held, and else what it did."""

    name: str
    held: bool
    why: str = ""


@dataclass(frozen=True, slots=True)
class Clip:
    """A folder with a short episode, `clip.wav` and `clip.txt`."""

    folder: Path

    @property
    def audio(self) -> Path:
        return self.folder / "clip.wav"

    @property
    def text(self) -> Path:
        return self.folder / "clip.txt"


def make_clip(folder: Path) -> Clip:
    """Write the episode, and run it once, so that all is compiled and loaded here."""
    clip = Clip(folder)
    command = [ffmpeg_executable(), "-v", "error", "-i", str(DEMO), "-t", str(CLIP_S)]
    subprocess.run([*command, str(clip.audio)], check=True)
    clip.text.write_text(TEXT, encoding="utf-8")
    if program(["run", "--quiet", *sources(clip), "--out", str(folder / "first")]):
        raise SystemExit("attack: the episode itself does not run")
    return clip


def sources(clip: Clip) -> list[str]:
    return ["--audio", str(clip.audio), "--transcript", str(clip.text)]


def verdict(name: str, status: int, said: str, ends: Sequence[int] = ENDS) -> Attempt:
    """Whether a run ended as it should, and without an internal error."""
    if status not in ends:
        return Attempt(name, False, f"status {status}: {said[-300:]}")
    if "this is a bug" in said or "Traceback" in said:
        return Attempt(name, False, said[-300:])
    return Attempt(name, True)


def forked(tries: Iterable[tuple[str, Callable[[], int]]]) -> Iterator[Attempt]:
    """Do each try in a process forked from this one, which has all that is slow to load."""
    with tempfile.TemporaryDirectory(prefix="said-") as name:
        said = Path(name)
        running: dict[int, tuple[str, float]] = {}
        for what, work in tries:
            while len(running) >= processors():
                yield from _ended(running, said)
            running[_fork(work, said)] = (what, time.monotonic())
        while running:
            yield from _ended(running, said)


def _fork(work: Callable[[], int], said: Path) -> int:
    child = os.fork()
    if child:
        return child
    status = 1
    with contextlib.suppress(BaseException):
        os.setpgid(0, 0)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        os.dup2(os.open(said / str(os.getpid()), os.O_WRONLY | os.O_CREAT), 2)
        sys.stderr = open(2, "w", errors="backslashreplace", closefd=False)  # noqa: SIM115
        status = work()
        sys.stderr.flush()
    os._exit(status)


def _ended(running: dict[int, tuple[str, float]], said: Path) -> Iterator[Attempt]:
    for child, (name, began_s) in list(running.items()):
        done, status = os.waitpid(child, os.WNOHANG)
        if not done:
            if time.monotonic() - began_s < MOST_S:
                continue
            with contextlib.suppress(OSError):
                os.killpg(child, signal.SIGKILL)
            os.waitpid(child, 0)
        del running[child]
        path = said / str(child)
        text = path.read_text(errors="replace") if path.exists() else ""
        if not done:
            yield Attempt(name, False, f"not done after {MOST_S:.0f} s")
        else:
            yield verdict(name, os.waitstatus_to_exitcode(status), text)
    time.sleep(0.01)


def started(
    command: Sequence[str], folder: Path, environment: Mapping[str, str] | None = None
) -> tuple[int, str]:
    """Run a command in a folder: its exit status, and what it said."""
    path = {"PYTHONPATH": ROOT}
    try:
        done = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, errors="replace", check=False,
            timeout=MOST_S, env={**os.environ, **path, **(environment or {})},
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return -1, f"not done after {MOST_S:.0f} s"
    return done.returncode, done.stdout + done.stderr
