"""Tags and entities within lines: of cues, and of text that was copied from a web page."""

from __future__ import annotations

import html
import re
from array import array

from pipeline.transcript.formats.records import CueLine
from pipeline.transcript.source import SourceLine

__all__ = ["ELEMENTS", "ENTITY", "plain_cue", "plain_text", "unescaped"]

ELEMENTS = frozenset(
    "a abbr acronym address article aside audio b base bdi bdo big blink blockquote body br button "
    "c canvas caption center cite code col colgroup data datalist dd del details dfn dialog dir "
    "div dl dt em embed fieldset figcaption figure font footer form frame frameset h1 h2 h3 h4 h5 "
    "h6 head header hgroup hr html i iframe img input ins kbd label lang legend li link main map "
    "mark marquee menu meta meter nav nobr noscript object ol optgroup option output p param "
    "picture pre progress q rp rt ruby s samp script section select small source span strike "
    "strong style sub summary sup svg table tbody td template textarea tfoot th thead time title "
    "tr track tt u ul v var video wbr".split()
)
"""What is a tag between angle brackets, of HTML and of WebVTT; the rest is text (`<3`, `a<b`)."""

ENTITY = re.compile(r"&(?:#\d+|#[xX][0-9a-fA-F]+|[A-Za-z]+\d*);")
_NAMES = "|".join(sorted(ELEMENTS, key=len, reverse=True))
_TAG = re.compile(
    rf"<(?:/?(?:{_NAMES})(?:[.\s][^<>]*)?|[\d:.]+)/?>|<!--.{{0,200}}?-->|\{{\\[^{{}}]*\}}",
    re.IGNORECASE,
)
_BLANK_TAG = re.compile(r"</?(?:br|p|div|li|tr|td|th)\b", re.IGNORECASE)
_READING = re.compile(r"<rt>(?:(?!<rt>).)*?</rt>", re.IGNORECASE)
_VOICE = re.compile(r"<v(?:\.[^\s<>]*)?\s+([^<>]+)>", re.IGNORECASE)


def unescaped(entity: str) -> str:
    """Return what an entity stands for, white space as blanks; characters that show nothing go."""
    shown = (c for c in html.unescape(entity) if c.isprintable() or c.isspace())
    return "".join(" " if c.isspace() else c for c in shown)


def plain_text(line: SourceLine) -> SourceLine:
    """Return a line without tags and entities."""
    return plain_cue(line).source


def plain_cue(line: SourceLine) -> CueLine:
    """Return a line without tags, style commands and entities, with the voices that begin in it."""
    if not any(mark in line.text for mark in "<&{"):
        return CueLine(line)
    line = line.without([m.span() for m in _READING.finditer(line.text)])
    text: list[str] = []
    columns = array("I")
    voices: list[tuple[int, str]] = []
    position = 0
    while position < len(line.text):
        column = line.columns[position]
        tag = _TAG.match(line.text, position)
        entity = ENTITY.match(line.text, position)
        if tag:
            voice = _VOICE.match(tag[0])
            # Another voice never continues a word, nor does what is behind a break.
            if (voice or _BLANK_TAG.match(tag[0])) and text and not text[-1].isspace():
                text.append(" ")
                columns.append(column)
            if voice:
                voices.append((len(text), html.unescape(voice[1]).strip()))
            position = tag.end()
        elif entity:
            for character in unescaped(entity[0]):
                text.append(character)
                columns.append(column)
            position = entity.end()
        else:
            text.append(line.text[position])
            columns.append(column)
            position += 1
    whole = SourceLine("".join(text), line.number, columns)
    lead = len(whole.text) - len(whole.text.lstrip())
    return CueLine(
        whole.part(0, len(text)), tuple((max(at - lead, 0), name) for at, name in voices if name)
    )
