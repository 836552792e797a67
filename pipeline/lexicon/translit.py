"""Any script to the letters a to z, so that everything written can be said somehow."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from pipeline.lexicon.tables import GREEK, SIGNS

__all__ = ["plain", "to_latin"]

_PUNCTUATION = str.maketrans(
    {
        **dict.fromkeys("‘’‛ʼ′`´＇", "'"),
        **dict.fromkeys("“”„‟«»″＂", '"'),
        **dict.fromkeys("‐‑⁃−", "-"),
        **dict.fromkeys("–—―‒", "—"),
        "…": "...",
        **dict.fromkeys("⁄∕", "/"),
        **dict.fromkeys("∼≈≅≃", "~"),
        **dict.fromkeys("™®℠", None),
        "\u00ad": None,
        "\u200b": None,
        "\ufeff": None,
    }
)

_SUPERSCRIPTS = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿ", "0123456789+-n", strict=True))
_POWER = re.compile(rf"(?<=[\w)°])[{''.join(_SUPERSCRIPTS)}]+")
_TIMES = re.compile(r"(?<=\d)×|×(?=\d)")
_VULGAR = re.compile("[¼½¾⅐-⅞↉]")
_GREEK_LETTER = re.compile(r"(?<![Ͱ-Ͽ])[Α-Ωα-ωϑϕϵµ](?![Ͱ-Ͽ])")

_MICRO = re.compile(r"[mgslLAFVWH]\b")
"""Units that a micro sign stands before."""

_LETTERS = dict(
    pair.split(":")
    for pair in (
        "ß:ss æ:ae ø:o ł:l đ:d þ:th ð:th œ:oe ı:i ħ:h ŋ:ng ə:a "
        # Russian and its neighbours
        "а:a б:b в:v г:g д:d е:e ё:yo ж:zh з:z и:i й:y к:k л:l м:m н:n о:o п:p р:r с:s т:t у:u "
        "ф:f х:kh ц:ts ч:ch ш:sh щ:sh ъ: ы:i ь: э:e ю:yu я:ya і:i ї:yi є:ye ґ:g ђ:j ј:y љ:ly њ:ny "
        "ћ:ch џ:j "
        # Greek
        "α:a β:v γ:g δ:d ε:e ζ:z η:i θ:th ι:i κ:k λ:l μ:m ν:n ξ:x ο:o π:p ρ:r σ:s ς:s τ:t υ:i φ:f "
        "χ:ch ψ:ps ω:o "
        # Hebrew and Arabic: consonants as they are, long vowels as vowels
        "א:a ב:b ג:g ד:d ה:h ו:v ז:z ח:ch ט:t י:i כ:k ך:k ל:l מ:m ם:m נ:n ן:n ס:s ע:a פ:p ף:f צ:ts "
        "ץ:ts ק:k ר:r ש:sh ת:t "
        "ا:a ب:ba ت:ta ث:tha ج:ja ح:ha خ:kha د:da ذ:tha ر:ra ز:za س:sa ش:sha ص:sa ض:da ط:ta ظ:za "
        "ع:a غ:gha ف:fa ق:ka ك:ka ل:la م:ma ن:na ه:ha و:u ي:i ى:a ة:a ء:"
    ).split()
)


def plain(text: str) -> str:
    """Return a token with typographic variants in their ASCII form; letters keep their case.

    Curly quotes, dashes (all but the hyphen become an em dash), full-width characters; `2½` becomes
    `2-1/2`, `10⁻³` `10^-3`, `H₂O` `H2O`, a Greek letter of its own its name: `πr²` is `pi-r^2`.
    """
    if text.isascii():
        return text
    text = _TIMES.sub("x", text).replace("№", "No.")
    text = _VULGAR.sub(_fraction, text)
    text = _POWER.sub(_power, text).translate(_PUNCTUATION)
    # NFKC would turn a spacing acute into a blank plus accent; the table above has seen to it.
    text = unicodedata.normalize("NFKC", text).translate(_PUNCTUATION)
    return _GREEK_LETTER.sub(_letter_name, text)


def _fraction(found: re.Match[str]) -> str:
    is_mixed = found.string[: found.start()][-1:].isdigit()
    return ("-" if is_mixed else "") + unicodedata.normalize("NFKC", found[0])


def _power(found: re.Match[str]) -> str:
    written = "".join(_SUPERSCRIPTS[c] for c in found[0])
    if re.search(r"[^\W\d]{4}$", found.string[: found.start()]):
        return ""  # a footnote's number, which nobody says
    # The charge of an ion is no power.
    return written if written[-1] in "+-" else f"^{written}"


def _letter_name(found: re.Match[str]) -> str:
    before, after = found.string[: found.start()][-1:], found.string[found.end() :]
    letter = found[0].lower()
    if letter == "μ" and (not before or before.isdigit()) and _MICRO.match(after):
        return "μ"
    if letter == "ω" and re.search(r"\d[kM]?$", found.string[: found.start()]):
        return "Ω"
    name = GREEK.get(letter, letter)
    return f"{'-' if before.isalnum() else ''}{name}{'-' if after[:1].isalpha() else ''}"


def to_latin(text: str) -> str:
    """Transliterate to ASCII letters; digits, ASCII punctuation and signs that are said stay."""
    if text.isascii():
        return text
    return "".join(c if c in SIGNS else _character(c) for c in text)


@lru_cache(maxsize=4096)
def _character(character: str) -> str:
    if character.isascii():
        return character
    lower = character.lower()
    if lower in _LETTERS:
        latin = _LETTERS[lower]
        return latin.capitalize() if lower != character else latin
    base = "".join(
        c for c in unicodedata.normalize("NFKD", character) if not unicodedata.combining(c)
    )
    if base != character:
        return "".join(_character(c) for c in base)
    if unicodedata.decimal(character, None) is not None:
        return str(unicodedata.decimal(character))
    return _from_name(character) if character.isalnum() else ""


def _from_name(character: str) -> str:
    """Read a letter off its Unicode name: HIRAGANA LETTER KA is `ka`, an ideograph is `a`."""
    name = unicodedata.name(character, "")
    last = name.split()[-1] if name else ""
    if "LETTER" in name or "SYLLABLE" in name:
        return "".join(c for c in last.lower() if "a" <= c <= "z")[:6] or "a"
    return "a"
