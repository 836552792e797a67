"""Cuts an episode into windows of 10 to 30 s that a neural aligner can hold. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.episode import Gap

__all__ = ["RoughTime", "Window", "plan_windows"]

_SHORTEST_MS = 10_000
_LONGEST_MS = 30_000
_BREAK_MS = 2000
_LONGEST_SILENCE_MS = 5000
_MARGIN_MS = 300

RoughTime = tuple[int, int] | None
"""Start and end of a word in ms as a first pass tells them; None if the audio lacks it."""


@dataclass(frozen=True, slots=True)
class Window:
    """Audio from `start_ms` to `end_ms`, and the numbers of the words spoken in it, ascending."""

    start_ms: int
    end_ms: int
    words: tuple[int, ...]


def plan_windows(
    rough: Sequence[RoughTime], gaps: Sequence[Gap], duration_ms: int
) -> tuple[Window, ...]:
    """Put each word that has a time into one window.

    A window ends in the longest pause that leaves it 10 to 30 s long. It is shorter where it would
    reach over speech that the text lacks, over music, or over a silence of more than 5 s, because
    the network is forced to find the words somewhere in its window.

    Args:
        rough: for each word of the text; starts must not decrease.
        gaps: what fills the audio between words.
        duration_ms: of the audio.
    """
    present = [number for number, time in enumerate(rough) if time is not None]
    windows: list[Window] = []
    for run in _runs(present, rough, gaps):
        for piece in _pieces(run, rough):
            windows.append(_window(piece, present, rough, duration_ms))
    return tuple(windows)


def _time(rough: Sequence[RoughTime], word: int) -> tuple[int, int]:
    time = rough[word]
    assert time is not None
    return time


def _runs(present: list[int], rough: Sequence[RoughTime], gaps: Sequence[Gap]) -> list[list[int]]:
    """Split where a hole between two words must not be reached over."""
    runs: list[list[int]] = []
    foreign = [gap for gap in gaps if gap.kind != "silence"]
    at = 0
    for word in present:
        start_ms, _ = _time(rough, word)
        if not runs:
            runs.append([word])
            continue
        end_ms = _time(rough, runs[-1][-1])[1]
        is_broken = False
        if start_ms - end_ms > _BREAK_MS:
            while at < len(foreign) and foreign[at].end_ms <= end_ms:
                at += 1
            is_filled = at < len(foreign) and foreign[at].start_ms < start_ms
            is_broken = is_filled or start_ms - end_ms > _LONGEST_SILENCE_MS
        if is_broken:
            runs.append([word])
        else:
            runs[-1].append(word)
    return runs


def _pieces(run: list[int], rough: Sequence[RoughTime]) -> list[list[int]]:
    """Cut a run at its longest pauses into pieces of 10 to 30 s."""
    pieces: list[list[int]] = []
    first = 0
    last_end_ms = _time(rough, run[-1])[1]
    while True:
        begin_ms = _time(rough, run[first])[0]
        if last_end_ms - begin_ms <= _LONGEST_MS:
            pieces.append(run[first:])
            return pieces
        best, best_rank = first + 1, (-1, -1)
        for at in range(first + 1, len(run)):
            end_ms, start_ms = _time(rough, run[at - 1])[1], _time(rough, run[at])[0]
            length_ms, rest_ms = end_ms - begin_ms, last_end_ms - start_ms
            if length_ms > _LONGEST_MS and at > first + 1:
                break
            is_good = length_ms >= _SHORTEST_MS and rest_ms >= _SHORTEST_MS
            # Of equal pauses the later one: fewer windows.
            rank = (start_ms - end_ms if is_good else -1, length_ms)
            if rank >= best_rank:
                best, best_rank = at, rank
        pieces.append(run[first:best])
        first = best


def _window(
    piece: list[int], present: list[int], rough: Sequence[RoughTime], duration_ms: int
) -> Window:
    start_ms, _ = _time(rough, piece[0])
    end_ms = max(_time(rough, word)[1] for word in piece)
    earliest_ms, latest_ms = 0, duration_ms
    before = _neighbour(present, piece[0], -1)
    after = _neighbour(present, piece[-1], 1)
    if before is not None:
        earliest_ms = (min(_time(rough, before)[1], start_ms) + start_ms) // 2
    if after is not None:
        latest_ms = (end_ms + max(_time(rough, after)[0], end_ms)) // 2
    return Window(
        max(0, earliest_ms, start_ms - _MARGIN_MS),
        min(duration_ms, max(end_ms, min(latest_ms, end_ms + _MARGIN_MS))),
        tuple(piece),
    )


def _neighbour(present: list[int], word: int, step: int) -> int | None:
    from bisect import bisect_left

    at = bisect_left(present, word) + step
    return present[at] if 0 <= at < len(present) else None
