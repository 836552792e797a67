import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.export import episode_json
from pipeline.isolation import ROOT
from pipeline.subtitles.styles import DEFAULT_STYLE, STYLES
from tests.support import DEMO, episode_of

pytestmark = pytest.mark.skipif(
    not Path("/dev/full").exists(), reason="needs /dev/full and a POSIX shell"
)


@pytest.fixture
def episode(tmp_path: Path) -> Path:
    path = tmp_path / "demo.episode.json"
    path.write_text(episode_json.render(episode_of(*DEMO), STYLES[DEFAULT_STYLE]), encoding="utf-8")
    return path


def shell(words: str, folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", "-c", f"{shlex.quote(sys.executable)} -m pipeline {words}"],
        cwd=folder, capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": ROOT, **variables},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("stream", "status"),
    [
        (">&-", 0),
        ("2>&-", 0),
        ("<&- >&- 2>&-", 0),
        (">/dev/full", 2),
        ("2>/dev/full", 0),
        (">/dev/full 2>&1", 2),
        ("2>&1 >/dev/null | true; exit ${PIPESTATUS[0]}", 0),
    ],
)
@pytest.mark.parametrize("buffered", ["", "1"])
def test_files_are_written_whatever_becomes_of_the_streams(
    episode: Path, tmp_path: Path, stream: str, status: int, buffered: str
) -> None:
    words = f"export {episode.name} --format srt,vtt --out out {stream}"
    done = shell(words, tmp_path, PYTHONUNBUFFERED=buffered)
    assert done.returncode == status, done.stderr
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["demo.srt", "demo.vtt"]
    assert "bug" not in done.stderr and "Exception" not in done.stderr
    if stream == ">/dev/full":
        assert "standard output cannot be written (no space left on device)" in done.stderr


@pytest.mark.parametrize("words", ["--help", "--version", "run --help"])
def test_help_that_cannot_be_shown_is_told(words: str, tmp_path: Path) -> None:
    done = shell(f"{words} >/dev/full", tmp_path)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1 and "standard output" in done.stderr
    assert shell(f"{words} >&-", tmp_path).returncode == 0


def test_a_wrong_option_has_its_status_without_streams(tmp_path: Path) -> None:
    for stream in ("2>&-", "2>/dev/full", "<&- >&- 2>&-"):
        assert shell(f"nonsense {stream}", tmp_path).returncode == 2


def test_no_file_gets_the_number_of_a_closed_stream(episode: Path, tmp_path: Path) -> None:
    """Else what a library prints would end in it."""
    words = f"export {episode.name} --format srt --out out >&- 2>&-"
    assert shell(words, tmp_path).returncode == 0
    assert shell(f"export {episode.name} --format srt --out other", tmp_path).returncode == 0
    made = (tmp_path / "out" / "demo.srt").read_bytes()
    assert made == (tmp_path / "other" / "demo.srt").read_bytes()


def test_a_current_folder_that_is_gone(episode: Path, tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    python = f"{shlex.quote(sys.executable)} -m pipeline export"
    whole = f"{shlex.quote(str(episode))} --format srt --out"
    for out, status in ((str(tmp_path / "out"), 0), ("out", 2)):
        gone.mkdir()
        done = subprocess.run(
            ["bash", "-c", f"rmdir ../gone; {python} {whole} {shlex.quote(out)}"],
            cwd=gone, capture_output=True, text=True, check=False,
            env={**os.environ, "PYTHONPATH": ROOT},
        )  # fmt: skip
        assert done.returncode == status, done.stderr
    assert "the current folder was deleted; change to another" in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    "variables",
    [
        {"LC_ALL": "C"},
        {"LC_ALL": "POSIX", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        {"PYTHONIOENCODING": "ascii"},
        {"LC_ALL": "C", "PYTHONIOENCODING": "ascii:strict"},
    ],
)
def test_names_that_are_not_ascii(episode: Path, tmp_path: Path, variables: dict[str, str]) -> None:
    renamed = episode.rename(tmp_path / "Zoë.json")
    done = shell(f"export {renamed.name} --format srt --out 日本", tmp_path, **variables)
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "日本" / "demo.srt").exists()


def test_a_name_that_the_encoding_cannot_write_is_told(tmp_path: Path) -> None:
    manifest = tmp_path / "m.csv"
    manifest.write_text("id,audio,transcript\na,ü.wav,ü.txt\n", encoding="utf-8")
    plain = {"LC_ALL": "POSIX", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    done = shell("batch m.csv --check", tmp_path, **plain)
    assert done.returncode == 2 and "bug" not in done.stderr
    assert "set LC_ALL=C.UTF-8, or PYTHONUTF8=1" in done.stderr
