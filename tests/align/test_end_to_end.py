"""The bundled demo through the real aligner, against the truth of its synthetic speech."""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pipeline.align.hmm import HmmAligner
from pipeline.align.records import Alignment
from pipeline.audio.ffmpeg import ffmpeg_executable
from pipeline.errors import InputError
from pipeline.export.episode_json import read_episode
from pipeline.lexicon.records import Pronunciation
from pipeline.progress import SilentProgress
from pipeline.transcript.parse import parse_transcript, read_transcript
from tests.align.conftest import DEMO, ROOT

pytestmark = pytest.mark.xdist_group("demo")

SUFFIXES = (
    ".srt", ".vtt", ".chapters.csv", ".chapters.md", ".chapters.json", ".chapters.vtt",
    ".chapters.youtube.txt", ".chapters.ffmetadata", ".episode.json", ".words.ctm",
    ".speakers.rttm", ".report.json",
)  # fmt: skip
ROWS = ("lines", "words", "chapters", "gaps", "events")


@pytest.fixture(scope="session")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder into which the command line wrote the demo's outputs."""
    folder = tmp_path_factory.mktemp("demo") / "out"
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pipeline", "run", "--config", "configs/demo.toml"),
            *("--audio", "seeds/demo/demo.mp3", "--transcript", "seeds/demo/transcript.txt"),
            *("--out", str(folder)),
        ],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    return folder


