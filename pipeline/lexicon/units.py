"""Units: alone, squared and cubed, and per something: `kg`, `m^2`, `km/h`."""

from __future__ import annotations

import re

from pipeline.lexicon.fractions import article
from pipeline.lexicon.numbers import Reading, combine
from pipeline.lexicon.tables import PER, UNITS

__all__ = ["read_per", "read_unit"]

_PERIODS = frozenset("second minute hour day night week month year person head mile cycle".split())


def read_unit(text: str) -> list[Reading]:
    """Read a unit, perhaps squared or cubed, perhaps per another; none if it is not one."""
    lower = text.lower()
    if lower in UNITS:
        return list(UNITS[lower])
    over, slash, under = lower.partition("/")
    known = re.sub(r"\^?[23]$", "", under) in {*UNITS, *PER, *_PERIODS}
    if slash and over in UNITS and known:
        below = read_per(under)
        return combine(UNITS[over][:2], [("per",), (article(below[0][0]),)], below) if below else []
    found = re.fullmatch(r"(\D+?)\^?([23])", lower)
    if found and found[1] in UNITS:
        name = UNITS[found[1]][0]
        adjective, verb = (("square", "squared"), ("cubic", "cubed"))[int(found[2]) - 2]
        return [(adjective, *name), (*name, verb)]
    return []


def read_per(text: str) -> list[Reading]:
    """Read what stands behind a unit's slash: `hr`, `s^2`, `month`; none if it is no word."""
    bare = re.fullmatch(r"([a-z]+)(?:\^?([23]))?", text)
    if bare is None:
        return []
    name = PER[bare[1]][0] if bare[1] in PER else (bare[1],)
    if bare[1] in UNITS and bare[1] not in PER:
        name = UNITS[bare[1]][1] if len(UNITS[bare[1]]) > 1 else UNITS[bare[1]][0]
    if not bare[2]:
        return [name]
    adjective, verb = (("square", "squared"), ("cubic", "cubed"))[int(bare[2]) - 2]
    return [(*name, verb), (adjective, *name)]
