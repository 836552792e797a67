"""What this program writes, read as a transcript again: the same, or refused by its name."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.assemble import assemble
from pipeline.episode import Episode
from pipeline.errors import InputError
from pipeline.export.options import ExportOptions
from pipeline.export.registry import FORMATS, render_formats
from pipeline.speakers.turns import TurnDiarizer
from pipeline.subtitles.styles import load_style
from pipeline.transcript.parse import parse_transcript
from tests.support import ELON, LEX, SilentProgress, alignment_of, header_of
from tests.transcript.formats.support import parse, said

TEXT = """# First part
- [Lex] Welcome to the program, Dr. Smith & all: AT&T, R&D, 5 < 6.
(laughing) That's “fine”, I think.
- [Elon] Thank you for having me. - [Lex] Of course.
# Second part
- [Elon] Well, it was 1984. A <x> is f(x)_y, and 2 + 2 = 4.
And I said, "no".
"""
STYLE = replace(load_style("netflix"), frame_rate="25")
NAMED = {"vtt", "episode", "ass", "ttml", "txt", "words-json", "podcast-json"}
"""Formats that tell who speaks."""
NUMBERED = {"ebu-tt-d"}
"""Formats that tell speakers apart without naming them."""
WORDS = {*NAMED, *NUMBERED, "srt", "ctm", "audacity"}
"""Formats that hold the whole text."""
UNTOLD = {"chapters-vtt", "chapters-youtube"}
"""Lists of titles that look like captions or lines; nothing tells them apart."""


def _episode() -> Episode:
    transcript = parse(TEXT)
    alignment = alignment_of(transcript)
    progress = SilentProgress()
    attribution = TurnDiarizer().assign(
        transcript, alignment, (LEX, ELON), Path("demo.opus"), progress
    )
    return assemble(transcript, alignment, attribution, header_of())


EPISODE = _episode()
EXPECTED = [
    (
        "Lex Fridman",
        "Welcome to the program, Dr. Smith & all: AT&T, R&D, 5 < 6. That's “fine”, I think.",
    ),
    ("Elon Musk", "Thank you for having me."),
    ("Lex Fridman", "Of course."),
    ("Elon Musk", 'Well, it was 1984. A <x> is f(x)_y, and 2 + 2 = 4. And I said, "no".'),
]


@pytest.mark.parametrize("word_times", [False, True])
@pytest.mark.parametrize("name", sorted(set(FORMATS) - UNTOLD))
def test_a_format_reads_back_or_is_refused_by_name(name: str, word_times: bool) -> None:
    options = ExportOptions(word_times=word_times)
    files = render_formats(EPISODE, [FORMATS[name]], STYLE, SilentProgress(), options)
    for file_name, content in files.items():
        if name not in WORDS:
            with pytest.raises(InputError, match="this is ") as raised:
                parse_transcript(content, file_name)
            assert "not a transcript" in str(raised.value)
            assert raised.value.remedy
            continue
        found = parse_transcript(content, file_name)
        assert [w.text for w in found.words] == [w.text for w in EPISODE.words]
        if name in NAMED:
            assert said(found) == EXPECTED
        elif name in NUMBERED:
            numbers = {"Speaker 1": "Lex Fridman", "Speaker 2": "Elon Musk"}
            assert [(numbers[who or ""], text) for who, text in said(found)] == EXPECTED
        if name in ("episode", "txt"):
            assert [c.title for c in found.chapters] == ["First part", "Second part"]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("{\\rtf1\\ansi Hello there.}", "rich-text"),
        ("<?xml version='1.0'?>\n<!DOCTYPE fcpxml>\n<fcpxml version='1.9'></fcpxml>", "Final Cut"),
        ("<?xml version='1.0'?><xmeml version='4'></xmeml>", "Premiere"),
        ("<?xml version='1.0'?><foo>Hello</foo>", "XML of an unknown kind"),
        ("<SAMI><BODY><SYNC Start=1><P>Hello", "SAMI"),
        ("\\documentclass{article}\nHello", "LaTeX"),
        ("- speaker: Ann\n  text: Hello\n- speaker: Bo\n  text: Hi", "YAML"),
        ("Scenarist_SCC V1.0\n\n00:00:01:00\t9420", "Scenarist"),
        (
            '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>'
            "<tt><body><p>&b;</p></body></tt>",
            "defines entities",
        ),
        ("<tt><body>" + "<p>" * 5000, "nested too deeply"),
        ("<html><body>" + "<div>" * 5000 + "Hello", "nested too deeply"),
        ("<tt><body><p>Hello</body></tt>", "damaged XML"),
        ("<tt><body><p> </p></body></tt>", "no text"),
    ],
)
def test_what_is_no_transcript_is_refused_by_name(text: str, kind: str) -> None:
    with pytest.raises(InputError, match=kind) as raised:
        parse(text)
    assert raised.value.remedy
    assert "\n" not in str(raised.value)
