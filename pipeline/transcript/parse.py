"""Transcript files of every accepted format to one record."""

from __future__ import annotations

import itertools
import math
import re
from bisect import bisect_left
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from pipeline.errors import InputError
from pipeline.files import check_plain_file
from pipeline.limits import (
    LONGEST_TOKEN,
    MOST_CHAPTERS,
    MOST_DIFFERENT_WORDS,
    MOST_LINES,
    MOST_SPEAKERS,
    MOST_TRANSCRIPT_BYTES,
    MOST_WORDS,
)
from pipeline.transcript.cut import cut_line, from_item, items
from pipeline.transcript.decoding import decode_text
from pipeline.transcript.formats.records import CueLine, Document
from pipeline.transcript.formats.registry import find_format
from pipeline.transcript.labels import Labels, find_labels
from pipeline.transcript.name_lines import name_lines
from pipeline.transcript.records import (
    Place,
    Transcript,
    TranscriptChapter,
    TranscriptLine,
    TurnMark,
)
from pipeline.transcript.repeats import Tokens, custom, find_overlap, line_tokens
from pipeline.transcript.scan import (
    EVENT_MARKS,
    Conventions,
    begins_with_dash,
    scan_line,
)
from pipeline.transcript.source import SourceLine, count_lines
from pipeline.transcript.timestamps import take_times

__all__ = ["parse_transcript", "read_transcript"]

_HEADING = re.compile(r"#{1,6}(?:\s+(?P<title>.*?))?(?:\s+#+)?\s*$")
_NUMBERED = re.compile(r"chapter\s+(\d{1,6})\b", re.IGNORECASE)
_OUTER = re.compile(r"^\W+|\W+$")
_MOST_SHOWN = 3
"""Doubted labels that a warning names."""
_REMEDY = "give a transcript with spoken words"


@dataclass(slots=True)
class _Draft:
    """A chapter before its repeats are dropped; `sources` runs parallel to `lines`."""

    title: str | None
    place: Place
    sources: list[SourceLine] = field(default_factory=list)
    lines: list[TranscriptLine] = field(default_factory=list)


def read_transcript(path: Path, labels: Collection[str] = ()) -> Transcript:
    """Read a transcript file; see `parse_transcript`.

    Raises:
        InputError: the file is missing, cannot be read, or is no transcript.
    """
    try:
        check_plain_file(path, "transcript", MOST_TRANSCRIPT_BYTES)
        data = path.read_bytes()
    except FileNotFoundError:
        raise InputError(
            "no such file", path=path, remedy="check the transcript's name and folder"
        ) from None
    except IsADirectoryError:
        raise InputError(
            "this is a folder", path=path, remedy="name the transcript file in it"
        ) from None
    except OSError as error:
        raise InputError(
            f"the file cannot be read ({error.strerror or error})",
            path=path,
            remedy="check its permissions",
        ) from None
    return parse_transcript(data, str(path), labels)


def parse_transcript(data: bytes, path: str, labels: Collection[str] = ()) -> Transcript:
    """Parse a transcript, whose format is told by its content.

    Accepted are text with or without `# Title` headings, captions, web pages, recognisers' JSON
    and more (docs/transcripts.md).
    Lines that repeat the end of the chapter before are dropped. Every chapter has a line, and the
    transcript has a word.

    Args:
        data: the file's content.
        path: the file's name, for error messages.
        labels: speaker labels that are known to occur, such as `Lex`; others are found by
            evidence.

    Raises:
        InputError: the file is empty, not text, wrongly encoded, or holds no words.
    """
    _check_limit(len(data), MOST_TRANSCRIPT_BYTES, "bytes", path)
    text = decode_text(data, path)
    _check_limit(count_lines(text), MOST_LINES, "lines", path)
    document = Document(text, path)
    cues = find_format(document).read(document)
    _check_written(cues, path)
    cues, found, doubts = _conventional(cues, labels)
    drafts = [draft for draft in _drafts(cues, found) if draft.lines]
    if not any(line.words for draft in drafts for line in draft.lines):
        raise InputError(_no_words(document.lines), path=path, remedy=_REMEDY)
    _check_limit(len(drafts), MOST_CHAPTERS, "chapters", path)
    transcript = Transcript(tuple(_chapters(drafts)), doubts)
    _check_limit(len(transcript.words), MOST_WORDS, "words", path)
    different = {_OUTER.sub("", word.text[:LONGEST_TOKEN].lower()) for word in transcript.words}
    _check_limit(len(different), MOST_DIFFERENT_WORDS, "different words", path)
    marks = (
        turn for chapter in transcript.chapters for line in chapter.lines for turn in line.turns
    )
    _check_limit(len({turn.label for turn in marks}), MOST_SPEAKERS, "speakers", path)
    return transcript


def _check_limit(count: int, most: int, what: str, path: str) -> None:
    if count > most:
        raise InputError(
            f"the transcript has {count:,} {what}, more than {most:,}",
            path=path,
            remedy="check that it is one episode's transcript, or split it",
        )


def _check_written(cues: Sequence[CueLine], path: str) -> None:
    """Refuse what is far beyond the limits before it is taken apart."""
    words = sum(len(cue.source.text.split()) for cue in cues)
    if words > 2 * MOST_WORDS:
        # Even without what chapters repeat of each other, which is told later.
        _check_limit(words, MOST_WORDS, "words", path)
    marks = sum(cue.source.text.count(mark) for cue in cues for mark in EVENT_MARKS)
    _check_limit(marks, MOST_WORDS, "brackets, stars and notes", path)


def _no_words(lines: Sequence[SourceLine]) -> str:
    if not any(line.text for line in lines):
        return "the transcript is empty"
    if any(_HEADING.match(line.text) for line in lines if line.text):
        return "the transcript has headings but no words"
    return "the transcript has no words"


