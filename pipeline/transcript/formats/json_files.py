"""JSON as transcripts: what recognisers, podcast hosts and this program write.

Each kind is one line of a table: where its list of captions or words stands, and under which keys
text and speaker are in an entry. Whisper's and its kin's, Podcasting 2.0, AssemblyAI, Deepgram,
AWS Transcribe, Rev, Google, Azure, Speechmatics, Gladia, ElevenLabs, YouTube.
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.errors import InputError
from pipeline.json_text import parse_json
from pipeline.transcript.formats.markup import made_lines
from pipeline.transcript.formats.records import CueLine, Document, LineFinder
from pipeline.transcript.source import SourceLine

__all__ = ["is_json", "read_json"]

_OPENING = re.compile(r"\s*(?:\{\s*(?:\}\s*$|\"[^\"]*\"\s*:)|\[\s*\{\s*[\"}])")
_REMEDY = (
    "give its text, or JSON of Whisper, Podcasting 2.0, AssemblyAI, Deepgram, AWS Transcribe, Rev, "
    "or of this program"
)
_KEYS = ("body", "text", "transcript", "display", "punctuated_word", "word", "content", "value")
_WHO = (
    "speaker speaker_name speakerName speaker_label speakerLabel speakerDisplayName speaker_id "
    "speakerId author name"
).split()

Path_ = tuple[str | int, ...]
_TEXT: tuple[Path_, ...] = tuple((key,) for key in _KEYS)


@dataclass(frozen=True, slots=True)
class _Shape:
    """Where the entries of a kind of JSON stand, and within each its text and its speaker.

    `parts` are lists within an entry whose texts are joined without blanks.
    """

    entries: Path_
    text: tuple[Path_, ...] = _TEXT
    who: tuple[Path_, ...] = (*((key,) for key in _WHO), ("words", 0, "speaker"))
    parts: str | None = None


_FIRST: Path_ = ("alternatives", 0)
_DEEPGRAM: Path_ = ("results", "channels", 0, "alternatives", 0)
_SHAPES = (
    _Shape(("utterances",)),
    _Shape(("results", "utterances")),
    _Shape(("result", "transcription", "utterances")),
    _Shape(("transcription", "utterances")),
    _Shape(("segments",)),
    _Shape(("transcript", "segments")),
    _Shape(("transcription", "segments")),
    _Shape(("result", "segments")),
    _Shape(("output", "segments")),
    _Shape(("monologues",), parts="elements"),
    _Shape(("transcript", "monologues"), parts="elements"),
    _Shape((*_DEEPGRAM, "words")),
    _Shape((*_DEEPGRAM, "paragraphs", "paragraphs"), parts="sentences"),
    _Shape(("results", "audio_segments")),
    _Shape(("results", "items"), ((*_FIRST, "content"),)),
    _Shape(("recognizedPhrases",), (("nBest", 0, "display"),)),
    _Shape(("results",), ((*_FIRST, "transcript"), (*_FIRST, "content")), ((*_FIRST, "speaker"),)),
    _Shape(("events",), parts="segs"),
    _Shape(("entries",)),
    _Shape(("captions",)),
    _Shape(("subtitles",)),
    _Shape(("cues",)),
    _Shape(("paragraphs",)),
    _Shape(("words",)),
    _Shape(("transcript", "words")),
    _Shape(("transcription",)),
    _Shape(("transcript",)),
    _Shape(("chunks",)),
    _Shape(()),
)
_PLAIN: tuple[Path_, ...] = (
    ("text",), ("transcript",), ("results", "transcripts", 0, "transcript"),
    (*_DEEPGRAM, "transcript"),
)  # fmt: skip
"""Where the whole text may stand if no list does."""


def is_json(document: Document) -> bool:
    """Tell by an object's, or a list of objects', first characters."""
    return _OPENING.match(document.text.lstrip("\ufeff")) is not None


def read_json(document: Document) -> list[CueLine]:
    """Return the lines of a JSON transcript.

    Raises:
        InputError: it is damaged, or of an unknown kind.
    """
    text = document.text.lstrip("\ufeff")
    try:
        value = parse_json(text)
    except json.JSONDecodeError as error:
        rows = _json_rows(document)
        if rows is None:
            raise InputError(
                f"damaged JSON ({error.msg})",
                path=document.path,
                line=error.lineno,
                column=error.colno,
                remedy="export it anew",
            ) from None
        value = rows
    except ValueError as error:
        raise InputError(
            f"damaged JSON ({error})", path=document.path, remedy="export it anew"
        ) from None
    if isinstance(value, dict) and str(value.get("format", "")).startswith("episode-subtitles/"):
        return list(_episode_lines(document))
    finder = LineFinder(document.text, (_escaped, _unescaped))
    names = _names(value)
    for shape in _SHAPES:
        entries = _at(value, shape.entries)
        if isinstance(entries, list):
            rows_found = list(_entries(entries, shape, names))
            if rows_found:
                return list(_lines(rows_found, finder))
    for path in _PLAIN:
        whole = _at(value, path)
        if isinstance(whole, str) and whole.strip():
            return made_lines(whole, finder.line(whole))
    if isinstance(value, dict) and "chapters" in value:
        raise InputError(
            "this is a table of chapters (JSON), not a transcript",
            path=document.path,
            remedy="give the text that is spoken",
        )
    raise InputError(
        "this is JSON of an unknown kind, not a transcript", path=document.path, remedy=_REMEDY
    )


def _escaped(text: str) -> str:
    return json.dumps(text)[1:-1]


def _unescaped(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)[1:-1]


def _json_rows(document: Document) -> list[Any] | None:
    """Read JSON Lines: a value a line."""
    rows = []
    for row in document.text.splitlines():
        if row.strip():
            try:
                rows.append(parse_json(row))
            except ValueError:
                return None
    return rows if len(rows) > 1 and all(isinstance(row, dict) for row in rows) else None


def _at(value: Any, path: Sequence[str | int]) -> Any:
    for step in path:
        if isinstance(step, int):
            value = value[step] if isinstance(value, list) and len(value) > step else None
        else:
            value = value.get(step) if isinstance(value, dict) else None
    return value


def _text(entry: Any, shape: _Shape) -> str:
    if shape.parts is not None:
        parts = entry.get(shape.parts)
        if isinstance(parts, list):
            keys: tuple[Path_, ...] = (("value",), ("text",), ("utf8",))
            texts = [_first_string(part, keys) for part in parts]
            return (" " if shape.parts == "sentences" else "").join(texts)
        return ""
    return _first_string(entry, shape.text) or _joined(entry)


def _joined(entry: Any) -> str:
    """Return the text of an entry that has only its words."""
    words = _at(entry, ("words",))
    if not isinstance(words, list):
        return ""
    texts = [_first_string(word, _TEXT) for word in words]
    glued = any(text[:1].isspace() or text[-1:].isspace() for text in texts)
    return ("" if glued else " ").join(texts)


def _first_string(value: Any, paths: Sequence[Path_]) -> str:
    found = (_at(value, path) for path in paths)
    return next((text for text in found if isinstance(text, str)), "")


def _names(value: Any) -> dict[str, str]:
    """Return the speakers' names by identifier, where a list beside the captions has them."""
    listed = value.get("speakers") if isinstance(value, dict) else None
    found = {}
    for entry in listed if isinstance(listed, list) else ():
        name, key = _at(entry, ("name",)), _at(entry, ("id",))
        if isinstance(name, str) and name.strip() and isinstance(key, (str, int)):
            found[str(key)] = " ".join(name.split())
    return found


