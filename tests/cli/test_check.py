import json
from pathlib import Path

import pytest

from pipeline.cli import main

GOOD = "1\n00:00:01,000 --> 00:00:03,000\nYes.\n\n"
FAST = "2\n00:00:03,050 --> 00:00:04,050\nThis is more than anyone can read.\n\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "theirs.srt"
    path.write_text(GOOD + FAST)
    return path


def test_violations_are_listed(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(file)]) == 3
    shown = capsys.readouterr()
    assert shown.out.splitlines() == [
        "cue         time  rule           value  limit",
        "  2  0:00:03.050  gap               50     84",
        "  2  0:00:03.050  reading-speed     34     20",
    ]
    assert shown.err == (
        f"episode-subtitles: error: {file}: 2 violations of the style netflix in 1 of 2 captions\n"
    )


def test_json(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(file), "--style", "bbc", "--json"]) == 3
    report = json.loads(capsys.readouterr().out)
    assert (report["file"], report["style"], report["captions"]) == ("theirs.srt", "bbc", 2)
    assert report["violations"] == [
        {"cue": 2, "start_ms": 3050, "rule": "reading-speed", "value": 34.0, "limit": 17.0}
    ]


def test_no_violation(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_text(GOOD)
    assert main(["check", str(file), "--frame-rate", "25"]) == 0
    assert capsys.readouterr().out == "1 captions keep the style netflix\n"
    assert main(["check", str(file), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["violations"] == []


def test_wrong_input(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(file), "--frame-rate", "26"]) == 2
    assert "there is no frame rate 26" in capsys.readouterr().err
    file.write_text("no captions")
    assert main(["check", str(file)]) == 2
    assert f"{file}:1: neither SRT nor WebVTT" in capsys.readouterr().err
