"""Markup, commands and controls as words, titles and names: text in every format, never more.

Each format of the registry is read back by a reader of others where there is one. A format without
a reader here fails: say how the world reads it.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from xml.etree import ElementTree

import opentimelineio as otio
import praatio.utilities.textgrid_io as textgrid_io
import pysubs2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.episode import Episode
from pipeline.errors import InputError
from pipeline.export.markers import make_markers
from pipeline.export.options import ExportOptions
from pipeline.export.registry import FORMATS, render_formats
from pipeline.progress import SilentProgress
from pipeline.safe_text import table_cell
from pipeline.subtitles.cues import make_cues
from pipeline.subtitles.styles import STYLES
from tests.export.test_subtitle_formats import (
    read_ass,
    read_srt,
    read_ttml,
    read_vtt,
)
from tests.support import episode_of

STYLE = replace(STYLES["netflix"], frame_rate="25", names="never", dashes="never")
EVIL_WORDS = (
    "<b>", "</b>", "<script>alert(1)</script>", "-->", "&", "&amp;", "&#60;", "]]>", "<![CDATA[",
    "<!--", "{\\an8}", "{\\pos(1,1)}", "\\N", "\\h", "<c.red>", "<v", "</v>", "<00:00:01.000>",
    "=cmd|'/C", "+1", "-1+1", "@SUM(A1)", "|C:x", "|M:x", '"', '""', "';", "`id`", "$(id)", "%n%s",
    "x" * 5000, "WEBVTT", "NOTE", "STYLE", "REGION", "1", "00:00:01,000", "[CHAPTER]", "#EXTM3U",
    ";", "=", "\\", "{{DATA}}", "<end", "@", "[Events]", "Dialogue:", "<NA>", "item", "\u202eabc",
    "\u2066a", "a\u200db", "שלום", "e\u0301\u0323", "*x*", "[a](javascript:x)", "text = \"x\"",
)  # fmt: skip
EVIL_ENDS = ("\r", "\n", "\t", "\u2028", "\u2029", "\x85", "\r\n", "\n\n", "\n\n1\n")


def episode_with(words: list[str], title: str, name: str, chapter: str) -> Episode:
    """An episode of these words, four a line, with that title, speaker and chapter."""
    words = [part for word in words for part in word.split()] or ["x"]
    plain = [" ".join(["w"] * len(words[at : at + 4])) for at in range(0, len(words), 4)]
    found = episode_of(plain, ["w"])
    filled = [*words, "end"]
    texts = [" ".join(filled[line.first_word : line.last_word + 1]) for line in found.lines]
    return replace(
        found,
        title=title,
        speakers=tuple(replace(one, name=f"{name}{n}") for n, one in enumerate(found.speakers)),
        chapters=tuple(replace(one, title=f"{chapter}{one.number}") for one in found.chapters),
        words=tuple(replace(one, text=text) for one, text in zip(found.words, filled, strict=True)),
        lines=tuple(replace(one, text=text) for one, text in zip(found.lines, texts, strict=True)),
    )


def flat(text: str) -> str:
    return " ".join(text.split())


def cue_texts(episode: Episode) -> list[str]:
    return [flat(cue.text) for cue in make_cues(episode, STYLE)]


def marker_names(episode: Episode) -> list[str]:
    found = sorted(make_markers(episode), key=lambda marker: marker.start_ms)
    return [marker.name for marker in found]


def chapter_titles(episode: Episode) -> list[str]:
    return [flat(chapter.title) for chapter in episode.chapters]


def word_texts(episode: Episode) -> list[str]:
    return [word.text for word in episode.words]


def tab_rows(text: str) -> list[list[str]]:
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter="\t", quoting=csv.QUOTE_NONE))
    assert len({len(row) for row in rows}) == 1
    return rows


def lines_of(text: str) -> list[str]:
    """As any reader may part them."""
    assert text.endswith("\n")
    return text.splitlines()


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append(f"{tag} {' '.join(sorted(name for name, _ in attrs))}")

    def handle_comment(self, data: str) -> None:
        self.found.append("comment")


def read_review(text: str) -> list[str]:
    """Words in the data; elements beyond those of a harmless page are an injection."""
    pages = []
    harmless = render(FORMATS["review"].name, episode_with(["x"], "t", "n", "c"))
    for page in (text, harmless):
        parser = _Tags()
        parser.feed(page)
        pages.append(parser.found)
    assert pages[0] == pages[1]
    data = text.split('id="data">')[1].split("</script>")[0]
    return [word[2] for word in json.loads(data)["words"]]


def read_svg(text: str) -> list[str]:
    root = ElementTree.fromstring(text)
    names = {element.tag.rpartition("}")[2] for element in root.iter()}
    assert names <= {"svg", "title", "rect", "text", "g"}
    titles = [element.text or "" for element in root.iter("{http://www.w3.org/2000/svg}title")]
    return [flat(title.partition(" ")[2]) for title in titles[1:]]


def read_ass_text(text: str) -> list[str]:
    document = pysubs2.SSAFile.from_string(text, format_="ass")
    assert set(document.styles) >= {event.style for event in document}
    for event in document:
        commands = [part.split("}")[0] for part in event.text.split("{")[1:]]
        assert all(command.startswith("\\r") for command in commands)
    return [flat(shown[2]) for shown in read_ass(text)]


def read_edl(text: str) -> list[str]:
    timeline = otio.adapters.read_from_string(text, "cmx_3600", rate=25)
    clips = [
        item for track in timeline.tracks for item in track if hasattr(item, "media_reference")
    ]
    markers = [line for line in lines_of(text) if line.startswith(" |C:")]
    assert len(clips) == len(markers)
    assert all(line.count("|") == 3 for line in markers)
    return [line.split(" |M:")[1].split(" |D:")[0] for line in markers]


def read_avid(text: str) -> list[str]:
    body = text.split("<begin subtitles>\n\n")[1].rpartition("\n<end subtitles>")[0]
    return [flat(block.split("\n", 1)[1]) for block in body.strip("\n").split("\n\n")]


def read_textgrid(text: str) -> list[str]:
    tiers = textgrid_io.parseTextgridStr(text, includeEmptyIntervals=False)["tiers"]
    assert [tier["name"] for tier in tiers] == ["words", "speakers", "chapters"]
    return [entry[2] for entry in tiers[0]["entries"]]


def read_fcp7(text: str) -> list[str]:
    return [m.name for m in otio.adapters.read_from_string(text, "fcp_xml").tracks.markers]


def read_fcpxml(text: str) -> list[str]:
    root = ElementTree.fromstring(text)
    return [one.attrib["value"] for one in root.iter() if one.tag.endswith("marker")]


def read_markdown(text: str) -> list[str]:
    rows = lines_of(text)[4:]
    cells = [row.replace("\\\\", "\0").replace("\\|", "\1").split("|") for row in rows]
    assert {len(row) for row in cells} == {10}
    return [
        cell[2].strip().replace("\\", "").replace("\0", "\\").replace("\1", "|") for cell in cells
    ]


def read_ffmetadata(text: str) -> list[str]:
    """A backslash keeps the character after it; sections and keys stand at the start of a line."""
    titles, key, value, at = [], True, "", 0
    section = ""
    while at < len(text):
        character = text[at]
        if character == "\\" and not key:
            value += text[at + 1]
            at += 1
        elif key and character == "=":
            section, value, key = value, "", False
        elif character == "\n":
            if not key and section == "title":
                titles.append(flat(value))
            assert key or section in {"title", "TIMEBASE", "START", "END"}
            value, key = "", True
        else:
            value += character
        at += 1
    return titles[1:]


def json_texts(*way: str) -> Callable[[str], list[str]]:
    def read(text: str) -> list[str]:
        return [flat(item[way[1]]) for item in json.loads(text)[way[0]]]

    return read


Reader = Callable[[str], list[str]]
Expected = Callable[[Episode], list[str]]
READERS: dict[str, tuple[Reader, Expected]] = {
    "srt": (lambda text: [flat(shown[2]) for shown in read_srt(text)], cue_texts),
    "vtt": (lambda text: [flat(shown[2]) for shown in read_vtt(text)], cue_texts),
    "chapters-csv": (
        lambda text: [row["title"] for row in csv.DictReader(io.StringIO(text, newline=""))],
        lambda episode: [table_cell(chapter.title) for chapter in episode.chapters],
    ),
    "chapters-md": (read_markdown, chapter_titles),
    "chapters-json": (json_texts("chapters", "title"), chapter_titles),
    "chapters-vtt": (lambda text: [flat(shown[2]) for shown in read_vtt(text)], chapter_titles),
    "chapters-youtube": (
        lambda text: [line.partition(" ")[2] for line in lines_of(text)],
        chapter_titles,
    ),
    "chapters-ffmetadata": (read_ffmetadata, chapter_titles),
    "episode": (json_texts("words", "text"), word_texts),
    "ctm": (lambda text: [line.split()[4] for line in lines_of(text)], word_texts),
    "rttm": (
        lambda text: [line.split()[7] for line in lines_of(text) if len(line.split()) == 10],
        lambda episode: ["lex"],
    ),
    "ttml": (lambda text: [flat(shown[2]) for shown in read_ttml(text)], cue_texts),
    "ebu-tt-d": (lambda text: [flat(shown[2]) for shown in read_ttml(text)], cue_texts),
    "ass": (read_ass_text, cue_texts),
    "txt": (lambda text: flat(text).split()[-1:], lambda episode: ["end"]),
    "words-json": (json_texts("words", "word"), word_texts),
    "podcast-json": (json_texts("segments", "body"), cue_texts),
    "textgrid": (read_textgrid, word_texts),
    "audacity": (lambda text: [row[2] for row in tab_rows(text)], cue_texts),
    "edl": (read_edl, marker_names),
    "fcp7-xml": (lambda text: sorted(read_fcp7(text)), lambda e: sorted(marker_names(e))),
    "premiere-markers": (lambda text: [row[0] for row in tab_rows(text)[1:]], marker_names),
    "fcpxml": (read_fcpxml, marker_names),
    "avid-captions": (read_avid, cue_texts),
    "avid-markers": (lambda text: [row[4] for row in tab_rows(text)], marker_names),
    "review": (read_review, word_texts),
    "overview-svg": (read_svg, chapter_titles),
}
"""What a format's reader finds, and what it has to find."""


