"""Tokens of letters: acronyms, mixed case, compounds, addresses, what remains of cut-off words."""

from __future__ import annotations

import re

from pipeline.lexicon.cmudict import load_cmudict
from pipeline.lexicon.fractions import read_power
from pipeline.lexicon.numbers import (
    Reading,
    cardinal,
    combine,
    digits,
    name_number,
    ordinal,
    plural,
    roman_value,
    unique,
)
from pipeline.lexicon.numeric import read_numeric, read_version
from pipeline.lexicon.tables import ABBREVIATIONS, GREEK, SIGNS, SOUNDS
from pipeline.lexicon.translit import to_latin

__all__ = ["is_initialism", "read_spelling", "roman_readings"]

_LONGEST_WORD = 40
_PIECES = re.compile(r"\d+|[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[A-Z]|'")
_JOINTS = re.compile(
    r"[A-Za-z0-9']+\^(?:-?\d+|[A-Za-z](?![A-Za-z]))|(?:\d{1,6}-)?\d{1,2}/\d{1,3}(?![\d/])"
    r"|[A-Za-z0-9'.,%]+|[^A-Za-z0-9'.,%]"
)
_ADDRESS = re.compile(
    r"(?:(?P<scheme>https?)://)?(?P<rest>[\w.+-]*(?:@[\w-]+)?[\w-]*(?:\.[A-Za-z]{2,})+(?:/\S*)?)",
)
_DOMAINS = frozenset(
    "com org net gov edu io ai co uk de fr tv fm me us eu info biz app dev xyz ly so gg ca au "
    "in js py md txt exe pdf".split()
)
_SAID_DOMAINS = frozenset(("com", "org", "net", "gov", "info", "biz", "app", "dev", "so", "me"))
_ELONGATED = re.compile(r"([a-z])\1{2,}")
_VOWEL = re.compile(r"[aeiouyAEIOUY]")
_CENSORED = {"f": "fuck", "s": "shit", "b": "bitch", "a": "ass", "d": "damn", "g": "goddamn"}


def read_spelling(text: str, depth: int = 0) -> list[Reading]:
    """Read a token of letters, digits and inner signs; none if nothing in it can be read.

    The text has ASCII punctuation and no outer punctuation. A cut-off word keeps its hyphen.
    """
    text = to_latin(text.replace("—", "-"))
    if not any(c.isalnum() for c in text):
        return list(SIGNS.get(text, ()))
    sound = _ELONGATED.sub(r"\1\1\1", text.lower())
    for known in (sound, _ELONGATED.sub(r"\1\1", sound)):
        if known in SOUNDS:
            # Reading machines spell out what has no vowel.
            is_spelled = known.isalpha() and len(known) <= 4 and not _VOWEL.search(known)
            return [(known,), tuple(known)] if is_spelled else [(known,)]
    if text.endswith("-"):
        return _cut_off(text, depth)
    if re.fullmatch(r"[A-Za-z]\*+[A-Za-z*]*", text):
        return [(_CENSORED.get(text[0].lower(), text[0].lower()),)]
    if depth and re.fullmatch(r"[A-Z]s", text):  # M&Ms
        return [(f"{text[0].lower()}'s",)]
    dotless = text.replace(".", "").lower()
    if (
        dotless in ABBREVIATIONS
        and text != "V"
        and not (depth and text.isupper() and 1 < len(text) < 4 and text != "OK")  # TL;DR
        and re.fullmatch(r"[A-Za-z/&]+(?:\.[A-Za-z]+)*\.?", text)
    ):
        forms = [*ABBREVIATIONS[dotless]]
        return forms if dotless == text.lower().rstrip(".") else unique([*forms, (dotless,)])
    if re.fullmatch(r"(?:[A-Za-z]\.)+[A-Za-z]?(?:'?s)?", text):  # U.S., e.g., Ph.D's
        return _letters(text.replace(".", ""))
    if re.fullmatch(r"'?[A-Za-z]+(?:'[A-Za-z]+)*'?", text):
        return _word(text)
    if depth < 4:
        return _compound(text, depth)
    return _mixture(text)


def _cut_off(text: str, depth: int) -> list[Reading]:
    stem = text.rstrip("-")
    head, _, last = stem.rpartition("-")
    if re.fullmatch(r"[A-F]", stem):  # a grade
        return [(f"{stem.lower()}-",), (stem.lower(), "minus"), (stem.lower(),)]
    if stem.lower() in GREEK.values():  # β-
        return [(stem.lower(),), (f"{stem.lower()}-",)]
    fragment: Reading = ("".join(c for c in last.lower() if c.isalpha() or c == "'") + "-",)
    if fragment == ("-",) or any(c.isdigit() for c in last):
        return read_spelling(stem, depth + 1)
    return combine(read_spelling(head, depth + 1), [fragment]) if head else [fragment]


def is_initialism(text: str) -> bool:
    """Tell whether a word in capitals may be read letter by letter."""
    return re.fullmatch(r"[A-Z]{2,6}(?:'?s)?", text) is not None


