"""Bad input through the command line with the real aligner: one line, status 2, nothing written."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from pipeline.cli import main
from tests.audio.conftest import noise, tone, write_wav

ROOT = Path(__file__).parents[2]
DEMO = ROOT / "seeds" / "demo"
TRANSCRIPT = DEMO / "transcript.txt"

pytestmark = pytest.mark.xdist_group("demo")


@pytest.fixture
def refusal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[[Path, Path], str]:
    """Runs the program, checks that it refuses as it should, and returns the line."""

    def run(audio: Path, transcript: Path) -> str:
        out = tmp_path / "out"
        out.mkdir()
        old = out / f"{transcript.stem}.srt"
        old.write_text("good")
        words = ["--audio", str(audio), "--transcript", str(transcript), "--out", str(out)]
        assert main(["run", *words, "--quiet"]) == 2
        shown = capsys.readouterr()
        assert shown.out == ""
        assert [path.name for path in out.iterdir()] == [old.name]
        assert old.read_text() == "good"
        [line] = shown.err.splitlines()
        assert line.startswith("episode-subtitles: error: ")
        assert "; " in line, "no remedy"
        return line.removeprefix("episode-subtitles: error: ")

    return run


Refusal = Callable[[Path, Path], str]


def test_missing_audio(refusal: Refusal, tmp_path: Path) -> None:
    line = refusal(tmp_path / "nowhere.mp3", TRANSCRIPT)
    assert "nowhere.mp3: there is no such audio file; check the path" in line


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "the audio file is empty"),
        (b"Not audio at all. " * 200, "ffmpeg cannot decode this file"),
        (bytes(5000), "ffmpeg cannot decode this file"),
    ],
    ids=["empty", "text", "zeros"],
)
def test_no_audio(refusal: Refusal, tmp_path: Path, content: bytes, said: str) -> None:
    audio = tmp_path / "a.mp3"
    audio.write_bytes(content)
    assert f"{audio}: {said}" in refusal(audio, TRANSCRIPT)


def test_folder_as_audio(refusal: Refusal, tmp_path: Path) -> None:
    folder = tmp_path / "a.mp3"
    folder.mkdir()
    assert "a.mp3: the audio file is a folder" in refusal(folder, TRANSCRIPT)


@pytest.mark.skipif(
    sys.platform == "win32" or os.geteuid() == 0, reason="everything is readable to this user"
)
def test_unreadable_audio(refusal: Refusal, tmp_path: Path) -> None:
    audio = write_wav(tmp_path / "a.wav", tone(20))
    audio.chmod(0)
    assert "cannot be read" in refusal(audio, TRANSCRIPT)


@pytest.mark.parametrize("transcript", ["demo", "short"])
@pytest.mark.parametrize("kind", ["digital silence", "hiss", "tone"])
def test_audio_without_speech(refusal: Refusal, tmp_path: Path, transcript: str, kind: str) -> None:
    seconds = 30
    samples = {
        "digital silence": np.zeros(seconds * 16000, np.int16),
        "hiss": noise(seconds, 300),
        "tone": tone(seconds),
    }[kind]
    audio = write_wav(tmp_path / "a.wav", samples)
    text = TRANSCRIPT
    if transcript == "short":
        text = tmp_path / "short.txt"
        text.write_text("Every bell that we pour remembers the weather of its day.\n")
    line = refusal(audio, text)
    assert "no speech was found in this audio" in line


def test_audio_too_short_for_the_text(refusal: Refusal, tmp_path: Path) -> None:
    audio = write_wav(tmp_path / "a.wav", noise(3))
    assert "3 s of audio cannot hold the transcript's 333 words" in refusal(audio, TRANSCRIPT)


def test_transcript_of_something_else(refusal: Refusal, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.txt"
    wrong.write_text(
        "\n\n".join(["The quick brown fox jumps over the lazy dog near the river bank."] * 25)
    )
    line = refusal(DEMO / "demo.mp3", wrong)
    assert "% of the transcript's words were found" in line
    assert "check that transcript and audio are of the same episode" in line


def test_audio_as_transcript(refusal: Refusal) -> None:
    line = refusal(DEMO / "demo.mp3", DEMO / "demo.mp3")
    assert "demo.mp3: this is an audio file, not a text file" in line


def test_transcript_as_audio(refusal: Refusal) -> None:
    assert "transcript.txt: ffmpeg cannot decode this file" in refusal(TRANSCRIPT, TRANSCRIPT)


def test_truncated_audio_loses_only_what_is_cut_off(tmp_path: Path) -> None:
    """A download that broke off is aligned as far as it goes, and the rest is said to be absent."""
    audio = tmp_path / "half.mp3"
    data = (DEMO / "demo.mp3").read_bytes()
    audio.write_bytes(data[: len(data) * 6 // 10])
    out = tmp_path / "out"
    words = ["--audio", str(audio), "--transcript", str(TRANSCRIPT), "--out", str(out)]
    assert main(["run", *words, "--quiet", "--min-coverage", "0.9"]) == 3
    episode = json.loads((out / "transcript.episode.json").read_text())
    truth = json.loads((DEMO / "truth.json").read_text())
    end_ms = episode["episode"]["audio"]["duration_ms"]
    for word, true in zip(episode["words"], truth["words"], strict=True):
        if true["end_ms"] < end_ms - 1000:
            assert word["start_ms"] == pytest.approx(true["start_ms"], abs=300)
        elif true["start_ms"] > end_ms + 1000:
            assert (word["status"], word["start_ms"]) == ("absent", None)


@pytest.mark.skipif(os.name != "posix", reason="signals as POSIX has them")
@pytest.mark.parametrize("stage", ["Decoding", "Listening", "Finding words", "Placing words"])
def test_interrupt_in_every_stage(tmp_path: Path, stage: str) -> None:
    """The program stops in the middle of the work, and nothing is left behind."""
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    code = (
        "import os, signal, sys, pipeline.terminal as terminal\n"
        "from pipeline.cli import main\n"
        "class Interrupting(terminal.StageClock):\n"
        "    def start(self, stage, total=None):\n"
        "        super().start(stage, total)\n"
        "        if stage == os.environ['STAGE']:\n"
        "            os.kill(os.getpid(), signal.SIGINT)\n"
        "import pipeline.run\n"
        "pipeline.run.StageClock = Interrupting\n"
        "sys.exit(main(sys.argv[1:]))"
    )
    done = subprocess.run(
        [
            *(sys.executable, "-c", code, "run", "--audio", str(DEMO / "demo.mp3")),
            *("--transcript", str(TRANSCRIPT), "--out", str(tmp_path / "out"), "--quiet"),
        ],
        cwd=ROOT,
        env={**os.environ, "STAGE": stage, "TMPDIR": str(temporary)},
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 128 + signal.SIGINT
    assert done.stderr == "episode-subtitles: error: interrupted\n"
    assert not (tmp_path / "out").exists()
    assert list(temporary.iterdir()) == []
