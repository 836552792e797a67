"""Where captions and their lines begin: the cheapest way over the whole episode. Pure.

Dynamic programming over tokens. What a caption costs depends on its first and last token alone, as
it begins with its first word and must end before the next one begins; so the best segmentation up
to each token is found from the best ones before it. All captions of one length are judged at once
(arrays over a part of the episode), which makes the whole linear in the number of tokens. Parts end
at pauses that no caption may span.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from copy import copy
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.subtitles.breaks import Boundary, boundary
from pipeline.subtitles.marks import shown_dash, shown_name
from pipeline.subtitles.styles import Style
from pipeline.subtitles.text import display_length
from pipeline.subtitles.tokens import Token, Turn

__all__ = ["Segment", "segment_tokens"]

_Array = NDArray[np.float64]

# Costs. One unit is about what a viewer minds least; what is listed as a fault costs a hundred.
CUE_COST = 9.0
LINE_COST = 1.5
TURN_INSIDE_COST = 12.0
"""For each further turn in a caption, a sound event of its own included."""
SENTENCE_INSIDE_COST = 1.5
EARLY_COST_PER_S = 2.0
"""For a second speaker's words that are shown so long before they are spoken."""
PAUSE_COST_PER_S = 10.0
FREE_PAUSE_MS = 300
TOO_SHORT_COST = 250.0
TOO_FAST_COST = 150.0
TOO_FAST_COST_PER_CPS = 4.0
FILL_COST = 4.0
"""For a full line; grows with the square of its length, so that lines come out even."""
STUB_COST = 8.0
STUB_SHARE = 0.3
"""For a line that is nearly empty beside another one of the same turn; none at this share."""
CUE_END_COSTS = {
    Boundary.SENTENCE: 0.0,
    Boundary.CLAUSE: 4.0,
    Boundary.CONJUNCTION: 9.0,
    Boundary.PREPOSITION: 11.0,
    Boundary.PLAIN: 26.0,
    Boundary.POOR: 65.0,
    Boundary.FORBIDDEN: 1000.0,
}
LINE_END_COSTS = {
    Boundary.SENTENCE: 0.0,
    Boundary.CLAUSE: 1.0,
    Boundary.CONJUNCTION: 2.5,
    Boundary.PREPOSITION: 3.5,
    Boundary.PLAIN: 16.0,
    Boundary.POOR: 40.0,
    Boundary.FORBIDDEN: 1000.0,
}
MAX_PAUSE_DISCOUNT = 10.0
"""What a pause takes off the cost of ending a caption there; phrases stay whole nevertheless."""

