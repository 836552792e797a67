"""Tags and entities within lines: of cues, and of text that was copied from a web page."""

from __future__ import annotations

import html
import re
from array import array
from dataclasses import replace

from pipeline.transcript.formats.records import CueLine
from pipeline.transcript.source import SourceLine, source_lines

__all__ = [
    "ELEMENTS",
    "ENTITY",
    "has_entities",
    "has_tags",
    "made_lines",
    "plain_cue",
    "plain_text",
    "unescaped",
]

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
_PAIR = re.compile(rf"<(?P<name>{_NAMES})(?:\s[^<>]*)?>[^<>]*</(?P=name)\s*>", re.IGNORECASE)
_BREAK = re.compile(r"\S<br\s*/?>|<br\s*/?>(?=\S)|<br\s*/?>\s*$", re.IGNORECASE | re.MULTILINE)
_COMMON = re.compile(
    r"&(?:#\d{2,6}|#[xX][0-9a-fA-F]{2,5}|nbsp|amp|quot|apos|lt|gt|[lr][sd]quo|[mn]dash|hellip"
    r"|[a-zA-Z](?:acute|grave|uml|circ|tilde|cedil|slash|ring)|szlig|bull|middot|copy|reg|trade"
    r"|frac\d\d|deg|pound|euro|times|laquo|raquo|ensp|emsp|thinsp|zwnj|shy);"
)
_CUE_TAG = re.compile(
    r"<(?:/?(?:[cibuv]|lang|ruby|font|s|em|strong|span|br)(?:[.\s][^<>]*)?|/?rt|[\d:.]+)\s?/?>"
    r"|\{\\[^{}]*\}",
    re.IGNORECASE,
)
_ANY_TAG = re.compile(
    rf"<(?:/?(?:{_NAMES})(?:[.\s][^<>]*)?|[\d:.]+)\s?/?>|<!--.{{0,200}}?-->|\{{\\[^{{}}]*\}}",
    re.IGNORECASE,
)
_BLANK_TAG = re.compile(r"</?(?:br|p|div|li|tr|td|th)\b", re.IGNORECASE)
_READING = re.compile(r"<rt>(?:(?!<rt>).)*?</rt>", re.IGNORECASE)
_VOICE = re.compile(r"<v(?:\.[^\s<>]*)?\s+([^<>]+)>", re.IGNORECASE)


def has_tags(text: str) -> bool:
    """Tell whether tags stand as in markup: a pair with text between, or a break at a word.

    A tag that is spoken about ("a <div> in a <p>") stands alone between blanks.
    """
    return "<" in text and (_PAIR.search(text) is not None or _BREAK.search(text) is not None)


def has_entities(text: str) -> bool:
    """Tell whether a text has entities that nobody would write otherwise (`R&D;` is none)."""
    return "&" in text and _COMMON.search(text) is not None


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
    tags = _ANY_TAG if has_tags(line.text) else _CUE_TAG
    line = line.without([m.span() for m in _READING.finditer(line.text)])
    text: list[str] = []
    columns = array("I")
    voices: list[tuple[int, str]] = []
    position = 0
    while position < len(line.text):
        column = line.columns[position]
        tag = tags.match(line.text, position)
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
    if has_tags(whole.text) and not voices and not has_tags(line.text):  # tags that were escaped
        return plain_cue(whole.part(0, len(text)))
    return CueLine(
        whole.part(0, len(text)), tuple((max(at - lead, 0), name) for at, name in voices if name)
    )


def made_lines(text: str, number: int, voice: str | None = None) -> list[CueLine]:
    """Make lines of a text that stands, somehow encoded, in line `number` of the file.

    `voice` speaks it. Tags and entities within it are dropped if it has any.
    """
    found: list[CueLine] = []
    for line in source_lines(text):
        whole = replace(line, number=number)
        if has_tags(line.text) or has_entities(line.text):
            whole = plain_text(whole)
        if whole.text:
            found.append(CueLine(whole, ((0, voice),) if voice and not found else ()))
    return found
