"""Whatever a fault does, the truth must still say where each word is in the audio."""

from __future__ import annotations

import itertools
import json

import numpy as np
import pytest

from bench.synth import faults, sound
from bench.synth.cases import CASES, make_case, write_case
from bench.synth.episode import SAMPLE_RATE_HZ, Take, join, truth_of
from tests.bench.conftest import DEMO

# these sound different everywhere, so their words are compared by time only
SAME_SOUND = ("clean", "untranscribed", "missing", "words", "paraphrased", "sounds", "cut")


@pytest.fixture(scope="module")
def takes(clean_take, demo_script, tmp_path_factory):
    cache = tmp_path_factory.mktemp("flite")
    made: dict[str, Take] = {}

    def take(name):
        if name not in made:
            made[name] = make_case(name, demo_script, ["rms", "slt"], cache_dir=cache)
        return made[name]

    return take


@pytest.mark.parametrize("name", CASES)
def test_truth_is_consistent(takes, name):
    take = takes(name)
    truth = truth_of(take)
    words = truth["words"]
    assert [w["index"] for w in words] == list(range(len(take.script.words)))
    assert [w["text"] for w in words] == [w.text for w in take.script.words]
    assert truth["absent"] == [w["index"] for w in words if w["start_ms"] is None]
    timed = [w for w in words if w["start_ms"] is not None]
    for word in timed:
        assert 0 <= word["start_ms"] < word["end_ms"] <= truth["duration_ms"]
    sure = [w for w in timed if w["index"] not in set(truth["ambiguous_words"])]
    assert all(a["end_ms"] <= b["start_ms"] + 1 for a, b in itertools.pairwise(sure))
    for start, end in truth["untranscribed"] + truth["music"] + truth["silence"]:
        assert not any(w["start_ms"] < end and w["end_ms"] > start for w in timed)
    assert len(join(take.segments)) / SAMPLE_RATE_HZ * 1000 == pytest.approx(
        truth["duration_ms"], abs=1
    )


@pytest.mark.parametrize("name", SAME_SOUND)
def test_words_sound_where_the_truth_says(clean_take, takes, name):
    """The samples at a word's place are those of the same word in the clean episode."""
    clean, clean_truth = join(clean_take.segments), truth_of(clean_take)["words"]
    take = takes(name)
    audio, truth = join(take.segments), truth_of(take)
    compared = 0
    for part, word in zip(take.script.words, truth["words"], strict=True):
        if word["start_ms"] is None or part.said >= len(clean_truth):
            continue
        if word["index"] in truth["ambiguous_words"]:
            continue
        here, there = (round(w["start_ms"] * 16) for w in (word, clean_truth[part.said]))
        length = round((word["end_ms"] - word["start_ms"]) * 16) - 32
        one, two = audio[here + 16 :][:length], clean[there + 16 :][:length]
        assert min(np.abs(one - two).max(), np.abs(one[1:] - two[:-1]).max()) == 0 or (
            np.abs(one[:-1] - two[1:]).max() == 0
        )
        compared += 1
    assert compared > 100


def test_wrong_transcript_has_no_word_of_the_audio(takes):
    truth = truth_of(takes("wrong"))
    assert len(truth["absent"]) == len(truth["words"])


def test_corrupted_words_are_absent_and_the_rest_is_not(takes, demo_script):
    take = takes("words")
    truth = truth_of(take)
    strange = [n for n, word in enumerate(take.script.words) if word.said is None]
    assert truth["absent"] == strange
    lost = {w.said for w in demo_script.words} - {w.said for w in take.script.words}
    assert 0.02 < len(strange) / len(demo_script.words) < 0.15
    assert lost


def test_deleted_passage_is_as_long_as_asked(clean_take):
    shorter = faults.delete_passage(clean_take, 0.3, 20)
    assert 20 <= clean_take.duration_s - shorter.duration_s < 45
    absent = truth_of(shorter)["absent"]
    assert absent == list(range(absent[0], absent[-1] + 1))


def test_insert_at_zero_opens_the_episode(clean_take):
    rng = np.random.default_rng(1)
    take = faults.insert(clean_take, 0, [faults.music_segment(5, rng)])
    assert truth_of(take)["music"] == [[0, 5000]]


def test_repeated_passage_stands_twice_in_text_and_audio(clean_take):
    take = faults.repeat_passage(clean_take, 0.5, 5)
    extra = len(take.script.words) - len(clean_take.script.words)
    assert extra > 0
    assert truth_of(take)["absent"] == []
    text = " ".join(w.text for w in take.script.words)
    again = " ".join(w.text for w in take.script.words if w.said >= len(clean_take.script.words))
    assert text.count(again) == 2


def test_swapped_words_are_doubtful_and_out_of_order(clean_take):
    truth = truth_of(faults.swap_passages(clean_take, 0.4, 10))
    doubtful = truth["ambiguous_words"]
    starts = [truth["words"][n]["start_ms"] for n in doubtful]
    assert len(doubtful) > 10
    assert starts != sorted(starts)
    assert truth["ambiguous"]


@pytest.mark.parametrize("factor", [0.9, 1.15])
def test_speed_scales_times(clean_take, factor):
    before, after = truth_of(clean_take), truth_of(faults.speed(clean_take, factor))
    one, two = before["words"][-1]["end_ms"], after["words"][-1]["end_ms"]
    assert two * factor == pytest.approx(one, abs=2)


def test_noise_has_the_level_asked_for():
    rng = np.random.default_rng(3)
    signal = np.sin(np.arange(16000 * 4) / 5).astype(np.float32) * 0.3
    noise = rng.normal(0, 1, 16000).astype(np.float32)
    rest = sound.add_noise(signal, noise, 10) - signal
    ratio = 10 * np.log10(np.mean(signal**2) / np.mean(rest**2))
    assert ratio == pytest.approx(10, abs=0.3)


@pytest.mark.parametrize("change", [sound.mp3_round_trip, sound.telephone])
def test_codecs_do_not_shift_the_audio(clean_take, change):
    signal = sound.to_float(join(clean_take.segments)[: 16000 * 12])
    after = change(signal)
    assert len(after) == len(signal)
    part = signal[16000 * 4 : 16000 * 6]
    shifts = range(-80, 81)
    fit = [float(part @ after[16000 * 4 + s : 16000 * 6 + s]) for s in shifts]
    assert abs(shifts[int(np.argmax(fit))]) <= 16  # 1 ms


def test_the_same_seed_makes_the_same_files(clean_take, tmp_path):
    for name in ("one", "two"):
        write_case("sounds", DEMO / "transcript.txt", tmp_path / name, minutes=0.5, seed=9)
    for file in ("episode.wav", "truth.json", "transcript.txt"):
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()
    assert json.loads((tmp_path / "one" / "truth.json").read_text())["seed"] == 9
