import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.align.ctc.spelling import WILDCARD, Alphabet, spell_words

ENGLISH = Alphabet(frozenset(string.ascii_lowercase + "'"))
GERMAN = Alphabet(frozenset(string.ascii_lowercase + "äöüß"))


@given(st.lists(st.text(min_size=1, max_size=12), min_size=1, max_size=8), st.sampled_from("ed"))
def test_every_word_is_spelled_in_known_letters(tokens: list[str], which: str) -> None:
    alphabet, language = (ENGLISH, "en") if which == "e" else (GERMAN, "de")
    spelled = spell_words(tokens, alphabet, language)
    assert len(spelled) == len(tokens)
    for ways in spelled:
        assert 1 <= len(ways) <= 5
        for way in ways:
            assert way == (WILDCARD,) or all(set(word) <= alphabet.letters for word in way)
            assert all(way)


@pytest.mark.parametrize(
    ("token", "said"),
    [
        ("24/7.", ("twenty", "four", "seven")),
        ("1984", ("nineteen", "eighty", "four")),
        ("$40", ("forty", "dollars")),
        ("Yes!", ("yes",)),
        ("don’t", ("don't",)),
        ("po-", ("po",)),
    ],
)
def test_numbers_and_symbols_are_spelled_as_said(token: str, said: tuple[str, ...]) -> None:
    assert spell_words([token], ENGLISH, "en")[0][0] == said


def test_other_ways_to_say_it_are_kept() -> None:
    assert ("u", "s") in spell_words(["US"], ENGLISH, "en")[0]
    assert ("us",) in spell_words(["US"], ENGLISH, "en")[0]


def test_letters_without_accents_stand_in() -> None:
    assert spell_words(["Café,"], ENGLISH, "fr")[0] == (("cafe",),)
    assert spell_words(["Bücher-Straße"], GERMAN, "de")[0] == (("bücher", "straße"),)


def test_what_no_letter_tells_is_any_sound() -> None:
    assert spell_words(["你好"], ENGLISH, "zh")[0] == ((WILDCARD,),)


def test_a_networks_tokens_make_an_alphabet() -> None:
    tokens = {"<pad>": 0, "|": 1, "A": 2, "b": 3, "<unk>": 4, "-": 5}
    assert Alphabet.of(tokens, "-").letters == {"a", "b"}
