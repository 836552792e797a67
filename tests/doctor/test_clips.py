from pathlib import Path

import numpy as np
import pytest
import soundfile

from pipeline.cli.main import main
from pipeline.doctor.clips import clip_name, write_clips
from pipeline.doctor.records import Suggestion
from pipeline.doctor.suggest import find_suggestions
from pipeline.doctor.suggestions_json import suggestion_values
from pipeline.errors import InputError, OutputError
from pipeline.export.episode_json import render
from pipeline.export.report import render_report
from pipeline.subtitles.styles import STYLES
from tests.support import alignment_of, episode_of, transcript_of


def suggestion(start_ms: int, end_ms: int) -> Suggestion:
    return Suggestion("missing", 0.5, 1, 0, start_ms, end_ms, "", ())


@pytest.fixture
def ramp(tmp_path: Path) -> Path:
    """50 s in which the level of each second tells which one it is."""
    path = tmp_path / "ramp.wav"
    levels = np.repeat(np.arange(50) * 400, 16000).astype(np.int16)
    soundfile.write(path, levels, 16000)
    return path


def test_clips_hold_what_is_heard_there(ramp: Path, tmp_path: Path) -> None:
    # One across the decoder's blocks, one before it, one at the end of the audio.
    spans = [(19_500, 20_500), (3_000, 3_400), (49_800, 50_000)]
    paths = write_clips([suggestion(*span) for span in spans], ramp, tmp_path / "clips")
    assert [path.name for path in paths] == [
        "001-missing-0h00m19s.wav",
        "002-missing-0h00m03s.wav",
        "003-missing-0h00m49s.wav",
    ]
    for path, (start_ms, end_ms) in zip(paths, spans, strict=True):
        samples, rate = soundfile.read(path, dtype="int16")
        begin_ms = start_ms - 700
        assert rate == 16000
        assert len(samples) == 16 * (min(50_000, end_ms + 700) - begin_ms)
        middle = samples[len(samples) // 2]
        middle_s = (begin_ms + len(samples) / 32) / 1000
        assert abs(int(middle) - int(middle_s) * 400) < 50


def test_clips_of_the_last_run_disappear_and_other_files_stay(ramp: Path, tmp_path: Path) -> None:
    folder = tmp_path / "clips"
    write_clips([suggestion(1000, 1100), suggestion(2000, 2100)], ramp, folder)
    (folder / "mine.wav").write_bytes(b"x")
    write_clips([suggestion(5000, 5100)], ramp, folder)
    assert sorted(path.name for path in folder.iterdir()) == [
        clip_name(1, suggestion(5000, 5100)),
        "mine.wav",
    ]


def test_audio_that_is_none_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "x.wav").write_text("hello")
    with pytest.raises(InputError):
        write_clips([suggestion(1000, 1100)], tmp_path / "x.wav", tmp_path / "clips")


def test_doctor_lists_and_cuts(
    ramp: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = ["- One two three four."]
    episode = episode_of(text, alignment=alignment_of(transcript_of(text), absent=(2,)))
    path = tmp_path / "demo.episode.json"
    path.write_text(render(episode, STYLES["netflix"]))
    assert main(["doctor", str(path)]) == 2
    assert "the doctor's suggestions are in the report" in capsys.readouterr().err
    found = suggestion_values(find_suggestions(episode), episode)
    report = render_report(episode, STYLES["netflix"], {}, suspected_errors=found)
    (tmp_path / "demo.report.json").write_text(report)
    assert main(["doctor", str(path), "--clips"]) == 2
    assert "name it with --audio" in capsys.readouterr().err
    assert main(["doctor", str(path), "--clips", "--audio", str(ramp)]) == 0
    out = capsys.readouterr().out
    assert "extra" in out and "three" in out
    assert [clip.name for clip in (tmp_path / "demo.clips").iterdir()] == ["001-extra-0h00m01s.wav"]


def test_a_link_in_the_place_of_the_folder_is_not_followed(ramp: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "001-missing-0h00m01s.wav").write_bytes(b"precious")
    (tmp_path / "x.clips").symlink_to(elsewhere)
    with pytest.raises(OutputError, match="this folder is a link; remove the link"):
        write_clips([suggestion(1000, 2000)], ramp, tmp_path / "x.clips")
    assert [path.read_bytes() for path in elsewhere.iterdir()] == [b"precious"]
