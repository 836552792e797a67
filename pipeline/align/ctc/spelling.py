"""Written words as the letters that a network knows, by what is spoken where they are not enough.

`1984` has no letter of the alphabet: it is spelled `nineteen eighty four`. So is every word: none
is left without a time for the way it is written.
"""

from __future__ import annotations

import contextlib
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.lexicon.spoken import spoken_forms

__all__ = ["WILDCARD", "Alphabet", "Spelling", "spell_words"]

Spelling = tuple[str, ...]
"""One way to say a written word: its spoken words, each in letters of the alphabet."""

WILDCARD = "\N{REPLACEMENT CHARACTER}"
"""A letter that no alphabet has: whisperx lets it stand for any sound."""

_MOST_SPELLINGS = 5
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_SIGNS = {"%", "$", "€", "£", "&", "+", "=", "@", "#", "°"}


@dataclass(frozen=True, slots=True)
class Alphabet:
    """The single characters that a network tells apart, in lower case, word divider left out."""

    letters: frozenset[str]

    @classmethod
    def of(cls, dictionary: Iterable[str], blank: str) -> Alphabet:
        """From the network's tokens; `blank` is the one that stands for nothing."""
        letters = {token.lower() for token in dictionary if len(token) == 1}
        return cls(frozenset(letters - {"|", " ", blank.lower()}))

    def fit(self, word: str) -> str:
        """The word in letters of the alphabet, accents dropped where they are unknown."""
        fitted = ""
        for letter in unicodedata.normalize("NFC", word).lower():
            if letter in self.letters:
                fitted += letter
                continue
            plain = "".join(
                c for c in unicodedata.normalize("NFKD", letter) if not unicodedata.combining(c)
            )
            fitted += "".join(c for c in plain if c in self.letters)
        return fitted


def spell_words(
    tokens: Sequence[str], alphabet: Alphabet, language: str
) -> tuple[tuple[Spelling, ...], ...]:
    """Spell each written word of a text.

    Args:
        tokens: the words as written, in order.
        alphabet: the letters to use.
        language: ISO 639-1 code; numbers are said in it.

    Returns:
        For each word 1 to 5 ways, the usual one first; `(WILDCARD,)` where nothing can be spelled.
    """
    if language == "en":
        forms: Iterable[Iterable[Sequence[str]]] = spoken_forms(tokens)
    else:
        forms = ([_read(token, language)] for token in tokens)
    spelled = []
    for ways in forms:
        found: dict[Spelling, None] = {}
        for way in ways:
            fitted = (alphabet.fit(word) for word in way)
            spelling = tuple(word for word in fitted if word)
            if spelling:
                found[spelling] = None
        spelled.append(tuple(found)[:_MOST_SPELLINGS] or ((WILDCARD,),))
    return tuple(spelled)


def _read(token: str, language: str) -> list[str]:
    """Spoken words of a token in any language: numbers in words, the rest at its joints."""
    text = "".join(c if c.isalnum() or c in _SIGNS or c in "'’.,-" else " " for c in token)
    text = _NUMBER.sub(lambda found: f" {_say_number(found[0], language)} ", text)
    words = re.split(r"[\s.,\-]+", text.replace("’", "'"))
    return [word.strip("'") for word in words if word.strip("'")]


def _say_number(digits: str, language: str) -> str:
    try:
        import num2words
    except ImportError:
        return digits
    # Neither mark tells by itself whether it groups digits or begins the decimals.
    whole = re.fullmatch(r"\d{1,3}([.,])\d{3}(?:\1\d{3})*", digits)
    plain = re.sub(r"[.,]", "", digits) if whole else digits.replace(",", ".")
    value: Any
    try:
        value = float(plain) if "." in plain else int(plain)
    except ValueError:
        return " ".join(_say_number(part, language) for part in re.findall(r"\d+", digits))
    with contextlib.suppress(NotImplementedError, ValueError, OverflowError, TypeError):
        return str(num2words.num2words(value, lang=language))
    return digits
