"""Written forms of real transcripts and how people say them: tests/lexicon/written_forms.tsv."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.lexicon.lexicon import load_lexicon
from pipeline.lexicon.pronounce import pronounce_forms
from pipeline.lexicon.spoken import Forms, spoken_forms, token_forms
from pipeline.transcript.parse import parse_transcript
from pipeline.transcript.signs import SPOKEN_SIGNS


def _rows() -> list[tuple[str, str]]:
    table = Path(__file__).with_name("written_forms.tsv").read_text(encoding="utf-8")
    rows = [line.split("\t") for line in table.splitlines() if "\t" in line]
    return [(written, spoken) for written, spoken in rows]


def _words(text: str) -> list[str]:
    return [word.text for word in parse_transcript(text.encode(), "t.txt").words]


def _can_say(forms: Sequence[Forms], said: Sequence[str]) -> bool:
    """Whether one form of each token, one after the other, is what is said."""
    reached = {0}
    for ways in forms:
        reached = {
            at + len(way)
            for at in reached
            for way in ways
            if tuple(said[at : at + len(way)]) == way
        }
    return len(said) in reached


@pytest.mark.parametrize(("written", "spoken"), _rows())
def test_a_written_form_is_read_as_people_say_it(written: str, spoken: str) -> None:
    # As a line of a transcript has it, behind a word: what begins a line may be a mark.
    forms = spoken_forms(_words(f"so {written}"))[1:]
    assert forms
    for way in spoken.split("|"):
        assert _can_say(forms, way.split()), (way, forms)


def test_the_table_is_as_large_as_it_should_be() -> None:
    assert len(_rows()) >= 300
    assert len({written for written, _ in _rows()}) == len(_rows())


def test_every_sign_that_is_a_word_can_be_said() -> None:
    for sign in SPOKEN_SIGNS:
        assert token_forms(sign) != (("uh",),), sign
        assert token_forms(f"{sign},") == token_forms(sign)
        assert all(form for form in token_forms(sign))


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("Salt & pepper.", "Salt & pepper."),
        ("We paid 50 % of it, so 2 + 2 = 4.", "We paid 50 % of it, so 2 + 2 = 4."),
        ("20 €, not $ 20", "20 €, not 20"),
        ("the # of people @ home", "the # of people @ home"),
        ("a < b and 3 > 2", "a < b and 3 > 2"),
        ("it costs ~ 50, so ~ maybe", "it costs ~ 50, so maybe"),
        ("5 − 3", "5 − 3"),
        ("from A → B", "from A → B"),
        # punctuation, turns and decoration
        ("yes - no – maybe — so … then * well ♪", "yes no maybe so then well"),
        ("> quoted", "quoted"),
        (">> Yes. >> No.", "Yes. No."),
        ("+ one thing\n+ another", "one thing another"),
        ("Settings > Privacy / About | More", "Settings Privacy About More"),
        ("→ next", "next"),
        ("= = =\nHi there.", "Hi there."),
    ],
)
def test_signs_that_are_said_are_words_and_others_are_not(line: str, words: str) -> None:
    assert _words(line) == words.split()


PIECES = st.one_of(
    st.sampled_from(["alpha", "Berlin", "cat", "engine", "Model"]),
    st.integers(2, 9999).map(str),
)
JOINTS = st.sampled_from(["-", "/", "+", "=", "&", "_", "@", "–", "×", "→", ":", "^"])


@given(PIECES, st.lists(st.tuples(JOINTS, PIECES), max_size=3))
def test_nothing_that_is_said_is_dropped(first: str, rest: list[tuple[str, str]]) -> None:
    token = first + "".join(joint + piece for joint, piece in rest)
    pieces = [first, *(piece for _, piece in rest)]
    forms = token_forms(token)
    for form in forms:
        words = [piece.lower() for piece in pieces if piece.isalpha()]
        spelled = "".join(form)
        assert all(word in spelled for word in words), (token, form)
        assert len(form) >= len(pieces), (token, form)


def test_every_reading_of_the_table_has_a_pronunciation() -> None:
    tokens = [token for written, _ in _rows() for token in _words(f"so {written}")]
    for forms in pronounce_forms(spoken_forms(tokens), load_lexicon()):
        assert all(word.pronunciations for form in forms for word in form)
