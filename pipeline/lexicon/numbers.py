"""Numbers as they are read out: cardinals, ordinals, years, digits, with their variants."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import product

__all__ = [
    "NUMBER",
    "Reading",
    "cardinal",
    "combine",
    "counting",
    "decimal",
    "digits",
    "name_number",
    "ordinal",
    "pairs",
    "plural",
    "quantity",
    "roman_value",
    "unique",
    "year",
]

NUMBER = r"(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+)"
"""Pattern of a number with its decimals."""

Reading = tuple[str, ...]
"""Spoken words, in order."""

# Written out here because importing inflect takes 2 s.
_SMALL = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen"
).split()
_TENS = "- - twenty thirty forty fifty sixty seventy eighty ninety".split()
_ORDINALS = {
    "one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth",
    "nine": "ninth", "twelve": "twelfth",
}  # fmt: skip
_LONGEST = 15
"""Digits; longer numbers are read digit by digit."""


def unique(readings: list[Reading], limit: int = 8) -> list[Reading]:
    """Drop empty and repeated readings, keep the order, and cut at `limit`."""
    return [reading for reading in dict.fromkeys(readings) if reading][:limit]


def combine(*parts: Sequence[Reading], limit: int = 8) -> list[Reading]:
    """Join one reading of each part in every way, the usual ones of all parts first."""
    choices = sorted(
        product(*(list(enumerate(part[:6])) for part in parts)),
        key=lambda chosen: sum(rank for rank, _ in chosen),
    )
    joined = [tuple(word for _, reading in chosen for word in reading) for chosen in choices]
    return unique(joined, limit)


@lru_cache(maxsize=4096)
def _words(number: int, conjunction: str = "") -> Reading:
    """Read a cardinal below 10**15, with `conjunction` ("and") before tens and units."""
    words: list[str] = []
    for power, name in ((10**12, "trillion"), (10**9, "billion"), (10**6, "million")):
        if number >= power:
            words += [*_words(number // power, conjunction), name]
            number %= power
    if number >= 1000:
        words += [*_words(number // 1000, conjunction), "thousand"]
        number %= 1000
    if number >= 100:
        words += [_SMALL[number // 100], "hundred"]
        number %= 100
    if words and number and conjunction:
        words.append(conjunction)
    if number >= 20:
        words.append(_TENS[number // 10])
        number %= 10
        if number:
            words.append(_SMALL[number])
    elif number or not words:
        words.append(_SMALL[number])
    return tuple(words)


def cardinal(text: str) -> list[Reading]:
    """Read a whole number of digits: `120` as one hundred twenty, … and twenty, a hundred …"""
    if len(text) > _LONGEST:
        return [digits(text)]
    number = int(text)
    usual = _words(number)
    if text == "0":
        return [usual, ("oh",)]
    readings = [usual]
    if text[0] == "0" and len(text) > 1:
        return unique([digits(text), digits(text, "oh"), usual])
    if number > 100:
        readings.append(_words(number, "and"))
    if usual[0] == "one" and len(usual) > 1:
        readings.append(("a", *usual[1:]))
    if 1100 <= number <= 9999 and number % 100 == 0 and number % 1000:
        readings.append((*_words(number // 100), "hundred"))
    return unique(readings)


def digits(text: str, zero: str = "zero") -> Reading:
    """Read digit by digit: `35` as three five."""
    return tuple(zero if d == "0" else _SMALL[int(d)] for d in text[:40])


def pairs(text: str) -> list[Reading]:
    """Read as a name's number: `747` as seven forty seven, `1080` as ten eighty."""
    if len(text) == 3 and text[0] != "0":
        tail = ("oh", *_words(int(text[2]))) if text[1] == "0" else _words(int(text[1:]))
        return [] if text[1:] == "00" else [(_SMALL[int(text[0])], *tail)]
    if len(text) == 4 and text[0] != "0":
        head, last = _words(int(text[:2])), int(text[2:])
        if last == 0:
            return [(*head, "hundred")]
        return [(*head, "oh", *_words(last)) if last < 10 else (*head, *_words(last))]
    return []


