"""Times in a transcript's text, which nobody says: one grammar for all that programs write. Pure.

A time is a number form (`1:02`, `00:01:02.345`, `00:01:02:12`, `1m2s`, `62.5s`), alone or as a
range with a connector (`->`, `-->`, `–`), bare or in brackets (`[ ] ( ) { } < > # #`). In brackets,
with an arrow, or to the millisecond it is never spoken. Bare `1:02` may be ("at 10:30"): it is one
only at the edge of lines, where the file has it throughout and the times rise.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.transcript.names import is_name, is_role
from pipeline.transcript.sounds import is_sound
from pipeline.transcript.source import SourceLine

__all__ = ["Stamped", "take_times"]

# -- Number forms
_CLOCK = (
    r"(?:\d{1,3}:[0-5]\d(?::[0-5]\d)?(?:[.,]\d{1,3}|[:;]\d{2})?(?![\d:])"
    r"|\d{1,2}:\d{1,2}:\d{1,2}[.,]\d{1,3})"
)
_UNITS = (
    r"(?:(?:\d{1,2}\s?h\s?)?\d{1,3}\s?m(?:in)?\s?\d{1,2}(?:[.,]\d{1,3})?\s?s(?:ec)?\b"
    r"|\d{1,2}\s?h\s?\d{1,2}\s?m(?:in)?\b|\d{1,3}['′]\d{2}(?:[\"″]|''))"
)
_SECONDS = r"\d{1,6}(?:[.,]\d{1,6})?\s?s(?:ec)?\b"
_DECIMAL = r"\d{1,6}[.,]\d{1,6}"
_SPELLED = (
    r"(?:\d{1,2} hours?,? ?)?(?:\d{1,2} minutes?,? ?)?\d{1,2} seconds?|(?:\d{1,2} hours?,? ?)?"
    r"\d{1,2} minutes?"
)
_ONE = rf"(?:{_CLOCK}|{_UNITS})"
_ANY = rf"(?:{_CLOCK}|{_UNITS}|{_SECONDS}|{_DECIMAL})"

# -- Connectors
_ARROW = r"\s{0,4}(?:[-=–—]{1,3}>|[→⇒➔➜])\s{0,4}"
_TO = rf"(?:{_ARROW}|\s{{0,4}}(?:[-–—~,;/|]|--|to|\.\.)\s{{0,4}})"
_DASH_TO = rf"(?:{_ARROW}|\s{{0,4}}(?:[-–—~]|--)\s{{0,4}})"

# -- Ranges, each with what its surroundings allow
_MARK = r"\s{0,4}(?:@\s?|t\s?=\s?)?"
_DAY = r"(?:\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4},?[T ]{1,2})?"
_HALF = r"(?:\s?[AaPp]\.?[Mm]\.?)?"
_IN_BRACKETS = (
    rf"{_MARK}(?:{_ANY}{_TO}{_ANY}|{_DAY}{_ONE}(?:{_ARROW}|{_HALF})|{_SECONDS}"
    r"|\d\d\.\d\d\.\d\d(?:\.\d{1,3})?)\s{0,4}"
)
_IN_PARENTHESES = (
    rf"{_MARK}(?:{_ONE}{_DASH_TO}{_ONE}|{_SECONDS}{_DASH_TO}{_SECONDS}|{_ONE})\s{{0,4}}"
)
_EXACT = (
    r"(?:\d{2}:\d{2}:\d{2}(?:[.,]\d{3}|[:;]\d{2})|0\d:[0-5]\d:[0-5]\d|0\d:[0-5]\d[.,]\d{3})"
    r"(?![\d:])"
)
_NEVER_SPOKEN = re.compile(
    rf"\[{_IN_BRACKETS}\]|\{{{_IN_BRACKETS}\}}|【{_IN_BRACKETS}】|<{_IN_BRACKETS}>"
    rf"|\({_IN_PARENTHESES}\)|（{_IN_PARENTHESES}）"
    rf"|#{_ONE}(?:-\d{{1,3}})?#?"
    rf"|(?<![\w:.])(?:{_ONE}|{_SECONDS}){_ARROW}(?:{_ONE}|{_SECONDS})?"
    rf"|^{_DECIMAL}{_ARROW}{_DECIMAL}"
    # What SubRip takes for times, whatever its numbers:
    r"|\d{1,9}:\d{1,9}:\d{1,9}[.,]\d{1,9} {0,9}-{1,9}> {0,9}[\d:.,]{0,19}"
    rf"|[-–—]{{1,2}}>\s{{0,4}}{_CLOCK}"
    rf"|(?<!\S)@\s?{_CLOCK}"
    rf"|(?<![\w:.])(?:(?:TC|Timecode|Timestamp|Time)\s?[:=]?\s?)?{_EXACT}(?:{_DASH_TO}{_EXACT})?"
    rf"|^\d{{1,2}}:[0-5]\d:[0-5]\d(?:[.,]\d{{1,3}})?(?![\d:])(?:{_TO}{_CLOCK})?"
)

# -- A time with words in one bracket: `[inaudible 00:12]`, `[Speaker 1, 00:01:02]`
_WITH_WORDS = re.compile(
    rf"(?P<open>[\[(])(?:(?P<first>\s{{0,4}}@?{_CLOCK}[\s,:;–-]{{1,4}})(?P<after>[^\[\]()]{{1,60}})"
    rf"|(?P<before>[^\[\]()]{{1,60}}?)(?P<last>[\s,;@–-]{{1,4}}(?:at )?{_CLOCK}\s{{0,4}}))[\])]"
)
_PADDED = re.compile(r"\d\d:\d\d|:\d\d:")

# -- Bare times at the edges of lines
_BARE = rf"(?:(?:{_SPELLED})\s?{_CLOCK}|{_ONE}(?:\s?(?:{_SPELLED}))?|{_SPELLED})(?:{_TO}{_ONE})?"
_ALONE = re.compile(rf"{_BARE}$")
_LEAD = re.compile(rf"{_ONE}(?:{_TO}{_ONE})?(?:\s?[|:·•])?(?=\s)")
_TRAIL = re.compile(rf"(?:\s|(?<=[^\w\s])){_BARE}$")
_COLUMNS = re.compile(
    rf"(?P<start>{_DECIMAL}|\d{{1,9}})(?:\s{{1,8}}|\s?[,;|]\s?)(?:{_DECIMAL}|\d{{1,9}})"
    r"(?:\s{1,8}|\s?[,;|]\s?)(?=\S)"
)
_COLUMN = re.compile(rf"(?P<start>{_DECIMAL})\s{{1,8}}(?=\S)")
_COLUMN_HEADS = re.compile(r"(?:start|begin)\W+(?:end|stop)\W+(?:text|label)$", re.IGNORECASE)

_NUMBER = re.compile(r"(\d{1,5})[.):]?\s+(?=\S)")

_LONGEST_NAME = 6
"""Words; what stands before a time at a line's end is a name, not a sentence."""

