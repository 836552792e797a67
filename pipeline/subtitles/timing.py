"""When captions appear and disappear. Pure.

In-times are those of the first words; out-times are held for reading where there is room. Where
captions crowd, in-times move apart as little as possible (least squares, pool adjacent violators),
if by that all of them can stay long enough; otherwise they stay where they are, for a caption that
is moved and too short all the same has gained nothing.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.subtitles.styles import NO_FRAME_RATE, Style
from pipeline.timecode import FrameRate, load_frame_rate

__all__ = ["Span", "place_spans"]

MAX_SHIFT_MS = 500
"""An in-time is never further than this from speech for the sake of a caption's length."""


@dataclass(frozen=True, slots=True)
class Span:
    """When the words of a caption are heard, and how many characters it has."""

    start_ms: int
    end_ms: int
    chars: int


@dataclass(frozen=True, slots=True)
class _Grid:
    """The instants at which captions may begin and end: milliseconds, or frames of a rate."""

    rate: FrameRate | None

    def at(self, time_ms: int) -> int:
        """The last instant not after a time."""
        return time_ms if self.rate is None else self.rate.frame_at(time_ms)

    def from_(self, time_ms: int) -> int:
        """The first instant not before a time."""
        return time_ms if self.rate is None else self.rate.first_frame_from(time_ms)

    def ms(self, instant: int) -> int:
        return instant if self.rate is None else self.rate.start_ms(instant)


def place_spans(
    spans: Sequence[Span], style: Style, duration_ms: int
) -> tuple[tuple[int, int], ...]:
    """Start and end of each caption in milliseconds, in order, never overlapping, never empty.

    With a frame rate, they are the beginnings of frames, rounded up to the millisecond.
    """
    if not spans:
        return ()
    framed = style.frame_rate != NO_FRAME_RATE
    grid = _Grid(load_frame_rate(style.frame_rate) if framed else None)
    gap = style.min_gap_frames if framed else style.min_gap_ms
    shortest = max(1, grid.from_(style.min_duration_ms))
    longest = max(shortest, grid.at(style.max_duration_ms))
    wanted = [grid.at(span.start_ms) for span in spans]
    starts = _spread(wanted, shortest + gap, grid.from_(MAX_SHIFT_MS))
    last_end = max(grid.at(duration_ms), grid.from_(spans[-1].start_ms) + 1)
    placed = []
    for number, span in enumerate(spans):
        start = starts[number]
        final = number + 1 == len(spans)
        limit = max(start + 1, last_end if final else starts[number + 1] - gap)
        latest = min(limit, start + longest)
        reading = start + grid.from_(round(span.chars * 1000 / style.max_chars_per_second) + 1)
        lingering = grid.from_(span.end_ms + style.linger_ms)
        end = min(latest, max(lingering, start + shortest, reading))
        if not final and latest == limit and limit - end < grid.at(style.chain_below_ms):
            end = limit
        placed.append((grid.ms(start), grid.ms(end)))
    return tuple(placed)


def _spread(wanted: Sequence[int], apart: int, max_shift: int) -> list[int]:
    """Move in-times so that they are `apart` where that takes no more than `max_shift`.

    They come out strictly increasing in any case.
    """
    starts = list(wanted)
    crowds = [
        (first, last) for first, last in _crowds(wanted, apart, max_shift) if last > first + 1
    ]
    for first, last in crowds:
        earliest = _earliest(wanted[first:last], apart)
        starts[first:last] = [earliest + n * apart for n in range(last - first)]
    # A crowd that would take others' room stays where it is; then others may have to, too.
    is_settled = False
    while not is_settled:
        is_settled = True
        for first, last in crowds:
            around = range(max(1, first), min(len(wanted), last + 1))
            if starts[first:last] != list(wanted[first:last]) and any(
                starts[n] - starts[n - 1] < min(apart, wanted[n] - wanted[n - 1]) for n in around
            ):
                starts[first:last] = wanted[first:last]
                is_settled = False
    for number in range(1, len(starts)):
        starts[number] = max(starts[number], starts[number - 1] + 1)
    return starts


def _crowds(wanted: Sequence[int], apart: int, max_shift: int) -> Iterator[tuple[int, int]]:
    """First and last (excluded) of in-times that move together, as few as can, mostly one.

    A crowd in which one would move too far is parted where it is least crowded.
    """
    pending = [(0, len(wanted))]
    while pending:
        first, last = pending.pop()
        blocks = _blocks([at - n * apart for n, at in enumerate(wanted[first:last])])
        if len(blocks) > 1:
            edges = itertools.accumulate((count for _, count in blocks), initial=first)
            pending += reversed(list(itertools.pairwise(edges)))
            continue
        earliest = _earliest(wanted[first:last], apart)
        shifts = [abs(earliest + n * apart - at) for n, at in enumerate(wanted[first:last])]
        if len(shifts) == 1 or max(shifts) <= max_shift:
            yield first, last
            continue
        rooms = [after - before for before, after in itertools.pairwise(wanted[first:last])]
        middle = first + 1 + max(range(len(rooms)), key=rooms.__getitem__)
        pending += [(middle, last), (first, middle)]


def _earliest(wanted: Sequence[int], apart: int) -> int:
    """Where the first of some in-times goes if they are `apart` and move as little as possible."""
    return max(0, sum(at - n * apart for n, at in enumerate(wanted)) // len(wanted))


def _blocks(values: Sequence[int]) -> list[tuple[int, int]]:
    """Sums and sizes of the runs that share a value in the nearest sequence that never decreases.

    Nearest by least squares: pool adjacent violators.
    """
    blocks: list[tuple[int, int]] = []
    for value in values:
        total, count = value, 1
        while blocks and blocks[-1][0] * count > total * blocks[-1][1]:
            before, size = blocks.pop()
            total, count = total + before, count + size
        blocks.append((total, count))
    return blocks
