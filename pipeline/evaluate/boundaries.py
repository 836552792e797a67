"""How far boundaries of words, lines and chapters are from where they should be. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.evaluate.matching import Matching
from pipeline.evaluate.records import Content, TimedToken

__all__ = [
    "WITHIN_MS",
    "Boundaries",
    "Deviation",
    "line_boundaries",
    "summary",
    "word_boundaries",
]

WITHIN_MS = (20, 50, 100, 200)


@dataclass(frozen=True, slots=True)
class Deviation:
    """A boundary: when it is, and how much later (or, below 0, earlier) it was found."""

    at_ms: int
    by_ms: int


@dataclass(frozen=True, slots=True)
class Boundaries:
    """Starts and ends; `expected` is how many of each the reference has times for."""

    expected: int
    starts: tuple[Deviation, ...]
    ends: tuple[Deviation, ...]


@dataclass(frozen=True, slots=True)
class Summary:
    """Absolute errors in milliseconds; `bias_ms` is the mean of those with their signs.

    `within` are shares, 0 to 1, within each of `WITHIN_MS`.
    """

    count: int
    mean_ms: float
    median_ms: float
    p95_ms: float
    worst_ms: float
    bias_ms: float
    within: tuple[float, ...]


def summary(deviations: Sequence[Deviation]) -> Summary | None:
    """Summarise errors; None if there are none."""
    if not deviations:
        return None
    signed = np.array([deviation.by_ms for deviation in deviations], dtype=np.float64)
    absolute = np.abs(signed)
    return Summary(
        count=len(signed),
        mean_ms=round(float(absolute.mean()), 3),
        median_ms=round(float(np.median(absolute)), 3),
        p95_ms=round(float(np.percentile(absolute, 95)), 3),
        worst_ms=round(float(absolute.max()), 3),
        bias_ms=round(float(signed.mean()), 3),
        within=tuple(round(float(np.mean(absolute <= limit)), 6) for limit in WITHIN_MS),
    )


def word_boundaries(reference: Content, found: Content, matching: Matching) -> Boundaries | None:
    """Errors of the words that both have; None unless both give times to words."""
    if not (reference.has_word_times and found.has_word_times):
        return None
    pairs = [(reference.words[a], found.words[b]) for a, b in matching.same]
    return Boundaries(
        sum(word.start_ms is not None for word in reference.words), _starts(pairs), _ends(pairs)
    )


def line_boundaries(reference: Content, found: Content, matching: Matching) -> Boundaries | None:
    """Errors of lines: those of the reference, or if it has none, those of the other.

    A line begins where its first word does. Only boundaries count that both sides give a time to:
    two files of captions may divide the text differently. None if neither has lines.
    """
    if not (reference.lines or found.lines):
        return None
    there = dict(matching.same)
    here = {b: a for a, b in matching.same}
    ours, theirs = _edges(reference), _edges(found)
    starts, ends, expected = [], [], 0
    lines = reference.lines or found.lines
    for line in lines:
        expected += line.start_ms is not None
        first, last = line.first_word, line.last_word
        if not reference.lines:
            first, last = here.get(first, -1), here.get(last, -1)
        starts += _deviation(ours[0], theirs[0], first, there)
        ends += _deviation(ours[1], theirs[1], last, there)
    return Boundaries(expected, tuple(starts), tuple(ends))


def _edges(content: Content) -> tuple[dict[int, int], dict[int, int]]:
    """Known starts and ends by word; those of lines win, as they are what is shown."""
    words = enumerate(content.words)
    starts = {at: word.start_ms for at, word in words if word.start_ms is not None}
    ends = {at: word.end_ms for at, word in enumerate(content.words) if word.end_ms is not None}
    for line in content.lines:
        _set(starts, line.first_word, line.start_ms)
        _set(ends, line.last_word, line.end_ms)
    return starts, ends


def _set(edges: dict[int, int], word: int, time_ms: int | None) -> None:
    if time_ms is not None:
        edges[word] = time_ms


def _deviation(
    ours: dict[int, int], theirs: dict[int, int], word: int, there: dict[int, int]
) -> list[Deviation]:
    right_ms, found_ms = ours.get(word), theirs.get(there.get(word, -1))
    if right_ms is None or found_ms is None:
        return []
    return [Deviation(right_ms, found_ms - right_ms)]


def _starts(pairs: Sequence[tuple[TimedToken, TimedToken]]) -> tuple[Deviation, ...]:
    return tuple(
        Deviation(right.start_ms, found.start_ms - right.start_ms)
        for right, found in pairs
        if right.start_ms is not None and found.start_ms is not None
    )


def _ends(pairs: Sequence[tuple[TimedToken, TimedToken]]) -> tuple[Deviation, ...]:
    return tuple(
        Deviation(right.end_ms, found.end_ms - right.end_ms)
        for right, found in pairs
        if right.end_ms is not None and found.end_ms is not None
    )
