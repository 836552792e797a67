"""HTML as transcripts: whole pages and fragments that were pasted from one.

Paragraphs, list items, table cells and `<br>` make lines; headings are chapters; scripts, styles
and what pages have around their text are dropped. https://html.spec.whatwg.org/
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass, field, replace

from pipeline.errors import InputError
from pipeline.transcript.formats.markdown import plain_lines
from pipeline.transcript.formats.markup import ELEMENTS, ENTITY, has_tags, unescaped
from pipeline.transcript.formats.records import CueLine, Document, Piece, made_line
from pipeline.transcript.formats.tags import Token, scan_html
from pipeline.transcript.names import is_name

__all__ = ["is_html", "read_html"]

_BEGINS = re.compile(
    r"\s*(?:<!--(?:(?!-->).)*-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.I | re.S
)
_OPENING = re.compile(
    r"\s*<(?:p|div|ul|ol|table|article|section|main|h[1-6]|span|pre|cite|body)\b[^<>]*>", re.I
)
_NEXT_TAG = re.compile(r"</?(?:p|div|li|t[dhr]|section|h[1-6]|span|cite|b|strong|em|i|br)\b", re.I)
_BLOCKS = frozenset(
    "address article aside blockquote body center dd details dialog div dl dt fieldset figcaption "
    "figure footer form h1 h2 h3 h4 h5 h6 header hr html legend li main menu nav ol option p pre "
    "section summary table tbody td tfoot th thead tr ul br".split()
)
_ROWS = frozenset(("td", "th"))
_FLOWING = _BLOCKS - {"body", "html", "main", "article", "section", "pre", "br", "hr"}
"""Elements in which a line end is a blank."""
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_DROPPED = frozenset(
    "script style head title template noscript svg math iframe object audio video canvas select "
    "button textarea nav footer rp rt".split()
)
_NAME_CLASS = re.compile(r"class\s*=\s*[\"']?[^\"'>]*\b\w*(?:speaker|name|author|person)\b", re.I)
_TIME_CLASS = re.compile(r"class\s*=\s*[\"']?[^\"'>]*\b\w*(?:time|timestamp|timecode)\b", re.I)
_ASIDES = frozenset("span div p strong b cite time em a dt h5 h6".split())
"""Elements whose class may say that they hold a speaker's name or a time."""
_CLOCK = re.compile(r"[\s\[(]*\d{1,3}:\d\d(?::\d\d)?(?:[.,]\d+)?[\s\])]*$")
_LONGEST_NAME = 60
_FARTHEST_NAME = 20
"""Characters of a line before the name of who speaks it: a time, perhaps."""
_OF_HEAD = frozenset("base link meta noscript script style template title".split())
_VOID = frozenset("area base br col embed hr img input link meta param source track wbr".split())
_REVIEW_PAGE = re.compile(r"<title>Review: [^<]*</title>")
_BREAKING = re.compile(rf"\n|{ENTITY.pattern}")
_NEAR = 50
"""Elements between an end tag and its start tag, at most."""
_MAIN_WITHIN = 20
"""Elements around the main one of a page, at most."""
_DEEPEST = 2000
"""Elements within each other: no page has a tenth of it."""


def is_html(document: Document) -> bool:
    """Tell by a page's beginning, or by tags that stand as in markup."""
    text = document.text.lstrip("\ufeff")
    opening = _OPENING.match(text)
    if _BEGINS.match(text) or (opening and _NEXT_TAG.search(text, opening.end())):
        return True
    return has_tags(text)


def read_html(document: Document) -> list[CueLine]:
    """Return the lines of a page or fragment.

    Raises:
        InputError: it is this program's review page, or nested beyond reason.
    """
    page = _BEGINS.match(document.text.lstrip("\ufeff")) is not None
    if page and _REVIEW_PAGE.search(document.text[:2000]):
        raise InputError(
            "this is a review page of this program, not a transcript",
            path=document.path,
            remedy="give the episode.json it was made of, or its text",
        )
    reading = _Reading(document)
    for token in scan_html(document.text):
        if token.name not in ELEMENTS:
            reading.add_text(token)
        elif token.closes:
            reading.close(token)
        else:
            reading.open(token)
    reading.end_line()
    found = _with_names(reading.main or reading.found)
    return found if page else plain_lines(found)


def _with_names(lines: list[CueLine]) -> list[CueLine]:
    """Take headings that come again and again for the names of who speaks below them."""
    counts = Counter(line.heading for line in lines if line.heading)
    found: list[CueLine] = []
    voice: str | None = None
    for line in lines:
        if line.heading and counts[line.heading] > 1 and is_name(line.heading):
            voice = line.heading.rstrip(":")
        elif voice and not line.heading:
            found.append(replace(line, voices=((0, voice),)))
            voice = None
        else:
            found.append(line)
    return found


def _length_before(spans: list[tuple[int, int]], at: int) -> int:
    """Return how many characters the spans before an offset hold."""
    return sum(b - a for a, b in spans[: bisect_right(spans, (at, at))])


@dataclass
class _Aside:
    """An element that may hold a name or a time: where its text begins in the line."""

    tag: str
    depth: int
    begin: int
    is_name: bool


