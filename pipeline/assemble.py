"""Transcript, times and speakers to one timed episode. Pure."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from pipeline.align.records import Alignment, TimedWord
from pipeline.episode import (
    Chapter,
    Engine,
    Episode,
    Event,
    Line,
    SourceFile,
    Speaker,
    Word,
)
from pipeline.speakers.records import Attribution
from pipeline.surroundings import latest_before, next_from
from pipeline.transcript.records import Transcript

__all__ = ["EpisodeHeader", "assemble"]

MAX_EVENT_MS = 5000
"""Nobody knows how long a sound event lasts: no longer than this, or it would fill every gap."""

_FAR_WORDS = 5
"""A sound event so many words of the text from all that were found is not in the audio either."""


@dataclass(frozen=True, slots=True)
class EpisodeHeader:
    """What an episode is called and made from."""

    id: str
    title: str
    audio: SourceFile
    transcript: SourceFile
    engine: Engine
    audio_track: int | None = None


@dataclass(frozen=True, slots=True)
class _Span:
    start_ms: int
    end_ms: int


def assemble(
    transcript: Transcript,
    alignment: Alignment,
    attribution: Attribution,
    header: EpisodeHeader,
) -> Episode:
    """Join what the stages found.

    Times come out in order whatever the aligner says: starts never decrease, no end is before its
    start, nothing lies outside the audio.

    Raises:
        ValueError: the parts do not have the same number of words (a fault of ours).
    """
    written = transcript.words
    if not len(written) == len(alignment.words) == len(attribution.words):
        raise ValueError(
            f"{len(written)} words in the transcript, {len(alignment.words)} aligned, "
            f"{len(attribution.words)} attributed"
        )
    spans = _ordered(alignment.words, alignment.duration_ms)
    words: list[Word] = []
    for number, line in enumerate(transcript.lines):
        for token in line.words:
            at = len(words)
            timed, span = alignment.words[at], spans[at]
            words.append(
                Word(
                    index=at,
                    line=number,
                    text=token.text,
                    speaker=attribution.words[at],
                    start_ms=span.start_ms if span else None,
                    end_ms=span.end_ms if span else None,
                    confidence=round(min(1.0, max(0.0, timed.confidence)), 4),
                    status=timed.status,
                )
            )
    events = _events(transcript, spans, alignment.duration_ms)
    lines = _lines(transcript, words, events)
    return Episode(
        id=header.id,
        title=header.title,
        audio=header.audio,
        duration_ms=alignment.duration_ms,
        transcript=header.transcript,
        speakers=tuple(Speaker(s.key, s.name, s.labels, s.role) for s in attribution.speakers),
        engine=header.engine,
        chapters=_chapters(transcript, lines, alignment.duration_ms),
        lines=lines,
        words=tuple(words),
        events=events,
        gaps=tuple(sorted(alignment.gaps, key=lambda gap: (gap.start_ms, gap.end_ms))),
        audio_track=header.audio_track,
    )


def _ordered(timed_words: Sequence[TimedWord], duration_ms: int) -> list[_Span | None]:
    """Times that never go back; None for absent words."""
    spans: list[_Span | None] = []
    earliest_ms = 0
    for timed in timed_words:
        if timed.start_ms is None or timed.end_ms is None:
            spans.append(None)
            continue
        start_ms = min(max(timed.start_ms, earliest_ms), duration_ms)
        end_ms = min(max(timed.end_ms, start_ms), duration_ms)
        spans.append(_Span(start_ms, end_ms))
        earliest_ms = start_ms
    return spans


def _events(
    transcript: Transcript, spans: list[_Span | None], duration_ms: int
) -> tuple[Event, ...]:
    """Sound events, each beside the nearer of the words around it that were found.

    Several at one place share the time. Amid words that are absent they are absent, too.
    """
    positions: dict[int, list[tuple[int, str]]] = {}
    first_word = 0
    for number, line in enumerate(transcript.lines):
        for event in line.events:
            at = first_word + event.before_word
            positions.setdefault(at, []).append((number, event.text))
        first_word += len(line.words)
    found = [number for number, span in enumerate(spans) if span is not None]
    ends = latest_before(None if span is None else span.end_ms for span in spans)
    starts = next_from([None if span is None else span.start_ms for span in spans], duration_ms)
    events: list[Event] = []
    for at, group in sorted(positions.items()):
        longest_ms = MAX_EVENT_MS * len(group)
        span: _Span | None = None
        match _nearer_side(found, at):
            case "before":
                span = _from(ends[at], starts[at], longest_ms)
            case "behind":
                span = _until(ends[at], starts[at], longest_ms)
        for share, (number, text) in enumerate(group):
            if span is None:
                events.append(Event(number, text, None, None))
                continue
            length_ms = span.end_ms - span.start_ms
            events.append(
                Event(
                    line=number,
                    text=text,
                    start_ms=span.start_ms + length_ms * share // len(group),
                    end_ms=span.start_ms + length_ms * (share + 1) // len(group),
                )
            )
    return tuple(events)


def _nearer_side(found: Sequence[int], at: int) -> Literal["before", "behind"] | None:
    """On which side of a place among the words the nearer one of those found is, if near at all."""
    following = bisect_left(found, at)
    before = at - 1 - found[following - 1] if following else _FAR_WORDS
    behind = found[following] - at if following < len(found) else _FAR_WORDS
    if min(before, behind) >= _FAR_WORDS:
        return None
    return "before" if before <= behind else "behind"


def _from(before_ms: int, limit_ms: int, longest_ms: int) -> _Span:
    # Words may overlap by a frame: the next start is the one that must never be passed.
    start_ms = min(before_ms, limit_ms)
    return _Span(start_ms, min(limit_ms, start_ms + longest_ms))


def _until(before_ms: int, after_ms: int, longest_ms: int) -> _Span:
    return _Span(min(max(before_ms, after_ms - longest_ms), after_ms), after_ms)


def _lines(
    transcript: Transcript, words: list[Word], events: tuple[Event, ...]
) -> tuple[Line, ...]:
    heard: dict[int, list[Event]] = {}
    for event in events:
        heard.setdefault(event.line, []).append(event)
    lines: list[Line] = []
    first_word = 0
    for chapter in transcript.chapters:
        for written in chapter.lines:
            number = len(lines)
            own = words[first_word : first_word + len(written.words)]
            timed: list[Word] | list[Event] = own or heard.get(number, [])
            starts = [item.start_ms for item in timed if item.start_ms is not None]
            ends = [item.end_ms for item in timed if item.end_ms is not None]
            lines.append(
                Line(
                    index=number,
                    chapter=chapter.number,
                    speaker=own[0].speaker if own else None,
                    start_ms=starts[0] if starts else None,
                    end_ms=max(ends) if ends else None,
                    text=written.text,
                    first_word=first_word,
                    last_word=first_word + len(own) - 1,
                )
            )
            first_word += len(own)
    return tuple(lines)


def _chapters(
    transcript: Transcript, lines: tuple[Line, ...], duration_ms: int
) -> tuple[Chapter, ...]:
    """A chapter begins with its first line that was found and ends where the next begins.

    One of which nothing was found has no length and lies where the next begins.
    """
    bounds: list[tuple[int, int]] = []
    first_line = 0
    for written in transcript.chapters:
        bounds.append((first_line, first_line + len(written.lines) - 1))
        first_line += len(written.lines)
    chapters: list[Chapter] = []
    end_ms = duration_ms
    for written, (first, last) in reversed(list(zip(transcript.chapters, bounds, strict=True))):
        found = (line.start_ms for line in lines[first : last + 1] if line.start_ms is not None)
        start_ms = next(found, end_ms)
        chapters.append(
            Chapter(
                number=written.number,
                title=written.title,
                start_ms=start_ms,
                end_ms=end_ms,
                first_line=first,
                last_line=last,
                repeated_lines=written.repeated_lines,
            )
        )
        end_ms = start_ms
    return tuple(chapters[::-1])
