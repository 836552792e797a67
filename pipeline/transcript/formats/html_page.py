"""HTML as transcripts: whole pages and fragments that were pasted from one.

Paragraphs, list items, table cells and `<br>` make lines; headings are chapters; scripts, styles
and what pages have around their text are dropped. https://html.spec.whatwg.org/
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser

from pipeline.errors import InputError
from pipeline.transcript.formats.markdown import plain_lines
from pipeline.transcript.formats.markup import ELEMENTS, ENTITY, has_tags, unescaped
from pipeline.transcript.formats.records import CueLine, Document, Piece, made_line
from pipeline.transcript.labels import is_name

__all__ = ["is_html", "read_html"]

_BEGINS = re.compile(r"\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.I | re.S)
_OPENING = re.compile(
    r"\s*<(?:p|div|ul|ol|table|article|section|main|h[1-6]|span|pre|cite|body)\b[^<>]*>", re.I
)
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
    "button textarea nav footer rp rt time".split()
)
_VOID = frozenset("area base br col embed hr img input link meta param source track wbr".split())
_REVIEW_PAGE = re.compile(r"<title>Review: [^<]*</title>")
_MAIN_WITHIN = 20
"""Elements around the main one of a page, at most."""
_DEEPEST = 2000
"""Elements within each other: no page has a tenth of it."""


def is_html(document: Document) -> bool:
    """Tell by a page's beginning, or by tags that stand as in markup."""
    text = document.text.lstrip("\ufeff")
    if _BEGINS.match(text) or (_OPENING.match(text) and "</" in text):
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
    parser = _Parser(document)
    parser.feed(document.text)
    parser.close()
    parser.end_line()
    found = _with_names(parser.main or parser.found)
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


class _Parser(HTMLParser):
    def __init__(self, document: Document) -> None:
        super().__init__(convert_charrefs=False)
        self.found: list[CueLine] = []
        self.main: list[CueLine] = []
        self._path = document.path
        self._pieces: list[Piece] = []
        self._open: list[str] = []
        self._dropped = 0
        self._flowing = 0
        self._heading = False
        self._after_span = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ELEMENTS:
            self._add(self.get_starttag_text() or "")
            return
        self._border(tag)
        if tag == "span" and self._after_span:
            self._add(" ")  # `<span class="name">John</span><span class="text">Hello</span>`
        self._heading = self._heading or tag in _HEADINGS
        if tag in _VOID:
            return
        if tag == "p" or tag == "li":  # their end tags may be missing
            self._close(tag, within=("ul", "ol", "blockquote", "div", "td"))
        self._open.append(tag)
        self._dropped += tag in _DROPPED
        self._flowing += tag in _FLOWING
        if len(self._open) > _DEEPEST:
            raise InputError(
                "this HTML is nested too deeply",
                path=self._path,
                line=self.getpos()[0],
                remedy="copy its text into a plain text file",
            )

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ELEMENTS:
            self._border(tag)
        else:
            self._add(self.get_starttag_text() or "")

    def handle_endtag(self, tag: str) -> None:
        if tag in ELEMENTS:
            self._border(tag)
            self._close(tag)
        self._heading = self._heading and tag not in _HEADINGS

        self._after_span = tag == "span"

    def handle_data(self, data: str) -> None:
        self._after_span = False
        line, offset = self.getpos()
        rows = data.split("\n")
        for number, row in enumerate(rows):
            if number:
                if self._flowing:
                    self._add(" ", line + number, 0)
                else:
                    self.end_line()
            self._add(row, line + number, 0 if number else offset)

    def handle_entityref(self, name: str) -> None:
        self._entity(f"&{name}")

    def handle_charref(self, name: str) -> None:
        self._entity(f"&#{name}")

    def _entity(self, text: str) -> None:
        line, offset = self.getpos()
        row = self.rawdata[self.rawdata.find(text) :][: len(text) + 1]
        closed = row.endswith(";")
        self._add(unescaped(f"{text};") if closed or ENTITY.match(text) else text, line, offset)

    def _add(self, text: str, line: int | None = None, offset: int | None = None) -> None:
        if text and not self._dropped:
            at = self.getpos()
            self._pieces.append(
                Piece(text, line or at[0], (at[1] if offset is None else offset) + 1)
            )

    def _border(self, tag: str) -> None:
        if tag in _ROWS:
            self._add(" ")
        elif tag in _BLOCKS:
            self.end_line()

    def _close(self, tag: str, within: tuple[str, ...] = ()) -> None:
        """Close the nearest open element of that name, and what stands open in it."""
        for at in range(len(self._open) - 1, max(-1, len(self._open) - 50), -1):
            if self._open[at] == tag:
                for name in self._open[at:]:
                    self._dropped -= name in _DROPPED
                    self._flowing -= name in _FLOWING
                del self._open[at:]
                return
            if self._open[at] in within:
                return

    def end_line(self) -> None:
        source = made_line(self._pieces)
        self._pieces.clear()
        blanks = [m.span() for m in re.finditer(r"(?<=\s)\s+", source.text)]
        source = source.without(blanks)
        if source.text:
            line = CueLine(source, heading=source.text if self._heading else None)
            self.found.append(line)
            if "main" in self._open[:_MAIN_WITHIN]:
                self.main.append(line)
