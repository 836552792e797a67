from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.transcript.parse import parse_transcript
from pipeline.transcript.source import source_lines
from pipeline.transcript.timestamps import take_times

SPOKEN = (
    "Good evening, and welcome to the garden hour.",
    "We met at 10:30, and the 4:30 train was late.",
    "They won 3:1, and he read John 3:16 (and 3:17).",
    "It took 12 s, or 1.5 of them.",
)


def clock(seconds: int) -> str:
    return f"{seconds // 60}:{seconds % 60:02}"


FORMS = {
    "faster-whisper": "[{a}.00s -> {b}.96s] {text}",
    "whisper": "[00:{A2}.000 --> 00:{B2}.959]  {text}",
    "whisper, hours": "[00:00:{A2}.000 --> 00:00:{B2}.959]  {text}",
    "unicode arrow": "00:{A2} → 00:{B2} {text}",
    "parentheses": "(00:00:{A2}) {text}",
    "milliseconds": "[00:00:{A2}.345] {text}",
    "behind": "{text} [00:00:{A2}]",
    "behind, glued": "{text}[00:00:{A2}]",
    "within": "{text} (0:{A2})",
    "dash range": "{A} - {B} {text}",
    "long dash": "{A}–{B} {text}",
    "range in brackets": "[{A} – {B}] {text}",
    "range with to": "[{A} to {B}] {text}",
    "frames": "00:00:{A2}:12 {text}",
    "drop frames": "00:00:{A2};12 {text}",
    "frames in a range": "00:00:{A2}:12 - 00:00:{B2}:10 {text}",
    "line start": "{A} {text}",
    "line start, colon": "{A}\n{text}",
    "units": "[0m{a}s] {text}",
    "hours and minutes": "[0h0m{a}s] {text}",
    "seconds": "[{a}.5s] {text}",
    "braces": "{{00:{A2}}} {text}",
    "angles": "<00:00:{A2}> {text}",
    "f4": "{text} #00:00:{A2}-5#",
    "arrow alone": "00:00:{A2} --> {text}",
    "at": "@ {A} {text}",
    "at in brackets": "[@{A}] {text}",
    "dots": "[00.00.{A2}] {text}",
    "of a day": "[10:15:{A2} AM] {text}",
    "with a date": "[15/03/2024, 10:15:{A2}] {text}",
    "timecode": "TC 00:00:{A2}:12 {text}",
    "columns": "{a}.340000\t{b}.960000\t{text}",
    "whole columns": "{a}000\t{b}000\t{text}",
    "one column": "{a}.34 {text}",
    "LRC": "[00:{A2}.00]{text}",
    "SBV": "0:00:{A2}.000,0:00:{B2}.959\n{text}",
    "paragraphs": "{A}\n{text}\n",
}


def written(form: str) -> str:
    lines = []
    for at, text in enumerate(SPOKEN):
        a, b = 1 + 9 * at, 8 + 9 * at
        values = {"a": a, "b": b, "A": clock(a), "B": clock(b), "A2": f"{a:02}", "B2": f"{b:02}"}
        lines.append(FORMS[form].format(text=text, **values))
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("form", FORMS)
def test_times_are_dropped_and_spoken_times_stay(form: str) -> None:
    found = parse_transcript(written(form).encode(), "t.txt")
    assert [word.text for word in found.words] == " ".join(SPOKEN).split()
    assert not any(line.events or line.turns for line in found.lines)


def test_the_heads_of_columns_are_dropped() -> None:
    found = parse_transcript(("start\tend\ttext\n" + written("whole columns")).encode(), "t.txt")
    assert [word.text for word in found.words] == " ".join(SPOKEN).split()


@pytest.mark.parametrize(
    "text",
    [
        "10:30 was the time.\nWe came at 9:15.\nNobody was there at 10:30\nor at 9:45",
        "1984 was cold.\n12.5 degrees.\n7 of us.\n",
        "We met at 10:30\nand left at 11:45\nthat day",
        "Genesis 1:1\nJohn 3:16",
        "in their (30s) and (5 m) and [x]".replace("[x]", ""),
        "from 9 - 5",
        "1:30 is late.",
        "a #1 hit and #10:1",
    ],
)
def test_what_is_spoken_stays(text: str) -> None:
    found = parse_transcript(text.encode(), "t.txt")
    expected = [token for token in text.split() if any(c.isalnum() for c in token)]
    assert [word.text for word in found.words] == expected


@pytest.mark.parametrize(
    ("text", "event"),
    [
        ("so [inaudible 00:12] yes", "[inaudible]"),
        ("so [00:01:02 crosstalk] yes", "[crosstalk]"),
        ("so (crosstalk 00:01:02) yes", "(crosstalk)"),
        ("so [unintelligible, 00:01:02] yes", "[unintelligible]"),
    ],
)
def test_times_of_events_are_dropped(text: str, event: str) -> None:
    (line,) = parse_transcript(text.encode(), "t.txt").lines
    assert [e.text for e in line.events] == [event]
    assert [w.text for w in line.words] == ["so", "yes"]
    assert line.text == f"so {event} yes"


@given(st.text(alphabet="0123456789:.,;->[](){}#@ smhab\n", max_size=80))
def test_columns_stay_those_of_the_file(text: str) -> None:
    rows = text.split("\n")
    for before, after in zip(source_lines(text), take_times(source_lines(text)), strict=True):
        source = after.source
        for character, column in zip(source.text, source.columns, strict=True):
            assert character in (rows[before.number - 1][column - 1], " ")
        assert source.text == source.text.strip()
        assert all(0 <= at <= len(source.text) for at in after.times)
