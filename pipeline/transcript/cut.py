"""Parts of lines: paragraphs into caption-sized lines, lines without their first words."""

from __future__ import annotations

import itertools
from bisect import bisect_left, bisect_right
from dataclasses import replace

from pipeline.transcript.records import SoundEvent, TranscriptLine, TurnMark, WrittenWord
from pipeline.transcript.source import SourceLine

__all__ = ["LONGEST_LINE", "cut_line", "from_item", "items"]

LONGEST_LINE = 80
"""Characters; a longer line is a paragraph."""

_CAPTION = 42
"""Characters of a line cut from a paragraph, at most (if its words allow)."""

_SHORTEST = 18
"""Characters; no line is cut before them for the sake of punctuation."""

_CLOSING = "\"”’')]»*"

Item = WrittenWord | SoundEvent | TurnMark


def items(line: TranscriptLine) -> list[Item]:
    """Return the words, events and turn marks of a line in the order in which they stand."""
    found: list[Item] = [*line.words, *line.events, *line.turns]
    return sorted(
        found,
        key=lambda item: (item.place.line, item.place.column, not isinstance(item, TurnMark)),
    )


def cut_line(source: SourceLine, line: TranscriptLine) -> list[TranscriptLine]:
    """Cut a paragraph into lines of about 42 characters; leave a shorter line alone.

    Lines end after punctuation where they can, never inside a sound event or between a turn mark
    and what follows it; a turn mark begins a line.
    """
    if len(line.text) <= LONGEST_LINE:
        return [line]
    parts = items(line)
    starts = _starts(source, parts)
    breaks = [i for i in range(1, len(parts)) if not isinstance(parts[i - 1], TurnMark)]
    cuts = [0]
    while cuts[-1] < len(parts):
        cuts.append(_next_cut(source.text, parts, starts, breaks, cuts[-1]))
    return [_slice(source, parts[a:b], starts, a, b) for a, b in itertools.pairwise(cuts)]


def from_item(source: SourceLine, line: TranscriptLine, first: int) -> TranscriptLine:
    """Return a line from its item number `first` on."""
    parts = items(line)
    starts = _starts(source, parts)
    return _slice(source, parts[first:], starts, first, len(parts))


def _starts(source: SourceLine, parts: list[Item]) -> list[int]:
    """Offset of each item; a mark from a line of its own, before this one, stands at its start."""
    return [
        bisect_left(source.columns, item.place.column) if item.place.line == source.number else 0
        for item in parts
    ]


def _next_cut(
    text: str, parts: list[Item], starts: list[int], breaks: list[int], first: int
) -> int:
    begin = starts[first] if first else 0
    best, best_rank = len(parts), -1
    begin_at = bisect_right(breaks, first)
    for cut in breaks[begin_at : begin_at + _CAPTION]:
        length = len(text[begin : starts[cut]].rstrip())
        if length > _CAPTION and best_rank >= 0:
            return best
        if isinstance(parts[cut], TurnMark):
            return cut if length <= _CAPTION or best_rank < 0 else best
        before = text[begin : starts[cut]].rstrip().rstrip(_CLOSING)[-1:]
        rank = 0
        if length >= _SHORTEST:
            rank = 2 if before in ".?!…" else 1 if before in ",;:—–" else 0
        if rank >= best_rank or best_rank < 0:
            best, best_rank = cut, rank
    tail = len(text) - begin
    return best if tail > _CAPTION else len(parts)


def _slice(
    source: SourceLine, parts: list[Item], starts: list[int], first: int, end: int
) -> TranscriptLine:
    begin = starts[first] if first else 0
    piece = source.part(begin, starts[end] if end < len(starts) else len(source.text))
    words: list[WrittenWord] = []
    events: list[SoundEvent] = []
    turns: list[TurnMark] = []
    for item in parts:
        if isinstance(item, WrittenWord):
            words.append(item)
        elif isinstance(item, SoundEvent):
            events.append(replace(item, before_word=len(words)))
        else:
            turns.append(replace(item, before_word=len(words)))
    return TranscriptLine(piece.text, tuple(words), tuple(events), tuple(turns), piece.place(0))
