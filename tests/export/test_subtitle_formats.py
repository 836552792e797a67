"""Formats with captions, read back by others: same times, same text."""

import csv
import html
import io
import json
import re
import subprocess
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from pathlib import Path
from xml.etree import ElementTree

import imageio_ffmpeg
import pysubs2
import pytest
import srt
import webvtt
from hypothesis import given, settings
from hypothesis import strategies as st
from ttconv.imsc import reader as imsc_reader
from ttconv.model import Br, ContentElement, P, Text

from pipeline.episode import Episode, Speaker
from pipeline.errors import InputError
from pipeline.export import (
    ass,
    audacity,
    avid_captions,
    ebu_tt_d,
    plain_text,
    podcast_json,
    srt_file,
    ttml,
    vtt,
    words_json,
)
from pipeline.export.options import ExportOptions
from pipeline.subtitles.cues import Cue, make_cues
from pipeline.subtitles.styles import STYLES, Style
from pipeline.timecode import FRAME_RATES
from tests.support import DEMO, alignment_of, episode_of, transcript_of

NETFLIX = STYLES["netflix"]
EPISODE = episode_of(*DEMO)
Shown = tuple[int, int, str]


def shown(cues: tuple[Cue, ...]) -> list[Shown]:
    return [(cue.start_ms, cue.end_ms, cue.text) for cue in cues]


def one_line(captions: list[Shown]) -> list[Shown]:
    return [(start_ms, end_ms, " ".join(text.split())) for start_ms, end_ms, text in captions]


# Readers by others


