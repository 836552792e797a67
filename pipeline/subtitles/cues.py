"""A timed episode to captions in a house style. Pure."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from pipeline.episode import Episode
from pipeline.subtitles.marks import shown_dash, shown_name
from pipeline.subtitles.segment import Segment, segment_tokens
from pipeline.subtitles.styles import Style
from pipeline.subtitles.text import display_length
from pipeline.subtitles.timing import Span, place_spans
from pipeline.subtitles.tokens import Token, Turn, make_tokens

__all__ = ["Cue", "CueLine", "make_cues"]

MIN_ROOM_MS = 100
"""In mode `transcript`, a line that could not even stay this long is joined to the next."""
MIN_EVENT_ROOM_MS = 500
"""The same for a sound event alone, whose time is only known to lie between two words."""


@dataclass(frozen=True, slots=True)
class CueLine:
    """A line of a caption, by one speaker.

    Attributes:
        speaker: a key, None if unknown or nobody's.
        dash: the dash in front of it, as the style writes it; empty if there is none.
        name: the name to be shown in front of it; empty if there is none.
        tokens: what is said, in order.
    """

    speaker: str | None
    dash: str
    name: str
    tokens: tuple[Token, ...]

    @property
    def text(self) -> str:
        """What is said, without dash and name."""
        return " ".join(token.text for token in self.tokens)

    @property
    def marked_text(self) -> str:
        """The line as it is shown where nothing else tells the speaker."""
        name = f"{self.name}: " if self.name else ""
        return f"{self.dash}{name}{self.text}"

    @property
    def words(self) -> tuple[int, ...]:
        """Indices of the episode's words in it."""
        return tuple(word for token in self.tokens for word in token.words)


@dataclass(frozen=True, slots=True)
class Cue:
    """A caption: `lines` are shown one under the other from `start_ms` to `end_ms`."""

    start_ms: int
    end_ms: int
    lines: tuple[CueLine, ...]

    @property
    def text(self) -> str:
        """All lines, dashes and names included."""
        return "\n".join(line.marked_text for line in self.lines)


# Several formats of one export show the same captions.
@lru_cache(maxsize=1)
def make_cues(episode: Episode, style: Style) -> tuple[Cue, ...]:
    """Captions in order, without overlap, each longer than 0 ms.

    Their text without dashes and names is that of the transcript, in order; words that the audio
    lacks are left out unless the style keeps them.
    """
    tokens, turns = make_tokens(episode, style)
    if style.mode == "transcript":
        segments = _by_line(tokens)
    else:
        segments = segment_tokens(tokens, turns, style, episode.duration_ms)
    shown = [_lines(segment, tokens, turns, style) for segment in segments]
    spans = [
        Span(
            tokens[segment.starts[0]].start_ms,
            max(token.end_ms for token in tokens[segment.starts[0] : segment.end]),
            sum(display_length(line.marked_text) for line in lines),
        )
        for segment, lines in zip(segments, shown, strict=True)
    ]
    times = place_spans(spans, style, episode.duration_ms)
    return tuple(
        Cue(start_ms, end_ms, lines) for (start_ms, end_ms), lines in zip(times, shown, strict=True)
    )


def _by_line(tokens: Sequence[Token]) -> tuple[Segment, ...]:
    """One caption for each line of the transcript; each of its turns begins a line."""
    segments: list[Segment] = []
    for _, group in itertools.groupby(range(len(tokens)), key=lambda at: tokens[at].line):
        own = list(group)
        starts = tuple(at for at in own if at == own[0] or tokens[at].turn != tokens[at - 1].turn)
        if segments and _is_crowded(tokens[segments[-1].starts[0] : own[0] + 1]):
            starts = segments.pop().starts + starts
        segments.append(Segment(starts, own[-1] + 1))
    return tuple(segments)


def _is_crowded(tokens: Sequence[Token]) -> bool:
    """Whether all but the last token leave too little room before it for a caption."""
    lone_event = not any(token.words for token in tokens[:-1])
    room_ms = tokens[-1].start_ms - tokens[0].start_ms
    return room_ms < (MIN_EVENT_ROOM_MS if lone_event else MIN_ROOM_MS)


def _lines(
    segment: Segment,
    tokens: Sequence[Token],
    turns: Sequence[Turn],
    style: Style,
) -> tuple[CueLine, ...]:
    bounds = [*segment.starts, segment.end]
    voiced = {tokens[at].turn for at in segment.starts if turns[tokens[at].turn].voiced}
    lines = []
    for start, end in itertools.pairwise(bounds):
        number = tokens[start].turn
        turn = turns[number]
        begins = start == 0 or tokens[start - 1].turn != number
        dash = ""
        if begins or start == segment.starts[0]:
            dash = shown_dash(turn, style, begins=begins, several=len(voiced) > 1)
        name = shown_name(turn, style) if begins else ""
        lines.append(CueLine(turn.speaker, dash, name, tuple(tokens[start:end])))
    return tuple(lines)
