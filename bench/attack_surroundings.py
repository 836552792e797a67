"""Attacks by what lies around: modules in the current folder, and broken standard streams."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import itertools
import shlex
import shutil
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from bench.attack_support import Attempt, Clip, started, verdict

SCRIPT = "import sys\nfrom pipeline.cli import main\nsys.exit(main())\n"
"""What an installer writes for `episode-subtitles`."""

STREAMS = ("<&-", ">&-", "2>&-", "<&- >&- 2>&-", ">/dev/full", "2>/dev/full", ">/dev/full 2>&1",
           "| head -c 1", "2>&1 >/dev/null | head -c 1")  # fmt: skip
NEVER_DONE = 2
"""The exit status where results cannot be written to a full standard output."""


def planted(clip: Clip, only: Sequence[str] = ()) -> Iterator[Attempt]:
    """Run the commands in a folder with a file of each module's name that may be imported."""
    folder, marks = clip.folder / "planted", clip.folder / "marks"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.rmtree(marks, ignore_errors=True)
    marks.mkdir()
    _plant(folder, marks)
    for name in (clip.audio, clip.text):
        shutil.copy(name, folder)
    rows = "".join(f"e{number},clip.wav,clip.txt\n" for number in range(3))
    (folder / "m.csv").write_text(f"id,audio,transcript\n{rows}", encoding="utf-8")
    script = clip.folder / "bin" / "episode-subtitles"
    script.parent.mkdir(exist_ok=True)
    script.write_text(SCRIPT, encoding="utf-8")
    # What Python itself imports before it comes to a program that is started with -m.
    started([sys.executable, "-m", "nothing"], folder)
    of_python = {mark.name for mark in marks.iterdir()}
    ways = {"-m": [sys.executable, "-m", "pipeline"], "script": [sys.executable, str(script)]}
    chosen = {name: words for name, words in _commands().items() if not only or name in only}
    for (way, command), (what, words) in itertools.product(ways.items(), chosen.items()):
        for mark in marks.iterdir():
            mark.unlink()
        out = f"out {way}"
        status, said = started([*command, *(word.format(out=out) for word in words)], folder)
        ran = {mark.name for mark in marks.iterdir()} - (of_python if way == "-m" else set())
        name = f"{way} {what}"
        if ran:
            yield Attempt(name, False, f"these ran: {', '.join(sorted(ran))}")
        else:
            yield verdict(name, status, said, ends=(0, 3))


def _commands() -> dict[str, list[str]]:
    commands = {
        "help": ["--help"],
        "run": ["run", "--audio", "clip.wav", "--transcript", "clip.txt", "--out", "{out}"],
        "batch --check": ["batch", "m.csv", "--check"],
        "batch": ["batch", "m.csv", "--out", "{out} batch", "--jobs", "2"],
        "batch on Ray": ["batch", "m.csv", "--out", "{out} ray", "--jobs", "2", "--engine", "ray"],
        "check": ["check", "{out}/clip.srt", "--style", "podcast"],
        "doctor": ["doctor", "{out}/clip.episode.json"],
        "export": ["export", "{out}/clip.episode.json", "--format", "srt,ass,textgrid"],
        "compare": ["compare", "{out}/clip.srt", "{out}/clip.vtt"],
    }
    if importlib.util.find_spec("ray") is None:
        del commands["batch on Ray"]
    return commands


def _plant(folder: Path, marks: Path) -> None:
    nothing = folder / "nothing"
    nothing.mkdir(parents=True)
    (nothing / "__init__.py").touch()
    (nothing / "__main__.py").touch()
    names = {*sys.stdlib_module_names, *importlib.metadata.packages_distributions()}
    for name in sorted({*names, "sitecustomize", "usercustomize", "tests", "bench", "tools"}):
        if name.isidentifier() and name != "pipeline":
            code = f"open({str(marks / name)!r}, 'w').close()\n"
            (folder / f"{name}.py").write_text(code, encoding="utf-8")
    # Numba's own settings: it would look for compiled code, and for modules, where this says.
    settings = "cache_dir: evil\ndisable_jit: 1\ncache_locator_classes: secrets.Evil\n"
    (folder / ".numba_config.yaml").write_text(settings, encoding="utf-8")
    ffmpeg = folder / "ffmpeg"
    ffmpeg.write_text(f"#!/bin/sh\ntouch {shlex.quote(str(marks / 'ffmpeg'))}\n", encoding="utf-8")
    ffmpeg.chmod(0o755)


def streams(clip: Clip, only: Sequence[str] = ()) -> Iterator[Attempt]:
    """Run the commands with standard streams that are closed, full, or read by nobody."""
    rows = "e0,clip.wav,clip.txt\n"
    (clip.folder / "s.csv").write_text(f"id,audio,transcript\n{rows}", encoding="utf-8")
    commands = {
        "--help": "--help",
        "run": "run --audio clip.wav --transcript clip.txt --out {out}",
        "batch": "batch s.csv --out {out} --jobs 1",
        "check": "check first/clip.srt",
    }
    commands = {name: words for name, words in commands.items() if not only or name in only}
    numbers = itertools.count()
    for (name, words), stream in itertools.product(commands.items(), STREAMS):
        out = clip.folder / f"streams{next(numbers)}"
        line = f"{shlex.quote(sys.executable)} -m pipeline {words.format(out=out)} {stream}"
        if "|" in stream:
            line += "; exit ${PIPESTATUS[0]}"
        status, said = started(["bash", "-c", line], clip.folder)
        if ">/dev/full" in stream.replace("2>/dev/full", ""):
            ends: tuple[int, ...] = (NEVER_DONE,)
        else:
            ends = (0, 141) if "|" in stream else (0,)
        attempt = verdict(f"{name} {stream}", status, said, ends)
        written = len([path for path in out.rglob("clip.*") if path.is_file()]) + len(
            [path for path in out.glob("e0/*") if path.is_file()]
        )
        if attempt.held and "{out}" in words and written < 12:
            attempt = Attempt(attempt.name, False, f"only {written} files were written")
        yield attempt
