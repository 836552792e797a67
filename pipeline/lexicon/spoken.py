"""Written tokens to spoken words: the alternatives side by side, in the context of the line."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from pipeline.lexicon.numbers import Reading, plural, roman_value, unique
from pipeline.lexicon.numeric import NUMBER, amount_parts, combine, read_numeric
from pipeline.lexicon.spelling import is_initialism, read_spelling, roman_readings
from pipeline.lexicon.tables import UNITS
from pipeline.lexicon.translit import plain
from pipeline.limits import LONGEST_TOKEN

__all__ = ["MAX_FORMS", "Forms", "spoken_forms", "token_forms"]

MAX_FORMS = 8
"""Alternatives of a token, at most."""

Forms = tuple[Reading, ...]
"""The ways to say a token, the usual one first; each is its spoken words in order."""

_LEADING = '"([{<¿¡*_|—.,;:!?/\\`~'
_TRAILING = '"()[]{}>*_|.,;:!?/\\`~'
_SCALES = frozenset(("hundred", "thousand", "million", "billion", "trillion", "quadrillion"))
_CUES = frozenset(
    "act appendix article book chapter class episode gen grade heading level mark part phase psalm "
    "scene section series stage table title type vol volume war".split()
)
_ELISIONS = re.compile(
    r"'(?:cause|cuz|em|til|till|tis|twas|bout|round|n|kay|course|cept|neath|gainst|d|ll|s|ve|re|m"
    r"|\d\d'?s?)$",
    re.IGNORECASE,
)


def token_forms(token: str) -> Forms:
    """Return the ways to say a token on its own; see `spoken_forms`."""
    return spoken_forms((token,))[0]


def spoken_forms(tokens: Sequence[str]) -> tuple[Forms, ...]:
    """Return the ways to say each of the tokens of a line or of a whole transcript.

    A spoken word is lower case, of the letters a to z and apostrophes; a fragment of a cut-off
    word ends in a hyphen (`po-`); single letters are letters' names. Neighbours are looked at for
    sums of money (`$40 million`), Roman numerals (`World War II`), units (`10 GHz`) and capitals.

    Returns:
        For each token 1 to `MAX_FORMS` different forms of at least one word each.
    """
    tokens = [token[:LONGEST_TOKEN] for token in tokens]
    shouted = _is_shouted(tokens)
    found: list[Forms] = []
    money: str | None = None
    for i, token in enumerate(tokens):
        before = tokens[i - 1] if i else ""
        after = tokens[i + 1] if i + 1 < len(tokens) else ""
        core = _core(token)
        forms = _token(token.lower() if shouted else token)
        lower = core.lower()
        amount = amount_parts(core)
        if amount and _core(after).lower() in _SCALES:
            money = amount[0]
            forms = _merge(combine([*amount[1][:3]], [()]), forms)
        elif money and lower in _SCALES:
            forms = _merge([(lower, money), (lower,)], forms)
        else:
            money = None
            if lower == "no" and token.endswith(".") and _core(after)[:1].isdigit():
                forms = _merge([("number",)], forms)
            elif "/" in lower and lower in UNITS:
                forms = _merge(UNITS[lower], forms)
            elif lower in UNITS and re.fullmatch(rf"[$£€]?{NUMBER}", _core(before)):
                forms = _merge(forms[:1], list(UNITS[lower])[:4], forms[1:])
            elif not shouted and roman_value(core):
                forms = _roman(core, before, after, len(tokens), forms)
        found.append(forms)
    return tuple(found)


def _merge(*groups: Sequence[Reading]) -> Forms:
    return tuple(unique([reading for group in groups for reading in group], MAX_FORMS))


def _is_shouted(tokens: Sequence[str]) -> bool:
    """Tell whether a transcript is all in capitals, so that capitals mean nothing."""
    words = [token for token in tokens[:2000] if sum(c.isalpha() for c in token) > 1]
    return len(words) >= 8 and sum(word.isupper() for word in words) > 0.6 * len(words)


def _roman(core: str, before: str, after: str, size: int, forms: Forms) -> Forms:
    cue = _core(before)
    named = cue[:1].isupper() and len(cue) > 1 and not before.endswith((".", "?", "!"))
    if core == "I":
        # The pronoun, unless a heading's word precedes or it stands where a heading may.
        named = cue.lower() in _CUES or (
            (not before or before.endswith((".", "?", "!", ":")))
            and after[:1].isupper()
            and not after.startswith("I")
        )
    after_cue = size == 1 or named or cue.lower() in _CUES
    numerals = roman_readings(core, after_cue=after_cue)
    if len(core) == 1 or (is_initialism(core) and not set(core) <= set("IVX")):
        return _merge(forms[:2], numerals, forms[2:])
    return _merge(numerals, [form for form in forms if form != (core.lower(),)])


@lru_cache(maxsize=16384)
def _core(token: str) -> str:
    """Strip outer punctuation; a sign that is spoken and a hyphen that cuts off a word stay."""
    text = plain(token).strip()
    if text.lower() in ("w/", "w/o"):
        return text
    cut = re.search(r"[^\W\d_][\"'.,)]*(?:-|—)+[\"'.,?!)]*$", text) is not None
    before = None
    while text != before:
        before = text
        text = text.lstrip(_LEADING)
        text = text.rstrip(_TRAILING + "-—")
        if text.startswith("'") and not _ELISIONS.match(text):
            text = text[1:]
        if text.startswith("-") and not re.match(rf"-[$£€]?{NUMBER}", text):
            text = text[1:]
        if text.startswith("'") and text.endswith("'") and len(text) > 1:
            text = text[1:-1]
        if text.endswith("'") and not text.endswith(("s'", "n'", "'n'", "l'")):
            text = text[:-1]
    if re.match(r"[.,]\d", plain(token).lstrip("\"'([{")) and re.match(r"\d", text):
        text = "." + text if plain(token).lstrip("\"'([{")[0] == "." else text
    if token.lstrip("\"'(")[:1] == "~" and text[:1].isdigit():
        text = "~" + text
    if re.search(r"[A-Za-z]\*", plain(token)) and re.search(r"[a-zA-Z]\*{2,}\W*$", plain(token)):
        text += "**"
    return text + "-" if cut and text else text


@lru_cache(maxsize=16384)
def _token(token: str) -> Forms:
    core = _core(token)
    readings = read_numeric(core) if any(c.isdigit() for c in core) else []
    if not readings and core.endswith(("'s", "s'")) and any(c.isdigit() for c in core):
        readings = [plural(r) for r in read_numeric(core[:-2])]
    readings = readings or read_spelling(core)
    # Nothing that can be read: a sign or a symbol of its own. Said somehow, as a short vowel.
    return _merge([_spell_check(r) for r in readings]) or (("uh",),)


def _spell_check(reading: Reading) -> Reading:
    return tuple(w for w in reading if any("a" <= c <= "z" for c in w))
