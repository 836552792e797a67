from pathlib import Path

import pytest

from pipeline.errors import InputError
from pipeline.export import srt_file, vtt
from pipeline.subtitles.captions import Caption, parse_captions, read_captions
from pipeline.subtitles.check import captions_of
from pipeline.subtitles.cues import make_cues
from pipeline.subtitles.styles import STYLES
from tests.support import DEMO, episode_of

HERE = Path("x.srt")


def test_srt() -> None:
    text = "1\r\n00:00:01,000 --> 00:00:02,5\r\n<i>a</i> < b\r\n{\\an8}c\r\n\r\n"
    assert parse_captions(text, HERE) == (Caption(1000, 2005, ("a < b", "c")),)


def test_vtt() -> None:
    text = (
        "WEBVTT\n\nSTYLE\n::cue { color: red }\n\nNOTE none\n\n"
        "1\n00:01.000 --> 01:00:02.500 line:0\n<v Lex>a &lt;b&gt; &amp;<00:01.500> c</v>\n"
        "<c.loud>d</c>\n\n00:03.000 --> 00:04.000\n\n"
    )
    assert parse_captions(text, HERE)[0] == Caption(1000, 3_602_500, ("a <b> & c", "d"))


@pytest.mark.parametrize("module", [srt_file, vtt])
def test_our_own(module: object) -> None:
    episode, style = episode_of(*DEMO), STYLES["netflix"]
    text = module.render(episode, style)  # type: ignore[attr-defined]
    assert parse_captions(text, HERE) == captions_of(make_cues(episode, style))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Hello there.\n", r"x\.srt:1: neither SRT nor WebVTT"),
        ("WEBVTT\n\nHello there.\n", "no captions in this file"),
        ("1\n00:00:01,000 --> 00:00:xx\na\n", r"x\.srt:2: damaged times"),
        ("WEBVTT\n\n00:01.000 --> \na\n", r"x\.srt:3: damaged times"),
    ],
)
def test_wrong(text: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        parse_captions(text, HERE)


def test_files(tmp_path: Path) -> None:
    path = tmp_path / "a.srt"
    path.write_bytes("\ufeff1\n00:00:01,000 --> 00:00:02,000\né\n".encode())
    assert read_captions(path)[0].lines == ("é",)
    path.write_bytes(b"\xff\xd8\xff\x00")
    with pytest.raises(InputError, match=r"a\.srt"):
        read_captions(path)
    with pytest.raises(InputError, match="no such subtitle file"):
        read_captions(tmp_path / "b.srt")
