from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.lexicon.spoken import MAX_FORMS, spoken_forms, token_forms


def read(*tokens: str) -> list[list[str]]:
    return [[" ".join(form) for form in forms] for forms in spoken_forms(tokens)]


@pytest.mark.parametrize(
    ("token", "expected"),
    [
        # years, decades, numbers
        ("1984", ["nineteen eighty four", "one thousand nine hundred eighty four"]),
        ("1905", ["nineteen oh five"]),
        ("2008", ["two thousand eight", "two thousand and eight", "twenty oh eight"]),
        ("2024", ["twenty twenty four", "two thousand and twenty four"]),
        ("1950s.", ["nineteen fifties"]),
        ("1900s", ["nineteen hundreds"]),
        ("’90s", ["nineties"]),
        ("'84", ["eighty four"]),
        ("0.7", ["zero point seven", "point seven", "oh point seven"]),
        (".5", ["point five"]),
        ("3.14", ["three point one four", "three point fourteen"]),
        ("300,000;", ["three hundred thousand"]),
        ("120", ["one hundred twenty", "one hundred and twenty", "a hundred twenty", "one twenty"]),
        ("1500", ["fifteen hundred", "one thousand five hundred"]),
        ("35.", ["thirty five", "three point five", "three five"]),
        ("007", ["zero zero seven", "oh oh seven"]),
        ("1st", ["first"]),
        ("22nd", ["twenty second"]),
        ("1,000,000th", ["one millionth"]),
        # signs, units
        ("$40", ["forty dollars", "forty"]),
        ("£5m", ["five million pounds"]),
        ("$1.50", ["one dollar fifty cents", "one dollar fifty", "one fifty"]),
        ("€1", ["one euro"]),
        ("100%,", ["one hundred percent", "a hundred percent", "one hundred"]),
        ("0%.", ["zero percent"]),
        ("24/7.", ["twenty four seven"]),
        ("1914–1918", ["nineteen fourteen to nineteen eighteen"]),
        ("5-10", ["five to ten", "five ten"]),
        ("5-$10", ["five to ten dollars"]),
        ("$5-$10", ["five to ten dollars"]),
        ("$10–$100", ["ten to one hundred dollars"]),
        ("1.5-2.55", ["one point five to two point five five"]),
        ("100K", ["one hundred k", "one hundred thousand", "a hundred thousand"]),
        ("5x", ["five x", "five times"]),
        ("10:30", ["ten thirty"]),
        ("10:05am", ["ten oh five a m"]),
        ("1/2", ["one half", "a half"]),
        ("¾", ["three quarters", "three fourths"]),
        ("3D", ["three d"]),
        ("5km", ["five kilometers"]),
        ("10GHz", ["ten gigahertz"]),
        ("72°F", ["seventy two degrees fahrenheit", "seventy two degrees"]),
        ("-5", ["minus five", "negative five"]),
        ("5'10\"", ["five foot ten", "five ten"]),
        ("1.2.3", ["one point two point three"]),
        # letters
        ("GPT-4", ["g p t four"]),
        ("A100s", ["a one hundreds", "a hundreds"]),
        ("Grok-1,", ["grok one"]),
        ("COVID-19", ["covid nineteen"]),
        ("R2D2", ["r two d two"]),
        ("GPT", ["g p t"]),
        ("NASA", ["nasa", "n a s a"]),
        ("U.S.", ["u s"]),
        ("AI", ["a i"]),
        ("AIs", ["a i's"]),
        ("LLMs", ["l l m's"]),
        ("xAI.", ["x a i"]),
        ("SpaceX", ["space x"]),
        ("OpenAI’s", ["openai's"]),
        ("II", ["two", "the second"]),
        ("XVII", ["seventeen", "the seventeenth"]),
        # words
        ("’cause", ["'cause"]),
        ("y’all", ["y'all"]),
        ("I’d’ve", ["i'd've"]),
        ("self-substantial", ["self substantial"]),
        ("and/or", ["and or"]),
        ("word—word", ["word word"]),
        ("so...yeah", ["so yeah"]),
        ("x.com", ["x dot com"]),
        ("joe@example.com", ["joe at example dot com"]),
        ("https://www.example.com", ["w w w dot example dot com"]),
        ("#MeToo", ["hashtag me too", "me too"]),
        ("#1", ["number one"]),
        ("@handle", ["at handle", "handle"]),
        ("AT&T", ["a t and t"]),
        ("C++", ["c plus plus"]),
        ("2+2=4", ["two plus two equals four"]),
        ("po-", ["po-"]),
        ("wha—", ["wha-"]),
        ("sooooo", ["so"]),
        ("Mm-hmm.", ["mm-hmm"]),
        ("Hmm.", ["hmm", "h m m"]),
        ("Mr.", ["mister"]),
        ("Dr.", ["doctor", "drive"]),
        ("e.g.", ["e g", "for example"]),
        ("w/", ["with"]),
        ("café", ["cafe"]),
        ("Zoë", ["zoe"]),
        ("feed’st", ["feed'st"]),
        ("Москва", ["moskva"]),
        ("“Hello!”", ["hello"]),
        ("dogs’", ["dogs'"]),
    ],
)  # fmt: skip
def test_token(token: str, expected: list[str]) -> None:
    (forms,) = read(token)
    assert forms[0] == expected[0]
    assert not set(expected) - set(forms)


