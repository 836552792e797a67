"""One spoken reading of each written token: plain lower-case words for the synthesiser."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

__all__ = ["spoken_words"]

_LETTERS = {c: c for c in "eio"} | {"a": "ay", "w": "double-you", "y": "why", "z": "zee"}
_LETTERS |= {"b": "bee", "c": "see", "d": "dee", "f": "eff", "g": "gee", "h": "aitch"}
_LETTERS |= {"j": "jay", "k": "kay", "l": "ell", "m": "em", "n": "en", "p": "pee", "q": "cue"}
_LETTERS |= {"r": "are", "s": "ess", "t": "tee", "u": "you", "v": "vee", "x": "ex"}
_SIGNS = {"%": "percent", "&": "and", "+": "plus", "=": "equals", "@": "at", "#": "number"}
_MONEY = {"$": "dollar", "€": "euro", "£": "pound"}
_ROMAN = {"II": "two", "III": "three", "IV": "four", "VI": "six", "VII": "seven", "VIII": "eight"}
_ACRONYMS = {"nasa", "pow", "pows", "aids", "nato", "dalle"}
_PIECES = re.compile(
    r"[$€£]?\d[\d,]*(?:\.\d+)?(?:st|nd|rd|th)?|[A-Za-z']+|[^\W\d_]+|[%&+=@#]", re.ASCII
)


@cache
def _inflect() -> Any:
    import inflect

    return inflect.engine()


def spoken_words(token: str) -> list[str]:
    """Say one written token, such as `24/7.` or `don't`, as at least one plain word."""
    words: list[str] = []
    token = token.replace("’", "'").replace("‘", "'")
    pieces = [piece for piece in _PIECES.findall(token) if piece.strip("'")]
    for number, piece in enumerate(pieces):
        after = pieces[number + 1] if number + 1 < len(pieces) else ""
        if re.fullmatch(r"[$€£]?\d.*", piece):
            plural = after in ("s", "'s")
            words += _number(piece, plural)
        elif piece in _SIGNS:
            words.append(_SIGNS[piece])
        elif number and piece in ("s", "'s") and re.fullmatch(r"[$€£]?\d.*", pieces[number - 1]):
            continue
        elif piece == "K" and number:
            words.append("thousand")
        elif len(piece) == 1 and len(pieces) > 1:
            words.append(_LETTERS.get(piece.lower(), "name"))
        else:
            words += _letters(piece)
    words = [word for whole in words for word in re.split(r"[-\s]+", whole) if word]
    return words or ["something"]


def _letters(piece: str) -> list[str]:
    bare = piece.strip("'")
    if not bare:
        return []
    if bare in _ROMAN:
        return [_ROMAN[bare]]
    if bare.lower() in _ACRONYMS:
        return [bare.lower()]
    capitals = re.fullmatch(r"([A-Z]{2,4})('?s)?", bare)
    if capitals:
        words = [_LETTERS[c.lower()] for c in capitals[1]]
        if capitals[2]:
            words[-1] += "'s"
        return words
    inner = re.fullmatch(r"([a-z])([A-Z]{2,3})", bare)  # xAI
    if inner:
        return [_LETTERS[c.lower()] for c in bare]
    if re.fullmatch(r"[a-z][A-Z][a-z]+", bare):  # eBell
        return [_LETTERS[bare[0]], bare[1:].lower()]
    if len(bare) == 1 and bare.lower() not in "aio":
        return [_LETTERS.get(bare.lower(), bare.lower())]
    plain = re.sub(r"[^a-z']", "", bare.lower())
    return [plain] if plain.strip("'") else ["name"]


def _number(piece: str, plural: bool) -> list[str]:
    unit = _MONEY.get(piece[0])
    digits = piece.lstrip("$€£")
    ordinal = re.fullmatch(r"([\d,]+)(st|nd|rd|th)", digits)
    if ordinal:
        return _plain(_inflect().number_to_words(_inflect().ordinal(ordinal[1].replace(",", ""))))
    digits = digits.rstrip(",")
    if unit is None and re.fullmatch(r"1[1-9]\d\d|20[1-9]\d", digits):
        high, low = digits[:2], digits[2:]
        tail = ["hundred"] if low == "00" else _plain(_inflect().number_to_words(low))
        if low != "00" and low[0] == "0":
            tail = ["o", *tail[-1:]]
        words = _plain(_inflect().number_to_words(high)) + tail
    else:
        whole, _, fraction = digits.replace(",", "").partition(".")
        words = _plain(_inflect().number_to_words(whole or "0", andword=""))
        if fraction:
            words += ["point"] + [
                w for d in fraction for w in _plain(_inflect().number_to_words(d))
            ]
    if plural:
        last = words[-1]
        words[-1] = last[:-1] + "ies" if last.endswith("y") else last + "s"
    if unit:
        words.append(unit + "s")
    return words


def _plain(text: str) -> list[str]:
    return re.findall(r"[a-z]+", text.lower())
