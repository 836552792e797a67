"""What a token's neighbours make of it: units, dates, mixed numbers, Roman numerals, versions.

Each rule looks at a token between its neighbours, all without outer punctuation, and gives
readings that go before the ones it has on its own, or behind the first of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from pipeline.lexicon.dates import day_readings
from pipeline.lexicon.fractions import said_fraction
from pipeline.lexicon.numbers import NUMBER, Reading, cardinal
from pipeline.lexicon.numeric import read_version
from pipeline.lexicon.spelling import is_initialism, roman_readings
from pipeline.lexicon.tables import MONTHS
from pipeline.lexicon.units import read_unit

__all__ = ["Neighbours", "in_context"]

_CUES = frozenset(
    "act appendix article book chapter class episode gen grade heading level mark part phase psalm "
    "scene section series stage table title type vol volume war".split()
)
_SHORT_MONTHS = frozenset((*MONTHS, *(name[:3] for name in MONTHS), "sept"))
_AMOUNT = re.compile(rf"[-+~]?[$£€]?{NUMBER}(?:-\d/\d+)?|\d+/\d+")
_DAY = re.compile(r"\d{1,4}(?:st|nd|rd|th)?$")
_BEFORE_NUMBERS = {
    "no": "number", "nos": "numbers", "c": "circa", "p": "page", "pp": "pages", "ch": "chapter",
    "ep": "episode", "fig": "figure", "vol": "volume", "vols": "volumes", "art": "article",
}  # fmt: skip
"""What abbreviations with a full stop stand for in front of a number only."""


@dataclass(frozen=True, slots=True)
class Neighbours:
    """A token amid a text.

    Attributes:
        core: the token without outer punctuation.
        token, before, after: the token and its neighbours as written, empty at an end.
        core_before, core_after: the neighbours without outer punctuation.
        alone: whether the text has no other tokens.
    """

    core: str
    token: str
    before: str
    after: str
    core_before: str
    core_after: str
    alone: bool


def in_context(here: Neighbours, forms: list[Reading]) -> list[Reading]:
    """Return the readings of a token in the order in which its neighbours suggest them."""
    for rule in _RULES:
        found = rule(here, forms)
        if found:
            return found
    return forms


def _number_sign(here: Neighbours, forms: list[Reading]) -> list[Reading]:
    name = _BEFORE_NUMBERS.get(here.core.lower())
    if name and here.core_after[:1].isdigit() and here.token.endswith("."):
        return [(name,), *forms]
    return []


def _month(here: Neighbours, forms: list[Reading]) -> list[Reading]:
    """Read `Mar 3`, `3 Mar`: the whole name."""
    short = here.core.lower()
    if short not in _SHORT_MONTHS or short in MONTHS or not here.core[:1].isupper():
        return []
    if not (_DAY.match(here.core_before) or _DAY.match(here.core_after)):
        return []
    return [(next(name for name in MONTHS if name.startswith(short[:3])),), *forms]


def _unit(here: Neighbours, forms: list[Reading]) -> list[Reading]:
    core = here.core
    is_compound = re.search(r"[/^]|[a-z][A-Z]|^[°μ]", core) is not None
    if not (is_compound or _AMOUNT.fullmatch(here.core_before)):
        return []
    names = read_unit(core)
    if is_compound:
        return [*names, *forms] if names else []
    return [*forms[:1], *names[:4], *forms[1:]] if names else []


def _mixed(here: Neighbours, forms: list[Reading]) -> list[Reading]:
    """Read `2 1/2`: the fraction behind a whole number is said with `and`."""
    fraction = re.fullmatch(r"(\d{1,2})/(\d{1,3})(%?)", here.core)
    if not fraction or not re.fullmatch(r"\d{1,6}", here.core_before):
        return []
    if int(fraction[1]) >= int(fraction[2]) or here.before != here.core_before:
        return []
    tail: Reading = ("percent",) if fraction[3] else ()
    parts = [part for part in said_fraction(fraction[1], fraction[2]) if part != ("half",)]
    parts.sort(key=lambda part: part[0] == "one")
    return [*(("and", *part, *tail) for part in parts[:4]), *forms]


def _day(here: Neighbours, forms: list[Reading]) -> list[Reading]:
    """Read `March 15`, `15 March`."""
    if not re.fullmatch(r"0?[1-9]|[12]\d|3[01]", here.core):
        return []
    if here.core_before.lower() in _SHORT_MONTHS and here.core_before[:1].isupper():
        return [*day_readings(here.core), *forms]
    if here.core_after.lower() in _SHORT_MONTHS and here.core_after[:1].isupper():
        place, count, _ = day_readings(here.core)
        return [place, (*place, "of"), count, *forms]
    return []


def _thousands(here: Neighbours, forms: list[Reading]) -> list[Reading]:
    """Read `10 000`: three figures behind a blank count the thousands before them, perhaps."""
    if not re.fullmatch(r"\d{3}", here.core) or not re.fullmatch(r"\d{1,3}", here.before):
        return []
    rest = () if here.core == "000" else cardinal(here.core.lstrip("0"))[0]
    said = ("thousand", *rest)
    return [said, *forms] if here.core == "000" else [*forms, said]


def _version(here: Neighbours, forms: list[Reading]) -> list[Reading]:
    """Read `Python 3.12`, `Web 2.0`."""
    if not re.fullmatch(r"\d+\.\d+", here.core) or not here.core_before[:1].isupper():
        return []
    return [*forms[:5], *read_version(here.core)]


def _roman(here: Neighbours, forms: list[Reading]) -> list[Reading]:
    core, cue, after = here.core, here.core_before, here.after
    ended = here.before.endswith((".", "?", "!"))
    named = cue[:1].isupper() and len(cue) > 1 and not ended
    if core == "I":
        # The pronoun, unless a heading's word precedes or it stands where a heading may.
        named = cue.lower() in _CUES or (
            (not here.before or ended or here.before.endswith(":"))
            and after[:1].isupper()
            and not after.startswith("I")
        )
    numerals = roman_readings(core, after_cue=here.alone or named or cue.lower() in _CUES)
    if not numerals:
        return []
    if len(core) == 1 or (is_initialism(core) and not set(core) <= set("IVX")):
        return [*forms[:2], *numerals, *forms[2:]]
    return [*numerals, *(form for form in forms if form != (core.lower(),))]


_RULES: tuple[Callable[[Neighbours, list[Reading]], list[Reading]], ...] = (
    _number_sign, _month, _mixed, _day, _thousands, _version, _unit, _roman,
)  # fmt: skip
