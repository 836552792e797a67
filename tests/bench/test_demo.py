"""The demo shows every oddity of the input format, and its truth is of its files."""

from __future__ import annotations

import itertools
import json
import re
import subprocess

import pytest

from bench.synth.sound import ffmpeg_command
from tests.bench.conftest import DEMO


@pytest.fixture(scope="module")
def text():
    return (DEMO / "transcript.txt").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def truth():
    return json.loads((DEMO / "truth.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("oddity", "pattern"),
    [
        ("chapter headings", r"(?m)^# Chapter 3$"),
        ("blank lines between lines", r"\n\n"),
        ("dash at line start", r"(?m)^- [A-Z]"),
        ("dash inside a line", r"(?m)^.*\w.* - [A-Z]"),
        ("label at line start", r"(?m)^- \[Tom\] "),
        ("label inside a line", r"(?m)^.*\w.* - \[Maya\] "),
        ("turn without a dash after an event", r"\(laughing\)\n\n[A-Z]"),
        ("empty sound event", r"\(\)"),
        ("sound event of a named person", r"\(Tom laughing\)"),
        ("sound event inside a line", r"(?m)^.*\w.* \(both laughing\)"),
        ("cut-off word", r"\bpo- everything"),
        ("money", r"\$250,000"),
        ("percentage", r"\d+%"),
        ("round the clock", r"24/7"),
        ("year", r"\b1984\b"),
        ("decade", r"\b1900s\b"),
        ("decimal", r"\b0\.1\b"),
        ("letters and digits", r"\bB50\b"),
        ("acronym", r"\bAI\b"),
        ("mixed case", r"\beBell\b"),
        ("roman numeral", r"World War II\b"),
        ("unknown name", r"\bWexmoor\b"),
        ("compound", r"great-grandfather"),
        ("curly apostrophe", r"didn’t"),
        ("curly quotes", r"“Nobody"),
        ("ellipsis", r"…"),
        ("em dash", r"—"),
        ("mis-transcription", r"kept it as the option selling it"),
    ],
)
def test_oddity(text, oddity, pattern):
    assert re.search(pattern, text), oddity


def test_chapters_repeat_lines(demo_script):
    assert [c.repeated_lines for c in demo_script.chapters] == [0, 4, 6]


def test_lines_are_as_short_as_captions(demo_script):
    lengths = [len(line.text) for line in demo_script.lines]
    assert max(lengths) <= 48
    assert 20 <= sum(lengths) / len(lengths) <= 40


def test_truth_is_of_this_transcript(demo_script, truth):
    assert [w["text"] for w in truth["words"]] == [w.text for w in demo_script.words]
    assert [line["text"] for line in truth["lines"]] == [x.text for x in demo_script.lines]
    assert truth["absent"] == []
    assert {w["speaker"] for w in truth["words"]} == {"maya", "tom"}


def test_truth_is_in_order(truth):
    words = truth["words"]
    assert all(w["start_ms"] < w["end_ms"] for w in words)
    assert all(a["end_ms"] <= b["start_ms"] + 1 for a, b in itertools.pairwise(words))


def test_it_opens_with_speech_that_the_transcript_lacks(truth):
    [[start, end]] = truth["untranscribed"]
    assert start == 0
    assert 7000 <= end <= 9000
    assert truth["words"][0]["start_ms"] > end


def test_someone_speaks_without_a_dash(truth):
    line = next(x for x in truth["lines"] if x["text"].startswith("So the whole industry"))
    before = truth["words"][line["first_word"] - 1]
    assert (before["speaker"], truth["words"][line["first_word"]]["speaker"]) == ("tom", "maya")


def test_punctuation_does_not_change_the_speaker(truth):
    line = next(x for x in truth["lines"] if x["text"] == "and I was in tune.")
    assert truth["words"][line["last_word"]]["speaker"] == "tom"


def test_the_audio_is_small_and_as_long_as_the_truth(truth):
    audio = DEMO / "demo.mp3"
    assert audio.stat().st_size <= 2**20
    done = subprocess.run(
        [
            *(ffmpeg_command(), "-v", "error", "-i", audio),
            *("-ar", "16000", "-ac", "1", "-f", "s16le", "-"),
        ],
        stdout=subprocess.PIPE,
        check=True,
    )
    seconds = len(done.stdout) / 32000
    assert seconds == pytest.approx(truth["duration_ms"] / 1000, abs=0.1)
    assert 120 <= seconds <= 180
