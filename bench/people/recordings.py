"""Recordings of real people, read from a folder: what is said in each, line by line, and where.

A folder below the one named holds either `utterances.csv` (`file,duration_s,speaker,text`: one line
a recording) or recordings with their text beside them, `NAME.txt`, and the borders of its lines,
`NAME.lines.csv` (`text,start_s,end_s,speaker`).
"""

from __future__ import annotations

import csv
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.audio.ffmpeg import ffmpeg_executable

__all__ = ["RATE_HZ", "Recording", "SpokenLine", "read_recordings", "samples_of"]

RATE_HZ = 16000
_AUDIO = (".flac", ".wav", ".mp3")


@dataclass(frozen=True, slots=True)
class SpokenLine:
    """What is said between two moments of a recording, in seconds."""

    text: str
    start_s: float
    end_s: float
    speaker: str


@dataclass(frozen=True, slots=True)
class Recording:
    """A recording and the lines in it, in order, none overlapping another."""

    name: str
    audio: Path
    lines: tuple[SpokenLine, ...]


def read_recordings(folder: Path) -> dict[str, list[Recording]]:
    """The recordings of each folder below one, by its name, that have times of their lines."""
    found: dict[str, list[Recording]] = {}
    for part in sorted(path for path in folder.iterdir() if path.is_dir()):
        table = part / "utterances.csv"
        recordings = list(_utterances(table) if table.is_file() else _with_lines(part))
        if recordings:
            found[part.name] = recordings
    return found


def _utterances(table: Path) -> Iterator[Recording]:
    with table.open(encoding="utf-8", newline="") as handle:
        for row in csv.DictReader(handle):
            audio = table.parent / row["file"]
            line = SpokenLine(row["text"], 0.0, float(row["duration_s"]), row["speaker"])
            yield Recording(audio.stem, audio, (line,))


def _with_lines(folder: Path) -> Iterator[Recording]:
    for audio in sorted(path for path in folder.iterdir() if path.suffix in _AUDIO):
        table = audio.with_suffix(".lines.csv")
        if not table.is_file():
            continue
        with table.open(encoding="utf-8", newline="") as handle:
            lines = tuple(
                SpokenLine(
                    row["text"], float(row["start_s"]), float(row["end_s"]), row["speaker"] or ""
                )
                for row in csv.DictReader(handle)
            )
        yield Recording(audio.stem, audio, lines)


@lru_cache(maxsize=8)
def samples_of(audio: Path) -> NDArray[np.int16]:
    """The whole of a recording, int16 at 16 kHz, its channels mixed."""
    command = [ffmpeg_executable(), "-v", "error", "-i", str(audio), "-ac", "1"]
    command += ["-ar", str(RATE_HZ), "-f", "s16le", "-"]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=True)
    return np.frombuffer(done.stdout, "<i2")
