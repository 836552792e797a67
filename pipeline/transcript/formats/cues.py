"""SRT, WebVTT, SBV and SubViewer as transcripts: the text of their cues, and who speaks it.

Formats: SubRip as players read it; WebVTT, https://www.w3.org/TR/webvtt1/; SBV as YouTube writes
it. Times are ignored, so that no cue is lost over damaged ones.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from pipeline.transcript.formats.markup import plain_cue
from pipeline.transcript.formats.records import CueLine, Document
from pipeline.transcript.source import SourceLine

__all__ = ["cue_lines", "is_cue_file", "read_cues"]

# As written by machines, and as people and bad converters leave them: signs, blanks, semicolons,
# frames, no hours, no fraction, a comma or a dot.
_TIME = r"(?:\d+[:;]){1,3}\d+(?:[.,]\d+)?"
_SECONDS = r"\d+[.,]\d+s?"
_LOOSE = r"[-+−]?\s*\d+(?:\s*[:;.,]\s*\d+){1,4}"
_ARROW = r"(?:-{1,3}\s?>|[–—=→]+>?|--&gt;)"
_SETTINGS = r"(?:\s+(?:align|line|position|size|vertical|region|[XY][12])\s?:\s?\S*)*"
_TIMING = re.compile(
    rf"\[?[-+−]?(?:{_TIME}|{_SECONDS})\s*{_ARROW}\s*[-+−]?(?:{_TIME}|{_SECONDS})\]?(?![^\s\]])"
    rf"{_SETTINGS}",
    re.IGNORECASE,
)
_WHOLE_TIMING = re.compile(
    rf"(?:{_LOOSE}\s*{_ARROW}\s*{_LOOSE}|\d+:\d\d:\d\d[.,]\d+,\d+:\d\d:\d\d[.,]\d+){_SETTINGS}\s*$",
    re.IGNORECASE,
)
_HALF_TIMING = re.compile(
    rf"(?:{_LOOSE}\s*-{{1,3}}\s?>\s*[-+−:;.,]*|[-+−:;.,]*\s*-{{1,3}}\s?>\s*{_LOOSE}){_SETTINGS}\s*$",
    re.IGNORECASE,
)
_DAMAGED_TIMING = re.compile(r"(?=.{5,60}$)(?=(?:.*?\d){4})[^<]*-->")
_INDEX = re.compile(r"\d{1,6}$")
_NOTE_CHAPTER = re.compile(r"NOTE\s+(?:#+\s*|[Cc]hapter:\s*)(\S.*)$")
_BREAK = re.compile(r"\[br\]", re.IGNORECASE)


def _timing_end(text: str) -> int:
    """Return where the times of a cue end; 0 if the line has none. What follows is its text."""
    found = _TIMING.match(text) or _WHOLE_TIMING.match(text) or _HALF_TIMING.match(text)
    if found:
        return found.end()
    return len(text) if _DAMAGED_TIMING.match(text) else 0


def is_cue_file(document: Document) -> bool:
    """Tell by content whether a file has cues, below or beside their times."""
    head = document.head
    if head and re.match(r"WEBVTT(?:\s|$)", head[0]):
        return True
    timed = [bool(_TIMING.match(text) or _WHOLE_TIMING.match(text)) for text in head]
    if any(timed[:2]) or any(yes and "-->" in text for yes, text in zip(timed, head, strict=True)):
        return True
    return sum(timed) + sum(_HALF_TIMING.match(text) is not None for text in head) > 1


def read_cues(document: Document) -> list[CueLine]:
    """Return the lines of all cues of a file."""
    return cue_lines(document.lines)


def cue_lines(lines: Sequence[SourceLine]) -> list[CueLine]:
    """Return the lines of all cues, in file order.

    Lenient: cue numbers, blank lines and times may be missing or damaged, and the text may stand
    on the line of the times. `NOTE # Title` and `NOTE Chapter: Title` in WebVTT begin a chapter.
    Where cues roll up (each one begins with the end of the one before, as automatic captions do),
    what rolls is taken once.
    """
    cues = list(_with_voices(_cues(lines)))
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
    number = 0
    blank = True
    begun = False
    for i, line in enumerate(lines):
        text = line.text
        is_next = blank and _INDEX.match(text) and int(text) == number + 1
        blank = not text
        if _is_index(lines, i) or is_next:
            # A cue begins, even if its times are missing.
            number, inside, begun = int(text), True, True
            continue
        if end := _timing_end(text):
            yield cue
            cue, inside = _texts(line.part(end, len(text))), True
        elif vtt and (note := _NOTE_CHAPTER.match(text)) and not inside:
            yield cue
            cue = []
            yield [CueLine(line, heading=note[1].strip())]
        elif vtt and not text:
            inside = begun
        elif inside and text:
            cue.extend(_texts(line))
        begun = False
    yield cue


def _texts(line: SourceLine) -> list[CueLine]:
    """Return the plain text of a cue's line; SBV breaks it with `[br]`."""
    starts = [0, *(found.end() for found in _BREAK.finditer(line.text))]
    ends = [*(found.start() for found in _BREAK.finditer(line.text)), len(line.text)]
    parts = [line.part(a, b) for a, b in zip(starts, ends, strict=True)]
    return [plain_cue(part) for part in parts if part.text]


def _is_index(lines: Sequence[SourceLine], i: int) -> bool:
    """Tell whether a line is the number of the cue whose timing stands in the next line."""
    return (
        _INDEX.match(lines[i].text) is not None
        and i + 1 < len(lines)
        and _timing_end(lines[i + 1].text) > 0
    )


def _with_voices(cues: Iterator[list[CueLine]]) -> Iterator[list[CueLine]]:
    """Move voices that stand alone on a line to the next one with text, and drop empty lines."""
    waiting: tuple[tuple[int, str], ...] = ()
    for cue in cues:
        kept: list[CueLine] = []
        for line in cue:
            if line.heading is None and not line.source.text:
                waiting = line.voices[-1:] or waiting
                continue
            if waiting and line.heading is None:
                begins = any(at == 0 for at, _ in line.voices)
                voices = line.voices if begins else (*waiting, *line.voices)
                line, waiting = replace(line, voices=voices), ()
            kept.append(line)
        yield kept


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
