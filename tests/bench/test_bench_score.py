from __future__ import annotations

import copy
import random

import pytest

from bench.score import hand_labels, score_episode


@pytest.fixture
def truth():
    words = [
        {
            "index": n,
            "text": f"w{n}",
            "line": n // 5,
            "start_ms": 1000.0 + 400 * n,
            "end_ms": 1300.0 + 400 * n,
            "speaker": "ann" if n < 50 else "ben",
        }
        for n in range(100)
    ]
    lines = [
        {"start_ms": words[n]["start_ms"], "first_word": n, "last_word": n + 4}
        for n in range(0, 100, 5)
    ]
    return {
        "words": words,
        "lines": lines,
        "chapters": [{"start_ms": 1000.0}, {"start_ms": 21000.0}],
        "untranscribed": [[50000, 60000]],
        "ambiguous_words": [],
    }


def perfect(truth):
    return {
        "words": [{**w, "confidence": 1.0, "status": "aligned"} for w in truth["words"]],
        "lines": [{"start_ms": line["start_ms"]} for line in truth["lines"]],
        "chapters": copy.deepcopy(truth["chapters"]),
        "gaps": [{"start_ms": 50000, "end_ms": 60000, "kind": "untranscribed"}],
    }


def drop(truth, *indices):
    for n in indices:
        truth["words"][n] |= {"start_ms": None, "end_ms": None}


def test_a_perfect_episode(truth):
    score = score_episode(perfect(truth), truth)
    assert score.word_edges.worst == score.line_starts.worst == score.chapter_starts.worst == 0
    assert score.words_within == {20: 1, 50: 1, 100: 1, 200: 1}
    assert score.untranscribed_in_gaps == 1
    assert score.transcribed_in_gaps == 0
    assert score.calibration_error == 0
    assert score.speakers_right == 1
    assert score.absent_precision is score.absent_recall is None


def test_errors_are_signed_and_summarised(truth):
    episode = perfect(truth)
    for n, word in enumerate(episode["words"]):
        word["start_ms"] += 30
        word["end_ms"] -= 150 if n < 10 else 0
    score = score_episode(episode, truth)
    assert score.word_starts.bias == 30
    assert score.word_starts.within == {20: 0, 50: 1, 100: 1, 200: 1}
    assert score.word_ends.worst == 150
    assert score.word_ends.median == 0
    assert score.word_edges.mean == pytest.approx((100 * 30 + 10 * 150) / 200)
    assert score.words_within[100] == pytest.approx(0.9)


def test_lines_and_chapters_by_their_starts(truth):
    episode = perfect(truth)
    episode["lines"][3]["start_ms"] += 700
    episode["lines"][4]["start_ms"] = None
    episode["chapters"][1]["start_ms"] -= 90
    score = score_episode(episode, truth)
    assert (score.line_starts.expected, score.line_starts.timed) == (20, 19)
    assert score.line_starts.within[200] == pytest.approx(18 / 20)
    assert score.worst_lines[0] == (3, 700)
    assert score.chapter_starts.worst == 90


def test_absent_words(truth):
    drop(truth, 10, 11, 12, 13)
    episode = perfect(truth)
    for n in (10, 11, 12, 20):
        episode["words"][n] |= {"status": "absent", "start_ms": None, "end_ms": None}
    episode["words"][13] |= {"start_ms": 6000, "end_ms": 6100, "confidence": 0.2}
    score = score_episode(episode, truth)
    assert score.absent_precision == pytest.approx(3 / 4)
    assert score.absent_recall == pytest.approx(3 / 4)
    assert score.words_within[200] == pytest.approx(95 / 96)
    assert score.word_starts.expected == 96
    assert score.substituted_confidence == pytest.approx(0.2)
    # the word that is not there was given a time: wrong, with confidence 0.2
    assert score.calibration_error == pytest.approx(0.2 / 96)


def test_doubtful_words_are_not_judged(truth):
    episode = perfect(truth)
    truth["ambiguous_words"] = [30, 31]
    for n in (30, 31):
        episode["words"][n] |= {"status": "absent", "start_ms": None, "end_ms": None}
    score = score_episode(episode, truth)
    assert score.words_within[20] == 1
    assert score.absent_precision is None


def test_gaps_by_time(truth):
    episode = perfect(truth)
    episode["gaps"] = [
        {"start_ms": 49000, "end_ms": 52000, "kind": "silence"},
        {"start_ms": 51000, "end_ms": 55000, "kind": "untranscribed"},
        {"start_ms": 1000, "end_ms": 1150, "kind": "music"},
    ]
    score = score_episode(episode, truth)
    assert score.untranscribed_in_gaps == pytest.approx(0.5)
    assert score.transcribed_in_gaps == pytest.approx(150 / (100 * 300))


def test_calibration_of_honest_and_of_boastful_confidence(truth):
    rng = random.Random(1)
    episode = perfect(truth)
    for word in episode["words"]:
        word["confidence"] = 0.75
        if rng.random() > 0.75:
            word["start_ms"] -= 500
    pairs = zip(episode["words"], truth["words"], strict=True)
    wrong = sum(w["start_ms"] < t["start_ms"] for w, t in pairs)
    honest = score_episode(episode, truth).calibration_error
    assert honest == pytest.approx(abs(0.75 - (100 - wrong) / 100))
    for word in episode["words"]:
        word["confidence"] = 1.0
    assert score_episode(episode, truth).calibration_error == pytest.approx(wrong / 100)


def test_speakers_under_other_keys(truth):
    episode = perfect(truth)
    for n, word in enumerate(episode["words"]):
        word["speaker"] = "speaker-1" if n < 40 else "speaker-2"
    assert score_episode(episode, truth).speakers_right == pytest.approx(0.9)


def test_refuses_other_words(truth):
    episode = perfect(truth)
    episode["words"][7]["text"] = "else"
    with pytest.raises(ValueError, match="word 7"):
        score_episode(episode, truth)
    with pytest.raises(ValueError, match="99 words"):
        score_episode({**perfect(truth), "words": perfect(truth)["words"][:-1]}, truth)


def test_reads_hand_labels(tmp_path):
    path = tmp_path / "words.csv"
    path.write_text(
        "file,word,start_s,end_s\na.wav,hello,0.1,0.5\na.wav,there,0.5,0.75\nb.wav,bye,1,2\n"
    )
    labels = hand_labels(path)
    assert list(labels) == ["a.wav", "b.wav"]
    assert [(w["start_ms"], w["end_ms"]) for w in labels["a.wav"]["words"]] == [
        (100, 500),
        (500, 750),
    ]
    assert score_episode(perfect(labels["a.wav"]), labels["a.wav"]).word_edges.worst == 0