_PART_TOKENS = 2000
_PER_TOKEN = (
    "starts_ms", "ends_ms", "limits_ms", "turns", "voiced", "marks", "cue_end", "line_end",
    "goes_on",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Segment:
    """A caption: tokens `starts[0]` to `end` (excluded), a line beginning at each of `starts`."""

    starts: tuple[int, ...]
    end: int


class _Measures:
    """The episode as arrays over tokens; index n stands for its end."""

    def __init__(
        self, tokens: Sequence[Token], turns: Sequence[Turn], style: Style, duration_ms: int
    ) -> None:
        self.style = style
        self.n = len(tokens)
        widths = np.array([display_length(token.text) for token in tokens], dtype=np.float64)
        self.offsets = np.concatenate(([0.0], np.cumsum(widths + 1)))
        self.starts_ms = np.array([token.start_ms for token in tokens], dtype=np.float64)
        ends_ms = np.array([token.end_ms for token in tokens], dtype=np.float64)
        self.ends_ms = np.maximum.accumulate(ends_ms)
        gap_ms = style.min_gap_ms
        self.limits_ms = np.append(self.starts_ms[1:] - gap_ms, max(duration_ms, self.ends_ms[-1]))
        self.turns = np.array([token.turn for token in tokens])
        begins = np.concatenate(([True], self.turns[1:] != self.turns[:-1]))
        voiced = np.array([turns[token.turn].voiced for token in tokens])
        self.voiced = voiced
        self.voices = np.concatenate(([0], np.cumsum(begins & voiced)))
        self.marks = np.array(
            [
                _mark_width(turns[token.turn], style) if first else 0
                for token, first in zip(tokens, begins, strict=True)
            ],
            dtype=np.float64,
        )
        kinds = _boundaries(tokens)
        new_turn = begins[1:]
        pauses_ms = self.starts_ms[1:] - self.ends_ms[:-1]
        lengths_ms = ends_ms - self.starts_ms
        silent = np.array([0.0 if token.words else 1.0 for token in tokens])
        pauses_ms = pauses_ms + np.maximum(0.0, (silent * lengths_ms)[:-1] - 1000)
        cue_end = np.array([CUE_END_COSTS[kind] for kind in kinds])
        discount = np.clip(pauses_ms / 100, 0, MAX_PAUSE_DISCOUNT)
        cue_end = np.where(new_turn, 0.0, np.maximum(0.0, cue_end - discount))
        line_end = np.where(new_turn, 0.0, np.array([LINE_END_COSTS[kind] for kind in kinds]))
        self.cue_end = np.append(cue_end, 0.0)
        self.line_end = np.concatenate(([0.0], line_end))
        self.goes_on = np.concatenate(([0.0], np.where(new_turn, 0.0, 1.0)))
        inside = SENTENCE_INSIDE_COST * np.array(
            [kind is Boundary.SENTENCE for kind in kinds], dtype=np.float64
        )
        inside += np.maximum(0.0, pauses_ms - FREE_PAUSE_MS) / 1000 * PAUSE_COST_PER_S
        inside += np.where(pauses_ms > style.max_pause_ms, np.inf, 0.0)
        self.inside = inside

    def parts(self) -> Iterator[tuple[int, _Measures]]:
        """Parts that no caption crosses the bounds of, and the first token of each."""
        bars = np.flatnonzero(~np.isfinite(self.inside)) + 1
        first = 0
        while first < self.n:
            later = bars[np.searchsorted(bars, first + _PART_TOKENS) :]
            end = int(later[0]) if len(later) else self.n
            yield first, self._part(first, end)
            first = end

    def _part(self, first: int, end: int) -> _Measures:
        part = copy(self)
        part.n = end - first
        for name in _PER_TOKEN:
            setattr(part, name, getattr(self, name)[first:end])
        part.offsets = self.offsets[first : end + 1]
        part.voices = self.voices[first : end + 1]
        part.inside = self.inside[first : end - 1]
        return part


def _mark_width(turn: Turn, style: Style) -> int:
    """Width of what stands where `turn` begins, whatever else is in the caption."""
    name = shown_name(turn, style)
    dash = shown_dash(turn, style, begins=True, several=False)
    return display_length(dash) + (display_length(name) + 2 if name else 0)


def _boundaries(tokens: Sequence[Token]) -> list[Boundary]:
    kinds = []
    earlier = ""
    for one, two in itertools.pairwise(tokens):
        kinds.append(boundary(one.text, two.text, earlier))
        earlier = one.text if two.turn == one.turn else ""
    return kinds


def segment_tokens(
    tokens: Sequence[Token], turns: Sequence[Turn], style: Style, duration_ms: int
) -> tuple[Segment, ...]:
    """Group tokens into captions and lines, within the limits of `style` wherever it can be done.

    Each token is in exactly one caption, in order. A word longer than a line has one of its own.
    """
    if not tokens:
        return ()
    whole = _Measures(tokens, turns, style, duration_ms)
    return tuple(
        Segment(tuple(first + at for at in segment.starts), first + segment.end)
        for first, part in whole.parts()
        for segment in _segment_part(part)
    )


def _segment_part(measures: _Measures) -> list[Segment]:
    style = measures.style
    longest = _longest(measures)
    plain = _layouts(measures, longest, dash=0)
    several = plain
    if style.dashes == "several":
        several = _layouts(measures, longest, dash=display_length(style.dash))
    lengths = _cheapest(_cue_costs(measures, longest, plain, several), measures.n)
    segments = []
    first = 0
    for length in lengths:
        voices = _voices(measures, length)[first]
        layouts = several if voices > 1 else plain
        segments.append(Segment(_line_starts(measures, layouts, first, length), first + length))
        first += length
    return segments


def _longest(measures: _Measures) -> int:
    """Most tokens that any caption can hold."""
    style = measures.style
    room = style.max_lines * (style.max_chars_per_line + 1)
    ends = np.searchsorted(measures.offsets, measures.offsets[:-1] + room, side="right") - 1
    return max(1, int(np.max(ends - np.arange(measures.n))))


@dataclass(frozen=True, slots=True)
class _Layouts:
    """Least costs of the lines of every possible caption; inf where it cannot be.

    `costs[lines - 1][length - 1][first]` is for so many lines, `stubs[length - 1][first]` what a
    single line costs more if others of the same turn stand beside it and it is short.
    """

    costs: list[list[_Array]]
    stubs: list[_Array]


def _layouts(measures: _Measures, longest: int, dash: int) -> _Layouts:
    style, n = measures.style, measures.n
    single: list[_Array] = []
    stubs: list[_Array] = []
    for length in range(1, longest + 1):
        count = n - length + 1
        widths = measures.offsets[length:] - measures.offsets[:count] - 1 + measures.marks[:count]
        widths = widths + dash * measures.voiced[:count]
        filled = widths / style.max_chars_per_line
        fits = (measures.turns[:count] == measures.turns[length - 1 :]) & (
            (filled <= 1) | (length == 1)
        )
        single.append(np.where(fits, FILL_COST * filled**2, np.inf))
        stubs.append(STUB_COST * np.maximum(0.0, 1 - filled / STUB_SHARE))
    layouts = _Layouts([single], stubs)
    for _ in range(1, min(style.max_lines, longest)):
        grown: list[_Array] = [np.full(n, np.inf)]
        for length in range(2, longest + 1):
            count = n - length + 1
            best = np.full(count, np.inf)
            for head in range(1, length):
                np.minimum(best, _with_line(measures, layouts, length, head, 0, count), out=best)
            grown.append(best)
        layouts.costs.append(grown)
    return layouts


def _with_line(
    measures: _Measures, layouts: _Layouts, length: int, head: int, first: int, count: int
) -> _Array:
    """Costs of `count` captions from `first` on whose last line begins after `head` tokens.

    The lines before it are the last ones in `layouts.costs`.
    """
    ahead, behind = slice(first, first + count), slice(first + head, first + head + count)
    before = layouts.costs[-1][head - 1][ahead]
    stubs = layouts.stubs[length - head - 1][behind]
    if len(layouts.costs) == 1:
        stubs = stubs + layouts.stubs[head - 1][ahead]
    last = layouts.costs[0][length - head - 1][behind]
    return before + last + measures.line_end[behind] + LINE_COST + stubs * measures.goes_on[behind]


def _layout_costs(layouts: _Layouts, length: int) -> _Array:
    """Least cost of any number of lines: one if it is long enough."""
    costs = layouts.costs[0][length - 1]
    rest = np.min([layout[length - 1] for layout in layouts.costs], axis=0)
    return np.where(np.isfinite(costs), costs, rest)


def _voices(measures: _Measures, length: int) -> NDArray[np.int64]:
    """How many turns are in each caption of `length` tokens."""
    count = measures.n - length + 1
    after_first = measures.voices[length:] - measures.voices[1 : count + 1]
    return np.asarray(after_first + measures.voiced[:count], dtype=np.int64)


def _cue_costs(
    measures: _Measures, longest: int, plain: _Layouts, several: _Layouts
) -> list[_Array]:
    """`costs[length - 1][first]` of each caption, its end's boundary included."""
    style, n = measures.style, measures.n
    inside = np.concatenate(([0.0], measures.inside))
    inside_sum = np.cumsum(np.where(np.isfinite(inside), inside, 0.0))
    barred_sum = np.cumsum(~np.isfinite(inside))
    costs: list[_Array] = []
    for length in range(1, longest + 1):
        count = n - length + 1
        last = np.arange(length - 1, n)
        voices = _voices(measures, length)
        layout = np.where(voices > 1, _layout_costs(several, length), _layout_costs(plain, length))
        starts_ms, ends_ms = measures.starts_ms[:count], measures.ends_ms[last]
        chars = measures.offsets[length:] - measures.offsets[:count] - 1
        durations_ms = _durations_ms(measures, starts_ms, ends_ms, measures.limits_ms[last], chars)
        speed = chars * 1000 / np.maximum(durations_ms, 1.0)
        excess = speed - style.max_chars_per_second
        cost = CUE_COST + layout + measures.cue_end[last]
        cost += inside_sum[last] - inside_sum[:count]
        cost += np.where(excess > 0, TOO_FAST_COST + TOO_FAST_COST_PER_CPS * excess, 0.0)
        short = np.maximum(0.0, style.min_duration_ms - durations_ms)
        cost += np.where(short > 0, TOO_SHORT_COST + short / 10, 0.0)
        cost += TURN_INSIDE_COST * (measures.turns[last] - measures.turns[:count])
        cost += np.where(voices > 1, (ends_ms - starts_ms) / 1000 * EARLY_COST_PER_S, 0.0)
        if length > 1:
            barred = barred_sum[last] > barred_sum[:count]
            barred |= ends_ms - starts_ms > style.max_duration_ms
            barred |= voices > style.speakers_per_cue
            cost = np.where(barred, np.inf, cost)
        costs.append(cost)
    return costs


def _durations_ms(
    measures: _Measures, starts_ms: _Array, ends_ms: _Array, limits_ms: _Array, chars: _Array
) -> _Array:
    style = measures.style
    reading_ms = np.maximum(style.min_duration_ms, chars * 1000 / style.max_chars_per_second)
    wanted_ms = np.maximum(ends_ms, starts_ms + reading_ms)
    latest_ms = np.minimum(limits_ms, starts_ms + style.max_duration_ms)
    return np.asarray(np.minimum(wanted_ms, latest_ms) - starts_ms, dtype=np.float64)


def _cheapest(costs: list[_Array], n: int) -> list[int]:
    """Lengths of the captions that cost least together."""
    longest = len(costs)
    # by_end[j, length - 1] is the cost of the caption of that length that ends before token j.
    by_end = np.full((n + 1, longest), np.inf)
    for length in range(1, longest + 1):
        by_end[length:, length - 1] = costs[length - 1]
    # best[longest + j] is the least cost up to token j.
    best = np.full(longest + n + 1, np.inf)
    best[longest] = 0.0
    chosen = np.zeros(n + 1, dtype=np.int64)
    for end in range(1, n + 1):
        totals = best[end : end + longest][::-1] + by_end[end]
        at = int(totals.argmin())
        chosen[end] = at + 1
        best[longest + end] = totals[at]
    lengths = []
    end = n
    while end > 0:
        lengths.append(int(chosen[end]))
        end -= lengths[-1]
    return lengths[::-1]


def _line_starts(
    measures: _Measures, layouts: _Layouts, first: int, length: int
) -> tuple[int, ...]:
    """Where the lines of one caption begin."""
    if np.isfinite(layouts.costs[0][length - 1][first]):
        return (first,)
    lines = int(np.argmin([layout[length - 1][first] for layout in layouts.costs])) + 1
    starts: list[int] = []
    while lines > 1:
        fewer = _Layouts(layouts.costs[: lines - 1], layouts.stubs)
        totals = [
            _with_line(measures, fewer, length, head, first, 1)[0] for head in range(1, length)
        ]
        length = int(np.argmin(totals)) + 1
        starts.append(first + length)
        lines -= 1
    return (first, *reversed(starts))