_RISING = 0.9
"""Share of neighbouring times that must rise: a file may be joined of two."""


@dataclass(frozen=True, slots=True)
class Stamped:
    """A line without its times; `times` are the offsets in its text at which one stood."""

    source: SourceLine
    times: tuple[int, ...] = ()

    @property
    def alone(self) -> bool:
        """Whether the line was nothing but a time."""
        return bool(self.times) and not self.source.text

    @property
    def edge(self) -> bool:
        """Whether a time stood at the line's beginning or end, beside something."""
        ends = (0, len(self.source.text))
        return not self.alone and any(at in ends for at in self.times)


def take_times(lines: Sequence[SourceLine]) -> list[Stamped]:
    """Drop all times from a file's lines; one line for each, in order."""
    stamped = [_without_sure(line) for line in _without_numbers(lines)]
    for find, conventional in _CONVENTIONS:
        found = {at: bare for at, line in enumerate(stamped) if (bare := find(line.source.text))}
        dropped = conventional(stamped, found) if len(found) >= 2 else {}
        if len(dropped) < 2 or not _rises([bare.seconds for bare in dropped.values()]):
            continue
        for at, bare in dropped.items():
            stamped[at] = _without(stamped[at], [bare.span])
        stamped = [_without_heads(line) for line in stamped]
    return stamped