def _heading(cue: CueLine) -> str | None:
    if cue.heading is not None:
        return cue.heading
    found = _HEADING.match(cue.source.text)
    return (found["title"] or "") if found else None


def _conventional(
    cues: Sequence[CueLine], known: Collection[str]
) -> tuple[list[CueLine], Labels, tuple[str, ...]]:
    """The lines without times, all names in front of text written `Name:`; labels and doubts."""
    named = name_lines(take_times([cue.source for cue in cues]), known)
    cues = [_with_source(cue, source) for cue, source in zip(cues, named.lines, strict=True)]
    texts = [cue.source.text for cue in cues if cue.source.text and _heading(cue) is None]
    labels = find_labels(texts, [*known, *named.names])
    doubted = [f"{name}:" for name in labels.doubted] + list(named.doubted)
    return cues, labels, _doubts(doubted)


def _doubts(labels: Sequence[str]) -> tuple[str, ...]:
    if not labels:
        return ()
    shown = ", ".join(labels[:_MOST_SHOWN]) + (", …" if len(labels) > _MOST_SHOWN else "")
    return (
        f"taken as spoken words, not as names of speakers: {shown} (who is a speaker belongs "
        "into [[speakers]] of a config)",
    )


def _drafts(cues: Sequence[CueLine], labels: Labels) -> Iterator[_Draft]:
    """Scan all lines into chapters; the first draft holds what precedes the first heading."""
    marked = [(cue, _heading(cue)) for cue in cues]
    texts = [cue.source.text for cue, heading in marked if heading is None and cue.source.text]
    conventions = Conventions(labels, any(map(begins_with_dash, texts)))
    draft = _Draft(None, Place(1, 1))
    voice: str | None = None
    waiting: tuple[TurnMark, ...] = ()
    for cue, heading in marked:
        if heading is not None:
            yield draft
            draft = _Draft(heading, cue.source.place(0))
            continue
        if not cue.source.text:
            continue
        line = scan_line(cue.source, conventions)
        trailing: tuple[TurnMark, ...] = ()
        for at, name in cue.voices:
            if name != voice:
                follows = _first_place(line, cue.source, at)
                if follows is None:
                    trailing = (TurnMark(name, 0, cue.source.place(0)),)
                else:
                    line = _with_voice(line, follows, name)
            voice = name
        if not line.words and not line.events:
            # Marks alone, such as a name on a line of its own, belong to the next line.
            waiting = trailing or line.turns[-1:] or waiting
            continue
        if waiting and not any(turn.before_word == 0 for turn in line.turns):
            line = replace(line, turns=(*(replace(t, before_word=0) for t in waiting), *line.turns))
        waiting = trailing
        for part in cut_line(cue.source, line):
            draft.lines.append(part)
            draft.sources.append(cue.source)
    yield draft


def _with_source(cue: CueLine, source: SourceLine) -> CueLine:
    """The cue line with a changed text; its voices keep their places in the file."""
    if not cue.voices or source is cue.source:
        return replace(cue, source=source)
    last = len(cue.source.columns)
    columns = [*cue.source.columns, math.inf]
    voices = tuple(
        (bisect_left(source.columns, columns[min(at, last)]), name) for at, name in cue.voices
    )
    return replace(cue, source=source, voices=voices)


def _first_place(line: TranscriptLine, source: SourceLine, at: int) -> Place | None:
    """Where the first word or event at or behind an offset stands."""
    if at >= len(source.text):
        return None
    column = source.place(at).column
    places = [*(word.place for word in line.words), *(event.place for event in line.events)]
    behind = [place for place in places if place.column >= column]
    return min(behind, key=lambda place: place.column, default=None)


def _with_voice(line: TranscriptLine, place: Place, name: str) -> TranscriptLine:
    before = sum(word.place.column < place.column for word in line.words)
    others = tuple(turn for turn in line.turns if turn.before_word != before)
    turns = sorted((*others, TurnMark(name, before, place)), key=lambda turn: turn.before_word)
    return replace(line, turns=tuple(turns))


def _chapters(drafts: Sequence[_Draft]) -> Iterator[TranscriptChapter]:
    tokens = [[line_tokens(line) for line in draft.lines] for draft in drafts]
    is_custom = custom(list(itertools.pairwise(tokens)))
    kept: list[Tokens] = []
    numbers = _numbers(drafts)
    for number, draft, head in zip(numbers, drafts, tokens, strict=True):
        overlap = find_overlap(kept, head, is_custom=is_custom)
        lines = draft.lines[overlap.lines :]
        if overlap.tokens:
            lines[0] = _without_tokens(draft.sources[overlap.lines], lines[0], overlap.tokens)
        kept.extend(line_tokens(line) for line in lines)
        if lines:
            title = draft.title or f"Chapter {number}"
            yield TranscriptChapter(number, title, tuple(lines), overlap.lines, draft.place)


def _without_tokens(source: SourceLine, line: TranscriptLine, tokens: int) -> TranscriptLine:
    """Drop the first words and events of a line, and the turn marks before and among them."""
    for index, item in enumerate(items(line)):
        if not isinstance(item, TurnMark):
            tokens -= 1
            if not tokens:
                return from_item(source, line, index + 1)
    return line


def _numbers(drafts: Sequence[_Draft]) -> list[int]:
    """Return the numbers of `Chapter N` titles if all have one and they rise, else 1, 2, 3, …"""
    found = [_NUMBERED.match(draft.title or "") for draft in drafts]
    numbers = [int(match[1]) for match in found if match]
    rising = all(a < b for a, b in itertools.pairwise(numbers))
    if len(numbers) == len(drafts) and rising:
        return numbers
    return list(range(1, len(drafts) + 1))
