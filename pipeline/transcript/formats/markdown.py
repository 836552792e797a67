"""Plain text and Markdown: what emphasis, links, lists and their likes leave when they are read.

Plain text is never told from Markdown as a whole. Each kind of mark is taken for one only where it
stands as CommonMark has it and cannot be speech: `5 * 3 * 2`, `f(x)_y` and `#hashtag` stay.
https://spec.commonmark.org/
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import replace

from pipeline.transcript.formats.delimited import find_columns, table_lines
from pipeline.transcript.formats.markup import made_lines
from pipeline.transcript.formats.records import CueLine, Document
from pipeline.transcript.names import is_name
from pipeline.transcript.sounds import is_sound
from pipeline.transcript.source import SourceLine

__all__ = ["plain_lines", "read_text"]

_IMAGE = re.compile(r"!\[[^\[\]]*\]\([^()\s]*(?:\([^()]*\)[^()\s]*)?(?:\s+[\"'][^\"']*[\"'])?\)")
_LINK = re.compile(
    r"\[(?P<text>[^\[\]]+)\]\((?:<[^<>]*>|(?:https?:|mailto:|/|\.|#|www\.)[^()\s]*"
    r"(?:\([^()\s]*\)[^()\s]*)?)(?:\s+[\"'][^\"']*[\"'])?\)"
)
_REFERENCE = re.compile(r"\[(?P<text>[^\[\]]+)\]\[(?P<key>[^\[\]]*)\]")
_DEFINITION = re.compile(
    r"\[(?P<key>[^\[\]]+)\]:\s+(?:<[^<>]*>|\S{1,500}[./]\S{1,500})(?:\s+[\"'(].*[\"')])?\s*$"
)
_AUTOLINK = re.compile(r"<(?P<text>(?:https?://|mailto:)[^<>\s]+|[\w.+-]+@[\w-]+\.[\w.-]+)>")
_CODE = re.compile(r"(?<!`)(?P<mark>`{1,2})(?!`)(?P<text>[^`]+)(?P=mark)(?!`)")
_STRONG = re.compile(
    r"(?<![\w*\\])(?P<mark>\*{2,3})(?=[^\s*])(?P<text>[^*]*[^\s*\\])(?P=mark)(?!\*)"
)
_STAR = re.compile(r"(?<![\w*\\])\*(?=[^\s*])(?P<text>[^*]{0,200}?[^\s*\\])\*(?![\w*])")
_STRONG_LINE = re.compile(
    r"(?<![\w_\\])(?P<mark>_{2,3})(?=[^\s_])(?P<text>[^_]*[^\s_])(?P=mark)(?![\w_])"
)
_UNDERLINE = re.compile(r"(?<![\w_\\])_(?=[^\s_])(?P<text>[^_]{0,200}?[^\s_])_(?![\w_])")
_STRUCK = re.compile(r"(?<!~)~~(?=\S)(?P<text>[^~]+)~~(?!~)")
_ESCAPE = re.compile(r"\\(?P<text>[*_#\[\]()>+.!`|~&-])")
_INLINE = (_CODE, _STRONG, _STRONG_LINE, _STAR, _UNDERLINE, _STRUCK)

_RULE = re.compile(r"(?:(?:\*\s*){3,}|(?:-\s*){3,}|(?:_\s*){3,}|={3,})$")
_FENCE = re.compile(r"(?:`{3,}|~{3,})\s*[\w+-]*\s*$")
_SETEXT = re.compile(r"={3,}$")
_QUOTE = re.compile(r"(?:>\s+)+(?=\S)")
_BULLET = re.compile(r"(?:\*|[•‣◦▪●·∙⁃])\s+(?:\[[ xX]\]\s+)?(?=\S)")
_PLUS = re.compile(r"\+\s+(?=\S)")
_NUMBER = re.compile(r"(?P<n>\d{1,5})[.)]\s+(?=\S)")
_NUMBERED_NAME = re.compile(r"\d{1,5}[.)]\s+(?:\*\*|__)[^*_]+:?(?:\*\*|__)")
_ROW = re.compile(r"\|.*\|$")
_CELL = re.compile(r"(?<!\\)\|")
_TABLE_RULE = re.compile(r"\|?\s*:?-{2,}:?\s*(?:\|\s*:?-{2,}:?\s*)*\|?$")
_NAME = re.compile(r"(?P<mark>\*\*|__)(?P<name>[^*]{1,40}?)(?P=mark)(?=[\s\d:()\[\].-]|$)")
_PROPERTY = re.compile(r"(?:[\w -]{1,40}:(?:\s.*)?|-\s.*)$")
_LONGEST_MATTER = 60
"""Lines of properties at the head of a Markdown file."""


def read_text(document: Document) -> list[CueLine]:
    """Return the lines of plain text or Markdown."""
    return plain_lines([CueLine(line) for line in document.lines])


def plain_lines(lines: Sequence[CueLine]) -> list[CueLine]:
    """Return lines without Markdown's marks; headings with `#` are left to the parser."""
    kept = _without_matter(lines)
    keys = {
        rule["key"].casefold()
        for line in kept
        if line.source.text[:1] == "[" and (rule := _DEFINITION.match(line.source.text))
    }
    starts = _numbering(kept)
    pluses = sum(_PLUS.match(line.source.text) is not None for line in kept) > 1
    found: list[CueLine] = []
    tables = _tables(kept)
    for at, line in enumerate(kept):
        text = line.source.text
        if at in tables:
            found.extend(replace(row, source=_inline(row.source, keys)) for row in tables[at])
            continue
        if not text or line.heading is not None:
            found.append(line)
            continue
        if _SETEXT.match(text) and found and _may_be_title(found[-1]):
            found[-1] = replace(found[-1], heading=found[-1].source.text)
            continue
        if _RULE.match(text) or _FENCE.match(text) or ("|" in text and _TABLE_RULE.match(text)):
            continue
        if text[0] == "[" and (rule := _DEFINITION.match(text)) and "^" not in rule["key"][:1]:
            continue
        source = _without_prefix(line.source, number=at in starts, plus=pluses)
        found.append(replace(line, source=_inline(source, keys)))
    return found


