"""Captions whose times are damaged, and captions of other formats."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.transcript.formats.support import parse, said, texts

TIMINGS = (
    "00:00:01,000 --> 00:00:02,000",
    "-00:00:01,000 --> 00:00:02,000",
    "00:00:01,5 ->",
    "00:00:01 --> 00:00:02",
    "00:01.000-->00:02.000",
    "00 : 00 : 01 , 000 --> 00 : 00 : 02 , 000",
    "00;00;01;12 -> 00;00;02;00",
    "0:00:01.50 --> 0:00:02.10 X1:10 X2:20",
    "00:00:0x,000 --> 00:00:02,000",
    "--> 00:00:02,000",
    "00:00:01,000 -->",
    "00:00:01.000 --> 00:00:02.000 align:start position:0%",
    "1.0 --> 2.5",
    "00:00:01,000 → 00:00:02,000",
)


@pytest.mark.parametrize("timing", TIMINGS)
@pytest.mark.parametrize("head", ["", "WEBVTT\n\n"])
@pytest.mark.parametrize("at", [0, 1, 2])
def test_no_cue_vanishes_whatever_its_times(timing: str, head: str, at: int) -> None:
    timings = ["00:00:01,000 --> 00:00:02,000"] * 3
    timings[at] = timing
    cues = [f"{i}\n{t}\nWords of {' abc'[i]}.\n" for i, t in enumerate(timings, start=1)]
    expected = ["Words of a.", "Words of b.", "Words of c."]
    assert texts(head + "\n".join(cues)) == expected
    assert texts(head + "".join(cues)) == expected  # no blank lines between
    assert texts(head + "\n".join(cue.split("\n", 1)[1] for cue in cues)) == expected  # no numbers


def test_a_cue_whose_times_are_blank_is_kept() -> None:
    srt = "1\n\nFirst words.\n\n2\n00:00:03,000 --> 00:00:04,000\nThen 42.\n\n3\n   \nLast ones.\n"
    assert texts(srt) == ["First words.", "Then 42.", "Last ones."]


def test_text_beside_its_times_is_the_cues() -> None:
    lines = "00:01.000 --> 00:02.000 Hello there.\n[00:02.000 --> 00:03.000]  Go on.\n"
    assert texts(lines) == ["Hello there.", "Go on."]


@given(st.lists(st.sampled_from(TIMINGS), min_size=2, max_size=6), st.booleans())
def test_any_mixture_of_times_keeps_the_words(timings: list[str], is_blank_between: bool) -> None:
    joint = "\n\n" if is_blank_between else "\n"
    cues = [f"{n}\n{timing}\ncue{n} of it" for n, timing in enumerate(timings, start=1)]
    found = parse("1\n00:00:01,000 --> 00:00:02,000\nbegin here" + joint + joint.join(cues))
    cue_words = [w.text for w in found.words if w.text.startswith("cue")]
    assert cue_words == [f"cue{n}" for n in range(1, len(timings) + 1)]


def test_markup_within_cues() -> None:
    cue = '<font color="#fff">Hello</font> {\\an8}you,<br/>a &lt; b &amp; so on'
    escaped = "&lt;i&gt;So&lt;/i&gt; it is"
    web = "put a <div> in a <p> tag"
    srt = f"1\n00:00:01,000 --> 00:00:02,000\n{cue}\n{escaped}\n{web}\n"
    assert texts(srt) == ["Hello you, a < b & so on", "So it is", web]


def test_a_voice_on_a_line_of_its_own() -> None:
    vtt = (
        "WEBVTT\n\n00:01.000 --> 00:02.000\n<v John>\nHello there.\n\n"
        "00:02.000 --> 00:03.000\n<v.loud Mary Ann>\nHi.\nYou.\n\n00:03.000 --> 00:04.000\nGo on.\n"
    )
    assert said(parse(vtt)) == [("John", "Hello there."), ("Mary Ann", "Hi. You. Go on.")]


ASS = """[Script Info]
Title: not this
[V4+ Styles]
Format: Name, Fontname
Style: Default,Arial
[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
Comment: 0,0:00:00.00,0:00:01.00,Default,Ann,0,0,0,,nor this
Dialogue: 0,0:00:01.00,0:00:02.00,Default,Ann,0,0,0,,{\\i1}Hello{\\i0}, there\\NAnd\\hmore.
Dialogue: 0,0:00:02.00,0:00:03.00,Default,Bo,0,0,0,,{\\p1}m 0 0 l 1 1{\\p0}
Dialogue: 0,0:00:02.00,0:00:03.00,Default,Bo,0,0,0,,{\\an8}No.
"""
TTML = """<?xml version="1.0" encoding="UTF-16"?>
<tt xmlns="http://www.w3.org/ns/ttml" xmlns:ttm="http://www.w3.org/ns/ttml#metadata">
<head><metadata><ttm:title>not this</ttm:title><ttm:agent xml:id="a" type="person">
<ttm:name type="full">Ann</ttm:name></ttm:agent></metadata></head><body><div>
<p begin="1s" ttm:agent="a">Hello, there<br/>
  And <span>more.</span></p>
<p begin="2s"><metadata><ttm:desc>Bo</ttm:desc></metadata>No.</p></div></body></tt>"""


@pytest.mark.parametrize("text", [ASS, TTML])
def test_captions_with_speakers(text: str) -> None:
    found = parse(text)
    assert said(found) == [("Ann", "Hello, there And more."), ("Bo", "No.")]
    assert found.lines[0].text == "Hello, there"


def test_words_of_apples_ttml_are_apart() -> None:
    ttml = (
        '<tt><body><div><p begin="1" ttm:agent="SPEAKER_1" xmlns:ttm="x" xmlns:p="y">'
        '<span p:unit="word">Hello</span><span p:unit="word">there.</span></p></div></body></tt>'
    )
    assert said(parse(ttml)) == [("SPEAKER_1", "Hello there.")]


@pytest.mark.parametrize(
    "text",
    [
        "0:00:01.000,0:00:02.000\nHello there.[br]Go on.\n\n0:00:02.000,0:00:03.000\nBye.\n",  # SBV
        "[INFORMATION]\n[TITLE]x\n00:00:01.00,00:00:02.00\nHello there.[br]Go on.\n\n"
        "00:00:02.00,00:00:03.00\nBye.\n",  # SubViewer
        "{0}{25}Hello there.|Go on.\n{30}{50}{y:i}Bye.\n",  # MicroDVD
        "[ar:Somebody]\n[ti:Title]\n[00:01.00]Hello <00:01.50>there.\n[00:01.80]Go on.\n"
        "[00:02.00]Bye.\n",  # LRC
        "start\tend\ttext\n0\t1000\tHello there.\n1000\t1500\tGo on.\n2000\t3000\tBye.\n",
        "0.0\t1.0\tHello there.\n1.0\t1.5\tGo on.\n2.0\t3.0\tBye.\n",  # Audacity
        "x 1 0.0 0.4 Hello 0.9\nx 1 0.5 0.4 there. 0.9\nx 1 1.0 0.2 Go 0.9\nx 1 1.2 0.2 on. 0.9\n"
        "x 1 2.0 0.2 Bye. 0.9\n",  # CTM
    ],
)
def test_other_times_before_text(text: str) -> None:
    assert texts(text) == ["Hello there.", "Go on.", "Bye."]


@pytest.mark.parametrize(
    "table",
    [
        'start,end,speaker,text\n0,1,Ann,"Hello, ""you"""\n1,2,Bo,No.\n',
        "Speaker Name;Start Time;End Time;Text\nAnn;0:01;0:02;Hello, \"you\"\nBo;0:02;0:03;No.\n",
        '0.0,1.0,Ann,Hello, "you"\n1.0,2.0,Bo,No.\n',
    ],
)  # fmt: skip
def test_tables_of_text(table: str) -> None:
    assert said(parse(table)) == [("Ann", 'Hello, "you"'), ("Bo", "No.")]
