"""Which `Name:` at the start of a line names a speaker, and which bracket names one. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from pipeline.transcript.names import (
    NAMES_THAT_ARE_WORDS,
    is_name,
    is_ordinary_head,
    is_role,
)
from pipeline.transcript.sounds import is_note, is_sound

__all__ = ["COLON_LABEL", "Labels", "find_labels", "fold_name", "is_bracket_name"]

# Optional Markdown emphasis around the name or around name and colon. What follows a label may
# be written against it: `John:Hello`.
COLON_LABEL = re.compile(
    r"(?P<open>[*_]{0,3}@?)(?P<name>[^\W_][^:：()\[\]\"“”?!,;*]{0,39}?)"
    r"(?P<role>\s*\([^()]{1,20}\)|\s*\[[^\[\]]{1,20}\]|,\s[A-Z][A-Z0-9 .'&/-]{1,39})?"
    r"[*_]{0,3}\s{0,3}(?::[*_]{0,3}(?=\s|$|(?P<glued>[^\W\d_]|[\"“‘'(\[¿¡]))|：[*_]{0,3})"
)

_TURN = re.compile(r"^(?:[-‐‑‒–—―]+\s*|>>+\s*)?")
_BRACKET_START = re.compile(
    r"^(?P<dash>[-‐‑‒–—―]+\s*|>>+\s*)?\[(?P<name>[^\[\]]{1,40})\](?P<colon>\s?[:：])?"
)
_FULL_NAME_COUNT = 3
"""Labels in a file, from which on a full name or a role counts that occurs once."""


@dataclass(frozen=True, slots=True)
class Labels:
    """The speaker labels of a transcript, folded by `fold_name`.

    `colon` are those that stand before a colon, `bracket` those in square brackets; `known` are
    those that the caller knows. `doubted` are those, as written, that look like labels by their
    number and are taken as words.
    """

    colon: frozenset[str]
    bracket: frozenset[str]
    known: frozenset[str]
    doubted: tuple[str, ...] = ()

    def has_colon(self, name: str) -> bool:
        """Tell whether `name:` names a speaker."""
        folded = fold_name(name)
        return folded in self.colon or folded in self.known

    def has_bracket(self, name: str) -> bool:
        """Tell whether `[name]` names a speaker wherever it stands."""
        folded = fold_name(name)
        return folded in self.bracket or folded in self.known


def fold_name(name: str) -> str:
    """Spelling in which names are compared: no case, single blanks."""
    return " ".join(name.casefold().split())


def is_bracket_name(text: str) -> bool:
    """Tell whether a square bracket's text looks like a name and not like a sound or a note."""
    return is_role(text) or (is_name(text) and not is_note(text))


def find_labels(lines: Iterable[str], known: Collection[str] = ()) -> Labels:
    """Find a transcript's speaker labels by evidence.

    A name before a colon at a line's start counts if the caller knows it, or if it looks like a
    name, is no word that commonly stands before a colon or occurs as a word in the text, and
    either occurs twice or stands in a transcript where a quarter of all lines begin so. Parts of
    such names count, too. Names in lower case must make up that quarter. A name in brackets counts
    if it looks like one and is no sound; after a dash or before a colon once is enough, else it
    must occur twice.
    """
    texts = [text for text in lines if text]
    known_folded = frozenset(map(fold_name, known))
    bracket: Counter[str] = Counter()
    heads: list[_Head] = []
    for text in texts:
        found = _BRACKET_START.match(text)
        if found and (
            is_bracket_name(found["name"]) or (found["colon"] and not is_sound(found["name"]))
        ):
            bracket[fold_name(found["name"])] += 2 if found["dash"] or found["colon"] else 1
            continue
        head = _head(text)
        if head is not None:
            heads.append(head)
    colon, doubted = _judge(heads, texts)
    return Labels(
        colon,
        frozenset(name for name, count in bracket.items() if count >= 2),
        known_folded,
        tuple(name for name in doubted if fold_name(name) not in known_folded),
    )


@dataclass(frozen=True, slots=True)
class _Head:
    """What stands before a line's first colon; `clear`: not glued to a word in lower case."""

    name: str
    clear: bool


def _head(text: str) -> _Head | None:
    begin = _TURN.match(text)
    match = COLON_LABEL.match(text, begin.end() if begin else 0)
    if match is None:
        return None
    name, glued, role = match["name"], match["glued"], match["role"] or ""
    if role.startswith(",") and not name.isupper():
        return None  # `JOHN CARTER, HOST:`
    is_clear = glued is None or not glued.islower()
    return _Head(name, is_clear) if is_name(name) or _is_lower(name) else None


def _is_lower(name: str) -> bool:
    return name.islower() and re.fullmatch(r"\w+(?:['’.-]\w+)*(?: \w+)?", name) is not None


def _judge(heads: Sequence[_Head], texts: Sequence[str]) -> tuple[frozenset[str], tuple[str, ...]]:
    """The labels among what stands before colons, and what only looks like them."""
    written: dict[str, str] = {}
    for head in heads:
        written.setdefault(fold_name(head.name), head.name)
    counts = Counter(fold_name(head.name) for head in heads)
    clear = Counter(fold_name(head.name) for head in heads if head.clear)
    words = _used_as_words(written.values(), texts)
    ordinary = {
        folded
        for folded, name in written.items()
        if is_ordinary_head(name) or (folded in words and 2 * words[folded] >= counts[folded])
    }
    candidates = {folded: n for folded, n in counts.items() if folded not in ordinary}
    common = sum(candidates.values()) * 4 >= len(texts)
    found = {
        folded
        for folded, count in candidates.items()
        if common or (clear[folded] >= 2 and (is_name(written[folded]) or is_role(folded)))
    }
    first = _head(texts[0]) if texts and texts[0].endswith((":", ":**")) else None
    if first is not None and " " in first.name and fold_name(first.name) in candidates:
        found.add(fold_name(first.name))  # a monologue: its speaker alone on the first line
    # In lower case: few, and again and again.
    found -= {
        folded
        for folded in found
        if not is_name(written[folded]) and counts[folded] < 2 and not is_role(folded)
    }
    if sum(counts[folded] for folded in found) >= _FULL_NAME_COUNT:
        parts = {part for folded in found for part in folded.split()}
        found |= {
            folded
            for folded in candidates
            if clear[folded]
            and is_name(written[folded])
            and (len(folded.split()) > 1 or is_role(folded) or folded in parts)
        }
    doubted = [written[f] for f in counts if f not in found and counts[f] >= 2]
    return frozenset(found), tuple(name for name in doubted if is_name(name))


_WORD = re.compile(r"[^\W\d_]+")


def _used_as_words(names: Iterable[str], texts: Sequence[str]) -> dict[str, int]:
    """How often the text has names of one word in lower case, unless more often as names.

    A person called Will or Cook is known by a list; a role is no name and one all the same.
    """
    single = {
        name.casefold()
        for name in names
        if len(name.split()) == 1 and name[:1].isupper() and not is_role(name)
    } - NAMES_THAT_ARE_WORDS
    if not single:
        return {}
    lower: Counter[str] = Counter()
    capital: Counter[str] = Counter()
    for text in texts:
        for found in _WORD.finditer(text):
            word = found[0]
            if word.islower():
                if word in single:
                    lower[word] += 1
            elif word.istitle() and text[found.start() - 2 : found.start()].rstrip()[-1:].isalpha():
                capital[word.casefold()] += 1
    return {word: count for word, count in lower.items() if count > 2 * capital[word]}