def _speaker(entry: Any, shape: _Shape, names: Mapping[str, str]) -> str | None:
    for path in shape.who:
        found = _at(entry, path)
        if isinstance(found, dict):
            found = found.get("name") or found.get("id")
        if isinstance(found, (str, int)) and str(found) in names:
            return names[str(found)]
        if isinstance(found, str) and found.strip():
            name = " ".join(found.split())
            return f"Speaker {name}" if re.fullmatch(r"\d+|[A-Z]", name) else name
        if isinstance(found, int) and not isinstance(found, bool):
            return f"Speaker {found}"
    return None


_Entry = tuple[str, str | None, bool]
"""Text, speaker, and whether it belongs to the text before it without a blank."""


def _entries(entries: list[Any], shape: _Shape, names: Mapping[str, str]) -> Iterator[_Entry]:
    for entry in entries:
        if not isinstance(entry, dict):
            continue
        text = _text(entry, shape)
        kind = entry.get("type")
        if text.strip() and kind not in ("spacing", "audio_event"):
            yield text, _speaker(entry, shape, names), kind == "punctuation"
        elif kind == "audio_event" and text.strip():
            yield f"({text.strip('() ')})", _speaker(entry, shape, names), False


def _lines(entries: Sequence[_Entry], finder: LineFinder) -> Iterator[CueLine]:
    """Make lines of captions; of words and punctuation, a line for each turn."""
    single = sum(" " not in text.strip() for text, _, _ in entries)
    if len(entries) <= 5 or single <= 0.8 * len(entries):
        for text, speaker, _ in entries:
            yield from made_lines(text, finder.line(text.strip()), speaker)
        return
    current: str | None = None
    spoken = []
    for text, speaker, glued in entries:
        current = speaker or current
        spoken.append((text, current, glued))
    for name, group in itertools.groupby(spoken, key=lambda entry: entry[1]):
        members = list(group)
        joined = "".join(
            text.strip() if glued or not i else f" {text.strip()}"
            for i, (text, _, glued) in enumerate(members)
        )
        yield from made_lines(joined, finder.line(members[0][0].strip()), name)


