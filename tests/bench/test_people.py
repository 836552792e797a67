"""Episodes made of recordings of people: their truth, and what is scored by it."""

from __future__ import annotations

import csv
import json
import wave
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bench.people.__main__ import table
from bench.people.cases import cases, half_of
from bench.people.episodes import (
    corrupted,
    cut_out,
    inserted,
    of_recording,
    paraphrased,
    write_episode,
)
from bench.people.recordings import RATE_HZ, Recording, read_recordings
from bench.people.score import score_people

LINES = [
    ("Hello there my old friend.", 0.1, 1.0),
    ("How are you?", 1.2, 1.9),
    ("Very well.", 2.1, 2.8),
]


def write_recording(folder: Path, name: str, level: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with wave.open(str(folder / f"{name}.wav"), "wb") as handle:
        handle.setparams((1, 2, RATE_HZ, 0, "NONE", ""))
        handle.writeframes(np.full(3 * RATE_HZ, level, "<i2").tobytes())
    with (folder / f"{name}.lines.csv").open("w", newline="") as handle:
        rows = csv.writer(handle)
        rows.writerow(["text", "start_s", "end_s", "speaker"])
        rows.writerows((*line, "ann") for line in LINES)


@pytest.fixture
def people(tmp_path: Path) -> dict[str, list[Recording]]:
    write_recording(tmp_path / "acted", "one", 1000)
    write_recording(tmp_path / "acted", "two", 2000)
    return read_recordings(tmp_path)


def timed(truth: dict[str, Any], **changes: tuple[float, float] | None) -> dict[str, Any]:
    """An episode in which each word is at its line's start; `w3=None` calls word 3 absent."""
    words = []
    for number, word in enumerate(truth["words"]):
        borders = truth["lines"][word["line"]]["borders_ms"]
        span = borders and (borders[0] + 10, borders[0] + 200)
        if word["said"] is None:
            span = None
        span = changes.get(f"w{number}", span)
        words.append(
            {
                "text": word["text"],
                "start_ms": span and span[0],
                "end_ms": span and span[1],
                "confidence": 0.9 if span else 0.0,
                "status": "aligned" if span else "absent",
            }
        )
    return {"words": words, "gaps": []}


def test_what_a_recording_says_is_all_there(
    people: dict[str, list[Recording]], tmp_path: Path
) -> None:
    truth = write_episode(of_recording(people["acted"][0]), tmp_path)
    assert (tmp_path / "transcript.txt").read_text().splitlines() == [line for line, _, _ in LINES]
    assert truth["duration_ms"] == 3000
    borders = [line["borders_ms"] for line in truth["lines"]]
    np.testing.assert_allclose(borders, [[100, 1000], [1200, 1900], [2100, 2800]])
    assert json.loads((tmp_path / "truth.json").read_text()) == truth
    score = score_people(timed(truth), truth)
    assert (score.spoken, score.lost, score.outside, score.lines_off) == (10, 0, 0, 0)


def test_other_people_before_and_among_the_lines(
    people: dict[str, list[Recording]], tmp_path: Path
) -> None:
    one, two = (of_recording(recording) for recording in people["acted"])
    episode = inserted(inserted(one, 2, two), 0, two[:1])
    truth = write_episode(episode, tmp_path)
    assert len(truth["words"]) == 10
    np.testing.assert_allclose(truth["insertions"], [[0, 1100], [3100, 6100]])
    stray = score_people(timed(truth, w0=(500, 700)), truth)
    assert (stray.in_insertions, stray.outside, stray.first_caption_off) == (1, 1, 1)
    found = timed(truth)
    found["gaps"] = [{"start_ms": 3100, "end_ms": 6100, "kind": "untranscribed"}]
    score = score_people(found, truth)
    assert (score.insertions, score.gaps) == (2, 1)
    assert score.reported_ms / score.inserted_ms == pytest.approx(3000 / 4100)


def test_a_passage_that_was_cut_out(people: dict[str, list[Recording]], tmp_path: Path) -> None:
    truth = write_episode(cut_out(of_recording(people["acted"][0]), 1, 2), tmp_path)
    assert truth["duration_ms"] == pytest.approx(3000 - 900)
    score = score_people(timed(truth, w0=None), truth)
    assert (score.unspoken, score.absent, score.rightly_absent, score.lost) == (3, 4, 3, 1)
    assert "75.00 %" in table({"missing": score})


def test_changed_words_are_not_spoken(people: dict[str, list[Recording]], tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    whole = (*of_recording(people["acted"][0]), *of_recording(people["acted"][1])) * 3
    for change in (corrupted(whole, 0.5, rng), paraphrased(whole, 1.0, rng)):
        truth = write_episode(change, tmp_path)
        said = [word for word in truth["words"] if word["said"] is not None]
        original = [word for line, _, _ in LINES for word in line.split()]
        assert 10 < len(said) < len(truth["words"])
        assert {word["text"] for word in said} <= set(original)


def test_halves_share_no_recording(people: dict[str, list[Recording]]) -> None:
    fit, measured = (half_of(people, half)["acted"] for half in ("fit", "measure"))
    assert {recording.name for recording in fit} == {"one"}
    assert {recording.name for recording in measured} == {"two"}


def test_the_same_seed_gives_the_same_cases(people: dict[str, list[Recording]]) -> None:
    one, two = (list(cases(people, 3)) for _ in range(2))
    assert [name for name, _ in one] == [name for name, _ in two]
    assert [name for name, _ in one][:2] == ["faithful/acted-one", "faithful/acted-two"]
