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
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from pipeline.transcript.labels import COLON_LABEL, fold_name
from pipeline.transcript.name_slots import (
    EMPHASIS,
    HEADING,
    SLOTS,
    Candidate,
    LinesOfFile,
    Slot,
    anywhere,
)
from pipeline.transcript.names import is_name, is_role, is_short_reply
from pipeline.transcript.scan import begins_with_dash
from pipeline.transcript.sounds import is_sound
from pipeline.transcript.source import SourceLine
from pipeline.transcript.timestamps import Stamped

__all__ = ["NamedLines", "name_lines"]

_DOTTED = re.compile(r"(?P<name>[QA])\.(?=\s)")
_LOOSE, _LOOSE_LOWER = 4, 2
"""Words of a name beside a time, which may be an account's; in lower case, of one's own making."""
_FEW = 3
"""Names beside times of which none recurs: more are titles."""
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


def name_lines(lines: Sequence[Stamped], known: Collection[str] = ()) -> NamedLines:
    """Bring names in all slots that hold names into the form `Name:`.

    Args:
        lines: the file's lines without times.
        known: names that the caller knows.
    """
    texts = [at for at, line in enumerate(lines) if line.source.text]
    dashes = any(begins_with_dash(lines[at].source.text) for at in texts)
    file = LinesOfFile(lines, texts, frozenset(map(fold_name, known)), dashes)
    result = [line.source for line in lines]
    names: set[str] = set()
    taken: set[int] = set()
    for slot in SLOTS:
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
    found = EMPHASIS.match(line.text) if line.text[:2] in ("**", "__") else None
    if found is None:
        return line
    return line.without(
        [(0, found.start("name")), (found.end("name"), found.end("name") + len(found["mark"]))]
    )


def _doubted(file: LinesOfFile, taken: Collection[int]) -> tuple[str, ...]:
    left = (anywhere(file, at) for at in file.texts if at not in taken)
    counts = Counter(one.name for one in left if one and _is_certain(one) and is_name(one.name))
    return tuple(name for name, count in counts.items() if count >= _DOUBTED_COUNT)


def _label(candidate: Candidate) -> str:
    return f"{candidate.name}:" if candidate.whole else f"{candidate.name}: "


def _held(file: LinesOfFile, slot: Slot, found: dict[int, Candidate]) -> dict[int, Candidate]:
    """The names that a slot holds; none, if it is no place for names in this file."""
    named = {at: one for at, one in found.items() if _is_candidate(file, slot, one)}
    named = {at: one for at, one in named.items() if not one.whole or _followed(file, named, at)}
    if slot.first:
        if file.dashes:
            return {}
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
    few = slot.loose and shaped and len(named) <= _FEW
    return named if few or (recurring and shaped) or again else {}


def _is_common(file: LinesOfFile, named: dict[int, Candidate], recurring: set[str]) -> bool:
    """Whether half of all lines have a name, and two recur, or nearly all have one of several."""
    several = len({fold_name(one.name) for one in named.values()}) > 1
    share = len(named) / len(file.texts)
    return (share >= 0.5 and len(recurring) > 1) or (share >= 0.8 and several)


def _is_certain(one: Candidate) -> bool:
    """Whether a name is more than one word that may be said."""
    is_full = is_name(one.name) and " " in one.name and not one.name.startswith("The ")
    return is_role(one.name) or is_full


def _begins(file: LinesOfFile, at: int) -> bool:
    """Whether a sentence begins behind a line, so that the line is none of its words."""
    behind = file.next_text(at)
    return behind is not None and not file.text(behind).lstrip("\"“‘'([¿¡-–— ")[:1].islower()


def _alternating(
    file: LinesOfFile, named: dict[int, Candidate], recurring: set[str], certain: set[str]
) -> dict[int, Candidate]:
    """Names that nothing but their changing sets apart, from the file's beginning on."""
    kept = {at: one for at, one in named.items() if fold_name(one.name) in recurring | certain}
    folded = [fold_name(one.name) for one in kept.values()]
    if not recurring or len(set(folded)) < 2 or 2 * len(recurring) < len(set(folded)):
        return {}
    same = sum(a == b for a, b in itertools.pairwise(folded))
    return kept if 2 * same <= len(folded) and _is_preamble(file, min(kept)) else {}


def _is_preamble(file: LinesOfFile, at: int) -> bool:
    """Whether nothing, or a title set apart by a blank line, stands before a line."""
    before = [file.text(number) for number in file.texts[: min(_place(file, at), _PREAMBLE + 1)]]
    is_title = all(len(text) <= 60 and text[-1] not in ".?!…,;" for text in before)
    return not before or (len(before) <= _PREAMBLE and is_title and not file.text(at - 1))


def _place(file: LinesOfFile, at: int) -> int:
    return bisect_right(file.texts, at) - 1


def _followed(file: LinesOfFile, named: Collection[int], at: int) -> bool:
    """Whether text follows that is no name."""
    behind = file.next_text(at)
    return behind is not None and behind not in named and not HEADING.match(file.text(behind))


def _is_candidate(file: LinesOfFile, slot: Slot, one: Candidate) -> bool:
    name = one.name
    if not COLON_LABEL.fullmatch(f"{name}:"):
        return False
    if fold_name(name) in file.known:
        return True
    if is_short_reply(name) or (name[-1:] in ".?!…" and not is_name(name)):
        return False
    if is_sound(name) and not is_role(name) and not (name.istitle() and " " not in name):
        return False  # Buzz may be a name where names stand
    most = _LOOSE_LOWER if name.islower() else _LOOSE
    return is_name(name) or is_role(name) or (slot.loose and len(name.split()) <= most)


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
