"""`ID.episode.json`: the timed episode, written and read back (DESIGN: format 1)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from pipeline.episode import (
    Chapter,
    Engine,
    Episode,
    Event,
    Gap,
    Line,
    SourceFile,
    Speaker,
    Word,
)
from pipeline.errors import InputError
from pipeline.export.episode_check import find_fault
from pipeline.export.options import DEFAULT_OPTIONS, ExportOptions
from pipeline.export.text_check import find_unwritable
from pipeline.files import read_bytes
from pipeline.subtitles.styles import Style

__all__ = ["FORMAT", "parse_episode", "read_episode", "render", "render_parts"]

FORMAT = "episode-subtitles/1"
_ROWS_AT_ONCE = 500
_DUMP = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode
_REMEDY = "make it anew with episode-subtitles run"


def render(episode: Episode, style: Style, options: ExportOptions = DEFAULT_OPTIONS) -> str:
    """Render as JSON with one record a line: easy to read, to search and to compare.

    A speaker's labels and role stay in the config.
    """
    return "".join(render_parts(episode, style, options))


def render_parts(
    episode: Episode, style: Style, options: ExportOptions = DEFAULT_OPTIONS
) -> Iterator[str]:
    """The same, some of it at a time."""
    track = {} if episode.audio_track is None else {"track": episode.audio_track}
    header = {
        "id": episode.id,
        "title": episode.title,
        "audio": {**asdict(episode.audio), "duration_ms": episode.duration_ms, **track},
        "transcript": asdict(episode.transcript),
        "speakers": [{"key": speaker.key, "name": speaker.name} for speaker in episode.speakers],
    }
    yield f'{{"format": {_DUMP(FORMAT)},\n "episode": {_DUMP(header)},\n '
    yield f'"engine": {_DUMP(asdict(episode.engine))}'
    yield from _table("chapters", episode.chapters)
    yield from _table("lines", episode.lines)
    yield from _table("words", episode.words)
    yield from _table("events", episode.events)
    yield from _table("gaps", episode.gaps)
    yield "}\n"


def _table(name: str, records: Sequence[Chapter | Line | Word | Event | Gap]) -> Iterator[str]:
    yield f',\n "{name}": ['
    for begin in range(0, len(records), _ROWS_AT_ONCE):
        yield "\n  " if begin == 0 else ",\n  "
        # Quicker than asdict, which copies each value.
        rows = records[begin : begin + _ROWS_AT_ONCE]
        keys = tuple(field.name for field in fields(rows[0]))
        yield ",\n  ".join(_DUMP({key: getattr(row, key) for key in keys}) for row in rows)
    yield "]"


@dataclass(frozen=True, slots=True)
class _Audio:
    file: str
    sha256: str
    duration_ms: int
    track: int | None = None


@dataclass(frozen=True, slots=True)
class _Speaker:
    key: str
    name: str


@dataclass(frozen=True, slots=True)
class _Header:
    id: str
    title: str
    audio: _Audio
    transcript: SourceFile
    speakers: tuple[_Speaker, ...]


@dataclass(frozen=True, slots=True)
class _Document:
    format: str
    episode: _Header
    engine: Engine
    chapters: tuple[Chapter, ...]
    lines: tuple[Line, ...]
    words: tuple[Word, ...]
    events: tuple[Event, ...]
    gaps: tuple[Gap, ...]


def read_episode(path: Path) -> Episode:
    """Read and check a timed episode.

    Raises:
        InputError: the file is missing, damaged, of another format, or contradicts itself.
    """
    return parse_episode(read_bytes(path, "timed episode"), path)


def parse_episode(content: bytes, path: Path) -> Episode:
    """Check the JSON in `content`; `path` is named in errors only. Unknown keys are ignored.

    Raises:
        InputError: it is damaged, of another format, or contradicts itself.
    """
    try:
        values = json.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise InputError(
            "not a timed episode: not UTF-8 text", path=path, remedy="name an ID.episode.json file"
        ) from error
    except json.JSONDecodeError as error:
        raise InputError(
            f"damaged JSON: {error.msg}",
            path=path,
            line=error.lineno,
            column=error.colno,
            remedy=_REMEDY,
        ) from error
    except RecursionError as error:
        raise InputError("damaged JSON: nested too deeply", path=path) from error
    except ValueError as error:
        raise InputError("damaged JSON: a number is too long", path=path) from error
    _check_format(values, path)
    try:
        document = TypeAdapter(_Document).validate_json(json.dumps(values), strict=True)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise InputError(
            f"damaged timed episode: {place}: {first['msg']}", path=path, remedy=_REMEDY
        ) from error
    episode = _to_episode(document)
    fault = find_fault(episode) or find_unwritable(episode)
    if fault is not None:
        raise InputError(f"damaged timed episode: {fault}", path=path, remedy=_REMEDY)
    return episode


def _check_format(values: Any, path: Path) -> None:
    found = values.get("format") if isinstance(values, dict) else None
    if found == FORMAT:
        return
    if isinstance(found, str) and found.startswith("episode-subtitles/"):
        raise InputError(
            f"unknown format version {found}, this program knows {FORMAT}",
            path=path,
            remedy="update episode-subtitles or make the file anew",
        )
    raise InputError(
        f'not a timed episode: no "format": "{FORMAT}"',
        path=path,
        remedy="name an ID.episode.json file",
    )


def _to_episode(document: _Document) -> Episode:
    header = document.episode
    return Episode(
        id=header.id,
        title=header.title,
        audio=SourceFile(header.audio.file, header.audio.sha256),
        duration_ms=header.audio.duration_ms,
        transcript=header.transcript,
        speakers=tuple(Speaker(speaker.key, speaker.name) for speaker in header.speakers),
        engine=document.engine,
        chapters=document.chapters,
        lines=document.lines,
        words=document.words,
        events=document.events,
        gaps=document.gaps,
        audio_track=header.audio.track,
    )
