"""Which `Name:` at the start of a line names a speaker, and which bracket names one."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass

__all__ = ["Labels", "find_labels", "is_sound"]

# Optional Markdown emphasis around the name or around name and colon.
COLON_LABEL = re.compile(
    r"(?P<open>[*_]{0,3})(?P<name>[^\W_][^:()\[\]\"“”?!,;*]{0,39}?)"
    r"(?P<role>\s*\([^()]{1,20}\)|\s*\[[^\[\]]{1,20}\])?[*_]{0,3}\s?:[*_]{0,3}(?=\s|$)"
)

_SOUND = re.compile(
    r"\b(?:laugh|chuckl|giggl|snicker|music|appla|clap|cheer|whistl|sigh|cough|sneez|sniff|gasp"
    r"|groan|moan|cry|cries|sob|scream|shout|yell|whisper|mumbl|mutter|hum(?:s|ming)\b|sing|sang"
    r"|song|inaudib|indistinct|unintelligib|crosstalk|cross talk|overlap|talk(?:s|ing)? over|silen"
    r"|pause|beat\b|noise|sound|beep|buzz|bleep|click|knock|ring(?:s|ing)\b|bell|phone|door|breath"
    r"|inhal|exhal|clears?\b|clearing|throat|foreign|speak|spoke|faint|muffl|static|feedback"
    r"|audience|crowd|exclaim|snort|grunt|yawn|bark|meow|engine|thud|bang|crash|tap(?:s|ping)\b"
    r"|jingle|theme|intro\b|outro\b|blank.?audio|video|clip\b|ad\b|advert|imitat|mimic|burp"
    r"|hiccup|scoff|tsk|kiss|snap|pop(?:s|ping)\b|rustl|wind\b|rain\b|thunder|redacted|censored"
    r"|unclear|guess\b|sic\b|ph\b|phonetic)",
    re.IGNORECASE,
)

_NOT_NAMES_TEXT = """
a after again all also although and answer anyway as at attention aware because before
being but by caution chapter conclusion correction date disclaimer duration edit editor email
episode example finally first follow for from goal guests hence here history hint hosts how i
idea if important in introduction is it just last let link links listen location look maybe
my next no not note notes now number of oh ok okay on one or part people please point problem
ps question quote re reason remember result rule second section see so solution sources spoiler
step still subject summary that the then there therefore they third this time timestamp tip
title to topic transcript two update url warning was we website well what when where which
while who why with yeah yes yet you your http https
"""
_NOT_NAMES = frozenset(_NOT_NAMES_TEXT.split())


@dataclass(frozen=True, slots=True)
class Labels:
    """The speaker labels of a transcript.

    `colon` are those that stand before a colon, `bracket` those in square brackets, both as
    written; `known` are those that the caller knows, in lower case.
    """

    colon: frozenset[str]
    bracket: frozenset[str]
    known: frozenset[str]

    def has_colon(self, name: str) -> bool:
        """Tell whether `name:` names a speaker."""
        return name in self.colon or name.casefold() in self.known

    def has_bracket(self, name: str) -> bool:
        """Tell whether `[name]` names a speaker wherever it stands."""
        return name in self.bracket or name.casefold() in self.known


def is_sound(text: str) -> bool:
    """Tell whether a bracket's text describes a sound (or the lack of an intelligible one)."""
    return _SOUND.search(text) is not None


def is_name(text: str) -> bool:
    """Tell whether a text looks like a name: up to five capitalised words or initials."""
    parts = text.split()
    if not 1 <= len(parts) <= 5 or not any(c.isalpha() for c in text):
        return False
    capitals = [p for p in parts if not (p[0].isdigit() or p in _PARTICLES)]
    return bool(capitals) and all(_capital(p) for p in capitals) and not is_sound(text)


_PARTICLES = frozenset(
    ("de", "da", "van", "von", "der", "den", "la", "le", "di", "al", "bin", "of")
)


def _capital(part: str) -> bool:
    letters = [c for c in part if c.isalpha()]
    # Scripts without case count as capitals.
    return bool(letters) and (letters[0].isupper() or letters[0].lower() == letters[0].upper())


_TURN = re.compile(r"^(?:[-‐‑‒–—―]+\s*|>>+\s*)?")
_BRACKET_START = re.compile(r"^(?P<dash>[-‐‑‒–—―]+\s*|>>+\s*)?\[(?P<name>[^\[\]]{1,40})\]")


def find_labels(lines: Iterable[str], known: Collection[str] = ()) -> Labels:
    """Find a transcript's speaker labels by evidence.

    A name before a colon at a line's start counts if the caller knows it, or if it looks like a
    name, is no word that commonly stands before a colon, and either occurs twice or stands in a
    transcript where a quarter of all lines begin with such a name. A name in brackets counts if
    it looks like one and is no sound; after a dash once is enough, else it must occur twice.
    """
    known_folded = frozenset(label.casefold() for label in known)
    colon: Counter[str] = Counter()
    bracket: Counter[str] = Counter()
    total = 0
    for text in lines:
        if not text:
            continue
        total += 1
        found = _BRACKET_START.match(text)
        if found and is_name(found["name"]):
            bracket[found["name"]] += 2 if found["dash"] else 1
            continue
        begin = _TURN.match(text)
        match = COLON_LABEL.match(text, begin.end() if begin else 0)
        if match and _may_be_label(match["name"]):
            colon[match["name"]] += 1
    common = sum(colon.values()) * 4 >= total
    return Labels(
        frozenset(name for name, count in colon.items() if count >= 2 or common),
        frozenset(name for name, count in bracket.items() if count >= 2),
        known_folded,
    )


def _may_be_label(name: str) -> bool:
    first = name.split()[0].strip(".").casefold()
    if first in _NOT_NAMES and not re.fullmatch(r"[A-Z]{1,2}", name):
        return False
    return is_name(name)
