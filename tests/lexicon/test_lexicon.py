from __future__ import annotations

import io
import random
import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.arrays import load_arrays
from pipeline.errors import InputError
from pipeline.lexicon import g2p
from pipeline.lexicon.cmudict import Cmudict, dictionary_path, load_cmudict
from pipeline.lexicon.g2p import load_g2p
from pipeline.lexicon.lexicon import MAX_PRONUNCIATIONS, load_lexicon
from pipeline.lexicon.phones import PHONE_SET, PHONES
from pipeline.lexicon.pronounce import pronounce_words
from pipeline.lexicon.records import Pronunciation
from pipeline.lexicon.reductions import ReducedLexicon, reduce_pronunciations
from pipeline.lexicon.spoken import MAX_FORMS


def said(word: str) -> dict[str, float]:
    return {" ".join(p.phones): p.cost for p in load_lexicon().pronounce(word)}


def test_dictionary_finds_every_entry() -> None:
    entries: dict[str, list[tuple[str, ...]]] = {}
    for line in dictionary_path().read_text().splitlines():
        word, *phones = line.split()
        entries.setdefault(word.split("(")[0], []).append(tuple(phones))
    dictionary = load_cmudict()
    sample = list(entries)[::97] + list(entries)[:50] + list(entries)[-50:]
    assert all(dictionary.lookup(word) == tuple(entries[word]) for word in sample)
    assert not any(word in dictionary for word in ("", "a(2)", "qqq", "~", "!", "hello ", "é"))


def test_phones_are_the_model_s() -> None:
    in_dictionary = set(re.findall(rb" ([A-Z]+)", dictionary_path().read_bytes()))
    assert {phone.decode() for phone in in_dictionary} == set(PHONES)


@pytest.mark.parametrize(
    ("word", "phones"),
    [
        ("hello", "HH AH L OW"),
        ("grok's", "G R AA K S"),
        ("population's", "P AA P Y AH L EY SH AH N Z"),
        ("hitchhiker's", "HH IH CH HH AY K ER Z"),
        ("i'd've", "AY D AH V"),
        ("shouldn't've", "SH UH D AH N T AH V"),
        ("feed'st", "F IY D S T"),
        ("tatter'd", "T AE T ER D"),
        ("deserv'd", "D IH Z ER V D"),
        ("mak'st", "M EY K S T"),
        ("tweeting", "T W IY T IH NG"),
        ("talkin'", "T AO K IH N"),
        ("timescale", "T AY M S K EY L"),
        ("multiplanetary", "M AH L T IY P L AE N AH T EH R IY"),
        ("sumerians", "S UW M EH R IY AH N Z"),
        ("po-", "P OW"),
        ("str-", "S T R"),
        ("w-", "W"),
        ("hmm", "HH M"),
        ("x", "EH K S"),
        ("m's", "EH M Z"),
        ("xkcd", "EH K S K EY S IY D IY"),
    ],
)
def test_pronunciation(word: str, phones: str) -> None:
    assert phones in said(word)


def test_costs_grow_from_dictionary_to_guess() -> None:
    assert set(said("record").values()) == {0.0}
    assert set(said("grok's").values()) != {0.0}
    guesses = list(said("sutskever").values())
    assert guesses == sorted(guesses)
    assert all(1.0 <= cost <= 3.0 for cost in guesses)


@pytest.mark.parametrize(
    ("word", "phones"),
    [("blick", "B L IH K"), ("glorp", "G L AO R P"), ("fraked", "F R EY K T"), ("phane", "F EY N")],
)
def test_guess(word: str, phones: str) -> None:
    assert " ".join(load_g2p().pronounce(word)[0].phones) == phones


@given(st.text("abcdefghijklmnopqrstuvwxyz'-", max_size=40))
def test_any_word_is_pronounced_with_the_model_s_phones(word: str) -> None:
    found = load_lexicon().pronounce(word)
    assert 1 <= len(found) <= MAX_PRONUNCIATIONS
    assert len({p.phones for p in found}) == len(found)
    for pronunciation in found:
        assert pronunciation.phones
        assert PHONE_SET.issuperset(pronunciation.phones)
        assert pronunciation.cost >= 0


@given(st.lists(st.text(min_size=1, max_size=20), max_size=6))
def test_any_tokens_are_pronounced_one_to_one(tokens: list[str]) -> None:
    found = pronounce_words(tokens, load_lexicon())
    assert len(found) == len(tokens)
    for forms in found:
        assert 1 <= len(forms) <= MAX_FORMS
        assert all(form and all(word.pronunciations for word in form) for form in forms)


def test_same_tokens_share_one_tuple() -> None:
    found = pronounce_words(["yes", "no", "Yes.", "yes"], load_lexicon())
    assert found[0] is found[2] is found[3]
    assert found[0] is not found[1]


def test_empty_transcript() -> None:
    assert pronounce_words([], load_lexicon()) == ()


def test_reductions_come_after_the_careful_forms() -> None:
    plain = load_lexicon().pronounce("going")
    reduced = reduce_pronunciations("going", plain)
    assert reduced[: len(plain)] == plain
    assert ("G", "OW", "IH", "N") in {p.phones for p in reduced}
    assert all(p.cost > 0 for p in reduced[len(plain) :])
    assert ("AH", "N") in {p.phones for p in ReducedLexicon(load_lexicon()).pronounce("and")}
    last = reduce_pronunciations("west", (Pronunciation(("W", "EH", "S", "T")),))
    assert ("W", "EH", "S") in {p.phones for p in last}
    assert reduce_pronunciations("see", (Pronunciation(("S", "IY")),)) == (
        Pronunciation(("S", "IY")),
    )


def test_damaged_spelling_models_are_refused_or_read() -> None:
    data = Path(g2p.__file__).with_name("g2p.npz").read_bytes()
    draw = random.Random(5)
    refused = 0
    for _ in range(40):
        damaged = bytearray(data)
        damaged[draw.randrange(len(data))] ^= draw.randrange(1, 256)
        try:
            g2p.unpack(bytes(damaged[: draw.choice([len(data), draw.randrange(len(data))])]))
        except ValueError:
            refused += 1
    assert refused >= 36


def test_a_spelling_model_that_does_not_fit_together() -> None:
    arrays = load_arrays(Path(g2p.__file__).with_name("g2p.npz").read_bytes())
    for name, value in (
        ("children", arrays["children"][:-1]),
        ("symbols", arrays["symbols"] | 0x8000),
        ("scores", arrays["scores"].astype(np.float32)),
        ("units", np.frombuffer(b"a XX", np.uint8)),
    ):
        file = io.BytesIO()
        np.savez_compressed(file, **{**arrays, name: value})
        with pytest.raises(ValueError):
            g2p.unpack(file.getvalue())


@pytest.mark.parametrize("data", [b"", b"\xff" * 99, b"abc", b"hello HH XX\n", b"hello \n"])
def test_damaged_dictionaries(data: bytes) -> None:
    with pytest.raises(InputError, match="the pronunciation dictionary is damaged; install"):
        Cmudict(data).lookup("hello")
