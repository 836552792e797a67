"""Fractions and mixed numbers, powers, ratios: `3/4`, `2-1/2`, `10^-3`, `16:9`."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.lexicon.numbers import (
    Reading,
    cardinal,
    combine,
    digits,
    name_number,
    ordinal,
    plural,
    quantity,
    unique,
)
from pipeline.lexicon.tables import MONTHS

__all__ = [
    "article",
    "read_fraction",
    "read_mixed",
    "read_number_power",
    "read_power",
    "read_ratio",
    "said_fraction",
]

_PARTS = {2: "half", 3: "third", 4: "quarter"}
_IDIOMS = frozenset(((24, 7), (9, 11), (50, 50), (20, 20)))
"""Two numbers, though they are written as a fraction."""


def article(word: str) -> str:
    """Return `an` before a vowel (and `hour`), else `a`."""
    return "an" if word[0] in "aeiou" or word.startswith("hour") else "a"


def said_fraction(over: str, under: str) -> list[Reading]:
    """Read as parts of a whole: three quarters, three fourths; a half, one half, half."""
    n, m = int(over), int(under)
    if m < 2:
        return []
    names: list[Reading] = [(_PARTS[m],)] if m in _PARTS else []
    if m not in (2, 3):
        names += ordinal(str(m))[:1]
    if n != 1:
        names = [("halves",) if m == 2 else plural(name) for name in names]
        return combine(cardinal(over)[:1], names)
    ways = [way for name in names for way in (("one", *name), (article(name[0]), *name))]
    return [*ways, ("half",)] if m == 2 else ways


def read_fraction(found: re.Match[str]) -> list[Reading]:
    """Read `a` over `b`: a fraction, a score, blood pressure, a day of the year."""
    over, under = found["a"], found["b"]
    n, m = int(over), int(under)
    head = name_number(over)[:2] if len(over) > 2 else cardinal(over)[:1]
    plain = combine(head, cardinal(under)[:1])
    slash = combine(head, [("over",), ("slash",), ("out", "of")], cardinal(under)[:1])
    date: list[Reading] = []
    if 1 <= n <= 12 and 1 <= m <= 31:
        date = combine([(MONTHS[n - 1],)], [ordinal(under)[0], cardinal(under)[0]])
    if (n, m) in _IDIOMS or n >= m or m > 1000:
        parts = said_fraction(over, under) if n > m and m < 20 else []
        return unique([*plain, *slash, *date, *parts])
    chance = combine(cardinal(over)[:1], [("in",)], cardinal(under)[:1])
    return unique([*said_fraction(over, under), *plain, *slash[:3], *date, *chance], 12)


def read_mixed(found: re.Match[str]) -> list[Reading]:
    """Read a whole number and a fraction: two and a half, two point five."""
    whole, over, under = found["w"], found["a"], found["b"]
    parts = said_fraction(over, under)
    if not parts or int(over) >= int(under):
        return []
    parts = [part for part in parts if part != ("half",)]
    said = combine(cardinal(whole)[:2], [("and",)], sorted(parts, key=lambda p: p[0] == "one"))
    value = int(over) / int(under)
    exact = f"{value:.4f}".rstrip("0").removeprefix("0.")
    if len(exact) < 4:
        said = [*said[:5], *combine(cardinal(whole)[:1], [("point", *digits(exact))])]
    return [*said, *combine(cardinal(whole)[:1], parts[:1])]


def read_ratio(found: re.Match[str]) -> list[Reading]:
    """Read `16:9`, `2:1`."""
    return combine(
        cardinal(found["a"])[:1],
        [("to",), (), ("by",), ("on",)],
        cardinal(found["b"])[:1],
    )


def read_power(base: Sequence[Reading], exponent: str) -> list[Reading]:
    """Read what is raised to a power: squared, cubed, to the sixth, to the minus three, to the n.

    Args:
        base: readings of what is raised.
        exponent: a whole number, perhaps negative, or a letter.
    """
    ways: list[Reading]
    if exponent.lstrip("-").isdigit():
        number = exponent.lstrip("-")[:4]
        names, place = cardinal(number)[:1], ordinal(number)[0]
        if exponent.startswith("-"):
            ways = [("to", "the", sign, *names[0]) for sign in ("minus", "negative")]
            ways += [("to", "the", "minus", *place), ("to", "the", "negative", *place)]
        else:
            special = {"2": ("squared",), "3": ("cubed",)}.get(number)
            ways = [special] if special else []
            ways += [("to", "the", *names[0]), ("to", "the", *place)]
            ways += [("to", "the", "power", "of", *names[0])]
    else:
        ways = [("to", "the", exponent.lower()), ("to", "the", "power", "of", exponent.lower())]
    return combine(list(base)[:2], ways)


def read_number_power(found: re.Match[str]) -> list[Reading]:
    """Read a number raised to a power: `10^6`."""
    return read_power(quantity(found["a"])[:1], found["e"])
