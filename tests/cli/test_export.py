import json
from pathlib import Path

import pytest

from pipeline.cli import main
from pipeline.export.episode_json import render
from pipeline.export.registry import CHAPTER_FORMATS, FORMATS, RUN_FORMATS
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
    words = ["export", str(episode), "--out", str(out), "--style", style, "--frame-rate", "25"]
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


def test_run_writes_its_own_formats_only() -> None:
    assert set(RUN_FORMATS) < set(FORMATS)
    assert len(RUN_FORMATS) == 11


def test_options_reach_the_files(episode: Path, tmp_path: Path) -> None:
    words = ["export", str(episode), "--format", "srt,vtt,words-json", "--out", str(tmp_path / "o")]
    more = ["--crlf", "--bom", "--word-times", "--frame-rate", "25", "--start-timecode"]
    assert main([*words, *more, "10:00:00:00"]) == 0
    text = (tmp_path / "o" / "demo.srt").read_bytes()
    assert text.startswith(b"\xef\xbb\xbf1\r\n10:00:01,000 --> ")
    assert text.count(b"\n") == text.count(b"\r\n")
    assert b"<10:00:01.400>" in (tmp_path / "o" / "demo.vtt").read_bytes()
    assert b"\r" not in (tmp_path / "o" / "demo.words.json").read_bytes()


def test_style_of_ones_own(episode: Path, tmp_path: Path) -> None:
    style = tmp_path / "mine.toml"
    style.write_text("max_chars_per_line = 12\n")
    assert main(["export", str(episode), "--style", str(style)]) == 0
    rows = (episode.parent / "demo.srt").read_text().splitlines()
    assert "The" in rows[2] and max(map(len, rows[2:4])) <= 12
    style.write_text("max_chars_per_lin = 12\n")
    assert main(["export", str(episode), "--style", str(style)]) == 2


@pytest.mark.parametrize("text", ["a\u0001b", "a b", ""])
def test_words_that_no_file_holds(
    episode: Path, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    values = json.loads(episode.read_text())
    values["words"][0]["text"] = text
    episode.write_text(json.dumps(values))
    assert main(["export", str(episode)]) == 2
    assert "damaged timed episode: word 0" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("speakers", "shown"),
    [
        ("names", ["Lex Fridman:", "Elon Musk:", "Lex Fridman:"]),
        ("dashes", ["-The", "-Yeah.", "-So?"]),
        ("none", ["The", "Yeah.", "So?"]),
    ],
)
def test_speakers_in_srt(tmp_path: Path, speakers: str, shown: list[str]) -> None:
    lines = ["- [Lex] The following is a talk.", "- [Elon] Yeah.", "Kind of.", "- [Lex] So?"]
    path = tmp_path / "demo.episode.json"
    path.write_text(render(episode_of(lines), STYLES["netflix"]), encoding="utf-8")
    assert main(["export", str(path), "--format", "srt", "--speakers", speakers]) == 0
    text = (tmp_path / "demo.srt").read_text()
    starts = [line for line in text.splitlines() if line.startswith(tuple(shown))]
    assert len(starts) == 3
    assert ("Fridman:" in text, "-" in text.replace("-->", "")) == (
        speakers == "names",
        speakers == "dashes",
    )
