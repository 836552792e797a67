"""Other aligners, run beside ours in the same benchmark."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import wave
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.synth.script import read_script

__all__ = ["Run", "aeneas_episode", "aeneas_python", "pocketsphinx_episode", "run_measured"]


@dataclass(frozen=True, slots=True)
class Run:
    """A finished process: wall time, processor time and peak memory of it and its children."""

    status: int
    wall_s: float
    cpu_s: float
    peak_mb: float
    stderr: str


def run_measured(command: Sequence[str | Path], log: Path, path: Path | None = None) -> Run:
    """Run a whole process and measure it; its output goes to `log`, `path` to its PYTHONPATH.

    The peak is the largest of the process and the children that it waited for. A process inherits
    the peak of the one that starts it, so a small launcher starts it, not the benchmark itself.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    figures = log.with_suffix(".usage.json")
    launcher = Path(__file__).parent / "launch.py"
    subprocess.run(
        [sys.executable, "-I", "-S", launcher, figures, log, *map(str, command)],
        env=_environment(path),
        check=True,
    )
    usage = json.loads(figures.read_text(encoding="utf-8"))
    return Run(**usage, stderr=log.read_text(encoding="utf-8", errors="replace")[-2000:])


def _environment(path: Path | None) -> dict[str, str]:
    environment = dict(os.environ)
    if path is not None:
        before = environment.get("PYTHONPATH")
        environment["PYTHONPATH"] = f"{path}{os.pathsep}{before}" if before else str(path)
    return environment


def aeneas_python() -> str | None:
    """The Python that has aeneas: `AENEAS_PYTHON`, if it is set and there."""
    path = os.environ.get("AENEAS_PYTHON")
    return path if path and Path(path).exists() else None


def aeneas_episode(
    python: str, audio: Path, transcript: Path, folder: Path
) -> tuple[Run, dict[str, Any] | None]:
    """Align with aeneas; its lines as an episode that `score_episode` can judge by line starts."""
    folder.mkdir(parents=True, exist_ok=True)
    script = read_script(transcript)
    spoken = [(n, line) for n, line in enumerate(script.lines) if line.words]
    text = "\n".join(" ".join(w.text for w in line.words) for _, line in spoken)
    (folder / "lines.txt").write_text(text + "\n", encoding="utf-8")
    settings = "task_language=eng|is_text_type=plain|os_task_file_format=json"
    out = folder / "aeneas.json"
    run = run_measured(
        [python, "-m", "aeneas.tools.execute_task", audio, folder / "lines.txt", settings, out],
        folder / "aeneas.log",
    )
    if run.status != 0 or not out.exists():
        return run, None
    fragments = json.loads(out.read_text(encoding="utf-8"))["fragments"]
    starts: dict[int, tuple[float, float]] = {
        n: (1000 * float(f["begin"]), 1000 * float(f["end"]))
        for (n, _), f in zip(spoken, fragments, strict=True)
    }
    return run, _line_episode(script, starts)


def _line_episode(script: Any, starts: dict[int, tuple[float, float]]) -> dict[str, Any]:
    """Words spread evenly over their line: aeneas times no words."""
    lines: list[dict[str, Any]] = []
    words: list[dict[str, Any]] = []
    chapters: list[dict[str, Any]] = []
    for chapter in script.chapters:
        first = len(lines)
        for line in chapter.lines:
            start, end = starts.get(len(lines), (None, None))
            lines.append({"start_ms": start, "end_ms": end})
            count = len(line.words)
            for n, word in enumerate(line.words):
                step = ((end or 0) - (start or 0)) / count
                words.append(
                    {
                        "text": word.text,
                        "speaker": "",
                        "start_ms": (start or 0) + n * step,
                        "end_ms": (start or 0) + (n + 1) * step,
                        "confidence": 0.5,
                        "status": "aligned",
                    }
                )
        begin = next((x["start_ms"] for x in lines[first:] if x["start_ms"] is not None), None)
        chapters.append({"start_ms": begin})
    return {"words": words, "lines": lines, "chapters": chapters, "gaps": []}


def pocketsphinx_episode(audio: Path, words: Sequence[str]) -> dict[str, Any] | None:
    """pocketsphinx's own aligner on a short clip; None where it gives up.

    `audio`: 16 kHz mono WAV. Words that its dictionary lacks make it give up, too.
    """
    import pocketsphinx

    decoder = pocketsphinx.Decoder(
        lm=None, bestpath=False, beam=1e-200, pbeam=1e-200, wbeam=1e-200, loglevel="FATAL"
    )
    plain = [re.sub(r"[^a-z']", "", word.lower().replace("’", "'")) for word in words]
    with wave.open(str(audio), "rb") as handle:
        data = handle.readframes(handle.getnframes())
    try:
        decoder.set_align_text(" ".join(plain))
        decoder.start_utt()
        decoder.process_raw(data, full_utt=True)
        decoder.end_utt()
        segments = list(decoder.seg() or ())
    except RuntimeError:
        return None
    heard = [s for s in segments if not s.word.startswith(("<", "["))]
    if [re.sub(r"\(\d+\)$", "", s.word) for s in heard] != plain:
        return None
    timed = [
        {
            "text": word,
            "speaker": "",
            "start_ms": 10.0 * s.start_frame,
            "end_ms": 10.0 * (s.end_frame + 1),
            "confidence": 1.0,
            "status": "aligned",
        }
        for word, s in zip(words, heard, strict=True)
    ]
    begin = {"start_ms": timed[0]["start_ms"]}
    return {"words": timed, "lines": [begin], "chapters": [begin], "gaps": []}
