from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.transcript.parse import parse_transcript
from pipeline.transcript.records import Transcript
from pipeline.transcript.repeats import exact_overlap

VOCABULARY = [a + b for a in ("ba", "do", "fi", "gu", "ke", "lo") for b in ("n", "rt", "sk", "m")]


def speech(seed: int, lines: int) -> list[str]:
    chance = random.Random(seed)
    return [
        " ".join(chance.choice(VOCABULARY) + str(chance.randrange(9)) for _ in range(7))
        for _ in range(lines)
    ]


def parse(*chapters: list[str]) -> Transcript:
    text = "".join(
        f"# Chapter {n}\n" + "".join(f"{line}\n\n" for line in lines)
        for n, lines in enumerate(chapters, start=1)
    )
    return parse_transcript(text.encode(), "t")


def texts(transcript: Transcript) -> list[str]:
    return [line.text for line in transcript.lines]


@given(st.integers(0, 10**6), st.integers(2, 40), st.integers(1, 30))
def test_exact_repeats_are_dropped(seed: int, repeated: int, new: int) -> None:
    lines = speech(seed, 40 + new)
    found = parse(lines[:40], lines[40 - repeated :])
    assert texts(found) == lines
    assert [c.repeated_lines for c in found.chapters] == [0, repeated]


@given(st.integers(0, 10**6), st.integers(1, 30), st.integers(1, 30))
def test_nothing_is_dropped_from_fresh_speech(seed: int, first: int, second: int) -> None:
    lines = speech(seed, first + second)
    found = parse(lines[:first], lines[first:])
    assert texts(found) == lines


@given(st.integers(0, 10**6), st.integers(5, 25))
def test_inexact_repeats_are_dropped(seed: int, repeated: int) -> None:
    lines = speech(seed, 60)
    chance = random.Random(seed + 1)
    head = [line.split() for line in lines[40 - repeated : 40]]
    for row in head[1:-1]:  # a typo in every third line
        if chance.random() < 0.33:
            row[chance.randrange(7)] = "typo"
    if repeated > 8:  # a line is missing
        del head[3]
    noisy = [" ".join(row).upper() + "," for row in head]
    found = parse(lines[:40], noisy + lines[40:])
    assert texts(found) == lines
    assert found.chapters[1].repeated_lines == len(noisy)


def test_repeat_broken_into_other_lines() -> None:
    lines = speech(7, 30)
    words = [*" ".join(lines[10:20]).split(), "new", "words"]
    other = [" ".join(words[i : i + 5]) for i in range(0, len(words), 5)]
    found = parse(lines[:20], other + lines[20:])
    assert texts(found) == [*lines[:20], "new words", *lines[20:]]
    assert found.chapters[1].lines[0].words[0].place.column == other[-1].index("new") + 1


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (["Yeah."], ["Yeah."]),
        (["Yeah.", "Yeah."], ["Yeah.", "Yeah."]),
        (["- No.", "- Yes.", "- Okay."], ["- No.", "- Yes.", "- Okay."]),
        (["I do not know that."], ["I do not know that."]),
    ],
)
def test_speech_that_repeats_itself_is_kept(before: list[str], after: list[str]) -> None:
    lines = speech(3, 40)
    found = parse(lines[:20] + before, after + lines[20:])
    assert texts(found) == [*lines[:20], *before, *after, *lines[20:]]


def test_single_repeated_lines_are_dropped_where_that_is_the_custom() -> None:
    lines = speech(5, 40)
    found = parse(lines[:10], lines[9:20], lines[19:30], lines[29:])
    assert texts(found) == lines


def test_a_chapter_of_nothing_but_repeats_disappears() -> None:
    lines = speech(9, 20)
    found = parse(lines, lines[10:])
    assert texts(found) == lines
    assert [c.number for c in found.chapters] == [1]


def test_repeat_longer_than_the_chapter_before() -> None:
    lines = speech(11, 40)
    found = parse(lines[:20], lines[10:25], lines[5:40])
    assert texts(found) == lines


@given(st.lists(st.sampled_from("abc"), max_size=12), st.lists(st.sampled_from("abc"), max_size=12))
def test_exact_overlap_is_the_longest(tail: list[str], head: list[str]) -> None:
    rows = [(c,) for c in tail], [(c,) for c in head]
    found = exact_overlap(*rows)
    fits = [n for n in range(min(len(tail), len(head)) + 1) if tail[len(tail) - n :] == head[:n]]
    assert found == max(fits)