def render(name: str, episode: Episode) -> str:
    options = ExportOptions()
    [content] = render_formats(episode, [FORMATS[name]], STYLE, SilentProgress(), options).values()
    return content.decode("utf-8")


def check(name: str, episode: Episode) -> None:
    try:
        text = render(name, episode)
    except InputError as error:
        assert "cannot hold" in str(error)
        assert len(str(error).splitlines()) == 1
        return
    assert "\x1b" not in text and "\0" not in text
    read, expected = READERS[name]
    assert read(text) == expected(episode)


def test_every_format_has_a_reader() -> None:
    assert READERS.keys() == FORMATS.keys()


@pytest.mark.parametrize("name", FORMATS)
def test_markup_stays_text(name: str) -> None:
    for evil in EVIL_WORDS:
        check(name, episode_with([evil, "b", evil], evil[:150], evil[:150], evil[:150]))
    for end in EVIL_ENDS:
        check(name, episode_with(["a"], f"a{end}b", f"a{end}b", f"a{end}b"))
        check(name, episode_with(["a"], f"a{end}", f"a{end}-->", f"{end}="))


@pytest.mark.parametrize("name", FORMATS)
@settings(max_examples=10)
@given(data=st.data())
def test_mixed_markup_stays_text(name: str, data: st.DataObject) -> None:
    evil = st.sampled_from(EVIL_WORDS)
    words = data.draw(st.lists(evil, min_size=1, max_size=12))
    parts = st.lists(st.one_of(evil, st.sampled_from(EVIL_ENDS)), min_size=1, max_size=5)
    title, speaker, chapter = ("x" + "".join(data.draw(parts))[:300] + "x" for _ in range(3))
    check(name, episode_with(words, title, speaker, chapter))


@pytest.mark.parametrize("character", ["\0", "\x1b", "\x08", "\x7f", "\x9b", "\ud800", "\ufffe"])
@pytest.mark.parametrize("place", ["title", "speaker", "chapter", "word", "line", "event"])
def test_controls_are_in_no_file(character: str, place: str) -> None:
    evil = f"a{character}b"
    episode = episode_of(["- a (x) b"])
    changed = {
        "title": {"title": evil},
        "speaker": {"speakers": tuple(replace(one, name=evil) for one in episode.speakers)},
        "chapter": {"chapters": (replace(episode.chapters[0], title=evil),)},
        "word": {"words": (replace(episode.words[0], text=evil), *episode.words[1:])},
        "line": {"lines": (replace(episode.lines[0], text=evil),)},
        "event": {"events": (replace(episode.events[0], text=evil),)},
    }[place]
    for form in FORMATS:
        with pytest.raises(InputError, match=r"holds the character U\+[0-9A-F]{4}"):
            render(form, replace(episode, **changed))  # type: ignore[arg-type]
