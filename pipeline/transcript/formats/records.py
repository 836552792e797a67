"""What every format of transcripts is read into: lines of text, with voices and headings."""

from __future__ import annotations

import itertools
from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from pipeline.transcript.source import SourceLine, source_lines

__all__ = ["CueLine", "Document", "Format", "LineFinder", "Piece", "made_line"]


@dataclass(frozen=True, slots=True)
class CueLine:
    """A line of a transcript without markup.

    `voices` are who speaks from where on, as (index in the text, name); a `heading` is a chapter's
    title and no text.
    """

    source: SourceLine
    voices: tuple[tuple[int, str], ...] = ()
    heading: str | None = None


_HEAD_LINES = 200


@dataclass(frozen=True)
class Document:
    """A transcript's file: its text, and its name for error messages."""

    text: str
    path: str

    @cached_property
    def lines(self) -> list[SourceLine]:
        """Its lines in order, blank ones too."""
        return source_lines(self.text)

    @cached_property
    def head(self) -> list[str]:
        """The text of the first lines that are not blank: by them a format is told."""
        written = (line.text for line in self.lines if line.text)
        return list(itertools.islice(written, _HEAD_LINES))


@dataclass(frozen=True, slots=True)
class Format:
    """A format of transcripts: `tell` judges by content, `read` gives the lines of its text.

    `read` raises InputError if the file is damaged, or of a format that holds no transcript.
    """

    name: str
    tell: Callable[[Document], bool]
    read: Callable[[Document], list[CueLine]]


@dataclass(frozen=True, slots=True)
class Piece:
    """Characters in a row of one line of the file; both numbers count from 1."""

    text: str
    line: int
    column: int


def made_line(pieces: Iterable[Piece]) -> SourceLine:
    """Join pieces to one line; columns rise, as exactly as a line made of several ones allows."""
    text: list[str] = []
    columns = array("I")
    number = 0
    for piece in pieces:
        number = number or piece.line
        at = columns[-1] + 1 if columns else 1
        if piece.line == number:
            at = max(at, piece.column)
        text.append(piece.text)
        columns.extend(range(at, at + len(piece.text)))
    whole = SourceLine("".join(text), max(number, 1), columns)
    return whole.part(0, len(whole.text))


class LineFinder:
    """Tells in which line of a file texts stand that a parser gave without their places."""

    def __init__(self, text: str, encodings: Sequence[Callable[[str], str]]) -> None:
        """Take the file, and the ways in which it may write a text."""
        self._text = text
        self._encodings = encodings
        self._ends = [i for i, c in enumerate(text) if c == "\n"]
        self._at = 0

    def line(self, text: str) -> int:
        """Return the line of the next occurrence of a text's beginning; if none, the last one's."""
        head = text[:_HEAD]
        end = self._at + _WINDOW
        places = [self._text.find(encode(head), self._at, end) for encode in self._encodings]
        found = [place for place in places if place >= 0]
        if found:
            self._at = min(found)
        return bisect_right(self._ends, self._at - 1) + 1


_HEAD = 40
"""Characters that a text is found by."""

_WINDOW = 1 << 17
"""Characters that are searched for it: more than any parser's metadata of one caption, and few
enough that a file without a single match is soon done with."""
