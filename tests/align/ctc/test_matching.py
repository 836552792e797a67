import itertools
import random

from hypothesis import given
from hypothesis import strategies as st

from pipeline.align.ctc.first_places import fill_between, place_words
from pipeline.align.ctc.matching import match_words
from pipeline.align.ctc.recognise import HeardSpeech

WORDS = st.lists(
    st.sampled_from("a the of to we river mountain garden window".split()), max_size=60
)


@given(WORDS)
def test_a_text_matches_itself(words: list[str]) -> None:
    assert match_words(words, words) == [(at, at) for at in range(len(words))]


@given(WORDS, WORDS)
def test_pairs_ascend(text: list[str], heard: list[str]) -> None:
    pairs = match_words(text, heard)
    for (a, b), (c, d) in itertools.pairwise(pairs):
        assert a < c
        assert b < d


def _text(count: int, seed: int) -> list[str]:
    draw = random.Random(seed)
    letters = "abdefgiklmnoprstu"
    known = ["".join(draw.choices(letters, k=draw.randint(2, 8))) for _ in range(800)]
    return [known[int(800 * draw.random() ** 2)] for _ in range(count)]


def test_errors_advertisements_and_missing_passages() -> None:
    """One word in eight misheard, 300 words without text, 200 words of text not spoken."""
    text = _text(4000, 1)
    draw = random.Random(2)
    heard: list[str] = []
    truth: dict[int, int] = {}
    for at, word in enumerate(text):
        if at == 1000:
            heard += _text(300, 3)
        if 2000 <= at < 2200:
            continue
        chance = draw.random()
        if chance < 0.03:
            continue
        if chance < 0.125:
            word = word[:-1] + draw.choice("xyz")
        truth[at] = len(heard)
        heard.append(word)
    pairs = match_words(text, heard)
    wrong = [pair for pair in pairs if truth.get(pair[0]) != pair[1]]
    assert len(wrong) <= 0.005 * len(pairs)
    assert len(pairs) - len(wrong) >= 0.93 * len(truth)
    assert not [a for a, _ in pairs if 2010 <= a < 2190]


def test_written_words_take_the_times_of_their_spoken_ones() -> None:
    heard = [
        HeardSpeech(word, 100 * at, 100 * at + 90)
        for at, word in enumerate("we said twenty four seven yes".split())
    ]
    spelled = [("we",), ("say",), ("twenty", "four", "seven"), ("maybe",), ("yes",)]
    assert place_words(spelled, heard) == ((0, 90), None, (200, 490), None, (500, 590))


def test_words_between_share_the_time_there_is() -> None:
    filled = fill_between([(0, 1000), None, None, (2000, 2100), None, (2110, 2200)], [3] * 6, 9000)
    assert filled[1] == (1000, 1500)
    assert filled[2] == (1500, 2000)
    assert filled[4] is None  # nobody says three letters in 10 ms


def test_words_before_the_first_and_behind_the_last_are_near_them() -> None:
    filled = fill_between([None, (5000, 5300), None], [4, 4, 4], 5500)
    assert filled == ((4700, 5000), (5000, 5300), (5300, 5500))
