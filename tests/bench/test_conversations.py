import wave
from pathlib import Path

import numpy as np
import pytest

from bench.conversations import cases_of, length_s, some_of, table
from bench.pieces import RATE_HZ, Piece, join, made_up_words, pieces_of_people


def piece(seconds: float) -> Piece:
    samples = np.full(round(seconds * RATE_HZ), 100, np.float32)
    return Piece(samples, made_up_words(seconds * 1000))


PEOPLE = {"ann": [piece(2.0)] * 60, "bob": [piece(1.5)] * 80, "cid": [piece(1.0)] * 5}


def test_a_recording_is_cut_at_its_pauses(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    loud, quiet = rng.normal(0, 3000, (2, RATE_HZ)), np.zeros((2, RATE_HZ // 2))
    with wave.open(str(tmp_path / "ann.wav"), "wb") as file:
        file.setparams((1, 2, RATE_HZ, 0, "NONE", "not compressed"))
        file.writeframes(np.hstack([loud, quiet]).reshape(-1).astype("<i2").tobytes())
    pieces = pieces_of_people({"ann": [tmp_path / "ann.wav"]})["ann"]
    assert [length_s([one]) for one in pieces] == pytest.approx([1.05, 1.1], abs=0.06)


def test_the_truth_of_a_conversation_is_that_of_its_turns(tmp_path: Path) -> None:
    people = {name: pieces[:5] for name, pieces in PEOPLE.items()}
    audio = tmp_path / "talk.wav"
    transcript, truth = join(people, audio, np.random.default_rng(1))
    words = truth["words"]
    assert len(words) == len(transcript.words)
    assert {word["speaker"] for word in words} == set(people)
    starts = [word["start_ms"] for word in words]
    assert starts == sorted(starts)
    with wave.open(str(audio)) as file:
        assert file.getnframes() / 16 == pytest.approx(truth["duration_ms"])
    labelled, said = [], 0
    for line in transcript.lines:
        labelled += [(said, mark.label) for mark in line.turns]
        said += len(line.words)
    changes = [
        (n, word["speaker"].capitalize())
        for n, word in enumerate(words)
        if n == 0 or word["speaker"] != words[n - 1]["speaker"]
    ]
    assert labelled == changes


def test_only_who_has_much_to_say_talks_long() -> None:
    lengths = {case.people: case.lengths_s for case in cases_of(PEOPLE)}
    assert lengths[("ann", "bob")] == (240, 40)
    assert lengths[("ann", "cid")] == lengths[("bob", "cid")] == (60, 60)
    assert lengths[("ann", "bob", "cid")] == (60, 40, 30)


def test_pieces_go_round_the_end() -> None:
    rng = np.random.default_rng(2)
    assert 10 <= length_s(some_of(PEOPLE["ann"], 10, rng)) < 12
    assert length_s(some_of(PEOPLE["cid"], 10, rng)) == 5


def test_the_table_tells_names_and_voices_apart() -> None:
    shares = {"marks": np.ones((2, 2)), "none": np.array([[0.5, 1.0], [0.98, 0.98]])}
    assert table(shares).splitlines()[2:] == [
        "| mean of words right | 100.00 % | 74.00 % (up to naming 99.00 %) |",
        "| at least 97 % | 2 of 2 | 1 of 2 (up to naming 2 of 2) |",
        "| worst | 100.0 % | 50.0 % (up to naming 98.0 %) |",
    ]
