"""Names that stand before text in other ways than `Name:`, brought into that form. Pure.

Exporters put the name on a line of its own, beside a time, in bold, in capitals, after a blank
line, or before a time or in bold on the text's own line (docs/transcripts.md has a table). Each
such place is a *slot*. A slot holds names if what stands in it looks like names throughout, text
follows each, and names recur; then each becomes `Name:`, which the rest of the parser knows.
"""

from __future__ import annotations

import itertools
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from pipeline.transcript.labels import COLON_LABEL, fold_name, is_bracket_name
from pipeline.transcript.names import is_name, is_role, is_short_reply
from pipeline.transcript.sounds import is_sound
from pipeline.transcript.source import SourceLine
from pipeline.transcript.timestamps import Stamped

__all__ = ["NamedLines", "name_lines"]

_BULLET = re.compile(r"(?:[*+](?=\s)|[•·▪▫‣◦●○∙])\s*(?=\S)")
_EDGES = " -–—|,·•:：<>\t"
_EMPHASIS = re.compile(r"(?P<mark>\*{1,3}|_{1,3})(?P<name>[^*]{1,50}?:?)(?P=mark):?(?=\s|$)")
_HEADING = re.compile(r"#{1,6}\s+(?P<name>[^#].{0,50}?)\s*#*$")
_SEPARATED = re.compile(
    r"(?P<name>[^\W\d_][^|>:：.?!,;()\[\]–—]{0,38}?)(?:\s?[|>]|\s[-–—]|(?<=[A-Z][A-Z])\.)\s+(?=\S)"
)
_ANGLE = re.compile(r"<(?P<name>[^<>]{1,40})>:?(?=\s|$)")
_ROLE = re.compile(r"\s*(?:\([^()]{1,30}\)|,.{1,30}|\|.{1,30})$")
_DOTTED = re.compile(r"(?P<name>[QA])\.(?=\s)")
_LOOSE, _LOOSE_LOWER = 4, 2
"""Words of a name beside a time, which may be an account's; in lower case, of one's own making."""
_FEW = 3
"""Names of which none recurs: more are titles."""
_DOUBTED_COUNT = 3
"""Lines of nothing but one name, from which on it is told that they are taken as words."""
_PREAMBLE = 5
"""Lines of title and date that may stand before the first name."""


