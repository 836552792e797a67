"""A folder with short real episodes and bad ones, and what becomes of it."""

from __future__ import annotations

import json
from pathlib import Path

from bench.synth.clips import write_clip

__all__ = ["BAD", "outputs", "write_episodes"]

BAD = {
    "missing-audio": "there is no such audio file",
    "missing-text": "there is no such transcript",
    "empty-audio": "the audio file is empty",
    "not-audio": "ffmpeg cannot decode this file",
    "no-words": "the transcript has no words",
    "other-text": "transcript",
    "bad-config": "unknown key titel; did you mean title?",
    "bad-style": "there is no style netfix; did you mean netflix?",
}
"""Bad episodes by id, and a part of the reason that must be told."""


def write_episodes(folder: Path, good: int) -> Path:
    """Write a manifest of `good` episodes and, among them, all `BAD` ones; returns its path."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = []
    for number in range(good):
        name = f"e{number:02}"
        write_clip(number, folder / f"{name}.wav", folder / f"{name}.txt")
        rows.append([name, f"{name}.wav", f"{name}.txt", "", ""])
    (folder / "empty.wav").write_bytes(b"")
    (folder / "noise.wav").write_bytes(bytes(range(256)) * 40)
    (folder / "laughter.txt").write_text("(laughing)\n", encoding="utf-8")
    other = "\n\n".join("- Nothing of this was ever said by anybody in the studio." for _ in "abc")
    (folder / "other.txt").write_text(other + "\n", encoding="utf-8")
    (folder / "bad.toml").write_text('titel = "x"\n', encoding="utf-8")
    bad = [
        ["missing-audio", "nowhere.wav", "e00.txt", "", ""],
        ["missing-text", "e00.wav", "nowhere.txt", "", ""],
        ["empty-audio", "empty.wav", "e00.txt", "", ""],
        ["not-audio", "noise.wav", "e00.txt", "", ""],
        ["no-words", "e00.wav", "laughter.txt", "", ""],
        ["other-text", "e00.wav", "other.txt", "", ""],
        ["bad-config", "e00.wav", "e00.txt", "bad.toml", ""],
        ["bad-style", "e00.wav", "e00.txt", "", "netfix"],
    ]
    for place, row in enumerate(bad):
        rows.insert(2 * place, row)
    lines = [",".join(row) for row in [["id", "audio", "transcript", "config", "style"], *rows]]
    manifest = folder / "episodes.csv"
    manifest.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return manifest


def outputs(out: Path) -> dict[str, str]:
    """Each output below `out`, without run times, which differ."""
    found = {}
    for path in sorted(out.glob("[!.]*/[!.]*")):
        text = path.read_text(encoding="utf-8")
        if path.name.endswith(".report.json"):
            text = json.dumps({**json.loads(text), "run_time_s": None})
        found[str(path.relative_to(out))] = text
    return found
