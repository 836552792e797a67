"""SRT and WebVTT files as transcripts: the text of their cues, and who speaks it.

Formats: SubRip as players read it; WebVTT, https://www.w3.org/TR/webvtt1/. Times are ignored.
"""

from __future__ import annotations

import html
import itertools
import re
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.transcript.source import SourceLine

__all__ = ["CueLine", "cue_lines", "is_cue_file"]

_TIMING = re.compile(
    r"(?:\d+:)?\d{1,2}:\d{1,2}(?:[.,]\d{1,3})?\s*-{1,2}>\s*(?:\d+:)?\d{1,2}:\d{1,2}(?:[.,]\d{1,3})?"
)
_INDEX = re.compile(r"\d+$")
_TAG = re.compile(
    r"<(?:/?(?:[cibuv]|lang|ruby|font|s|em|strong|span)(?:[.\s][^<>]*)?|/?rt|[\d:.]+)/?>"
    r"|\{\\[^{}]*\}",
    re.IGNORECASE,
)
_READING = re.compile(r"<rt>(?:(?!<rt>).)*?</rt>", re.IGNORECASE)
_VOICE = re.compile(r"<v(?:\.[^\s<>]*)?\s+([^<>]+)>", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#\d+|#[xX][0-9a-fA-F]+|[A-Za-z]+\d*);")
_NOTE_CHAPTER = re.compile(r"NOTE\s+(?:#+\s*|[Cc]hapter:\s*)(\S.*)$")


@dataclass(frozen=True, slots=True)
class CueLine:
    """A line of a cue without markup.

    `voices` are the `<v Name>` spans that begin in it, as (index in the text, name); a `heading`
    is a chapter's title and no text.
    """

    source: SourceLine
    voices: tuple[tuple[int, str], ...] = ()
    heading: str | None = None


def is_cue_file(lines: Sequence[SourceLine]) -> bool:
    """Tell whether a file is SRT or WebVTT, by content."""
    first = next((line.text for line in lines if line.text), "")
    if re.match(r"WEBVTT(?:\s|$)", first):
        return True
    head = [line.text for line in lines if line.text][:200]
    return any(_TIMING.match(text) for text in head)


def cue_lines(lines: Sequence[SourceLine]) -> list[CueLine]:
    """Return the lines of all cues, in file order.

    Lenient: cue numbers, blank lines and hours may be missing. `NOTE # Title` and
    `NOTE Chapter: Title` in WebVTT begin a chapter. Where cues roll up (each one begins with the
    end of the one before, as automatic captions do), what rolls is taken once.
    """
    cues = list(_cues(lines))
    rolling = _roll_up(cues)
    found: list[CueLine] = []
    before: list[str] = []
    for cue in cues:
        texts = [line.source.text for line in cue]
        skip = _rolled(before, texts) if rolling else 0
        found.extend(cue[skip:])
        if texts:
            before = texts
    return found


def _cues(lines: Sequence[SourceLine]) -> Iterator[list[CueLine]]:
    vtt = next((line.text for line in lines if line.text), "").startswith("WEBVTT")
    cue: list[CueLine] = []
    inside = False
    for i, line in enumerate(lines):
        text = line.text
        if _TIMING.match(text):
            yield cue
            cue, inside = [], True
        elif vtt and (note := _NOTE_CHAPTER.match(text)) and not inside:
            yield cue
            cue = []
            yield [CueLine(line, heading=note[1].strip())]
        elif vtt and not text:
            inside = False
        elif inside and text and not _is_index(lines, i):
            plain = _plain(line)
            if plain.source.text:
                cue.append(plain)
    yield cue


def _is_index(lines: Sequence[SourceLine], i: int) -> bool:
    """Tell whether a line is the number of the cue whose timing stands in the next line."""
    return (
        _INDEX.match(lines[i].text) is not None
        and i + 1 < len(lines)
        and _TIMING.match(lines[i + 1].text) is not None
    )


def _plain(line: SourceLine) -> CueLine:
    line = line.without([m.span() for m in _READING.finditer(line.text)])
    text: list[str] = []
    columns = array("I")
    voices: list[tuple[int, str]] = []
    position = 0
    while position < len(line.text):
        column = line.columns[position]
        tag = _TAG.match(line.text, position)
        entity = _ENTITY.match(line.text, position)
        if tag:
            voice = _VOICE.match(tag[0])
            if voice:
                if text and not text[-1].isspace():  # another voice never continues a word
                    text.append(" ")
                    columns.append(column)
                voices.append((len(text), html.unescape(voice[1]).strip()))
            position = tag.end()
        elif entity:
            for character in html.unescape(entity[0]):
                if character.isprintable() or character.isspace():
                    text.append(" " if character.isspace() else character)
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


def _rolled(before: Sequence[str], texts: Sequence[str]) -> int:
    """Return how many lines `texts` has in common with the end of `before`."""
    for n in range(min(len(before), len(texts)), 0, -1):
        if list(before[-n:]) == list(texts[:n]):
            return n
    return 0


def _roll_up(cues: Sequence[Sequence[CueLine]]) -> bool:
    texts = [[line.source.text for line in cue] for cue in cues if cue]
    pairs = list(itertools.pairwise(texts))
    rolled = sum(_rolled(a, b) > 0 for a, b in pairs)
    return len(pairs) >= 3 and 3 * rolled >= len(pairs)