def read_srt(text: str) -> list[Shown]:
    one_ms = timedelta(milliseconds=1)
    return [(cue.start // one_ms, cue.end // one_ms, cue.content) for cue in srt.parse(text)]


def read_vtt(text: str) -> list[Shown]:
    def ms(stamp: str) -> int:
        hours, minutes, seconds = stamp.split(":")
        return (int(hours) * 60 + int(minutes)) * 60_000 + round(float(seconds) * 1000)

    return [
        (ms(cue.start), ms(cue.end), html.unescape(cue.text))
        for cue in webvtt.from_buffer(io.StringIO(text))
    ]


def read_ttml(text: str) -> list[Shown]:
    document = imsc_reader.to_model(ElementTree.ElementTree(ElementTree.fromstring(text)))
    assert document is not None

    def text_of(element: ContentElement) -> str:
        if isinstance(element, Text):
            return element.get_text()
        return "\n" if isinstance(element, Br) else "".join(text_of(child) for child in element)

    body = document.get_body()
    assert body is not None
    found = []
    for element in body.dfs_iterator():
        if isinstance(element, P):
            begin, end = element.get_begin(), element.get_end()
            assert begin is not None and end is not None
            found.append((int(begin * 1000), int(end * 1000), text_of(element)))
    return found


def read_ass(text: str) -> list[Shown]:
    return [
        (event.start, event.end, event.plaintext)
        for event in pysubs2.SSAFile.from_string(text, format_="ass")
    ]


def read_audacity(text: str) -> list[Shown]:
    rows = csv.reader(io.StringIO(text, newline=""), delimiter="\t", quoting=csv.QUOTE_NONE)
    return [(int(Fraction(a) * 1000), int(Fraction(b) * 1000), label) for a, b, label in rows]


def hundredths(captions: list[Shown]) -> list[Shown]:
    return [((a + 5) // 10 * 10, (b + 5) // 10 * 10, text) for a, b, text in captions]


Reader = Callable[[str], list[Shown]]
Expected = Callable[[list[Shown]], list[Shown]]
FORMATS: dict[str, tuple[object, Reader, Expected]] = {
    "srt": (srt_file, read_srt, list),
    "vtt": (vtt, read_vtt, list),
    "ttml": (ttml, read_ttml, list),
    "ebu-tt-d": (ebu_tt_d, read_ttml, list),
    "ass": (ass, read_ass, hundredths),
    "audacity": (audacity, read_audacity, one_line),
}


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("style", sorted(STYLES))
def test_read_back_by_others(name: str, style: str) -> None:
    module, read, expected = FORMATS[name]
    wanted = STYLES[style]
    if name == "vtt":
        # Names are voice spans there, dashes only between several turns.
        wanted = replace(wanted, names="never", dashes="several")
    text = module.render(EPISODE, wanted)  # type: ignore[attr-defined]
    assert read(text) == expected(shown(make_cues(EPISODE, wanted)))


@pytest.mark.parametrize("rate", FRAME_RATES)
def test_frames_and_start_timecode(rate: str) -> None:
    style = replace(NETFLIX, frame_rate=rate)
    cues = make_cues(EPISODE, style)
    options = ExportOptions(start_timecode="01:00:00:00")
    shift_ms = FRAME_RATES[rate].start_ms(3600 * FRAME_RATES[rate].nominal)
    found = read_srt(srt_file.render(EPISODE, style, options))
    assert found == [(a + shift_ms, b + shift_ms, text) for a, b, text in shown(cues)]
    for start_ms, end_ms, _ in shown(cues):
        for time_ms in (start_ms, end_ms):
            frame = FRAME_RATES[rate].frame_at(time_ms)
            assert FRAME_RATES[rate].start_ms(frame) == time_ms
    captions = avid_captions.render(EPISODE, style, options).split("<begin subtitles>")[1]
    stamps = re.findall(r"^(\d\d:\d\d:\d\d:\d\d) (\d\d:\d\d:\d\d:\d\d)$", captions, re.MULTILINE)
    assert len(stamps) == len(cues)
    for cue, (start, _) in zip(cues, stamps, strict=True):
        hours, minutes, seconds, frames = map(int, start.split(":"))
        counted = ((hours * 60 + minutes) * 60 + seconds) * FRAME_RATES[rate].nominal + frames
        at_zero = counted - 3600 * FRAME_RATES[rate].nominal
        assert FRAME_RATES[rate].start_ms(at_zero) == cue.start_ms


def test_timecode_without_a_frame_rate_is_refused() -> None:
    with pytest.raises(InputError, match="no frame rate is given; give that of the editor"):
        avid_captions.render(EPISODE, NETFLIX)
    with pytest.raises(InputError, match="no frame rate is given"):
        srt_file.render(EPISODE, NETFLIX, ExportOptions(start_timecode="01:00:00:00"))


@pytest.mark.parametrize(("module", "suffix"), [(srt_file, "srt"), (vtt, "vtt"), (ass, "ass")])
def test_ffmpeg_reads_the_same(module: object, suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"x.{suffix}"
    path.write_text(module.render(EPISODE, NETFLIX), encoding="utf-8")  # type: ignore[attr-defined]
    done = subprocess.run(
        [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", str(path), "-f", "srt", "-"],
        capture_output=True, check=True,
    )  # fmt: skip
    found = [(a, b, re.sub(r"<[^>]*>", "", t)) for a, b, t in read_srt(done.stdout.decode())]
    expected = shown(make_cues(EPISODE, NETFLIX))
    # ffmpeg takes the `<` of `A < B` for itself; times and number are what it is asked for here.
    wanted = hundredths(expected) if suffix == "ass" else expected
    assert [item[:2] for item in found] == [item[:2] for item in wanted]


def test_word_times_in_vtt() -> None:
    text = vtt.render(EPISODE, NETFLIX, ExportOptions(word_times=True))
    assert "<v Lex Fridman>The <00:00:01.400>following <00:00:01.800>is" in text
    assert [item[:2] for item in read_vtt(text)] == [
        (cue.start_ms, cue.end_ms) for cue in make_cues(EPISODE, NETFLIX)
    ]
    stamps = re.findall(r"<(\d\d:[\d:.]+)>", text)
    assert stamps == sorted(stamps)


def test_karaoke_adds_up_to_the_words() -> None:
    text = ass.render(EPISODE, NETFLIX, ExportOptions(word_times=True))
    events = pysubs2.SSAFile.from_string(text, format_="ass")
    first = events[0]
    steps = [int(step) for step in re.findall(r"\\k(\d+)", first.text)]
    words = EPISODE.words[:5]
    start_ms, event = first.start, EPISODE.events[0]
    assert event.end_ms is not None and words[-1].end_ms is not None
    assert sum(steps) * 10 + start_ms == pytest.approx(first.end, abs=20 * len(steps))
    assert first.plaintext == make_cues(EPISODE, NETFLIX)[0].text


def test_ass_has_a_style_for_each_speaker() -> None:
    odd = replace(EPISODE, speakers=(Speaker("lex", "A, {B}"), Speaker("elon", "A B")))
    document = pysubs2.SSAFile.from_string(ass.render(odd, NETFLIX), format_="ass")
    assert list(document.styles) == ["Default", "A B", "A B_"]
    assert [event.style for event in document] == ["A B", "Default", "Default", "A B_"]
    assert document[1].text == "{\\rA B_}-Yeah.\\N{\\rA B}-Kind of, 24/7."


def test_plain_text() -> None:
    assert plain_text.render(EPISODE, NETFLIX) == (
        "# Chapter 1\n\n"
        "Lex Fridman: The following is a talk.\n\n"
        "(Elon whistling)\n\n"
        "Elon Musk: Yeah.\n\n"
        "Lex Fridman: Kind of, 24/7.\n\n"
        "# Chapter 2\n\n"
        "Elon Musk: A < B & C.\n\n"
        "Lex Fridman: So?\n\n"
        "Elon Musk: GPT 35 (laughing)\n\n"
        "# Chapter 3\n\n"
        "Elon Musk: Bye now.\n"
    )


def test_words_json() -> None:
    transcript = transcript_of(["- a b"])
    episode = episode_of(["- a b"], alignment=alignment_of(transcript, absent=(1,)))
    assert json.loads(words_json.render(episode, NETFLIX))["words"] == [
        {"word": "a", "start": 1.0, "end": 1.35, "speaker": "Lex Fridman",
         "confidence": 0.9, "status": "aligned"},
        {"word": "b", "start": None, "end": None, "speaker": "Lex Fridman",
         "confidence": 0.0, "status": "absent"},
    ]  # fmt: skip


def test_podcast_json() -> None:
    document = json.loads(podcast_json.render(EPISODE, STYLES["podcast"]))
    assert document["version"] == "1.0.0"
    cues = make_cues(EPISODE, STYLES["podcast"])
    segments = document["segments"]
    assert [round(segment["startTime"] * 1000) for segment in segments] == [
        cue.start_ms for cue in cues
    ]
    assert segments[0] == {
        "speaker": "Lex Fridman", "startTime": 1.0, "endTime": cues[0].end_ms / 1000,
        "body": "The following is a talk.",
    }  # fmt: skip
    two = json.loads(podcast_json.render(EPISODE, NETFLIX))["segments"]
    assert [segment["body"] for segment in two[1:3]] == ["Yeah.", "Kind of, 24/7."]
    assert two[1]["endTime"] == two[2]["startTime"]
    words = json.loads(podcast_json.render(EPISODE, NETFLIX, ExportOptions(word_times=True)))
    assert words["segments"][1]["body"] == "following"


# Fuzzed text: it survives, or is refused with a clear line

NASTY = st.sampled_from(
    ["-->", "&", "&amp;", "&lt;b&gt;", "<i>x</i>", "<v", "</v>", "{\\an8}x", "{", "}", "a\\Nb",
     "\\", "1", "2", "00:00:01,000", "00:00:02.000", "NOTE", "STYLE", "WEBVTT", "שלום", "مرحبا",
     "\u202eabc", "e\u0301\u0323", "👩‍👩‍👧‍👦", "🇺🇳", "\ufeffx", "x" * 10_000, "]]>", "<![CDATA[",
     '"quoted"', "a|b", "@", "<end", "#", "\u200bx", "%s", "-", "-x", "“x”"]
)  # fmt: skip
LETTERS = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Zs", "Zl", "Zp", "Cn"]), min_size=1
)
TOKENS = st.lists(st.one_of(NASTY, LETTERS), min_size=1, max_size=12)


def episode_with(tokens: list[str]) -> Episode:
    """An episode of one line with exactly these words."""
    tokens = [token for token in tokens if len(token.split()) == 1] or ["x"]
    plain = [f"w{number}" for number in range(len(tokens))]
    episode = episode_of(
        [" ".join(plain)], alignment=alignment_of(transcript_of([" ".join(plain)]))
    )
    return replace(
        episode,
        words=tuple(
            replace(word, text=token) for word, token in zip(episode.words, tokens, strict=True)
        ),
        lines=(replace(episode.lines[0], text=" ".join(tokens)),),
    )


@settings(max_examples=150, deadline=None)
@given(TOKENS, st.sampled_from(sorted(FORMATS)))
def test_any_text_survives_or_is_refused(tokens: list[str], name: str) -> None:
    module, read, expected = FORMATS[name]
    episode = episode_with(tokens)
    style: Style = replace(NETFLIX, dashes="never")
    try:
        text = module.render(episode, style)  # type: ignore[attr-defined]
    except InputError as error:
        assert "cannot hold" in str(error)
        assert "\n" not in str(error)
        return
    assert read(text) == expected(shown(make_cues(episode, style)))


def test_times_as_text_are_refused_in_srt() -> None:
    episode = episode_with(["00:00:01,000", "-->", "00:00:02,000"])
    with pytest.raises(InputError, match=r"SRT cannot hold '00:00:01,000 --> 0.*for times"):
        srt_file.render(episode, NETFLIX)
    assert read_vtt(vtt.render(episode, NETFLIX))[0][2] == "00:00:01,000 --> 00:00:02,000"


@pytest.mark.parametrize("token", ["@x", "<begin", "01:00:00:00"])
def test_commands_are_refused_in_avid(token: str) -> None:
    style = replace(NETFLIX, frame_rate="25")
    with pytest.raises(InputError, match=r"Avid cannot hold .* for a command"):
        avid_captions.render(episode_with([token]), style)
