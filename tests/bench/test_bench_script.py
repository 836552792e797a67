from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.synth.invent import invent_transcript
from bench.synth.script import parse_line, read_script, render_script
from bench.synth.spoken import spoken_words


def test_reads_the_transcript_the_project_was_made_for():
    path = os.environ.get("LEX400_TRANSCRIPT")
    if not path or not Path(path).exists():
        pytest.skip("LEX400_TRANSCRIPT does not name the transcript")
    script = read_script(Path(path))
    assert (len(script.lines), len(script.words)) == (2919, 19976)
    assert [c.repeated_lines for c in script.chapters] == [0] + [20] * 9
    assert set(script.speakers()) == {"lex", "elon"}
    assert script.speakers()[0] == "lex"


def test_renders_what_it_read(tmp_path):
    path = tmp_path / "transcript.txt"
    path.write_text(invent_transcript(3, seed=5), encoding="utf-8")
    assert render_script(read_script(path)) == path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("line", "kinds"),
    [
        ("- Yes. - [Ann] No.", "dash word dash label word"),
        ("and everything they do.()laughing", "word word word word event"),
        ("(both laughing) So - this", "event word dash word"),
        ("po- everything …", "word word mark"),
        ("— I was loud — and", "dash word word word mark word"),
    ],
)
def test_takes_lines_apart(line, kinds):
    parsed = parse_line(line)
    assert " ".join(part.kind for part in parsed.parts) == kinds
    assert parsed.text == line


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("$40", "forty dollars"),
        ("24/7.", "twenty four seven"),
        ("1984", "nineteen eighty four"),
        ("1900s", "nineteen hundreds"),
        ("0.7", "zero point seven"),
        ("90%,", "ninety percent"),
        ("19,976", "nineteen thousand nine hundred seventy six"),
        ("A100s", "ay one hundreds"),
        ("xAI", "ex ay i"),
        ("didn’t", "didn't"),
        ("po-", "po"),
        ("21st", "twenty first"),
    ],
)
def test_says_written_words(written, said):
    assert " ".join(spoken_words(written)) == said


@given(st.text(min_size=1, max_size=12))
def test_anything_is_said_in_plain_words(text):
    words = spoken_words(text)
    assert words
    assert all(set(word) <= set("abcdefghijklmnopqrstuvwxyz'") for word in words)
