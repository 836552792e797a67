"""Written tokens to spoken words: the alternatives side by side, in the context of the line."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from pipeline.lexicon.context import Neighbours, in_context
from pipeline.lexicon.money import amount_parts
from pipeline.lexicon.numbers import NUMBER, Reading, plural, unique
from pipeline.lexicon.numeric import read_numeric
from pipeline.lexicon.spelling import read_spelling
from pipeline.lexicon.tables import SIGNS
from pipeline.lexicon.translit import plain
from pipeline.limits import LONGEST_TOKEN

__all__ = ["MAX_FORMS", "Forms", "spoken_forms", "token_forms"]

MAX_FORMS = 12
"""Alternatives of a token, at most."""

Forms = tuple[Reading, ...]
"""The ways to say a token, the usual one first; each is its spoken words in order."""

_LEADING = '"([{<¿¡*_|—.,;:!?/\\`~'
_TRAILING = '"()[]{}>*_|.,;:!?/\\`~'
_TRAILING_MARKS = "\"“”'‘’()[].,;:?…"
_INCHES = re.compile(r"^[^\"]*\d\"[.,;:!?)]*$")
_SCALES = frozenset(("hundred", "thousand", "million", "billion", "trillion", "quadrillion"))
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
    cores = ["", *map(_core, tokens), ""]
    around = ["", *tokens, ""]
    found: list[Forms] = []
    money: str | None = None
    for i, token in enumerate(tokens, start=1):
        core = cores[i]
        forms = _token(token.lower() if shouted else token)
        lower = core.lower()
        amount = amount_parts(core)
        if amount and cores[i + 1].lower() in _SCALES:
            money = amount[0]
            forms = _merge(amount[1][:4], forms)
        elif money and lower in _SCALES:
            forms = _merge([(lower, money), (lower,)], forms)
        elif shouted and core.isalpha():
            money = None
        else:
            money = None
            here = Neighbours(
                core,
                token,
                around[i - 1],
                around[i + 1],
                cores[i - 1],
                cores[i + 1],
                len(tokens) == 1,
            )
            forms = _merge(in_context(here, list(forms)))
        found.append(forms)
    return tuple(found)


def _merge(*groups: Sequence[Reading]) -> Forms:
    return tuple(unique([reading for group in groups for reading in group], MAX_FORMS))


def _is_shouted(tokens: Sequence[str]) -> bool:
    """Tell whether a transcript is all in capitals, so that capitals mean nothing."""
    words = [token for token in tokens[:2000] if sum(c.isalpha() for c in token) > 1]
    return len(words) >= 8 and sum(word.isupper() for word in words) > 0.6 * len(words)


@lru_cache(maxsize=16384)
def _core(token: str) -> str:
    """Strip outer punctuation; a sign that is spoken and a hyphen that cuts off a word stay."""
    text = plain(token).strip()
    if text.lower() in ("w/", "w/o", "w/out"):
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
    written = plain(token).lstrip("\"'([{")
    if re.match(r"\.(?:\d|[A-Z]{2}|[a-z]{2})", written):  # .5, .NET, .com
        text = "." + text
    elif written[:1] in ("~", "<", ">") and re.match(r"[$£€]?\d", text):
        text = written[0] + text
    if _INCHES.search(written) and written == plain(token) and text[-1:].isdigit():
        text += '"'
    elif re.fullmatch(r"\d{1,2}'[.,;]?", written):
        text += "'"
    if re.search(r"[A-Za-z]\*", written) and re.search(r"[a-zA-Z]\*{2,}\W*$", written):
        text += "**"
    return text + "-" if cut and text else text


@lru_cache(maxsize=16384)
def _token(token: str) -> Forms:
    alone = token.strip(_TRAILING_MARKS)
    if alone in SIGNS:
        return _merge(SIGNS[alone])
    core = _core(token)
    readings = read_numeric(core) if any(c.isdigit() for c in core) else []
    if not readings and core.endswith(("'s", "s'")) and any(c.isdigit() for c in core):
        readings = [plural(r) for r in read_numeric(core[:-2])]
    readings = readings or read_spelling(core)
    # Nothing that can be read: a sign or a symbol of its own. Said somehow, as a short vowel.
    return _merge([_spell_check(r) for r in readings]) or (("uh",),)


def _spell_check(reading: Reading) -> Reading:
    return tuple(w for w in reading if any("a" <= c <= "z" for c in w))
