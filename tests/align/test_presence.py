"""The model of presence: what it must say of episodes whose evidence is plain."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.align.acoustic_model import load_acoustic_model
from pipeline.align.phone_decoder import DecodedPhones
from pipeline.align.presence import presence, presence_model
from pipeline.align.text_breaks import TextBreak

MODEL = load_acoustic_model()
GOOD, WEAK, BAD = 5.0, -3.0, -8.0
WORD = 30


@dataclass
class Text:
    """Words of 300 ms one after the other, all plainly there, in sentences of ten."""

    words: int

    def __post_init__(self) -> None:
        self.starts = np.arange(self.words, dtype=np.int32) * WORD
        self.ends = self.starts + np.int32(WORD)
        self.odds = np.full(self.words, GOOD)
        self.breaks = np.zeros(self.words + 1, np.int8)
        self.breaks[::10] = TextBreak.SENTENCE
        self.breaks[[0, -1]] = TextBreak.EDGE

    def later(self, first: int, frames: int) -> None:
        """All from the word `first` on are spoken so much later."""
        self.starts[first:] += frames
        self.ends[first:] += frames

    def unplaced(self, word: int) -> None:
        self.starts[word] = self.ends[word] = -1

    def judge(self, *silences: tuple[int, int]) -> npt.NDArray[np.float64]:
        """All of the recording is speech but for the silences."""
        edges = [0, *(edge for span in silences for edge in span), int(self.ends.max()) + 1]
        phones = [MODEL.phone_index["AA"], MODEL.silence] * len(silences)
        heard = DecodedPhones(
            np.array([*phones, MODEL.phone_index["AA"]], np.int32),
            np.array(edges[:-1], np.int32),
            np.array(edges[1:], np.int32),
        )
        return presence(
            self.starts,
            self.ends,
            self.odds,
            np.full(self.words, WORD / 100),
            self.breaks,
            heard,
            MODEL,
            presence_model(),
        ).probability


def test_all_words_of_a_plain_episode_are_there() -> None:
    assert Text(300).judge().min() > 0.99


def test_a_mumbled_word_is_there_in_a_faithful_transcript_and_not_in_a_paraphrased_one() -> None:
    faithful = Text(600)
    faithful.odds[305] = WEAK
    paraphrased = Text(600)
    paraphrased.odds[np.arange(2, 600, 5)] = BAD
    paraphrased.odds[305] = WEAK
    assert faithful.judge()[305] > 0.5 > paraphrased.judge()[305]


def test_a_word_that_was_not_found_may_be_there_between_those_that_were() -> None:
    text = Text(600)
    text.unplaced(305)
    text.odds[305] = -2.5
    assert text.judge()[305] > 0.5
    text.odds[305] = BAD
    assert text.judge()[305] < 0.5


def test_no_word_stands_alone_in_an_advertisement() -> None:
    text = Text(200)
    text.later(101, 6000)
    text.odds[100] = -3.0  # the beginning of a sentence that goes on a minute later
    probability = text.judge()
    assert probability[100] < 0.5
    assert np.delete(probability, 100).min() > 0.5


def test_the_first_words_are_not_scattered_over_an_opening_of_other_people() -> None:
    text = Text(200)
    text.later(3, 12_000)
    text.starts[:3] = [1000, 4000, 9000]
    text.ends[:3] = text.starts[:3] + 20
    text.odds[:3] = 3.0
    probability = text.judge()
    assert probability[:3].max() < 0.5
    assert probability[3:].min() > 0.5


def test_an_advertisement_between_sentences_costs_no_word() -> None:
    text = Text(200)
    text.later(100, 6000)
    assert text.judge().min() > 0.9


def test_a_sentence_that_begins_after_an_advertisement_does_not_end_before_it() -> None:
    text = Text(200)
    text.later(105, 6000)  # in the middle of a sentence, and they sound a little like it
    text.odds[100:105] = -3.0
    probability = text.judge()
    assert probability[100:105].max() < 0.5
    assert probability[105:].min() > 0.9


def test_a_passage_that_is_missing_leaves_the_rest() -> None:
    text = Text(400)
    for word in range(150, 250):
        text.unplaced(word)
        text.odds[word] = BAD
    text.starts[250:] -= 100 * WORD
    text.ends[250:] -= 100 * WORD
    probability = text.judge()
    assert probability[150:250].max() < 0.5
    assert np.delete(probability, np.arange(150, 250)).min() > 0.9


def test_words_found_by_chance_in_a_missing_passage_go_with_it() -> None:
    text = Text(400)
    for word in range(150, 250):
        text.odds[word] = BAD
        if word not in (180, 215):
            text.unplaced(word)
    text.later(250, -100 * WORD)
    text.starts[[180, 215]] = text.ends[149] + 2
    text.ends[[180, 215]] = text.ends[149] + 3
    text.odds[[180, 215]] = 1.0
    assert text.judge()[150:250].max() < 0.5


@given(st.integers(0, 2**32 - 1), st.integers(1, 120))
@settings(max_examples=50, deadline=None)
def test_probabilities(seed: int, words: int) -> None:
    rng = np.random.default_rng(seed)
    text = Text(words)
    text.odds = rng.normal(2, 6, words)
    gone = rng.random(words) < rng.random()
    gone[0] = False
    text.starts[gone] = text.ends[gone] = -1
    probability = text.judge()
    assert probability.shape == (words,)
    assert ((probability >= 0) & (probability <= 1)).all()


def test_more_evidence_makes_surer() -> None:
    before = 0.0
    for odds in (BAD, -4.0, -1.0, 1.0, GOOD):
        text = Text(100)
        text.odds[50] = odds
        now = float(text.judge()[50])
        assert now > before
        before = now


def test_no_words_were_placed() -> None:
    text = Text(5)
    text.starts[:] = text.ends[:] = -1
    text.odds[:] = BAD
    assert text.judge((0, 0)).max() < 0.5


@pytest.mark.parametrize("words", [1, 2])
def test_few_words(words: int) -> None:
    assert Text(words).judge().min() > 0.5
