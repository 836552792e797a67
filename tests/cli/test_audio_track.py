"""`--audio-track`: chosen in `run`, remembered in the timed episode, refused if there is none."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.audio.tracks import AudioTrack
from pipeline.cli.main import main
from pipeline.cli.options import track_number
from pipeline.export.episode_json import parse_episode, render
from pipeline.job import make_job
from pipeline.subtitles.styles import load_style
from tests.audio.conftest import encode, noise, write_wav
from tests.support import episode_of


def test_the_timed_episode_remembers_it() -> None:
    style = load_style("netflix")
    plain = episode_of(["Hello there."])
    chosen = replace(plain, audio_track=2)
    assert '"track": 2' in render(chosen, style)
    assert parse_episode(render(chosen, style).encode(), Path("a.json")).audio_track == 2
    assert '"track"' not in render(plain, style)
    assert parse_episode(render(plain, style).encode(), Path("a.json")).audio_track is None


def test_a_job_hears_the_track() -> None:
    files = Path("a.mkv"), Path("a.txt"), Path("out")
    assert make_job(*files, audio_track=2).sound == AudioTrack(Path("a.mkv"), 2)
    assert make_job(*files).sound == Path("a.mkv")


@pytest.mark.parametrize("text", ["0", "-1", "one", "1.5", "", "²", "99999999999999999999"])
def test_numbers_that_are_none(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError):
        track_number(text)


def test_a_track_that_is_not_there_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sound = write_wav(tmp_path / "a.wav", noise(2))
    made, text = tmp_path / "a.mka", tmp_path / "a.txt"
    encode("-i", sound, "-i", sound, "-map", "0:a", "-map", "1:a", "-c:a", "flac", made)
    text.write_text("Hello.\n")
    words = ["run", "--audio", str(made), "--transcript", str(text), "--out", str(tmp_path / "out")]
    assert main([*words, "--audio-track", "3"]) == 2
    told = capsys.readouterr().err.strip().splitlines()[-1]
    assert "no audio track 3" in told
    assert "choose one of its 2 with --audio-track" in told