@dataclass(frozen=True, slots=True)
class NamedLines:
    """The lines, with names in front of text as `Name:`.

    `names` are those found; `doubted` those on lines of their own, again and again, that were left.
    """

    lines: list[SourceLine]
    names: frozenset[str]
    doubted: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A name in a line: its span, and that which `Name:` replaces. `whole`: nothing follows it."""

    name: str
    begin: int
    end: int
    whole: bool


@dataclass(frozen=True, slots=True)
class _File:
    lines: Sequence[Stamped]
    texts: Sequence[int]
    """Numbers of lines with text, in order."""
    known: Collection[str]

    def text(self, at: int) -> str:
        return self.lines[at].source.text

    def next_text(self, at: int) -> int | None:
        """The next line with text."""
        place = bisect_right(self.texts, at)
        return self.texts[place] if place < len(self.texts) else None

    def beside(self, at: int, step: int) -> Stamped | None:
        """The next line in a direction that holds text or a time."""
        at += step
        while 0 <= at < len(self.lines):
            if self.lines[at].source.text or self.lines[at].alone:
                return self.lines[at]
            at += step
        return None


_Find = Callable[[_File, int], _Candidate | None]


@dataclass(frozen=True, slots=True)
class _Slot:
    """A place for names.

    Attributes:
        find: what stands there in a line, if anything does.
        share: the least part of what stands there that must look like a name.
        loose: whether names may look like anything short: a time shows the place.
        first: whether the file must begin with one, and most must recur: nothing else sets the
            place apart.
        blocks: whether each block has one, which sets them apart if all look like names.
        recur: whether all must recur.
        common: whether half of all lines must have one.
    """

    find: _Find
    share: float
    loose: bool = False
    first: bool = False
    blocks: bool = False
    recur: bool = False
    common: bool = False


def name_lines(lines: Sequence[Stamped], known: Collection[str] = ()) -> NamedLines:
    """Bring names in all slots that hold names into the form `Name:`.

    Args:
        lines: the file's lines without times.
        known: names that the caller knows.
    """
    stamped = [
        Stamped(line.source.without([bullet.span()]), line.times)
        if (bullet := _BULLET.match(line.source.text))
        else line
        for line in lines
    ]
    texts = [at for at, line in enumerate(stamped) if line.source.text]
    file = _File(stamped, texts, frozenset(map(fold_name, known)))
    result = [line.source for line in stamped]
    names: set[str] = set()
    taken: set[int] = set()
    for slot in _SLOTS:
        found = {
            at: candidate
            for at in texts
            if at not in taken and (candidate := slot.find(file, at)) is not None
        }
        held = _held(file, slot, found)
        for at, candidate in held.items():
            result[at] = result[at].replaced([(candidate.begin, candidate.end, _label(candidate))])
            names.add(candidate.name)
        taken |= held.keys()
    result = [line if at in taken else _plain(line) for at, line in enumerate(result)]
    result = _questions(result, taken)
    return NamedLines(result, frozenset(names), _doubted(file, taken))


def _plain(line: SourceLine) -> SourceLine:
    """The line without bold marks at its beginning, which would have shown a name."""
    found = _EMPHASIS.match(line.text) if line.text[:2] in ("**", "__") else None
    if found is None:
        return line
    return line.without(
        [(0, found.start("name")), (found.end("name"), found.end("name") + len(found["mark"]))]
    )


def _doubted(file: _File, taken: Collection[int]) -> tuple[str, ...]:
    left = (_anywhere(file, at) for at in file.texts if at not in taken)
    counts = Counter(one.name for one in left if one and _is_certain(one) and is_name(one.name))
    return tuple(name for name, count in counts.items() if count >= _DOUBTED_COUNT)


def _label(candidate: _Candidate) -> str:
    return f"{candidate.name}:" if candidate.whole else f"{candidate.name}: "


def _held(file: _File, slot: _Slot, found: dict[int, _Candidate]) -> dict[int, _Candidate]:
    """The names that a slot holds; none, if it is no place for names in this file."""
    named = {at: one for at, one in found.items() if _is_candidate(file, slot, one)}
    named = {at: one for at, one in named.items() if not one.whole or _followed(file, named, at)}
    if slot.first:
        named = {at: one for at, one in named.items() if _is_certain(one) or _begins(file, at)}
    if len(named) < 2 or len(named) < slot.share * len(found):
        return {}
    counts = Counter(fold_name(one.name) for one in named.values())
    recurring = {name for name, count in counts.items() if count >= 2}
    certain = {fold_name(one.name) for one in named.values() if _is_certain(one)}
    if slot.recur and recurring != counts.keys():
        return {}
    if slot.common and not _is_common(file, named, recurring):
        return {}
    if slot.first:
        every = len(counts) > 1 and certain == counts.keys() and len(named) == len(found)
        is_set_apart = slot.blocks and every and _place(file, min(named)) == 0
        return named if is_set_apart else _alternating(file, named, recurring, certain)
    shaped = all(is_name(one.name) or fold_name(one.name) in file.known for one in named.values())
    again = 3 * sum(counts[name] for name in recurring) >= 2 * len(named)
    few = len(named) <= _FEW and (certain == counts.keys() or (slot.loose and shaped))
    return named if few or (recurring and shaped) or again else {}


def _is_common(file: _File, named: dict[int, _Candidate], recurring: set[str]) -> bool:
    """Whether half of all lines have a name, and two recur, or nearly all have one of several."""
    several = len({fold_name(one.name) for one in named.values()}) > 1
    share = len(named) / len(file.texts)
    return (share >= 0.5 and len(recurring) > 1) or (share >= 0.8 and several)


def _is_certain(one: _Candidate) -> bool:
    """Whether a name is more than one word that may be said."""
    is_full = is_name(one.name) and " " in one.name and not one.name.startswith("The ")
    return is_role(one.name) or is_full


def _begins(file: _File, at: int) -> bool:
    """Whether a sentence begins behind a line, so that the line is none of its words."""
    behind = file.next_text(at)
    return behind is not None and not file.text(behind).lstrip("\"“‘'([¿¡-–— ")[:1].islower()


def _alternating(
    file: _File, named: dict[int, _Candidate], recurring: set[str], certain: set[str]
) -> dict[int, _Candidate]:
    """Names that nothing but their changing sets apart, from the file's beginning on."""
    kept = {at: one for at, one in named.items() if fold_name(one.name) in recurring | certain}
    folded = [fold_name(one.name) for one in kept.values()]
    if not recurring or len(set(folded)) < 2 or 2 * len(recurring) < len(set(folded)):
        return {}
    same = sum(a == b for a, b in itertools.pairwise(folded))
    return kept if 2 * same <= len(folded) and _is_preamble(file, min(kept)) else {}


