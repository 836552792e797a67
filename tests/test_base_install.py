"""The base install needs nothing of the extra whisperx, and says what is missing in one line."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
EXTRA = ("torch", "torchaudio", "transformers", "whisperx", "huggingface_hub", "nltk", "num2words")
BLOCKED = f"import sys; sys.modules.update(dict.fromkeys({EXTRA!r}))\n"
"""As if the extra were not installed, even where it is."""


def python(code: str, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", BLOCKED + code, *words],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_the_default_engines_load_nothing_of_it() -> None:
    done = python(
        "import pipeline.cli, pipeline.run\n"
        "from pipeline.align.registry import load_aligner\n"
        "from pipeline.speakers.registry import load_diarizer\n"
        "load_aligner('hmm'), load_diarizer('transcript'), load_diarizer('text')\n"
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    "words",
    [["--aligner", "whisperx"], ["--aligner", "both"], ["--diarizer", "pyannote"]],
)
def test_what_needs_it_says_how_to_install_it(words: list[str], tmp_path: Path) -> None:
    done = python(
        "from pipeline.cli import main; sys.exit(main(sys.argv[1:]))",
        *("run", "--audio", "seeds/demo/demo.mp3", "--transcript", "seeds/demo/transcript.txt"),
        *("--out", str(tmp_path / "out"), *words),
    )
    assert done.returncode == 2
    [line] = done.stderr.splitlines()
    assert 'pip install "episode-subtitles[whisperx]"' in line
    assert not (tmp_path / "out").exists()


def test_models_lists_every_engine_without_it() -> None:
    done = python("from pipeline.cli import main; sys.exit(main(['models']))")
    assert done.returncode == 0, done.stderr
    for text in ("aligner hmm", "WAV2VEC2_ASR_BASE_960H", "licence MIT", "diarizer pyannote"):
        assert text in done.stdout
    assert "whisperx is not installed" in done.stdout


def test_another_language_needs_another_aligner(tmp_path: Path) -> None:
    done = python(
        "from pipeline.cli import main; sys.exit(main(sys.argv[1:]))",
        *("run", "--audio", "seeds/demo/demo.mp3", "--transcript", "seeds/demo/transcript.txt"),
        *("--out", str(tmp_path / "out"), "--language", "de"),
    )
    assert done.returncode == 2
    assert "knows English only" in done.stderr