def _may_be_title(line: CueLine) -> bool:
    text = line.source.text
    return bool(text) and len(text) <= 80 and line.heading is None and text[-1] not in ".?!:,"


def _without_matter(lines: Sequence[CueLine]) -> Sequence[CueLine]:
    """Drop the properties between `---` lines at the head of a file."""
    first = next((i for i, line in enumerate(lines) if line.source.text), 0)
    if not lines or lines[first].source.text != "---":
        return lines
    for at in range(first + 1, min(first + _LONGEST_MATTER, len(lines))):
        text = lines[at].source.text
        if text == "---":
            return lines[at + 1 :] if at > first + 1 else lines
        if text and not _PROPERTY.match(text):
            break
    return lines


def _numbering(lines: Sequence[CueLine]) -> frozenset[int]:
    """Return which lines begin with a number that only counts: most of the file, or names do."""
    numbered = [
        (i, int(found["n"]))
        for i, line in enumerate(lines)
        if (found := _NUMBER.match(line.source.text))
    ]
    written = sum(bool(line.source.text) and line.source.text[0] != "#" for line in lines)
    steps = {b - a for (_, a), (_, b) in itertools.pairwise(numbered)}
    counts = len(numbered) > 1 and 2 * len(numbered) > written and steps in ({1}, {0})
    return frozenset(i for i, _ in numbered if counts or _NUMBERED_NAME.match(lines[i].source.text))


def _without_prefix(source: SourceLine, *, number: bool, plus: bool) -> SourceLine:
    text = source.text
    at = 0
    if quote := _QUOTE.match(text):
        at = quote.end()
    if (bullet := _BULLET.match(text, at)) or (plus and (bullet := _PLUS.match(text, at))):
        at = bullet.end()
    if number and (counted := _NUMBER.match(text, at)):
        at = counted.end()
    return source.part(at, len(text)) if at else source


def _tables(lines: Sequence[CueLine]) -> dict[int, list[CueLine]]:
    """Return what the lines of tables stand for, by index: the header says where the text is.

    Without such a header the cells of a row are one line.
    """
    found: dict[int, list[CueLine]] = {}
    at = 0
    while at + 1 < len(lines):
        rule = lines[at + 1].source.text
        if not (_ROW.match(lines[at].source.text) and "|" in rule and _TABLE_RULE.match(rule)):
            at += 1
            continue
        columns = find_columns(_cells(lines[at].source.text))
        end = at + 2
        while end < len(lines) and _ROW.match(lines[end].source.text):
            end += 1
        for i in (at, at + 1) if columns else (at + 1,):
            found[i] = []
        for i in range(at + 2 if columns else at, end):
            source = lines[i].source
            cells = _cells(source.text)
            if i == at + 1:
                continue
            if columns:
                found[i] = list(table_lines([(source.number, cells)], columns))
            else:
                found[i] = made_lines(" ".join(cell for cell in cells if cell), source.number)
        at = end
    return found


def _cells(row: str) -> list[str]:
    return [cell.strip().replace("\\|", "|") for cell in _CELL.split(row.strip().strip("|"))]


def _inline(source: SourceLine, keys: set[str]) -> SourceLine:
    """Drop the marks within a line and keep the text between them."""
    if not any(mark in source.text for mark in "*_`[<~\\"):
        return source
    source = source.without([m.span() for m in _IMAGE.finditer(source.text)])
    source = _keep_text(source, _LINK)
    source = _keep_text(source, _AUTOLINK)
    if keys:
        spans = [
            span
            for m in _REFERENCE.finditer(source.text)
            if (m["key"] or m["text"]).casefold() in keys
            for span in _around(m)
        ]
        source = source.without(spans)
    for pattern in _INLINE:
        source = _keep_text(source, pattern)
    return _keep_text(source, _ESCAPE) if "\\" in source.text else source


def _around(found: re.Match[str]) -> list[tuple[int, int]]:
    return [(found.start(), found.start("text")), (found.end("text"), found.end())]


def _keep_text(source: SourceLine, pattern: re.Pattern[str]) -> SourceLine:
    spans: list[tuple[int, int]] = []
    for found in pattern.finditer(source.text):
        sound = pattern is _STAR and is_sound(found["text"])
        name = pattern is _STRONG_LINE and re.fullmatch(r"[a-z]+", found["text"])
        # Names in front of text are found by the parser, which drops the marks of what is none.
        if not (sound or name or (found.start() == 0 and _is_name(source.text))):
            spans += _around(found)
    return source.without(spans)


def _is_name(text: str) -> bool:
    found = _NAME.match(text)
    return found is not None and is_name(found["name"].strip(" :"))
