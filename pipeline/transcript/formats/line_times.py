"""Formats with a time or frame number in front of each line: LRC, MicroDVD, Audacity labels, CTM.

LRC: `[00:12.00]Text`, words after `<00:12.34>`, `[ar:Artist]` and its likes about the file.
MicroDVD: `{100}{150}Text|second line`. CTM: `file channel start length word`, as NIST has it.
"""

from __future__ import annotations

import re

from pipeline.transcript.formats.records import CueLine, Document, Piece, made_line

__all__ = ["is_ctm", "is_lrc", "is_microdvd", "read_ctm", "read_lrc", "read_microdvd"]

_LRC_TIME = re.compile(r"(?:\[\d{1,3}:\d\d(?:[.:]\d{1,3})?\]\s*)+")
_LRC_WORD_TIME = re.compile(r"<\d{1,3}:\d\d(?:[.:]\d{1,3})?>")
_LRC_TAG = re.compile(r"\[[a-z#]{1,9}:[^\[\]]*\]$", re.IGNORECASE)
_MICRODVD = re.compile(r"\{\d+\}\{\d*\}")
_MICRODVD_STYLE = re.compile(r"\{[a-zA-Z]:[^{}]*\}")
_CTM = re.compile(r"(\S+)\s+(\S+)\s+(\d+\.\d+)\s+(\d+\.\d+)\s+(\S+)(?:\s+[\d.]+(?:\s+\S+)*)?$")
_PAUSE_S = 0.5
"""Between words of a CTM file: a longer pause begins a new line."""
_LONGEST = 42
"""Characters of a line made of timed words."""


def is_lrc(document: Document) -> bool:
    """Tell whether a time in brackets, with a fraction, begins most lines but those of tags."""
    lines = [text for text in document.head if not _LRC_TAG.match(text)]
    timed = sum(_LRC_TIME.match(text) is not None for text in lines)
    tags = len(document.head) - len(lines)
    exact = sum(re.match(r"\[\d{1,3}:\d\d[.:]\d{2,3}\]", text) is not None for text in lines)
    return 2 * timed > len(lines) and (exact > 0 or tags > 1)


def read_lrc(document: Document) -> list[CueLine]:
    """Return the text behind the times; lines about the file are dropped."""
    found = []
    for line in document.lines:
        if _LRC_TAG.match(line.text) and not _LRC_TIME.match(line.text):
            continue
        time = _LRC_TIME.match(line.text)
        bare = line.part(time.end() if time else 0, len(line.text))
        bare = bare.without([m.span() for m in _LRC_WORD_TIME.finditer(bare.text)])
        found.append(CueLine(bare))
    return found


def is_microdvd(document: Document) -> bool:
    """Tell whether two frame numbers in braces begin most lines."""
    written = document.head
    return 2 * sum(_MICRODVD.match(text) is not None for text in written) > len(written)


def read_microdvd(document: Document) -> list[CueLine]:
    """Return the text behind the frame numbers, its lines apart, without style commands."""
    found = []
    for line in document.lines:
        time = _MICRODVD.match(line.text)
        bare = line.part(time.end() if time else 0, len(line.text))
        bare = bare.without([m.span() for m in _MICRODVD_STYLE.finditer(bare.text)])
        at = 0
        for part in bare.text.split("|"):
            found.append(CueLine(bare.part(at, at + len(part))))
            at += len(part) + 1
    return found


def is_ctm(document: Document) -> bool:
    """Tell whether every line is a CTM record or a comment."""
    rows = [text for text in document.head if not text.startswith(";;")]
    return bool(rows) and all(_CTM.match(row) for row in rows)


def read_ctm(document: Document) -> list[CueLine]:
    """Return the words, joined to lines that end at pauses and sentences."""
    found: list[CueLine] = []
    pieces: list[Piece] = []
    end_s = 0.0
    for line in document.lines:
        row = _CTM.match(line.text)
        if row is None:
            continue
        start_s = float(row[3])
        length = sum(len(piece.text) for piece in pieces)
        ended = bool(pieces) and pieces[-2].text.endswith((".", "?", "!"))
        if pieces and (start_s - end_s > _PAUSE_S or length > _LONGEST or ended):
            found.append(CueLine(made_line(pieces)))
            pieces = []
        end_s = start_s + float(row[4])
        column = line.columns[row.start(5)]
        pieces += [Piece(row[5], line.number, column), Piece(" ", line.number, column)]
    if pieces:
        found.append(CueLine(made_line(pieces)))
    return found
