"""XML as transcripts: TTML with its kin (IMSC, EBU-TT-D, DFXP), and YouTube's timed text.

TTML: https://www.w3.org/TR/ttml2/. Files come from strangers: entities are never expanded.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from xml.parsers import expat

from pipeline.errors import InputError
from pipeline.transcript.formats.markup import has_entities, plain_text
from pipeline.transcript.formats.records import CueLine, Document, Piece, made_line

__all__ = ["is_xml", "read_xml"]

_DEEPEST = 200
"""Levels of elements; captions have five or so."""

_PROLOG = re.compile(r"(?:<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^<>\[]*(?:\[.*?\]\s*)?>|\s)*", re.DOTALL)
_NAME = re.compile(r"<(?:[\w.-]+:)?([A-Za-z][\w.-]*)")

_REFUSED = {
    "fcpxml": "a Final Cut Pro project (FCPXML)",
    "xmeml": "a Premiere or Final Cut Pro 7 project (XML)",
    "svg": "an SVG picture",
    "rss": "a podcast feed (RSS)",
    "feed": "a news feed (Atom)",
    "opml": "a list of feeds (OPML)",
    "plist": "a property list",
    "sami": "SAMI subtitles",
    "smil": "a SMIL presentation",
    "document": "a word processor's XML",
    "package": "a word processor's XML",
    "worddocument": "a word processor's XML",
    "trans": "a Transcriber file (XML)",
    "annotation_document": "an ELAN file (XML)",
    "dcsubtitle": "D-Cinema subtitles (XML)",
    "subtitlereel": "D-Cinema subtitles (XML)",
}
_SPEAKER_STYLE = re.compile(r"speaker[ _-]?(\d+)", re.IGNORECASE)
"""Styles that tell speakers apart where nothing names them, as our own EBU-TT-D has them."""
_ROWS = {"tt": "p", "transcript": "text", "timedtext": "p"}
"""Element of a caption by the file's root element."""
_REMEDY = "export it as plain text, SRT or WebVTT"


def _root(document: Document) -> str | None:
    head = document.text.lstrip("\ufeff")[:100_000]
    prolog = _PROLOG.match(head)
    found = _NAME.match(head, prolog.end() if prolog else 0)
    return found[1].lower() if found else None


def is_xml(document: Document) -> bool:
    """Tell by the declaration or by a root element that is known, unless it is a web page."""
    head = document.text.lstrip("\ufeff \t\r\n")
    if not head.startswith("<"):
        return False
    root = _root(document)
    return root != "html" and (
        head.startswith("<?xml") or root in _ROWS or (root in _REFUSED and root != "document")
    )


@dataclass
class _Reading:
    """What has been read so far; `pieces` belong to the line that is being read."""

    row: str
    found: list[CueLine] = field(default_factory=list)
    pieces: list[Piece] = field(default_factory=list)
    voices: list[tuple[int, str]] = field(default_factory=list)
    path: list[str] = field(default_factory=list)
    agents: dict[str, str] = field(default_factory=dict)
    agent: str | None = None
    in_row: int = 0
    length: int = 0

    def end_line(self) -> None:
        source = made_line(self.pieces)
        if has_entities(source.text):  # YouTube escapes twice
            source = plain_text(source)
        lead = self.length - len("".join(piece.text for piece in self.pieces).lstrip())
        if source.text:
            voices = tuple((max(at - lead, 0), name) for at, name in self.voices)
            self.found.append(CueLine(source, voices))
            self.voices.clear()
        self.pieces.clear()
        self.length = 0

    def speak(self, name: str) -> None:
        while self.voices and self.voices[-1][0] >= self.length:
            self.voices.pop()
        self.voices.append((self.length, name))

    def add(self, text: str, line: int, column: int) -> None:
        self.pieces.append(Piece(text, line, column))
        self.length += len(text)


def read_xml(document: Document) -> list[CueLine]:
    """Return the lines of all captions.

    Speakers are those of `ttm:agent` and `ttm:desc`, else of styles that are called so.

    Raises:
        InputError: it is damaged, defines entities, or holds no captions.
    """
    root = _root(document) or ""
    if root not in _ROWS:
        kind = _REFUSED.get(root, f"XML of an unknown kind (its root element is {root[:40]})")
        raise InputError(f"this is {kind}, not a transcript", path=document.path, remedy=_REMEDY)
    reading = _Reading(_ROWS[root])
    parser = expat.ParserCreate(namespace_separator=None)

    def refuse(problem: str) -> InputError:
        return InputError(
            problem, path=document.path, line=parser.CurrentLineNumber, remedy=_REMEDY
        )

    def entity(*_: object) -> None:
        raise refuse("this XML defines entities, which no subtitles need")

    def start(name: str, attributes: dict[str, str]) -> None:
        _start(reading, name, attributes)
        if len(reading.path) > _DEEPEST:
            raise refuse("this XML is nested too deeply for subtitles")

    def text(data: str) -> None:
        _text(reading, data, parser.CurrentLineNumber, parser.CurrentColumnNumber + 1)

    parser.EntityDeclHandler = entity
    parser.StartElementHandler = start
    parser.EndElementHandler = lambda name: _end(reading)
    parser.CharacterDataHandler = text
    try:
        # The declaration's encoding was that of the bytes, which are decoded.
        parser.Parse(re.sub(r"^\ufeff?\s*(<\?xml[^>]*\?>)?", "", document.text), True)
    except expat.ExpatError as error:
        raise refuse(f"damaged XML ({expat.ErrorString(error.code)})") from None
    if not reading.found:
        raise refuse("these subtitles have no text")
    return reading.found


def _start(reading: _Reading, name: str, attributes: dict[str, str]) -> None:
    local = name.rpartition(":")[2].lower()
    by_name = {key.rpartition(":")[2].lower(): value for key, value in attributes.items()}
    if local == "agent":
        reading.agent = by_name.get("id")
    elif local == "br" and reading.in_row:
        reading.end_line()
    if by_name.get("unit") == "word" and reading.pieces:  # Apple's, without blanks between
        reading.add(" ", reading.pieces[0].line, 1)
    if local == reading.row:
        reading.end_line()
        reading.in_row += 1
    reading.path.append(local)
    if reading.in_row or local in ("div", "body"):
        who = by_name.get("agent", "").split()
        named = [reading.agents.get(key, key) for key in who]
        style = _SPEAKER_STYLE.fullmatch(by_name.get("style", ""))
        if named:
            reading.speak(named[0])
        elif style:
            reading.speak(f"Speaker {style[1]}")


def _end(reading: _Reading) -> None:
    local = reading.path.pop()
    if local == reading.row:
        reading.end_line()
        reading.in_row -= 1
    elif local == "agent":
        reading.agent = None


def _text(reading: _Reading, data: str, line: int, column: int) -> None:
    if reading.agent and reading.path[-1] == "name" and data.strip():
        before = reading.agents.get(reading.agent, "")
        reading.agents[reading.agent] = f"{before}{data.strip()}"
    elif reading.in_row and reading.path[-1] not in ("metadata", "desc", "title", "rt", "rp"):
        # White space is one blank, as `xml:space="default"` has it.
        bare = re.sub(r"\s+", " ", data)
        if reading.pieces and reading.pieces[-1].text.endswith(" "):
            bare = bare.lstrip(" ")
        if bare:
            reading.add(bare, line, column)
    elif reading.path and reading.path[-1] == "desc" and reading.in_row and data.strip():
        reading.speak(" ".join(data.split()))