def _without_numbers(lines: Sequence[SourceLine]) -> Sequence[SourceLine]:
    """Drop the numbers in front of lines if all lines are counted, perhaps page by page."""
    found = {at: number for at, line in enumerate(lines) if (number := _NUMBER.match(line.text))}
    counts = [int(number[1]) for number in found.values()]
    steps = sum(b in (a + 1, 1) for a, b in itertools.pairwise(counts))
    texts = sum(bool(line.text) for line in lines)
    if len(counts) < 3 or 10 * len(counts) < 9 * texts or steps < _RISING * (len(counts) - 1):
        return lines
    return [
        line.without([found[at].span()]) if at in found else line for at, line in enumerate(lines)
    ]


def _without_heads(line: Stamped) -> Stamped:
    """Drop the line that says what columns are."""
    heads = _COLUMN_HEADS.match(line.source.text)
    return Stamped(line.source.part(0, 0), line.times) if heads else line


def _without_sure(line: SourceLine) -> Stamped:
    text = line.text
    if not any(c.isdigit() for c in text):
        return Stamped(line)
    spans = [found.span() for found in _NEVER_SPOKEN.finditer(text)]
    for found in _WITH_WORDS.finditer(text):
        part = "first" if found["first"] is not None else "last"
        rest = found["after"] if part == "first" else found["before"]
        padded = _PADDED.search(found[part]) is not None
        if is_sound(rest.strip()) or (found["open"] == "[" and padded):
            spans.append(found.span(part))
    return _without(Stamped(line), _apart(spans))


