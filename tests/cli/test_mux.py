import os
import re
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
import srt

from pipeline.audio.ffmpeg import ffmpeg_executable
from pipeline.cli import main
from pipeline.export.episode_json import render
from pipeline.subtitles.cues import make_cues
from pipeline.subtitles.styles import STYLES
from tests.support import DEMO, episode_of

EPISODE = episode_of(*DEMO)


def ffmpeg(*words: object) -> str:
    done = subprocess.run(
        [ffmpeg_executable(), "-nostdin", "-hide_banner", "-y", *map(str, words)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return done.stdout


@pytest.fixture(scope="module")
def media(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Ten seconds of a black picture with a tone, and the tone alone."""
    folder = tmp_path_factory.mktemp("media")
    tone = ("-f", "lavfi", "-i", "sine=frequency=300:duration=10")
    ffmpeg("-f", "lavfi", "-i", "color=black:s=64x36:r=25:d=10", *tone, folder / "talk.mp4")
    ffmpeg(*tone, "-metadata", "title=Tone", folder / "talk.mp3")
    return {"mp4": folder / "talk.mp4", "mp3": folder / "talk.mp3"}


@pytest.fixture
def episode(tmp_path: Path) -> Path:
    path = tmp_path / "demo.episode.json"
    path.write_text(render(EPISODE, STYLES["netflix"]), encoding="utf-8")
    return path


def frames_of(path: Path, stream: str) -> str:
    """Checksum of the packets of a stream: equal if it was not encoded again."""
    return ffmpeg("-v", "error", "-i", path, "-map", f"0:{stream}", "-c", "copy", "-f", "md5", "-")


@pytest.mark.parametrize(
    ("source", "target"), [("mp4", "x.mp4"), ("mp4", "x.mkv"), ("mp3", "x.m4a"), ("mp3", "x.mka")]
)
def test_subtitles_and_chapters_go_in_and_nothing_else_changes(
    episode: Path, media: dict[str, Path], tmp_path: Path, source: str, target: str
) -> None:
    out = tmp_path / "new" / target
    words = ["mux", str(episode), "--media", str(media[source]), "--out", str(out)]
    assert main(words) == 0
    assert [path.name for path in out.parent.iterdir()] == [target]
    text = ffmpeg("-v", "error", "-copyts", "-i", out, "-map", "0:s:0", "-f", "srt", "-")
    captions = list(srt.parse(text))
    cues = make_cues(EPISODE, STYLES["netflix"])
    one_ms = timedelta(milliseconds=1)
    # Matroska has no negative times: it moves everything by the audio encoder's delay.
    shift_ms = captions[0].start // one_ms - cues[0].start_ms
    assert 0 <= shift_ms <= (30 if target.endswith((".mkv", ".mka")) else 0)
    assert [(c.start // one_ms - shift_ms, c.end // one_ms - shift_ms) for c in captions] == [
        (cue.start_ms, cue.end_ms) for cue in cues
    ]
    assert re.sub("<[^>]*>", "", captions[0].content) == cues[0].text
    metadata = ffmpeg("-v", "error", "-i", out, "-f", "ffmetadata", "-")
    spans = re.findall(r"TIMEBASE=1/(\d+)\nSTART=(\d+)\nEND=(\d+)\ntitle=(.*)", metadata)
    found = [
        (int(start) * 1000 // int(base), int(end) * 1000 // int(base), title)
        for base, start, end, title in spans
    ]
    wanted = [(c.start_ms, c.end_ms, c.title) for c in EPISODE.chapters]
    if target.endswith((".mp4", ".m4a")):
        # A QuickTime track begins its first chapter with the file; Nero's list, which ffmpeg 9
        # prefers, ends its last one with the file.
        if found[0][0] == 0:
            wanted[0] = (0, *wanted[0][1:])
        else:
            wanted[-1] = (wanted[-1][0], found[-1][1], wanted[-1][2])
    assert found == wanted
    assert frames_of(out, "a:0") == frames_of(media[source], "a:0")
    if source == "mp4":
        # Matroska keeps the codec's header apart, so packets are compared there decoded.
        assert frames_of(out, "v:0") == frames_of(media[source], "v:0")
    else:
        assert "title=Tone" in metadata
    shown = subprocess.run(
        [ffmpeg_executable(), "-i", str(out)], capture_output=True, text=True, check=False
    )
    assert "(eng): Subtitle" in shown.stderr


@pytest.mark.parametrize(
    ("target", "options", "message"),
    [
        ("x.mp3", [], "no container of the kind .mp3"),
        ("x.mp4", ["--language", "english"], "'english' is no language code"),
        ("x.mp4", ["--style", "bbcc"], "there is no style bbcc"),
        ("talk.mp4", [], "this input would be overwritten"),
    ],
)
def test_wrong_use(
    episode: Path, media: dict[str, Path], target: str, options: list[str], message: str,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    out = media["mp4"].parent / target
    before = media["mp4"].read_bytes()
    assert (
        main(["mux", str(episode), "--media", str(media["mp4"]), "--out", str(out), *options]) == 2
    )
    assert message in capsys.readouterr().err
    assert media["mp4"].read_bytes() == before


def test_media_that_is_none(
    episode: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    media, out = tmp_path / "talk.mp4", tmp_path / "out.mp4"
    words = ["mux", str(episode), "--media", str(media), "--out", str(out)]
    for content, message in (
        (None, "there is no such media file"),
        (b"", "the media file is empty"),
        (b"no media" * 100, "ffmpeg cannot put this file into the container ("),
    ):
        if content is not None:
            media.write_bytes(content)
        assert main(words) == 2
        assert message in capsys.readouterr().err
        assert not out.exists()
        assert not list(tmp_path.glob(".muxing*"))


def test_an_ffmpeg_that_hangs_is_ended(
    episode: Path, media: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    slow = tmp_path / "ffmpeg"
    slow.write_text("#!/bin/sh\nexec sleep 60\n")
    slow.chmod(0o755)
    monkeypatch.setattr("pipeline.mux.ffmpeg_executable", lambda: str(slow))
    monkeypatch.setattr("pipeline.mux.SILENT_S", 0.2)
    monkeypatch.setattr("pipeline.mux._LOOK_S", 0.1)
    video = next(iter(media.values()))
    words = [str(episode), "--media", str(video), "--out", str(tmp_path / "x.mkv")]
    assert main(["mux", *words]) == 2
    assert "ffmpeg got stuck in this file" in capsys.readouterr().err
    assert not list(tmp_path.glob(".muxing*")) and not (tmp_path / "x.mkv").exists()


def test_pipes_are_no_media(
    episode: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    os.mkfifo(tmp_path / "pipe.mp4")
    words = [str(episode), "--media", str(tmp_path / "pipe.mp4"), "--out", str(tmp_path / "x.mkv")]
    assert main(["mux", *words]) == 2
    assert "no plain file" in capsys.readouterr().err