def _episode_lines(document: Document) -> Iterator[CueLine]:
    """Return the lines of a timed episode of this program, without marks and labels."""
    from pipeline.export.episode_json import parse_episode

    episode = parse_episode(document.text.encode(), Path(document.path))
    names = {speaker.key: speaker.name for speaker in episode.speakers}
    finder = LineFinder(document.text, (_unescaped, _escaped))
    events = {
        number: [event.text for event in group]
        for number, group in itertools.groupby(episode.events, key=lambda event: event.line)
    }
    chapters = {chapter.first_line: chapter for chapter in episode.chapters}
    for line in episode.lines:
        number = finder.line(line.text)
        if line.index in chapters and len(episode.chapters) > 1:
            yield CueLine(SourceLine("", number, ()), heading=chapters[line.index].title)
        words = episode.words[line.first_word : line.last_word + 1]
        text, voices = "", []
        for word in _in_order(line.text, [w.text for w in words], events.get(line.index, [])):
            blank = " " if text else ""
            if isinstance(word, int):
                speaker = names.get(words[word].speaker or "")
                if speaker is not None:
                    voices.append((len(text) + len(blank), speaker))
                word = words[word].text
            text += blank + word
        if text:
            yield CueLine(SourceLine(text, number, range(1, len(text) + 1)), tuple(voices))


def _in_order(text: str, words: Sequence[str], events: Sequence[str]) -> list[int | str]:
    """Return a line's words, as their numbers, and its events in the order of its text."""
    found: list[int | str] = []
    at = 0
    rest = iter(events)
    event = next(rest, None)
    begins = text.find(event) if event else -1
    for number, word in enumerate(words):
        place = text.find(word, at)
        while event is not None and begins <= max(place, at):
            found.append(event)
            at = max(at, begins + len(event))
            event = next(rest, None)
            begins = text.find(event, at) if event else -1
            place = text.find(word, at)
        found.append(number)
        at = place + len(word) if place >= 0 else at
    return [*found, *([event] if event is not None else []), *rest]
