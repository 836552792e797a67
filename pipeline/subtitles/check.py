"""Whether captions keep a house style. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from pipeline.subtitles.captions import Caption
from pipeline.subtitles.cues import Cue
from pipeline.subtitles.styles import NO_FRAME_RATE, Style
from pipeline.subtitles.text import display_length
from pipeline.timecode import FrameRate, load_frame_rate

__all__ = ["RULES", "Violation", "captions_of", "check_captions", "count_by_rule"]

RULES = {
    "empty": "the caption has no text",
    "order": "it begins before the one in front of it",
    "overlap": "it begins before the one in front of it ends (ms)",
    "gap": "time since the one in front of it (ms)",
    "min-duration": "how long it stays (ms)",
    "max-duration": "how long it stays (ms)",
    "lines": "how many lines it has",
    "line-length": "characters of its longest line",
    "reading-speed": "characters a second",
    "frame": "it does not begin and end on frames: how far off (ms)",
}
"""What each rule measures."""


@dataclass(frozen=True, slots=True)
class Violation:
    """A caption that breaks a rule.

    Attributes:
        cue: number of the caption in its file, from 1.
        start_ms: when it begins.
        rule: name of the rule, one of `RULES`.
        value: what was measured.
        limit: what the style asks.
    """

    cue: int
    start_ms: int
    rule: str
    value: float
    limit: float


def captions_of(cues: Iterable[Cue]) -> tuple[Caption, ...]:
    """Captions as they would be read back from a file."""
    return tuple(
        Caption(cue.start_ms, cue.end_ms, tuple(line.marked_text for line in cue.lines))
        for cue in cues
    )


def check_captions(captions: Sequence[Caption], style: Style) -> tuple[Violation, ...]:
    """All violations, in order of captions, then of `RULES`.

    Times that files round to milliseconds are given one of grace where the style counts frames.
    """
    return tuple(_violations(captions, style))


def count_by_rule(violations: Iterable[Violation]) -> dict[str, int]:
    """How many violations there are of each rule; all rules are listed."""
    counts = dict.fromkeys(RULES, 0)
    for violation in violations:
        counts[violation.rule] += 1
    return counts


def _violations(captions: Sequence[Caption], style: Style) -> Iterator[Violation]:
    rate = None if style.frame_rate == NO_FRAME_RATE else load_frame_rate(style.frame_rate)
    grace_ms = 0 if rate is None else 1
    before: Caption | None = None
    for number, caption in enumerate(captions, start=1):

        def broken(
            rule: str, value: float, limit: float, number: int = number, at: Caption = caption
        ) -> Violation:
            return Violation(number, at.start_ms, rule, value, limit)

        if not caption.lines:
            yield broken("empty", 0, 1)
        if before is not None:
            yield from _spacing(before, caption, style, rate, broken)
        duration_ms = caption.end_ms - caption.start_ms
        if duration_ms < style.min_duration_ms - grace_ms:
            yield broken("min-duration", duration_ms, style.min_duration_ms)
        if duration_ms > style.max_duration_ms + grace_ms:
            yield broken("max-duration", duration_ms, style.max_duration_ms)
        if len(caption.lines) > style.max_lines:
            yield broken("lines", len(caption.lines), style.max_lines)
        lengths = [display_length(line) for line in caption.lines]
        if max(lengths, default=0) > style.max_chars_per_line:
            yield broken("line-length", max(lengths), style.max_chars_per_line)
        speed = sum(lengths) * 1000 / max(1, duration_ms)
        if speed > style.max_chars_per_second:
            yield broken("reading-speed", round(speed, 2), style.max_chars_per_second)
        if rate is not None:
            off_ms = max(_off_ms(caption.start_ms, rate), _off_ms(caption.end_ms, rate))
            if off_ms > 1:
                yield broken("frame", round(off_ms, 2), 1)
        before = caption


def _spacing(
    before: Caption,
    caption: Caption,
    style: Style,
    rate: FrameRate | None,
    broken: Callable[[str, float, float], Violation],
) -> Iterator[Violation]:
    if caption.start_ms < before.start_ms:
        yield broken("order", caption.start_ms, before.start_ms)
        return
    gap_ms = caption.start_ms - before.end_ms
    least_ms: float = style.min_gap_ms
    if rate is not None:
        least_ms = float(style.min_gap_frames * 1000 / rate.per_second)
    if gap_ms < 0:
        yield broken("overlap", -gap_ms, 0)
    elif gap_ms < least_ms - (0 if rate is None else 1):
        yield broken("gap", gap_ms, round(least_ms, 2))


def _off_ms(time_ms: int, rate: FrameRate) -> float:
    frame = round(time_ms * rate.per_second / 1000)
    return abs(float(time_ms - frame * 1000 / rate.per_second))
