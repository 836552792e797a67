"""Unknown words from known ones: inflection, contractions, compounds; phonology of endings."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import product

from pipeline.lexicon.phones import VOICELESS
from pipeline.lexicon.records import Phones

__all__ = ["Lookup", "compounds", "contractions", "inflections", "past", "plural"]

Lookup = Callable[[str], tuple[Phones, ...]]
"""Pronunciations of a word that the dictionary has, else ()."""

_SIBILANT = frozenset("S Z SH ZH CH JH".split())

_CLITICS: dict[str, tuple[Phones, ...]] = {
    "'ve": (("AH", "V"), ("V",)),
    "'ll": (("AH", "L"), ("L",)),
    "'re": (("ER",), ("R",)),
    "'m": (("M",), ("AH", "M")),
    "n't": (("AH", "N", "T"), ("N", "T")),
    "'em": (("AH", "M"),),
    "'nt": (("AH", "N", "T"),),
}


def plural(stem: Phones) -> Phones:
    """Add the ending -s: after sibilants IH Z, after voiceless phones S, else Z."""
    if stem[-1] in _SIBILANT:
        return (*stem, "IH", "Z")
    return (*stem, "S" if stem[-1] in VOICELESS else "Z")


def past(stem: Phones) -> Phones:
    """Add the ending -ed: after T and D IH D, after voiceless phones T, else D."""
    if stem[-1] in ("T", "D"):
        return (*stem, "IH", "D")
    return (*stem, "T" if stem[-1] in VOICELESS else "D")


def _then(*ending: str) -> Callable[[Phones], Phones]:
    return lambda stem: (*stem, *ending)


def _adverb(stem: Phones) -> Phones:
    return (*stem, "IY") if stem[-1] == "L" else (*stem, "L", "IY")


def _agent(stem: Phones) -> Phones:
    return (*stem, "ER")


_ENDINGS: tuple[tuple[str, Callable[[Phones], Phones]], ...] = (
    ("'s", plural),
    ("s'", plural),
    ("'st", _then("S", "T")),
    ("'d", past),
    ("in'", _then("IH", "N")),
    ("ing", _then("IH", "NG")),
    ("est", _then("AH", "S", "T")),
    ("eth", _then("IH", "TH")),
    ("ness", _then("N", "AH", "S")),
    ("less", _then("L", "AH", "S")),
    ("ment", _then("M", "AH", "N", "T")),
    ("able", _then("AH", "B", "AH", "L")),
    ("ism", _then("IH", "Z", "AH", "M")),
    ("ist", _then("AH", "S", "T")),
    ("ish", _then("IH", "SH")),
    ("ly", _adverb),
    ("ed", past),
    ("er", _agent),
    ("es", plural),
    ("s", plural),
    ("'", lambda stem: stem),
)


def inflections(word: str, lookup: Lookup) -> list[Phones]:
    """Pronounce a word as a known stem with an ending."""
    found: list[Phones] = []
    for ending, attach in _ENDINGS:
        if not word.endswith(ending) or len(word) - len(ending) < 2:
            continue
        for stem in _stems(word[: -len(ending)], ending):
            found += [attach(phones) for phones in lookup(stem)]
        if found:
            break
    return list(dict.fromkeys(found))


def _stems(rest: str, ending: str) -> list[str]:
    if ending in ("'s", "'"):
        return [rest]
    if ending == "s'":
        return [rest, rest + "s"]
    stems = [rest]
    if ending not in ("s", "ness", "less", "ment", "ly"):
        stems.append(rest + "e")
        if len(rest) > 2 and rest[-1] == rest[-2]:
            stems.append(rest[:-1])
    if ending == "in'":
        stems = [rest, rest + "e", rest[:-1]]
    if rest.endswith("i"):
        stems.append(rest[:-1] + "y")
    return stems


def contractions(word: str, pronounce: Lookup) -> list[Phones]:
    """Pronounce `I'd've`, `wouldn't've`, `that'll`: a word and the clitics that hang on it."""
    for clitic, endings in _CLITICS.items():
        if word.endswith(clitic) and len(word) > len(clitic):
            stems = pronounce(word[: -len(clitic)])
            return [(*stem, *ending) for stem, ending in product(stems[:2], endings)]
    if word.endswith("'d") and len(word) > 2:
        return [
            phones
            for stem in pronounce(word[:-2])[:2]
            for phones in ((*stem, "IH", "D") if stem[-1] in ("T", "D") else (*stem, "D"),)
        ]
    found = re.fullmatch(r"([a-z]{2,}n't|[a-z]+'(?:d|ll|s))('[a-z]+)", word)
    if found and found[2] in _CLITICS:
        stems = pronounce(found[1])
        return [(*stem, *ending) for stem, ending in product(stems[:2], _CLITICS[found[2]])]
    return []


_PREFIXES: dict[str, Phones] = {
    prefix: tuple(phones.split())
    for prefix, phones in (
        ("anti", "AE N T IY"), ("auto", "AO T OW"), ("bio", "B AY OW"), ("co", "K OW"),
        ("counter", "K AW N T ER"), ("cyber", "S AY B ER"), ("de", "D IY"), ("dis", "D IH S"),
        ("hyper", "HH AY P ER"), ("inter", "IH N T ER"), ("macro", "M AE K R OW"),
        ("mega", "M EH G AH"), ("meta", "M EH T AH"), ("micro", "M AY K R OW"),
        ("mis", "M IH S"), ("multi", "M AH L T IY"), ("nano", "N AE N OW"),
        ("neuro", "N UH R OW"), ("non", "N AA N"), ("over", "OW V ER"), ("photo", "F OW T OW"),
        ("post", "P OW S T"), ("pre", "P R IY"), ("proto", "P R OW T OW"),
        ("pseudo", "S UW D OW"), ("re", "R IY"), ("semi", "S EH M IY"), ("sub", "S AH B"),
        ("super", "S UW P ER"), ("techno", "T EH K N OW"), ("trans", "T R AE N Z"),
        ("ultra", "AH L T R AH"), ("un", "AH N"), ("under", "AH N D ER"),
    )
}  # fmt: skip


def compounds(word: str, lookup: Lookup) -> list[Phones]:
    """Pronounce `timescale`, `multiplanetary`: two known words, or a prefix and a known word."""
    if not word.isalpha():
        return []
    found: list[Phones] = []
    for prefix, phones in _PREFIXES.items():
        rest = word[len(prefix) :]
        if word.startswith(prefix) and len(rest) >= 4:
            found += [(*phones, *tail) for tail in lookup(rest)[:1]]
    if found:
        return found
    middle = len(word) / 2
    for cut in sorted(range(3, len(word) - 2), key=lambda c: abs(c - middle)):
        heads, tails = lookup(word[:cut]), lookup(word[cut:])
        if heads and tails:
            return [(*heads[0], *tails[0])]
    return []
