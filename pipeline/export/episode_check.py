"""Whether a timed episode keeps its own contract. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.episode import Chapter, Episode, Line, Word
from pipeline.errors import InputError
from pipeline.files import check_id
from pipeline.limits import MOST_TIME_MS

__all__ = ["find_fault"]


def find_fault(episode: Episode) -> str | None:
    """The first contradiction in `episode`, None if it is sound."""
    try:
        check_id(episode.id)
    except InputError as error:
        return error.problem
    if episode.duration_ms < 0:
        return "the audio's duration is negative"
    if episode.duration_ms > MOST_TIME_MS:
        return "the audio's duration is more than 1000 hours"
    keys = {speaker.key for speaker in episode.speakers}
    if len(keys) != len(episode.speakers):
        return "two speakers have the same key"
    for key in keys:
        if len(key.split()) != 1 or key != key.strip():
            return f"the speaker key {key!r} is empty or holds blanks"
    return (
        _words_fault(episode.words, len(episode.lines), keys)
        or _lines_fault(episode.lines, episode.words, keys)
        or _chapters_fault(episode.chapters, episode.lines)
        or _rest_fault(episode)
        or _order_fault("word", (word.start_ms for word in episode.words))
        or _order_fault("line", (line.start_ms for line in episode.lines))
        or _order_fault("chapter", (chapter.start_ms for chapter in episode.chapters), first=1)
    )


def _words_fault(words: tuple[Word, ...], lines: int, keys: set[str]) -> str | None:
    for number, word in enumerate(words):
        if word.index != number:
            return f"word {number} has the index {word.index}"
        if not 0 <= word.line < lines:
            return f"word {number} belongs to line {word.line}, which does not exist"
        if not 0.0 <= word.confidence <= 1.0:
            return f"word {number} has the confidence {word.confidence}, not one from 0 to 1"
        if word.speaker is not None and word.speaker not in keys:
            return f"word {number} has the unknown speaker {word.speaker}"
        absent = word.status == "absent"
        if (word.start_ms is None) != absent or (word.end_ms is None) != absent:
            return f"word {number} is {word.status}, which its times contradict"
        if fault := _span_fault(f"word {number}", word.start_ms, word.end_ms):
            return fault
    return None


def _lines_fault(lines: tuple[Line, ...], words: tuple[Word, ...], keys: set[str]) -> str | None:
    first_word = 0
    for number, line in enumerate(lines):
        if line.index != number:
            return f"line {number} has the index {line.index}"
        if line.first_word != first_word or line.last_word < first_word - 1:
            return f"line {number} does not begin with the word after the line before"
        if any(word.line != number for word in words[first_word : line.last_word + 1]):
            return f"line {number} and its words disagree"
        if line.speaker is not None and line.speaker not in keys:
            return f"line {number} has the unknown speaker {line.speaker}"
        if fault := _span_fault(f"line {number}", line.start_ms, line.end_ms):
            return fault
        first_word = line.last_word + 1
    if first_word != len(words):
        return f"the lines have {first_word} words, there are {len(words)}"
    return None


def _chapters_fault(chapters: tuple[Chapter, ...], lines: tuple[Line, ...]) -> str | None:
    first_line = 0
    for number, chapter in enumerate(chapters, start=1):
        if chapter.first_line != first_line or chapter.last_line < first_line - 1:
            return f"chapter {number} does not begin with the line after the chapter before"
        if chapter.last_line >= len(lines):
            return f"chapter {number} has lines that do not exist"
        if fault := _span_fault(f"chapter {number}", chapter.start_ms, chapter.end_ms):
            return fault
        first_line = chapter.last_line + 1
    if first_line != len(lines):
        return f"the chapters have {first_line} lines, there are {len(lines)}"
    return None


def _rest_fault(episode: Episode) -> str | None:
    for number, event in enumerate(episode.events):
        if not 0 <= event.line < len(episode.lines):
            return f"event {number} belongs to line {event.line}, which does not exist"
        if fault := _span_fault(f"event {number}", event.start_ms, event.end_ms):
            return fault
    for number, gap in enumerate(episode.gaps):
        if fault := _span_fault(f"gap {number}", gap.start_ms, gap.end_ms):
            return fault
    return None


def _span_fault(what: str, start_ms: int | None, end_ms: int | None) -> str | None:
    if start_ms is None or end_ms is None:
        return None if start_ms is end_ms else f"{what} has only one of its two times"
    if start_ms < 0:
        return f"{what} starts before the audio"
    if end_ms > MOST_TIME_MS:
        return f"{what} ends after more than 1000 hours"
    return f"{what} ends before it starts" if end_ms < start_ms else None


def _order_fault(what: str, starts_ms: Iterable[int | None], first: int = 0) -> str | None:
    latest_ms = 0
    for number, start_ms in enumerate(starts_ms, start=first):
        if start_ms is None:
            continue
        if start_ms < latest_ms:
            return f"{what} {number} starts before the one in front of it"
        latest_ms = start_ms
    return None