def name_number(text: str) -> list[Reading]:
    """Read digits that name something: `150` of F-150 as one hundred fifty, one fifty, …"""
    numbers = [reading for reading in cardinal(text) if reading[0] != "a"]
    if numbers[0][:2] == ("one", "hundred"):  # A100: a hundred
        numbers.append(numbers[0][1:])
    if len(text) > 1:
        numbers = [numbers[0], *pairs(text), *numbers[1:], digits(text), digits(text, "oh")]
    return unique(numbers)


def counting(text: str) -> list[Reading]:
    """Read a number that counts: four digits are seldom a year."""
    whole, point, _ = text.replace(",", "").partition(".")
    return quantity(text) if point or not whole else cardinal(whole)


def year(text: str) -> list[Reading]:
    """Read four digits as a year: `1984`, `1905`, `2008`, `2024`."""
    number = int(text)
    century, rest = divmod(number, 100)
    usual = pairs(text)
    if century % 10 == 0:  # 2008: two thousand eight
        usual = usual if rest >= 10 else []
        usual = [*usual, _words(number), _words(number, "and")]
    elif rest:
        head = (*_words(century), "hundred")
        usual = [*usual, (*head, "and", *_words(rest)), (*head, *_words(rest))]
    return unique([*usual, *cardinal(text)])


def decimal(whole: str, fraction: str) -> list[Reading]:
    """Read `0.7` as zero point seven, point seven, oh point seven."""
    tails = [digits(fraction)]
    if "0" in fraction:
        tails.append(digits(fraction, "oh"))
    if len(fraction) == 2 and fraction[0] != "0":
        tails.append(_words(int(fraction)))
    heads = [(), ("zero",), ("oh",)] if whole in ("", "0") else cardinal(whole)[:2]
    if whole == "0":
        heads = [("zero",), (), ("oh",)]
    said = [(*head, "point", *tail) for tail in tails for head in heads]
    if fraction == "5" and whole not in ("", "0"):
        said.append((*heads[0], "and", "a", "half"))
    return unique(said)


def ordinal(text: str) -> list[Reading]:
    """Read the ordinal of a whole number: `22` as twenty second."""
    if len(text) > _LONGEST:
        return [digits(text)]
    said = [_to_ordinal(reading) for reading in cardinal(text)]
    # The hundredth time, a hundred and first birthday.
    return unique([*said, *(r[1:] for r in said if r[0] == "one" and len(r) > 1)])


def _to_ordinal(reading: Reading) -> Reading:
    last = reading[-1]
    if last not in _ORDINALS:
        return (*reading[:-1], (last[:-1] + "ie" if last.endswith("y") else last) + "th")
    return (*reading[:-1], _ORDINALS[last])


def quantity(text: str) -> list[Reading]:
    """Read a number as it counts something: `300,000`, `.5`, `2.5`, also four digits as a year."""
    whole, point, fraction = text.replace(",", "").partition(".")
    if point and fraction:
        return decimal(whole, fraction)
    if len(whole) == 4 and "," not in text and "1100" <= whole <= "2999" and whole[1:] != "000":
        return year(whole)
    return cardinal(whole)


def plural(reading: Reading) -> Reading:
    """Read with a plural's ending on the last word: nineteen fifties, one hundreds."""
    last = reading[-1]
    if last.endswith("y"):
        last = last[:-1] + "ies"
    elif last.endswith("x"):
        last += "es"
    elif last.endswith("ve"):
        last += "s"
    else:
        last += "s"
    return (*reading[:-1], last)


_ROMAN = (
    (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"),
    (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
)  # fmt: skip


def roman_value(text: str) -> int | None:
    """Return the value of a Roman numeral in capitals, None if it is not a well-formed one."""
    if text.strip("IVXLCDM"):
        return None
    value, at = 0, 0
    for worth, sign in _ROMAN:
        for _ in range(3 if worth in (1000, 100, 10, 1) else 1):
            if text.startswith(sign, at):
                value, at = value + worth, at + len(sign)
    return value if value and at == len(text) else None
