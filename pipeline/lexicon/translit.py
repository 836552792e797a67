"""Any script to the letters a to z, so that everything written can be said somehow."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

__all__ = ["plain", "to_latin"]

_PUNCTUATION = str.maketrans(
    {
        **dict.fromkeys("‘’‛ʼ′`´＇", "'"),
        **dict.fromkeys("“”„‟«»″＂", '"'),
        **dict.fromkeys("‐‑⁃−", "-"),
        **dict.fromkeys("–—―‒", "—"),
        "…": "...",
        "⁄": "/",
        "×": "x",
        "\u00ad": None,
        "\u200b": None,
        "\ufeff": None,
    }
)

_FRACTIONS = {"½": "1/2", "⅓": "1/3", "⅔": "2/3", "¼": "1/4", "¾": "3/4", "⅛": "1/8", "⅕": "1/5"}

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

    Curly quotes, dashes (all but the hyphen become an em dash), fractions, full-width and
    superscript characters.
    """
    text = "".join(_FRACTIONS.get(c, c) for c in text).translate(_PUNCTUATION)
    # NFKC would turn a spacing acute into a blank plus accent; the table above has seen to it.
    return unicodedata.normalize("NFKC", text).translate(_PUNCTUATION)


def to_latin(text: str) -> str:
    """Transliterate to ASCII letters; digits and ASCII punctuation stay, the rest disappears."""
    return text if text.isascii() else "".join(_character(c) for c in text)


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
