"""Hours of silence: what a run takes to say that nobody speaks.

    python -m bench.silence [--hours 12]

The recording is a sparse file: it takes no room. Prints exit status, message, time and peak memory.
"""

from __future__ import annotations

import argparse
import os
import resource
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path

_RATE_HZ = 16_000
_TEXT = "# Chapter 1\n\n- [Ann] Hello, how are you?\n\n- [Bob] Fine. It is quiet in here.\n"


def write_silence(path: Path, hours: float) -> None:
    """Write a WAV file of 16 kHz whose samples are a hole in the file."""
    data_bytes = 2 * round(hours * 3600 * _RATE_HZ)
    header = struct.pack(
        "<4sI8sIHHIIHH4sI", b"RIFF", 36 + data_bytes, b"WAVEfmt ", 16, 1, 1, _RATE_HZ,
        2 * _RATE_HZ, 2, 16, b"data", data_bytes,
    )  # fmt: skip
    path.write_bytes(header)
    os.truncate(path, len(header) + data_bytes)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hours", type=float, default=12.0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        audio, transcript = Path(folder) / "silence.wav", Path(folder) / "talk.txt"
        write_silence(audio, options.hours)
        transcript.write_text(_TEXT, encoding="utf-8")
        began_s = time.monotonic()
        done = subprocess.run(
            [sys.executable, "-m", "pipeline", "run", "--quiet", "--audio", str(audio),
             "--transcript", str(transcript), "--out", f"{folder}/out"],
            stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
        )  # fmt: skip
        spent_s = time.monotonic() - began_s
        left = sorted(path.name for path in Path(folder).iterdir())
    peak_mb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(done.stderr.strip())
    cost = f"{spent_s:.0f} s, {peak_mb:.0f} MB"
    print(f"{options.hours:g} h: status {done.returncode}, {cost}, {left}")


if __name__ == "__main__":
    main()
