"""Stray words amid foreign speech are given up, others are not."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.align.acoustic_model import AcousticModel
from pipeline.align.first_pass import RoughTimes
from pipeline.align.islands import doubtful_words, scattered_words, stray_words
from pipeline.align.phone_decoder import DecodedPhones
from pipeline.align.placing import PlacedWords


def heard(model: AcousticModel, silence: tuple[int, int] | None = None) -> DecodedPhones:
    """One minute of phones of 100 ms, silent in the frames `silence`."""
    starts = np.arange(0, 6000, 10, dtype=np.int32)
    phones = np.full(len(starts), model.phone_index["AH"], dtype=np.int32)
    if silence:
        phones[(starts >= silence[0]) & (starts < silence[1])] = model.silence
    return DecodedPhones(phones, starts, starts + np.int32(10))


def times(words: list[tuple[int, int] | None]) -> tuple[np.ndarray, np.ndarray]:
    known = [(-1, -1) if word is None else word for word in words]
    starts, ends = np.array(known, dtype=np.int32).T
    return starts.copy(), ends.copy()


def doubtful(
    words: list[tuple[int, int] | None],
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return *times(words), np.full(len(words), 0.8)


SPOKEN = [(0, 30), (30, 60), (60, 90), (90, 120), (120, 150), (150, 180)]
LATER = [(at + 3000, at + 3030) for at in range(0, 180, 30)]


def test_a_word_alone_amid_foreign_speech(model: AcousticModel) -> None:
    words = [*SPOKEN, None, (1500, 1530), None, *LATER]
    assert stray_words(*doubtful(words), heard(model), model).tolist() == [7]


def test_strays_beside_each_other(model: AcousticModel) -> None:
    words = [*SPOKEN, None, (900, 920), None, (1500, 1530), (1540, 1560), None, *LATER]
    assert stray_words(*doubtful(words), heard(model), model).tolist() == [7, 9, 10]


@pytest.mark.parametrize("silence", [(180, 1500), (1530, 3000)])
def test_a_word_beside_silence_stays(model: AcousticModel, silence: tuple[int, int]) -> None:
    words = [*SPOKEN, None, (1500, 1530), None, *LATER]
    assert not len(stray_words(*doubtful(words), heard(model, silence), model))


def test_a_turn_between_two_advertisements_stays(model: AcousticModel) -> None:
    turn = [(at, at + 30) for at in range(1500, 1590, 30)]
    words = [*SPOKEN, *turn, *LATER]
    assert not len(stray_words(*doubtful(words), heard(model), model))


def test_a_sentence_stays(model: AcousticModel) -> None:
    sentence = [(at, at + 30) for at in range(900, 1140, 30)]
    words = [*SPOKEN, None, *sentence, None, *LATER]
    assert not len(stray_words(*doubtful(words), heard(model), model))


def test_a_likely_sentence_deep_in_foreign_speech_stays(model: AcousticModel) -> None:
    sentence = [(at, at + 30) for at in range(1500, 1740, 30)]

    def strays(missing: int, confidence: float) -> list[int]:
        words = [*SPOKEN, *[None] * missing, *sentence, *LATER]
        likely = np.full(len(words), 0.95)
        likely[6 + missing : 14 + missing] = confidence
        return stray_words(*times(words), likely, heard(model), model).tolist()

    assert strays(20, 0.6) == list(range(26, 34))
    assert not strays(20, 0.8)
    assert not strays(3, 0.6)


def test_nothing_found(model: AcousticModel) -> None:
    assert not len(stray_words(*doubtful([None, None]), heard(model), model))


def test_words_amid_a_missing_passage(model: AcousticModel) -> None:
    passage = [None] * 12
    words = [*SPOKEN, *passage, (190, 220), (220, 250), *passage, (260, 290), *LATER]
    silence = heard(model, (180, 3000))
    assert stray_words(*doubtful(words), silence, model).tolist() == [18, 19]


def test_a_sentence_amid_missing_passages_stays(model: AcousticModel) -> None:
    sentence = [(at, at + 30) for at in range(1500, 1590, 30)]
    words = [*SPOKEN, *([None] * 12), *sentence, *([None] * 12), *LATER]
    assert not len(stray_words(*doubtful(words), heard(model, (180, 3000)), model))


def test_words_before_the_first_foreign_speech(model: AcousticModel) -> None:
    words = [None, (40, 70), None, (80, 110), None, *LATER]
    assert stray_words(*doubtful(words), heard(model), model).tolist() == [1, 3]
    words = [(40, 70), (80, 110), *LATER]
    assert not len(stray_words(*doubtful(words), heard(model), model))


def test_words_beyond_doubt_stay(model: AcousticModel) -> None:
    def strays(at: int, confidence: float) -> list[int]:
        sentence = [(at, at + 30), (at + 30, at + 60), (at + 60, at + 90)]
        words = [*SPOKEN, None, *sentence, None, *LATER]
        likely = np.full(len(words), confidence)
        return stray_words(*times(words), likely, heard(model), model).tolist()

    assert strays(900, 0.7) == [7, 8, 9]
    assert not strays(900, 0.8)
    # Far from all others they must be surer.
    assert strays(1500, 0.8) == [7, 8, 9]
    assert not strays(1500, 0.9)


def test_many_words_that_are_only_likely_are_not_beyond_doubt(model: AcousticModel) -> None:
    sentence = [(at, at + 20) for at in range(1500, 1700, 20)]
    words = [*SPOKEN, *[None] * 30, *sentence, *LATER]

    def strays(confidence: float) -> list[int]:
        likely = np.full(len(words), 0.95)
        likely[36:46] = confidence
        return stray_words(*times(words), likely, heard(model), model).tolist()

    assert strays(0.6) == list(range(36, 46))
    assert not strays(0.65)


def test_a_word_far_from_its_sentence(model: AcousticModel) -> None:
    def strays(*words: tuple[int, int]) -> list[int]:
        all_words = [*SPOKEN, *words, *LATER]
        likely = np.full(len(all_words), 0.95)
        return stray_words(*times(all_words), likely, heard(model), model).tolist()

    assert strays((1500, 1530)) == [6]
    assert strays((1300, 1330), (1600, 1630)) == [6, 7]
    assert not strays((900, 930))


def test_words_here_and_there_of_a_missing_passage() -> None:
    def scattered(passage: list[bool], confidence: float) -> list[int]:
        found = np.array([*[True] * 40, *passage, *[True] * 40])
        starts = np.where(found, np.arange(len(found)) * 10, -1).astype(np.int32)
        likely = np.full(len(found), confidence)
        return scattered_words(starts, likely).tolist()

    few = [at % 8 == 0 and 40 <= at < 120 for at in range(160)]
    assert scattered(few, 0.8) == list(range(80, 160, 8))
    assert scattered(few, 0.96) == []
    assert scattered([at % 2 == 0 for at in range(160)], 0.8) == []
    sentence = [75 <= at < 85 for at in range(160)]
    assert scattered(sentence, 0.55) == list(range(115, 125))
    assert scattered(sentence, 0.7) == []
    assert scattered_words(np.full(3, -1, np.int32), np.zeros(3)).tolist() == []


def test_words_in_doubt_are_the_unlikely_and_the_stray(model: AcousticModel) -> None:
    words = [*SPOKEN, None, (1500, 1530), None, *LATER]
    placed = PlacedWords.of(RoughTimes(*times(words)))
    confidence = np.full(len(words), 0.8)
    confidence[2] = 0.1
    assert doubtful_words(placed, confidence, 0.2, heard(model), model).tolist() == [2, 7]
    assert doubtful_words(placed, confidence, 0.1, heard(model), model).tolist() == [7]
