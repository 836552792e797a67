"""Where in a line a name may stand before text: the places that exporters use. Pure."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from pipeline.transcript.labels import is_bracket_name
from pipeline.transcript.timestamps import Stamped

__all__ = ["EMPHASIS", "HEADING", "SLOTS", "Candidate", "LinesOfFile", "Slot", "anywhere"]

_EDGES = " -–—|,·•:：<>\t"
EMPHASIS = re.compile(r"(?P<mark>\*{1,3}|_{1,3})(?P<name>[^*]{1,50}?:?)(?P=mark):?(?=\s|$)")
HEADING = re.compile(r"#{1,6}\s+(?P<name>[^#].{0,50}?)\s*#*$")
_SEPARATED = re.compile(
    r"(?P<name>[^\W\d_][^|>:：.?!,;()\[\]–—]{0,38}?)(?:\s?[|>]|\s[-–—]|(?<=[A-Z][A-Z])\.)\s+(?=\S)"
)
_ANGLE = re.compile(r"<(?P<name>[^<>]{1,40})>:?(?=\s|$)")
_ROLE = re.compile(r"\s*\([^()]{1,30}\)$")
_TURNED = re.compile(r"([^\W\d_][\w'’-]+),\s([^\W\d_][^\W\d_A-Z][\w'’-]*)")
_AFFILIATION = re.compile(r"\s*(?:,\s(?=[A-Z]).{1,30}|\|.{1,30})$")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A name in a line: its span, and that which `Name:` replaces. `whole`: nothing follows it."""

    name: str
    begin: int
    end: int
    whole: bool


@dataclass(frozen=True, slots=True)
class LinesOfFile:
    """A file's lines, and what is asked of all of them.

    Attributes:
        lines: all lines, without times.
        texts: numbers of the lines with text, in order.
        known: names that the caller knows, folded.
        dashes: whether dashes begin turns, so that no name has a line of its own.
    """

    lines: Sequence[Stamped]
    texts: Sequence[int]
    known: Collection[str]
    dashes: bool

    def text(self, at: int) -> str:
        """The text of a line."""
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


_Find = Callable[[LinesOfFile, int], Candidate | None]


@dataclass(frozen=True, slots=True)
class Slot:
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


def _timed_candidate(text: str) -> Candidate | None:
    """The name in a line that a time shows to hold one: `Osei, Sam`, or `Sam Osei, Garden Ltd`."""
    turned = _TURNED.fullmatch(text.strip(_EDGES))
    if turned:
        return Candidate(f"{turned[2]} {turned[1]}", 0, len(text), whole=True)
    return _candidate(text, 0, len(_AFFILIATION.sub("", text)))


def _candidate(text: str, begin: int, end: int) -> Candidate | None:
    """The name within a span of a line that holds no more; a role in parentheses is dropped."""
    inner = text[begin:end]
    bold = EMPHASIS.fullmatch(inner.strip(_EDGES))
    if bold:
        inner = bold["name"]
    name = " ".join(_ROLE.sub("", inner.strip(_EDGES)).strip(_EDGES + "()*_[]").split())
    return Candidate(name, 0, len(text), whole=True) if name else None


def _beside_time(file: LinesOfFile, at: int) -> Candidate | None:
    text = file.text(at)
    return _timed_candidate(text) if file.lines[at].edge and not _ends(text) else None


def _ends(text: str) -> bool:
    """Whether a line is `Name:` already, or a sentence; both are no names to be found here."""
    return text.rstrip("*_")[-1:] in ":：" or (len(text) > 60)


def _after_time(file: LinesOfFile, at: int) -> Candidate | None:
    before = file.beside(at, -1)
    text = file.text(at)
    return _timed_candidate(text) if before and before.alone and not _ends(text) else None


def _before_time(file: LinesOfFile, at: int) -> Candidate | None:
    behind = file.beside(at, 1)
    text = file.text(at)
    return _timed_candidate(text) if behind and behind.alone and not _ends(text) else None


def _in_bold(file: LinesOfFile, at: int) -> Candidate | None:
    text = file.text(at)
    found = EMPHASIS.fullmatch(text)
    return _candidate(text, 0, len(text)) if found else None


def _in_heading(file: LinesOfFile, at: int) -> Candidate | None:
    text = file.text(at)
    found = HEADING.fullmatch(text)
    return _candidate(text, *found.span("name")) if found else None


def _in_capitals(file: LinesOfFile, at: int) -> Candidate | None:
    text = file.text(at)
    if len(text) > 60 or not text.isupper() or _ends(text):
        return None
    behind = file.next_text(at)
    mixed = behind is not None and not file.text(behind).isupper()
    return _candidate(text, 0, len(text)) if mixed else None


def _heads_block(file: LinesOfFile, at: int) -> Candidate | None:
    """First of several lines between blank ones, or a line in a file that has none or only such."""
    text = file.text(at)
    is_first = at == 0 or not (file.text(at - 1) or file.lines[at - 1].alone)
    if len(text) > 60 or _ends(text) or not is_first:
        return None
    goes_on = at + 1 < len(file.lines) and bool(file.text(at + 1))
    return _candidate(text, 0, len(text)) if goes_on else None


def anywhere(file: LinesOfFile, at: int) -> Candidate | None:
    """A line that may be nothing but a name."""
    text = file.text(at)
    return None if len(text) > 60 or _ends(text) else _candidate(text, 0, len(text))


def _before_inner_time(file: LinesOfFile, at: int) -> Candidate | None:
    """`John Carter [00:00:01] Welcome`: the time stood after the name."""
    text = file.text(at)
    inner = next((time for time in file.lines[at].times if 0 < time < len(text)), None)
    if inner is None or inner > 50 or text[:inner].rstrip()[-1:] in ":：,":
        return None
    name = text[:inner].strip(_EDGES + "*_")
    return Candidate(name, 0, inner, whole=False) if name else None


def _bold_prefix(file: LinesOfFile, at: int) -> Candidate | None:
    text = file.text(at)
    found = EMPHASIS.match(text)
    if not found or found.end() == len(text) or len(found["mark"]) != 2 or ":" in found[0]:
        return None
    return Candidate(found["name"].strip(), 0, found.end(), whole=False)


def _before_mark(file: LinesOfFile, at: int) -> Candidate | None:
    """`Ruth | Welcome`, `Ruth — Welcome`, and in capitals `RUTH. Welcome`."""
    found = _SEPARATED.match(file.text(at))
    return Candidate(found["name"].strip(), 0, found.end(), whole=False) if found else None


def _angle_prefix(file: LinesOfFile, at: int) -> Candidate | None:
    text = file.text(at)
    found = _ANGLE.match(text)
    if not found or not is_bracket_name(found["name"]):
        return None
    whole = found.end() == len(text)
    return Candidate(found["name"].strip(), 0, found.end(), whole)


SLOTS = (
    Slot(_before_inner_time, 0.8),
    Slot(_beside_time, 0.8, loose=True),
    Slot(_after_time, 0.8, loose=True),
    Slot(_before_time, 0.8, loose=True),
    Slot(_in_bold, 0.6),
    Slot(_bold_prefix, 0.6),
    Slot(_angle_prefix, 0.6),
    Slot(_before_mark, 0.8, common=True),
    Slot(_in_heading, 0.8, recur=True),
    Slot(_in_capitals, 0.6),
    Slot(_heads_block, 0.0, first=True, blocks=True),
    Slot(anywhere, 0.0, first=True),
)
"""From the surest place to the least sure; what one has taken is no matter for the others."""