@dataclass
class _Reading:
    """What has been read so far; `pieces` belong to the line that is being read."""

    document: Document
    found: list[CueLine] = field(default_factory=list)
    main: list[CueLine] = field(default_factory=list)
    pieces: list[Piece] = field(default_factory=list)
    voices: list[tuple[int, str]] = field(default_factory=list)
    opened: list[str] = field(default_factory=list)
    aside: _Aside | None = None
    dropped: int = 0
    flowing: int = 0
    heading: bool = False
    after_span: bool = False
    length: int = 0

    def __post_init__(self) -> None:
        text = self.document.text
        self.line_starts = [0, *(m.end() for m in re.finditer("\n", text))]

    def place(self, at: int) -> tuple[int, int]:
        line = bisect_right(self.line_starts, at)
        return line, at - self.line_starts[line - 1] + 1

    def open(self, token: Token) -> None:
        """Take a start tag."""
        tag = token.name
        self._border(token)
        if tag == "span" and self.after_span:
            self._add(" ", token.start)  # `<span class="name">John</span><span>Hello</span>`
        self.heading = self.heading or tag in _HEADINGS
        if tag in _VOID or self.document.text[token.end - 2] == "/":
            return
        if tag not in _OF_HEAD and "head" in self.opened[:3]:
            self._close_element("head")
        if tag in ("p", "li"):  # their end tags may be missing
            self._close_element(tag, within=("ul", "ol", "blockquote", "div", "td"))
        self.opened.append(tag)
        self.dropped += tag in _DROPPED
        self.flowing += tag in _FLOWING
        if self.aside is None and tag in _ASIDES:
            written = self.document.text[token.start : min(token.end, token.start + 500)]
            is_name = tag == "cite" or _NAME_CLASS.search(written) is not None
            if is_name or tag == "time" or _TIME_CLASS.search(written):
                self.aside = _Aside(tag, len(self.opened), self.length, is_name)
        if len(self.opened) > _DEEPEST:
            raise InputError(
                "this HTML is nested too deeply",
                path=self.document.path,
                line=self.place(token.start)[0],
                remedy="copy its text into a plain text file",
            )

    def close(self, token: Token) -> None:
        """Take an end tag."""
        if self.aside and token.name == self.aside.tag and len(self.opened) <= self.aside.depth:
            self._end_aside(self.aside)
        self._border(token)
        self._close_element(token.name)
        self.heading = self.heading and token.name not in _HEADINGS
        self.after_span = token.name == "span"

    def add_text(self, token: Token) -> None:
        """Take text, in which an unknown tag is text, too."""
        text = self.document.text
        at = token.start
        self.after_span = False
        for found in _BREAKING.finditer(text, token.start, token.end):
            self._add(text[at : found.start()], at)
            at = found.end()
            if found[0][0] == "&":
                self._add(unescaped(found[0]), found.start())
            elif self.flowing:
                self._add(" ", found.start())
            else:
                self.end_line()
        self._add(text[at : token.end], at)

    def end_line(self) -> None:
        """Finish the line that is being read."""
        if not self.pieces:
            return
        raw = "".join(piece.text for piece in self.pieces)
        source = made_line(self.pieces)
        blanks = [m.span() for m in re.finditer(r"(?<=\s)\s+", source.text)]
        lead = len(raw) - len(raw.lstrip())
        voices = tuple(
            (max(at - lead - _length_before(blanks, at - lead), 0), name)
            for at, name in self.voices
        )
        source = source.without(blanks)
        self.pieces.clear()
        self.length = 0
        if self.aside:
            self.aside.begin = 0
        if source.text:
            self.voices.clear()
            line = CueLine(source, voices, source.text if self.heading else None)
            self.found.append(line)
            if "main" in self.opened[:_MAIN_WITHIN]:
                self.main.append(line)
        else:
            self.voices = [(0, name) for _, name in self.voices[-1:]]

    def _add(self, text: str, at: int) -> None:
        if text and not self.dropped:
            self.pieces.append(Piece(text, *self.place(at)))
            self.length += len(text)

    def _border(self, token: Token) -> None:
        if token.name in _ROWS:
            self._add(" ", token.start)
        elif token.name in _BLOCKS:
            self.end_line()

    def _end_aside(self, aside: _Aside) -> None:
        """Take the name or the time that has been read for what it is, or leave it as text."""
        self.aside = None
        behind: list[str] = []
        length = self.length
        for piece in reversed(self.pieces):
            if length <= aside.begin:
                break
            behind.append(piece.text)
            length -= len(piece.text)
        text = "".join(reversed(behind))
        name = " ".join(text.split()).rstrip(": ")
        before = "".join(piece.text for piece in self.pieces[:_FARTHEST_NAME])[: aside.begin]
        may_be_name = (
            aside.is_name
            and aside.begin <= _FARTHEST_NAME
            and len(name) <= _LONGEST_NAME
            and not any(map(str.isalpha, before))
        )
        if aside.tag == "cite":  # of works, too
            may_be_name = may_be_name and text.rstrip().endswith(":")
        if may_be_name and is_name(name):
            self._forget(aside.begin)
            while self.voices and self.voices[-1][0] >= aside.begin:
                self.voices.pop()
            self.voices.append((aside.begin, name))
        elif not aside.is_name and _CLOCK.match(text):
            self._forget(aside.begin)

    def _forget(self, length: int) -> None:
        """Drop the line's text behind its first `length` characters."""
        while self.pieces and self.length - len(self.pieces[-1].text) >= length:
            self.length -= len(self.pieces.pop().text)

    def _close_element(self, tag: str, within: tuple[str, ...] = ()) -> None:
        """Close the nearest open element of that name, and what stands open in it."""
        for at in range(len(self.opened) - 1, max(-1, len(self.opened) - _NEAR), -1):
            if self.opened[at] == tag:
                for name in self.opened[at:]:
                    self.dropped -= name in _DROPPED
                    self.flowing -= name in _FLOWING
                del self.opened[at:]
                return
            if self.opened[at] in within:
                return
