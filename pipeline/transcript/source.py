"""Lines of the file as text with a place for every character."""

from __future__ import annotations

import re
from array import array
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.transcript.records import Place

__all__ = ["SourceLine", "count_lines", "source_lines"]

_LINE_END = re.compile(r"\r\n|\r|\n")

# Invisible characters that editors and web pages leave behind. Joiners (U+200C, U+200D) shape
# some scripts and emoji, so they stay between two characters beyond ASCII.
_INVISIBLE = re.compile(
    "[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]"
    "|(?<![\u0080-\U0010ffff])[\u200c\u200d]|[\u200c\u200d](?![\u0080-\U0010ffff])"
)
_BLANK = re.compile(r"[\t\x0b\x0c\x1b-\x1f\x85\u2028\u2029]")


@dataclass(frozen=True, slots=True)
class SourceLine:
    """A line's text and where its characters stand: `text[i]` is in column `columns[i]`."""

    text: str
    number: int
    columns: Sequence[int]

    def place(self, index: int) -> Place:
        """Return the place of a character; of the line's beginning if the line is blank."""
        return Place(self.number, self.columns[index] if self.text else 1)

    def part(self, start: int, end: int) -> SourceLine:
        """Return characters `start` to `end` (excluded) without outer white space."""
        while start < end and self.text[start].isspace():
            start += 1
        while end > start and self.text[end - 1].isspace():
            end -= 1
        return SourceLine(self.text[start:end], self.number, self.columns[start:end])

    def without(self, spans: Sequence[tuple[int, int]]) -> SourceLine:
        """Return the line without the given spans, which are in order and do not overlap."""
        return self.replaced([(begin, end, "") for begin, end in spans])

    def replaced(self, spans: Sequence[tuple[int, int, str]]) -> SourceLine:
        """Return the line with other text in place of spans in order that do not overlap.

        What is put there stands, for places in the file, where the span began.
        """
        if not spans:
            return self
        text: list[str] = []
        columns = array("I")
        cursor = 0
        for begin, end, put in spans:
            text += (self.text[cursor:begin], put)
            columns.extend(self.columns[cursor:begin])
            last = self.columns[min(begin, len(self.text) - 1)]
            columns.extend([last] * len(put))
            cursor = end
        text.append(self.text[cursor:])
        columns.extend(self.columns[cursor:])
        whole = "".join(text)
        return SourceLine(whole, self.number, columns).part(0, len(whole))


def count_lines(text: str) -> int:
    """Return how many lines `source_lines` makes of a file."""
    return 1 + text.count("\n") + text.count("\r") - text.count("\r\n")


def source_lines(text: str) -> list[SourceLine]:
    """Split a file into lines; tabs become spaces and invisible characters disappear.

    The lines keep their order and number: the line at index `i` is line `i + 1` of the file.
    """
    return [_clean(raw, number) for number, raw in enumerate(_LINE_END.split(text), start=1)]


def _clean(raw: str, number: int) -> SourceLine:
    if not raw or raw.isspace():
        return SourceLine("", number, ())
    text = _BLANK.sub(" ", raw)
    line = SourceLine(text, number, range(1, len(text) + 1)).part(0, len(text))
    return line.without([m.span() for m in _INVISIBLE.finditer(line.text)])
