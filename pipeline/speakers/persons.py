"""Labels that name one person in several ways: `John Carter`, `John`, `CARTER`, `J.C.`. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from pipeline.transcript.names import is_role

__all__ = ["Persons", "find_persons", "name_parts"]

_TITLES = frozenset(
    """
    mr mrs ms miss mx dr prof professor sir dame lord lady rev reverend father sister brother sen
    senator rep representative gov governor president pres minister judge justice chief captain
    capt general gen colonel col major maj sergeant sgt lieutenant lt admiral hon phd md jr sr ii
    iii
    """.split()
)
_GROUP = re.compile(r"(?:\s(?:and|und|et|y|e|with)\s|[&+/,])")
"""What joins people: a group is no fuller name of one of them."""
_Parts = tuple[str, ...]
_PART = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")


@dataclass(frozen=True, slots=True)
class Persons:
    """Who is behind each label.

    Attributes:
        names: for each label the name of its person: the fullest label, or a known name.
        doubts: labels that may be one of several persons, with these.
    """

    names: Mapping[str, str]
    doubts: Mapping[str, tuple[str, ...]]


def find_persons(labels: Sequence[str], known: Collection[str] = ()) -> Persons:
    """Join labels that name one person, and tell those that may name one of several.

    A label is a shorter form of another if each of its parts is one of the other's, in order, or an
    initial of one; titles (`Dr.`) and case do not count. People that are known come before others.
    Roles (`Speaker`, `Host`) are forms of known names only.

    Args:
        labels: labels as written, each once.
        known: names of people that are known already.
    """
    spellings: dict[_Parts, list[str]] = {}
    for name in dict.fromkeys([*known, *labels]):
        spellings.setdefault(_parts(name), []).append(name)
    known_parts = {_parts(name) for name in known}
    single = [parts for parts, names in spellings.items() if not _GROUP.search(names[0])]
    shown = {parts: _best(names, known) for parts, names in spellings.items()}
    names: dict[str, str] = {}
    doubts: dict[str, tuple[str, ...]] = {}
    for label in labels:
        own = _parts(label)
        fullest = _fullest(own, single)
        if not fullest and label.isupper() and label.isalpha() and 2 <= len(label) <= 3:
            fullest = _fullest(tuple(label.casefold()), single)  # RK
        expected = [parts for parts in fullest if parts in known_parts]
        if is_role(label) or len(expected) == 1:
            fullest = expected
        names[label] = shown[fullest[0] if len(fullest) == 1 else own]
        if len(fullest) > 1:
            doubts[label] = tuple(shown[parts] for parts in fullest)
    return Persons(names, doubts)


def name_parts(name: str) -> list[str]:
    """Parts of a full name by which somebody may be called: no title, initial or particle.

    >>> name_parts("Dr. Ruth van Keller")
    ['Ruth', 'Keller']
    """
    return [
        part
        for part in name.split()
        if len(part) > 2 and not part[0].islower() and part.strip(".").casefold() not in _TITLES
    ]


def _fullest(short: _Parts, names: Iterable[_Parts]) -> list[_Parts]:
    """Of the names that a shorter form may stand for, those that stand for no other."""
    longer = [parts for parts in names if parts != short and _is_form(short, parts)]
    return [
        parts
        for parts in longer
        if not any(parts != other and _is_form(parts, other) for other in longer)
    ]


def _best(names: Sequence[str], known: Collection[str]) -> str:
    """Of spellings of one name: a known one, else one that is not all in one case."""
    return min(names, key=lambda name: (name not in known, name.isupper() or name.islower()))


def _parts(name: str) -> _Parts:
    """The parts of a name without case, accents, full stops and titles."""
    written = unicodedata.normalize("NFKC", name).casefold()
    parts = [_plain(part) if len(part) > 1 else part for part in _PART.findall(written)]
    untitled = tuple(part for part in parts if part not in _TITLES)
    return untitled or tuple(parts) or (written,)


def _plain(part: str) -> str:
    decomposed = unicodedata.normalize("NFKD", part)
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def _is_form(short: _Parts, full: _Parts) -> bool:
    """Whether each part of a name is a part, or the initial of one, of another, in order.

    One that is nothing but initials has them all.
    """
    if not short or len(short) > len(full) or len(full) < 2:
        return False
    if all(len(part) == 1 for part in short) and len(short) != len(full):
        return False
    rest = iter(full)
    return all(
        any(part == other or (len(part) == 1 and other[0] == part) for other in rest)
        for part in short
    )
