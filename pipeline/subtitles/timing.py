"""When captions appear and disappear. Pure.

In-times are those of the first words; out-times are held for reading where there is room. Where
captions crowd, in-times move apart as little as possible (least squares, pool adjacent violators).
"""

from __future__ import annotations

from collections.abc import Sequence
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
    level = _isotonic([at - number * apart for number, at in enumerate(wanted)])
    starts: list[int] = []
    for number, at in enumerate(wanted):
        start = int(level[number] // 1) + number * apart
        start = max(0, min(max(start, at - max_shift), at + max_shift))
        if starts:
            start = max(start, starts[-1] + 1)
        starts.append(start)
    return starts


def _isotonic(values: Sequence[int]) -> list[float]:
    """The nearest sequence, by least squares, that never decreases."""
    blocks: list[tuple[int, int]] = []
    for value in values:
        total, count = value, 1
        while blocks and blocks[-1][0] * count > total * blocks[-1][1]:
            before, size = blocks.pop()
            total, count = total + before, count + size
        blocks.append((total, count))
    return [total / count for total, count in blocks for _ in range(count)]