def _letters(text: str) -> list[Reading]:
    """Spell out: `GPT`, `LLMs`, `AI's`."""
    found = re.fullmatch(r"([A-Z]{2,})'?s", text)
    core = found[1] if found else text.replace("'", "")
    spelled = tuple(core.lower()[:_LONGEST_WORD])
    return [(*spelled[:-1], spelled[-1] + "'s") if found else spelled]


def _word(text: str) -> list[Reading]:
    lower = text.lower()[:_LONGEST_WORD]
    if _ELONGATED.search(lower):
        once, twice = _ELONGATED.sub(r"\1", lower), _ELONGATED.sub(r"\1\1", lower)
        if once in load_cmudict() or twice not in load_cmudict():
            return [(once,), (twice,)]
        return [(twice,), (once,)]
    if is_initialism(text):
        if not _VOWEL.search(text.rstrip("s")):
            return _letters(text)
        if lower in load_cmudict() and len(text.rstrip("s'")) > 2:
            return unique([(lower,), *_letters(text)])
        return unique([*_letters(text), (lower,)])
    within = re.fullmatch(r"([a-z]{2,})'n'([a-z]{2,})", lower)
    if within:  # rock'n'roll
        return [(lower,), (within[1], "n", within[2]), (within[1], "and", within[2])]
    if len(text) <= 3 and not _VOWEL.search(lower) and lower not in load_cmudict():
        return unique([(lower,), *_letters(text)])
    pieces = _case_pieces(text)
    if len(pieces) > 1 and "'" not in text:
        spelled = [re.match(r"[A-Z]{2,}|.$", piece) is not None for piece in pieces]
        parts = [
            _letters(piece) if letters else [(piece.lower(),)]
            for piece, letters in zip(pieces, spelled, strict=True)
        ]
        whole = [(lower,)] if _VOWEL.search(lower) else []
        letters = [tuple(lower)] if len(lower) <= 4 else []
        return unique([*combine(*parts), *whole, *letters])
    return [(lower,)]


def _case_pieces(text: str) -> list[str]:
    pieces: list[str] = []
    for piece in _PIECES.findall(text):
        # `LLMs`: the plural belongs to the capitals before it.
        if piece == "s" and pieces and pieces[-1].isupper() and len(pieces[-1]) > 1:
            pieces[-1] += piece
        else:
            pieces.append(piece)
    return pieces


def _shorten(word: str) -> str:
    """Cut elongations (`sooooo` has at most two of a letter) and endless words."""
    return _ELONGATED.sub(r"\1\1", word)[:_LONGEST_WORD]


def _compound(text: str, depth: int) -> list[Reading]:
    address = _ADDRESS.fullmatch(text)
    if address and text.rstrip("/").count(".") and not re.search(r"\d\.\d", text):
        last = address["rest"].split("/")[0].rsplit(".", 1)[-1].lower()
        if "@" in text or address["scheme"] or last in _DOMAINS:
            return _address(address)
    if re.fullmatch(r"[A-Ga-g][#♯♭]", text):  # C# is a language and a note
        return [(text[0].lower(), "flat" if text[1] == "♭" else "sharp")]
    version = re.fullmatch(r"([A-Za-z]+)-?(\d+(?:\.\d+)+)(?:'?s)?", text)
    if version:  # Python3.12, PM2.5
        return combine(read_spelling(version[1], depth + 1)[:2], read_version(version[2]))
    if re.fullmatch(r"\.[A-Za-z]{2,}\d*", text):  # .NET, .com
        said = read_spelling(text[1:], depth + 1)
        return unique([*(("dot", *way) for way in said), *said])
    if text[0] == "#":
        rest = read_spelling(text[1:], depth + 1)
        return combine([("hashtag",), (), ("hash",)], rest)
    if text[0] == "@":
        return combine([("at",), ()], read_spelling(text[1:], depth + 1))
    if re.fullmatch(r"[A-Za-z]+\d*\+{1,2}", text):  # C++, Disney+, A+
        plus = ("plus",) * text.count("+")
        stem = text.rstrip("+")
        said = read_spelling(stem, depth + 1)
        if len(stem) < 3 and stem[1:].islower():  # Na+
            said = [*said, tuple(stem.lower())]
        return combine(said, [plus])
    if re.search(r"[^A-Za-z0-9'.,%]", text) or re.search(r"[A-Za-z]{2,}[.,]+[A-Za-z]", text):
        return _joined(text, depth)
    return _mixture(text)


