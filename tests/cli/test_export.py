from pathlib import Path

import pytest

from pipeline.cli import main
from pipeline.export.episode_json import render
from pipeline.export.registry import CHAPTER_FORMATS, FORMATS
from pipeline.subtitles.styles import STYLES
from tests.support import DEMO, episode_of


@pytest.fixture
def episode(tmp_path: Path) -> Path:
    path = tmp_path / "in" / "demo.episode.json"
    path.parent.mkdir()
    path.write_text(render(episode_of(*DEMO), STYLES["netflix"]), encoding="utf-8")
    return path


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_default_is_subtitles_beside_the_episode(episode: Path) -> None:
    assert main(["export", str(episode)]) == 0
    assert names_in(episode.parent) == ["demo.episode.json", "demo.srt", "demo.vtt"]


@pytest.mark.parametrize("style", sorted(STYLES))
def test_every_format_by_name(episode: Path, tmp_path: Path, style: str) -> None:
    out = tmp_path / "out"
    words = ["export", str(episode), "--out", str(out), "--style", style]
    assert main([*words, "--format", "srt,vtt", "--format", ",".join(FORMATS)]) == 0
    assert names_in(out) == sorted(f"demo{form.suffix}" for form in FORMATS.values())


def test_chapters(episode: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["chapters", str(episode)]) == 0
    expected = [f"demo{FORMATS[name].suffix}" for name in CHAPTER_FORMATS]
    assert names_in(episode.parent) == sorted([episode.name, *expected])
    assert capsys.readouterr().out.splitlines() == [str(episode.parent / n) for n in expected]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--format", "strt"], "there is no format strt; did you mean srt?"),
        (["--format", ""], "there is no format"),
        (["--style", "bbcc"], "there is no style bbcc; did you mean bbc?"),
        (["--format", "episode"], "would be overwritten"),
    ],
)
def test_wrong_use(
    episode: Path, options: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["export", str(episode), *options]) == 2
    assert message in capsys.readouterr().err
    assert names_in(episode.parent) == [episode.name]


def test_damaged_episode(episode: Path, capsys: pytest.CaptureFixture[str]) -> None:
    episode.write_bytes(episode.read_bytes()[:1000])
    assert main(["export", str(episode)]) == 2
    assert f"{episode}:" in capsys.readouterr().err
    assert names_in(episode.parent) == [episode.name]


def test_formats_have_suffixes_of_their_own() -> None:
    assert len({form.suffix for form in FORMATS.values()}) == len(FORMATS)