def _is_preamble(file: _File, at: int) -> bool:
    """Whether nothing, or a title set apart by a blank line, stands before a line."""
    place = _place(file, at)
    return place == 0 or (place <= _PREAMBLE and not file.text(at - 1))


def _place(file: _File, at: int) -> int:
    return bisect_right(file.texts, at) - 1


def _followed(file: _File, named: Collection[int], at: int) -> bool:
    """Whether text follows that is no name."""
    behind = file.next_text(at)
    return behind is not None and behind not in named and not _HEADING.match(file.text(behind))


def _is_candidate(file: _File, slot: _Slot, one: _Candidate) -> bool:
    name = one.name
    if fold_name(name) in file.known:
        return True
    if is_short_reply(name) or (name[-1:] in ".?!…" and not is_name(name)):
        return False
    if is_sound(name) and not is_role(name) and not (name.istitle() and " " not in name):
        return False  # Buzz may be a name where names stand
    if not COLON_LABEL.fullmatch(f"{name}:"):
        return False
    most = _LOOSE_LOWER if name.islower() else _LOOSE
    return is_name(name) or is_role(name) or (slot.loose and len(name.split()) <= most)


def _candidate(text: str, begin: int, end: int) -> _Candidate | None:
    """The name within a span, which is the whole line; a role in parentheses is dropped."""
    inner = text[begin:end]
    bold = _EMPHASIS.fullmatch(inner.strip(_EDGES))
    if bold:
        inner = bold["name"]
    name = " ".join(_ROLE.sub("", inner.strip(_EDGES)).strip(_EDGES + "()*_[]").split())
    return _Candidate(name, 0, len(text), whole=True) if name else None


def _beside_time(file: _File, at: int) -> _Candidate | None:
    text = file.text(at)
    return _candidate(text, 0, len(text)) if file.lines[at].edge and not _ends(text) else None


def _ends(text: str) -> bool:
    """Whether a line is `Name:` already, or a sentence; both are no names to be found here."""
    return text.rstrip("*_")[-1:] in ":：" or (len(text) > 60)


def _after_time(file: _File, at: int) -> _Candidate | None:
    before = file.beside(at, -1)
    text = file.text(at)
    return _candidate(text, 0, len(text)) if before and before.alone and not _ends(text) else None


def _before_time(file: _File, at: int) -> _Candidate | None:
    behind = file.beside(at, 1)
    text = file.text(at)
    return _candidate(text, 0, len(text)) if behind and behind.alone and not _ends(text) else None


def _in_bold(file: _File, at: int) -> _Candidate | None:
    text = file.text(at)
    found = _EMPHASIS.fullmatch(text)
    return _candidate(text, 0, len(text)) if found else None