@pytest.mark.parametrize("unit", ["a-", "a.", "-", "a@", "a—", "I", "9,", "http://a."])
def test_what_is_too_long_to_be_said_is_read_by_its_beginning(unit: str) -> None:
    """Reading all of it took minutes."""
    assert token_forms(unit * 100_000) == token_forms((unit * 200)[:200])


def test_money_in_context() -> None:
    assert [forms[:2] for forms in read("for", "$40", "million.", "$5", "now")] == [
        ["for"],
        ["forty", "forty dollars"],
        ["million dollars", "million"],
        ["five dollars", "five"],
        ["now"],
    ]
    assert read("a", "million")[1] == ["million"]


def test_roman_numerals_in_context() -> None:
    forms = read("World", "War", "I", "began.", "I", "think", "Henry", "V", "and", "I", "know")
    assert "one" in forms[2]
    assert forms[4] == ["i"]
    assert {"v", "five", "the fifth"} <= set(forms[7])
    assert forms[9] == ["i"]
    assert "one" in read("I", "From", "fairest")[0]


def test_units_and_number_signs_in_context() -> None:
    assert "gigahertz" in read("10", "GHz")[1]
    assert "meters" in read("100", "m")[1]
    assert read("I'm", "m")[1] == ["m"]
    assert read("No.", "5")[0] == ["number", "no"]
    assert read("No.", "Yes")[0] == ["no"]


def test_capitals_mean_nothing_where_all_is_capitals() -> None:
    forms = read(*"SO WE WENT TO THE US AND IT WAS GOOD".split())
    assert all(len(form) == 1 for form in forms)
    assert forms[5] == ["us"]


@given(st.lists(st.text(min_size=1, max_size=30), max_size=8))
def test_any_tokens_have_forms_of_plain_words(tokens: list[str]) -> None:
    found = spoken_forms(tokens)
    assert len(found) == len(tokens)
    for forms in found:
        assert 1 <= len(forms) <= MAX_FORMS
        assert len(set(forms)) == len(forms)
        assert all(form for form in forms)
        assert all(re.fullmatch(r"[a-z'-]*[a-z][a-z'-]*", w) for form in forms for w in form)


@given(st.text("0123456789.,:/-$%€'’skKmMxXVIth°+#@&=*~AaBbé—", min_size=1, max_size=24))
def test_any_mixture_has_forms(token: str) -> None:
    forms = token_forms(token)
    assert 1 <= len(forms) <= MAX_FORMS
    assert all(form for form in forms)


@given(st.integers(0, 10**15 - 1))
def test_every_number_is_read_as_its_value(number: int) -> None:
    assert _value(token_forms(f"{number:,}")[0]) == number


def _value(words: tuple[str, ...]) -> int:
    units = "zero one two three four five six seven eight nine ten eleven twelve thirteen".split()
    units += "fourteen fifteen sixteen seventeen eighteen nineteen".split()
    tens = "- - twenty thirty forty fifty sixty seventy eighty ninety".split()
    scales = {"thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}
    total = part = 0
    for word in words:
        if word in units:
            part += units.index(word)
        elif word in tens:
            part += 10 * tens.index(word)
        elif word == "hundred":
            part *= 100
        else:
            total, part = total + part * scales[word], 0
    return total + part
