"""HTML to tags and text, in time that grows with its length whatever it holds.

The standard library's parser takes hours for megabytes of unfinished tags. What opens and never
closes is text here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

__all__ = ["Token", "scan_html"]

_TAG_NAME = re.compile(r"</?([A-Za-z][\w:-]{0,40})")
_QUOTE_OR_END = re.compile(r"[\"'<>]")
_RAW = ("script", "style", "textarea", "noscript")
_MOST_FAILURES = 20
"""Tags with an unfinished quotation: after so many, quotation marks mean nothing."""


@dataclass(frozen=True, slots=True)
class Token:
    """A stretch of the file: text if `name` is empty, else a tag; what shows nothing is left out.

    Attributes:
        start, end: where it stands.
        name: the element, in lower case.
        closes: whether it is an end tag.
    """

    start: int
    end: int
    name: str = ""
    closes: bool = False


def scan_html(text: str) -> Iterator[Token]:
    """Split into tags and text; comments, declarations, scripts and styles are left out."""
    at = begin = failures = 0
    length = len(text)
    while (opening := text.find("<", at)) >= 0:
        end = 0
        tag = _TAG_NAME.match(text, opening)
        if text.startswith("<!--", opening):
            end = text.find("-->", opening) + 3
        elif text.startswith(("<!", "<?"), opening):
            end = text.find(">", opening) + 1
        elif tag:
            end = _tag_end(text, tag.end()) if failures < _MOST_FAILURES else 0
            if not end:
                failures += 1
                end = text.find(">", tag.end()) + 1
            if end < 0:  # another tag begins: `x<y`
                at = opening + 1
                continue
        if not end or end < opening:
            if text.find(">", opening) < 0:
                break
            at = opening + 1
            if text.startswith("<!--", opening):  # without an end: no comment begins behind it
                text = text[:at] + text[at:].replace("<!--", "<!  ")
            continue
        if begin < opening:
            yield Token(begin, opening)
        at = begin = end
        if tag:
            name, closes = tag[1].lower(), text[opening + 1] == "/"
            yield Token(opening, end, name, closes)
            if name in _RAW and not closes and text[end - 2] != "/":
                closing = re.compile(rf"</{name}\b", re.IGNORECASE).search(text, end)
                at = begin = closing.start() if closing else length
    if begin < length:
        yield Token(begin, length)


def _tag_end(text: str, at: int) -> int:
    """Return the end of a tag with quoted values; 0 if it has none, -1 if it is no tag."""
    while found := _QUOTE_OR_END.search(text, at):
        if found[0] == ">":
            return found.end()
        if found[0] == "<":
            return -1
        at = found.end()
        if text[max(found.start() - 3, 0) : found.start()].rstrip().endswith("="):
            at = text.find(found[0], at) + 1
            if not at:
                return 0
    return 0