def _apart(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The spans in order, without those that begin inside an earlier one."""
    kept: list[tuple[int, int]] = []
    for span in sorted(spans, key=lambda span: (span[0], -span[1])):
        if not kept or span[0] >= kept[-1][1]:
            kept.append(span)
    return kept


def _without(line: Stamped, spans: Sequence[tuple[int, int]]) -> Stamped:
    if not spans:
        return line
    text = line.source.text
    cuts: list[tuple[int, int, str]] = []
    for begin, end in spans:
        begin = len(text[:begin].rstrip())  # together with the white space before it
        glued = begin > 0 and end < len(text) and text[end].isalnum() and text[begin - 1].isalnum()
        cuts.append((begin, end, " " if glued else ""))
    source = line.source.replaced(cuts)
    lead = len(text) - len(text.lstrip())
    times, dropped = list(line.times), 0
    for begin, end, put in cuts:
        times.append(begin - dropped)
        dropped += end - begin - len(put)
    kept = len(source.text)
    shift = _leading_blanks(text, cuts) + lead
    return Stamped(source, tuple(sorted(max(0, min(at - shift, kept)) for at in times)))


def _leading_blanks(text: str, cuts: Sequence[tuple[int, int, str]]) -> int:
    """White space that stands first once what was before it is cut."""
    if cuts[0][0] > 0:
        return 0
    rest = text[cuts[0][1] :]
    return len(rest) - len(rest.lstrip())


@dataclass(frozen=True, slots=True)
class _Bare:
    """Where a bare time stands in a line, and the seconds it tells."""

    span: tuple[int, int]
    seconds: float


_Found = dict[int, _Bare]


def _alone(text: str) -> _Bare | None:
    found = _ALONE.match(text) if text[:1].isdigit() else None
    return _Bare(found.span(), _seconds(text)) if found else None


def _lead(text: str) -> _Bare | None:
    found = _LEAD.match(text) if text[:1].isdigit() else None
    return _Bare(found.span(), _seconds(found[0])) if found else None


def _trail(text: str) -> _Bare | None:
    if not text or len(text) > 120 or not any(c.isdigit() for c in text[-24:]):
        return None
    found = _TRAIL.search(text)
    return _Bare(found.span(), _seconds(found[0])) if found and found.start() else None


def _columns(text: str) -> _Bare | None:
    found = _COLUMNS.match(text) if text[:1].isdigit() else None
    return _Bare(found.span(), float(found["start"].replace(",", "."))) if found else None


def _column(text: str) -> _Bare | None:
    found = _COLUMN.match(text) if text[:1].isdigit() else None
    return _Bare(found.span(), float(found["start"].replace(",", "."))) if found else None


def _conventional_alone(lines: Sequence[Stamped], found: _Found) -> _Found:
    texts = sum(bool(line.source.text) for line in lines)
    return found if 20 * len(found) >= texts else {}


def _conventional_leads(lines: Sequence[Stamped], found: _Found) -> _Found:
    """Nearly a third of all lines, or every block, or many from the first line on."""
    texts = [at for at, line in enumerate(lines) if line.source.text]
    blocks = [at for at in texts if at == 0 or not lines[at - 1].source.text]
    common = 10 * len(found) >= 3 * len(texts)
    every = 10 * len(found) >= 8 * len(blocks) and len(blocks) > 1
    many = len(found) >= 5 and texts[0] in found
    return found if common or every or many else {}


def _conventional_trails(lines: Sequence[Stamped], found: _Found) -> _Found:
    """Those behind what looks like a name, if text without a time follows; not a few of them."""
    named: _Found = {}
    for at, bare in found.items():
        written = lines[at].source.text[: bare.span[0] + 1]
        before = written.rstrip(" -–—|,·•:(@")
        behind = next((n for n in range(at + 1, len(lines)) if lines[n].source.text), None)
        is_apart = len(written) - len(before) > 1  # by more than a blank
        is_short = 1 <= len(before.split()) <= _LONGEST_NAME and before[-1:] not in ".?!…"
        is_short &= not any(c.isdigit() for c in before)  # a date
        if (is_name(before) or is_role(before) or (is_apart and is_short)) and (
            behind is not None and behind not in found
        ):
            named[at] = bare
    return named if 10 * len(named) >= 7 * len(found) else {}


def _conventional_columns(lines: Sequence[Stamped], found: _Found) -> _Found:
    texts = sum(bool(line.source.text) for line in lines)
    return found if 10 * (len(found) + 1) >= 9 * texts else {}


def _rises(values: Sequence[float]) -> bool:
    rising = sum(a <= b for a, b in itertools.pairwise(values))
    return rising >= _RISING * (len(values) - 1) and values[0] < values[-1]


def _seconds(text: str) -> float:
    """Seconds told by the first time in a text."""
    clock = re.search(r"(?:(\d+):)?(\d+):(\d+(?:[.,]\d+)?)", text)
    if clock:
        hours, minutes, seconds = clock.groups(default="0")
        return int(hours) * 3600 + int(minutes) * 60 + float(seconds.replace(",", "."))
    total, weights = 0.0, {"h": 3600, "m": 60, "s": 1, "'": 60, "′": 60, '"': 1, "″": 1}
    for number, unit in re.findall(r"(\d+(?:[.,]\d+)?)\s?([hms'′\"″])", text):
        total += float(number.replace(",", ".")) * weights[unit]
    return total


_CONVENTIONS = (
    (_alone, _conventional_alone),
    (_trail, _conventional_trails),
    (_lead, _conventional_leads),
    (_columns, _conventional_columns),
    (_column, _conventional_columns),
)
"""Where bare times may stand, and which of them are times because the file has them throughout."""