@pytest.fixture(scope="session")
def episode(out: Path) -> dict[str, Any]:
    return json.loads((out / "demo.episode.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def truth() -> dict[str, Any]:
    return json.loads((DEMO / "truth.json").read_text(encoding="utf-8"))


def test_every_file_is_written(out: Path) -> None:
    assert {path.name for path in out.iterdir()} == {f"demo{suffix}" for suffix in SUFFIXES}
    assert all(path.stat().st_size for path in out.iterdir())


def test_every_word_is_timed_in_order(episode: dict[str, Any], truth: dict[str, Any]) -> None:
    words = episode["words"]
    assert [w["text"] for w in words] == [w["text"] for w in truth["words"]]
    assert all(w["status"] == "aligned" for w in words)
    starts = [w["start_ms"] for w in words]
    assert starts == sorted(starts)
    assert all(w["start_ms"] < w["end_ms"] for w in words)


def test_line_starts_are_true(episode: dict[str, Any], truth: dict[str, Any]) -> None:
    spoken = [
        (line["start_ms"], true["start_ms"])
        for line, true in zip(episode["lines"], truth["lines"], strict=True)
        if true["last_word"] >= true["first_word"]
    ]
    errors = np.abs(np.diff(np.array(spoken, dtype=float), axis=1))
    assert (errors <= 100).mean() >= 0.99
    assert errors.max() <= 1000
    assert np.median(errors) <= 30


def test_word_edges_are_true(episode: dict[str, Any], truth: dict[str, Any]) -> None:
    errors = np.array(
        [
            (w["start_ms"] - t["start_ms"], w["end_ms"] - t["end_ms"])
            for w, t in zip(episode["words"], truth["words"], strict=True)
        ]
    )
    assert np.abs(errors).mean() <= 40
    assert np.abs(errors).max() <= 1000


def test_chapters_begin_where_they_should(episode: dict[str, Any], truth: dict[str, Any]) -> None:
    for chapter, true in zip(episode["chapters"], truth["chapters"], strict=True):
        assert chapter["start_ms"] == pytest.approx(true["start_ms"], abs=100)
        assert chapter["first_line"] == true["first_line"]


def test_repeated_lines_are_dropped(episode: dict[str, Any], truth: dict[str, Any]) -> None:
    assert [c["repeated_lines"] for c in episode["chapters"]] == [0, 4, 6]
    assert len(episode["lines"]) == len(truth["lines"])


def test_speech_without_text_is_reported(episode: dict[str, Any], truth: dict[str, Any]) -> None:
    [[start_ms, end_ms]] = truth["untranscribed"]
    gap = episode["gaps"][0]
    assert gap["kind"] == "untranscribed"
    assert gap["start_ms"] == pytest.approx(start_ms, abs=500)
    assert end_ms - 100 <= gap["end_ms"] <= truth["words"][0]["start_ms"] + 100


def test_labelled_lines_have_the_right_speaker(episode: dict[str, Any]) -> None:
    words = episode["words"]
    labelled = [x for x in episode["lines"] if x["text"].startswith(("- [Maya]", "- [Tom]"))]
    assert len(labelled) >= 4
    for line in labelled:
        assert f"- [{words[line['first_word']]['speaker'].title()}]" in line["text"]


def test_episode_json_keeps_its_contract(out: Path, episode: dict[str, Any]) -> None:
    assert episode["format"] == "episode-subtitles/1"
    assert episode["engine"]["aligner"] == "hmm"
    assert read_episode(out / "demo.episode.json").id == "demo"
    duration_ms = episode["episode"]["audio"]["duration_ms"]
    for rows in ROWS:
        starts = [row["start_ms"] for row in episode[rows]]
        assert starts == sorted(starts), rows
        assert all(0 <= r["start_ms"] <= r["end_ms"] <= duration_ms for r in episode[rows]), rows
    for gap in episode["gaps"]:
        assert gap["end_ms"] - gap["start_ms"] > 2000
        assert not any(
            w["start_ms"] < gap["end_ms"] and gap["start_ms"] < w["end_ms"]
            for w in episode["words"]
        )
    for before, after in itertools.pairwise(episode["chapters"]):
        assert before["end_ms"] == after["start_ms"]
    assert all(0 <= w["confidence"] <= 1 for w in episode["words"])


def test_the_last_word_of_all_formats_is_the_last_word(out: Path, episode: dict[str, Any]) -> None:
    last = episode["words"][-1]
    ctm = (out / "demo.words.ctm").read_text(encoding="utf-8").splitlines()
    assert len([row for row in ctm if not row.startswith(";;")]) == len(episode["words"])
    assert f" {last['start_ms'] / 1000:.3f} " in ctm[-1]


@pytest.fixture(scope="session")
def part(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, Path]:
    """The demo's first 40 s as wav, the same samples as flac, and the text they hold."""
    folder = tmp_path_factory.mktemp("part")
    wav, flac, text = folder / "part.wav", folder / "part.flac", folder / "part.txt"
    _ffmpeg("-i", DEMO / "demo.mp3", "-t", "40", wav)
    _ffmpeg("-i", wav, flac)
    truth = json.loads((DEMO / "truth.json").read_text(encoding="utf-8"))
    lines = [line["text"] for line in truth["lines"] if (line["end_ms"] or 0) <= 39000]
    text.write_text("\n\n".join(lines), encoding="utf-8")
    return wav, flac, text


def _ffmpeg(*words: str | Path) -> None:
    command: Sequence[str | Path] = (ffmpeg_executable(), "-y", "-v", "error", *words)
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL)


def _aligned(audio: Path, text: Path, threads: int) -> Alignment:
    return HmmAligner(threads).align(read_transcript(text), audio, SilentProgress())


def test_words_are_read_no_further_once_the_audio_is_of_no_use(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    read: list[str] = []

    class SlowLexicon:
        def pronounce(self, word: str) -> tuple[Pronunciation, ...]:
            read.append(word)
            time.sleep(0.01)
            return (Pronunciation(("AH",), 0.0),)

    monkeypatch.setattr("pipeline.align.hmm.load_lexicon", SlowLexicon)
    text = " ".join(f"word{''.join(chr(97 + int(d)) for d in str(n))}" for n in range(5000))
    transcript = parse_transcript(f"{text}\n".encode(), "text")
    with pytest.raises(InputError, match="no such audio file"):
        HmmAligner().align(transcript, tmp_path / "missing.wav", SilentProgress())
    assert len(read) < 5000


def test_neither_threads_nor_container_change_anything(part: tuple[Path, Path, Path]) -> None:
    wav, flac, text = part
    one = _aligned(wav, text, 1)
    assert one.coverage == 1
    assert _aligned(wav, text, 2) == one
    assert _aligned(flac, text, 5) == one