def _in_heading(file: _File, at: int) -> _Candidate | None:
    text = file.text(at)
    found = _HEADING.fullmatch(text)
    return _candidate(text, *found.span("name")) if found else None


def _in_capitals(file: _File, at: int) -> _Candidate | None:
    text = file.text(at)
    if len(text) > 60 or not text.isupper() or _ends(text):
        return None
    behind = file.next_text(at)
    mixed = behind is not None and not file.text(behind).isupper()
    return _candidate(text, 0, len(text)) if mixed else None


def _heads_block(file: _File, at: int) -> _Candidate | None:
    """First of several lines between blank ones, or a line in a file that has none or only such."""
    text = file.text(at)
    is_first = at == 0 or not (file.text(at - 1) or file.lines[at - 1].alone)
    if len(text) > 60 or _ends(text) or not is_first:
        return None
    goes_on = at + 1 < len(file.lines) and bool(file.text(at + 1))
    return _candidate(text, 0, len(text)) if goes_on else None


def _anywhere(file: _File, at: int) -> _Candidate | None:
    text = file.text(at)
    return None if len(text) > 60 or _ends(text) else _candidate(text, 0, len(text))


def _before_inner_time(file: _File, at: int) -> _Candidate | None:
    """`John Carter [00:00:01] Welcome`: the time stood after the name."""
    text = file.text(at)
    inner = next((time for time in file.lines[at].times if 0 < time < len(text)), None)
    if inner is None or inner > 50 or text[:inner].rstrip()[-1:] in ":：,":
        return None
    name = text[:inner].strip(_EDGES + "*_")
    return _Candidate(name, 0, inner, whole=False) if name else None


def _bold_prefix(file: _File, at: int) -> _Candidate | None:
    text = file.text(at)
    found = _EMPHASIS.match(text)
    if not found or found.end() == len(text) or len(found["mark"]) != 2 or ":" in found[0]:
        return None
    return _Candidate(found["name"].strip(), 0, found.end(), whole=False)


def _before_mark(file: _File, at: int) -> _Candidate | None:
    """`Ruth | Welcome`, `Ruth — Welcome`, and in capitals `RUTH. Welcome`."""
    found = _SEPARATED.match(file.text(at))
    return _Candidate(found["name"].strip(), 0, found.end(), whole=False) if found else None


def _angle_prefix(file: _File, at: int) -> _Candidate | None:
    text = file.text(at)
    found = _ANGLE.match(text)
    if not found or not is_bracket_name(found["name"]):
        return None
    whole = found.end() == len(text)
    return _Candidate(found["name"].strip(), 0, found.end(), whole)


_SLOTS = (
    _Slot(_before_inner_time, 0.8),
    _Slot(_beside_time, 0.8, loose=True),
    _Slot(_after_time, 0.8, loose=True),
    _Slot(_before_time, 0.8, loose=True),
    _Slot(_in_bold, 0.6),
    _Slot(_bold_prefix, 0.6),
    _Slot(_angle_prefix, 0.6),
    _Slot(_before_mark, 0.8, common=True),
    _Slot(_in_heading, 0.8, recur=True),
    _Slot(_in_capitals, 0.6),
    _Slot(_heads_block, 0.0, first=True, blocks=True),
    _Slot(_anywhere, 0.0, first=True),
)
"""From the surest place to the least sure; what one has taken is no matter for the others."""


def _questions(lines: list[SourceLine], taken: Collection[int]) -> list[SourceLine]:
    """`Q. … A. …` to `Q: … A: …`, where both begin lines."""
    found = {
        at: match
        for at, line in enumerate(lines)
        if at not in taken and (match := _DOTTED.match(line.text))
    }
    letters = Counter(match["name"] for match in found.values())
    if len(letters) < 2:
        return lines
    changed = list(lines)
    for at, match in found.items():
        changed[at] = lines[at].replaced([(match.end() - 1, match.end(), ":")])
    return changed