def _address(found: re.Match[str]) -> list[Reading]:
    rest = found["rest"].rstrip("/")
    words: list[list[Reading]] = []
    for piece in re.findall(r"[A-Za-z]+|\d+|[@./_+:-]", rest)[:16]:
        if piece == "www":
            words.append([("w", "w", "w"), ("dub", "dub", "dub")])
        elif piece in "@./_+:-":
            name = {"@": "at", ".": "dot", "/": "slash", "_": "underscore", "+": "plus"}
            words.append([(name.get(piece, "dash"),)])
        elif piece.isdigit():
            words.append([digits(piece), *cardinal(piece)[:1]])
        elif piece.lower() in _DOMAINS and piece.lower() not in _SAID_DOMAINS:
            words.append([tuple(piece.lower()), (piece.lower(),)])
        else:
            words.append([*_word(piece)[:1], *_with_suffix(piece.lower()), *_word(piece)[1:2]])
    said = combine(*([part[0]] for part in words)) + combine(*(part[:2] for part in words[:6]))
    if len(words) > 6:
        said = said[:1]
    if re.fullmatch(r"\w+\.(?:js|ts|py|md|ai|io)", rest):  # Node.js
        said += [tuple(word for word in way if word != "dot") for way in said[:2]]
    scheme = found["scheme"]
    if scheme:
        said = [*said[:3], *((*scheme.lower(), "colon", "slash", "slash", *s) for s in said[:1])]
    return unique(said)


def _with_suffix(name: str) -> list[Reading]:
    """Read `openai`, `wefunderhq`: a word and the letters that companies hang on it."""
    found = re.fullmatch(r"([a-z]{3,})(ai|fm|hq|io|tv|vc|vr)", name)
    if not found or name in load_cmudict() or found[1] not in load_cmudict():
        return []
    return [(found[1], *found[2])]


def _joined(text: str, depth: int) -> list[Reading]:
    """Read what hyphens, slashes, dashes and other signs hold together."""
    parts: list[list[Reading]] = []
    before = ""
    for piece in _JOINTS.findall(text)[:24]:
        core = piece.strip(".,")
        power = re.fullmatch(r"([A-Za-z0-9']+)\^(-?\d+|[A-Za-z])", piece)
        named = before.isalpha() and core.isdigit() and len(core) > 1
        before = piece if piece != "-" else before
        if piece == "/":
            between = [(), ("slash",), ("or",), ("and",)]
            parts.append(between if parts else [()])
        elif power:
            parts.append(_power(power[1], power[2], depth))
        elif named:
            parts.append(name_number(core))
        elif piece == "-" and re.match(r"[a-z]-", text):  # n-1
            parts.append([(), ("minus",)])
        elif piece in SIGNS and len(text) > 1:
            parts.append([*SIGNS[piece][:3], ()])
        elif core and (core[0].isalnum() or re.match(r"'\d", core)):
            parts.append(read_numeric(core) or read_spelling(core, depth + 1))
        elif core:
            parts.append(read_spelling(core.strip("'"), depth + 1) or [()])
    parts = [part for part in parts if part]
    readings = combine(*(part[: 4 if len(parts) <= 4 else 2] for part in parts[:7]))
    if len(parts) > 7:
        tail = tuple(word for part in parts[7:] for word in part[0])
        readings = [(*reading, *tail) for reading in readings]
    whole = re.fullmatch(r"([a-z]+)-([a-z]+)", text.lower())
    if whole and whole[1] in ("e", "re", "co", "pre", "non", "un", "de", "multi", "anti", "pro"):
        # Before the pieces: the Lexicon knows better where one word's stress falls.
        readings = [*readings[:6], (whole[1] + whole[2],)]
    return unique(readings)


def _power(base: str, exponent: str, depth: int) -> list[Reading]:
    """Read `x^2`."""
    return read_power(read_numeric(base) or read_spelling(base, depth + 1), exponent)


def _mixture(text: str) -> list[Reading]:
    """Read letters and digits that stand together: `A100s`, `R2D2`, `Grok1`, `0.7s`."""
    text = re.sub(r"[^A-Za-z0-9']", " ", text)
    tail = re.fullmatch(r"(.*[A-Za-z].*\d)'?s", text)
    pieces = [p for p in _PIECES.findall(tail[1] if tail else text) if p != "'"][:16]
    parts: list[list[Reading]] = []
    for piece in pieces:
        if piece.isdigit():
            parts.append(name_number(piece))
        elif len(piece) == 1 or (piece.isupper() and not _VOWEL.search(piece)):
            parts.append([tuple(piece.lower())])
        elif piece.isupper():
            parts.append(unique([*_letters(piece), (piece.lower(),)]))
        else:
            parts.append([(_shorten(piece.lower()),)])
    if not parts:
        return []
    readings = combine(*(part[:4] for part in parts[:6]))
    rest = tuple(word for part in parts[6:] for word in part[0])
    readings = [(*reading, *rest) for reading in readings]
    return [plural(reading) for reading in readings] if tail else readings


def roman_readings(text: str, *, after_cue: bool) -> list[Reading]:
    """Read a Roman numeral: `II` as two, the second. None if it is not likely one.

    Args:
        text: the token without outer punctuation.
        after_cue: a name, `Chapter` or the like precedes, or the numeral stands alone.
    """
    value = roman_value(text) if text.isascii() and text.isupper() else None
    if value is None:
        return []
    if not after_cue and (len(text) == 1 or set(text) & set("LCDM")) and len(text) < 4:
        return []
    number = str(value)
    return unique([*cardinal(number)[:1], ("the", *ordinal(number)[0]), ordinal(number)[0]])
