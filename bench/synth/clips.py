"""Short episodes cut from the bundled demo: real work for batches without a synthesiser."""

from __future__ import annotations

import json
import subprocess
import wave
from functools import cache
from pathlib import Path

from bench.synth.sound import ffmpeg_command

__all__ = ["CLIPS", "write_clip"]

_DEMO = Path(__file__).resolve().parents[2] / "seeds" / "demo"
_RATE_HZ = 16000
_LINES = 4
_MARGIN_MS = 150
CLIPS = 50
"""How many different ones there are."""


@cache
def _samples() -> bytes:
    command = [ffmpeg_command(), "-v", "error", "-i", str(_DEMO / "demo.mp3")]
    command += ["-ac", "1", "-ar", str(_RATE_HZ), "-f", "s16le", "-"]
    return subprocess.run(command, capture_output=True, check=True).stdout


@cache
def _lines() -> list[dict[str, object]]:
    lines = json.loads((_DEMO / "truth.json").read_text(encoding="utf-8"))["lines"]
    return [line for line in lines if line["start_ms"] is not None]


def write_clip(number: int, audio: Path, transcript: Path) -> None:
    """Write the episode `number`, 0 to 49: four lines of the demo, some ten seconds, as WAV."""
    lines = _lines()[number : number + _LINES]
    begin_ms = float(str(lines[0]["start_ms"])) - _MARGIN_MS
    end_ms = float(str(lines[-1]["end_ms"])) + _MARGIN_MS
    begin, end = (2 * round(ms * _RATE_HZ / 1000) for ms in (max(0.0, begin_ms), end_ms))
    with wave.open(str(audio), "wb") as stream:
        stream.setnchannels(1)
        stream.setsampwidth(2)
        stream.setframerate(_RATE_HZ)
        stream.writeframes(_samples()[begin:end])
    text = "\n\n".join(str(line["text"]) for line in lines)
    transcript.write_text(text + "\n", encoding="utf-8")
