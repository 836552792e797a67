"""Reads what `compare` compares. A further format is one function and one line in `_READERS`."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from pipeline.episode import Episode
from pipeline.errors import InputError
from pipeline.evaluate.captioned import caption_content, chapter_track
from pipeline.evaluate.records import (
    ChapterStart,
    Content,
    LineOfWords,
    SpeakerTurn,
    TimedToken,
    turns_of,
)
from pipeline.evaluate.rttm import read_rttm
from pipeline.export.episode_json import parse_episode
from pipeline.export.rttm import speaker_turns
from pipeline.files import read_bytes
from pipeline.json_text import parse_json
from pipeline.limits import MOST_TIME_MS
from pipeline.transcript.decoding import decode_text

__all__ = ["KINDS", "content_of_episode", "read_content"]

KINDS = "episode.json, CTM, TextGrid, CSV, SRT, VTT, RTTM"
_REMEDY = f"give one of: {KINDS}"
_CTM_FIELDS = 5
_WORD_TIER = re.compile(r"^words?\b.*|\bwords$", re.IGNORECASE)
_NO_WORDS = ("", "<eps>", "<sil>", "sil", "sp", "<p:>")


def read_content(path: Path, recording: str | None = None) -> Content:
    """Read a file of any of `KINDS`, told apart by its name.

    Args:
        path: the file.
        recording: which recording to take of a CTM or CSV file about several.

    Raises:
        InputError: it is missing or damaged, or of none of these kinds, or about several
            recordings.
    """
    name = path.name.lower()
    reader = next((read for suffix, read in _READERS if name.endswith(suffix)), None)
    if reader is None:
        raise InputError("a file of unknown kind", path=path, remedy=_REMEDY)
    return reader(path, recording)


def content_of_episode(episode: Episode) -> Content:
    """What a timed episode holds; events are no words."""
    return Content(
        words=tuple(TimedToken(w.text, w.start_ms, w.end_ms, w.speaker) for w in episode.words),
        has_word_times=True,
        lines=tuple(
            LineOfWords(line.first_word, line.last_word, line.start_ms, line.end_ms)
            for line in episode.lines
            if line.last_word >= line.first_word
        ),
        turns=tuple(SpeakerTurn(*turn) for turn in speaker_turns(episode)),
        chapters=tuple(ChapterStart(c.title, c.start_ms) for c in episode.chapters),
        names={speaker.key: speaker.name for speaker in episode.speakers},
    )


def _json(path: Path, recording: str | None) -> Content:
    content = read_bytes(path, "file to compare")
    try:
        values = parse_json(content.decode("utf-8-sig"))
    except ValueError:
        values = None
    if isinstance(values, dict) and "format" not in values and "chapters" in values:
        return Content(chapters=tuple(_podcast_chapters(values["chapters"], path)))
    return content_of_episode(parse_episode(content, path))


def _podcast_chapters(values: Any, path: Path) -> Iterable[ChapterStart]:
    try:
        for value in values:
            yield ChapterStart(str(value.get("title", "")), _ms(str(value["startTime"])))
    except (TypeError, KeyError, AttributeError, ValueError) as error:
        raise InputError("damaged Podcasting 2.0 chapters", path=path) from error


def _ms(seconds: str) -> int:
    return _whole_ms(1000 * float(seconds))


def _whole_ms(value_ms: float) -> int:
    if not 0 <= value_ms <= MOST_TIME_MS:  # nor is NaN
        raise ValueError(f"{value_ms} ms is no time")
    return round(value_ms)


def _clock_ms(text: str) -> int:
    """Milliseconds of `H:MM:SS.mmm` or of seconds."""
    value = 0.0
    for part in text.replace(",", ".").split(":"):
        value = 60 * value + float(part)
    return _whole_ms(1000 * value)


def _text(path: Path) -> str:
    return decode_text(read_bytes(path, "file to compare"), str(path))


def _one_recording(
    rows: Sequence[tuple[str, TimedToken]], recording: str | None, path: Path
) -> tuple[TimedToken, ...]:
    """The words of one recording, in order of time."""
    names = list(dict.fromkeys(name for name, _ in rows))
    if recording is None and len(names) > 1:
        raise InputError(
            f"words of {len(names)} recordings, the first being {names[0]}",
            path=path,
            remedy="choose one with --recording NAME",
        )
    if recording is not None and names != [""] and recording not in names:
        raise InputError(
            f"no words of a recording {recording}",
            path=path,
            remedy=f"it has {', '.join(names[:5])}{' …' if len(names) > 5 else ''}",
        )
    kept = [token for name, token in rows if recording is None or name in ("", recording)]
    if not kept:
        raise InputError("no words in it", path=path, remedy=_REMEDY)
    return tuple(_in_order(kept))


def _in_order(words: Iterable[TimedToken]) -> list[TimedToken]:
    """By time; words without one stay behind the word in front of them."""
    latest_ms = 0
    keyed = []
    for word in words:
        latest_ms = latest_ms if word.start_ms is None else word.start_ms
        keyed.append((latest_ms, word))
    return [word for _, word in sorted(keyed, key=lambda pair: pair[0])]


def _of_words(words: tuple[TimedToken, ...]) -> Content:
    return Content(words=words, has_word_times=True, turns=turns_of(words))


def _ctm(path: Path, recording: str | None) -> Content:
    rows = []
    for number, line in enumerate(_text(path).splitlines(), start=1):
        fields = line.split()
        if not fields or fields[0].startswith(";;"):
            continue
        try:
            start_ms = _ms(fields[2])
            end_ms = start_ms + _ms(fields[3])
            text = fields[_CTM_FIELDS - 1]
        except (IndexError, ValueError) as error:
            raise InputError(
                "not a CTM record",
                path=path,
                line=number,
                remedy="write FILE CHANNEL START LENGTH WORD",
            ) from error
        rows.append((fields[0], TimedToken(text.replace("_", " "), start_ms, end_ms)))
    return _of_words(_one_recording(rows, recording, path))


def _csv(path: Path, recording: str | None) -> Content:
    try:
        return _table(path, recording)
    except csv.Error as error:
        raise InputError(f"not valid CSV: {error}", path=path) from error


def _table(path: Path, recording: str | None) -> Content:
    """Words (`word` or `text`) or chapters (`title`), with `start_ms`, `start_s` or `start`."""
    table = csv.DictReader(io.StringIO(_text(path)))
    columns = {(name or "").strip().lower(): name for name in table.fieldnames or ()}
    text = next((columns[name] for name in ("word", "text", "title") if name in columns), None)
    start = next((name for name in ("start_ms", "start_s", "start") if name in columns), None)
    if text is None or start is None:
        raise InputError(
            "neither words nor chapters: it lacks a column word or title, or start_ms, start_s "
            "or start",
            path=path,
            line=1,
        )
    end = start.replace("start", "end")
    read = {
        "start_ms": lambda value: _whole_ms(float(value)),
        "start_s": _ms,
        "start": _clock_ms,
    }
    rows, chapters = [], []
    for row in table:
        try:
            blank = not row[columns[start]].strip()
            start_ms = None if blank else read[start](row[columns[start]])
            end_ms = None if blank or end not in columns else read[start](row[columns[end]])
            label = row[text].strip()
        except (ValueError, TypeError, AttributeError) as error:
            raise InputError("a row without times", path=path, line=table.line_num) from error
        chapters.append(ChapterStart(label, start_ms or 0))
        speaker = (row[columns["speaker"]] or None) if "speaker" in columns else None
        name = (row[columns["file"]] or "") if "file" in columns else ""
        rows.append((name, TimedToken(label, start_ms, end_ms, speaker)))
    if text == columns.get("title"):
        return Content(chapters=tuple(chapters))
    return _of_words(_one_recording(rows, recording, path))


def _textgrid(path: Path, recording: str | None) -> Content:
    """Tiers `words` (or `NAME - words`), `speakers`, `chapters`; a lone one holds words."""
    from praatio.utilities.errors import PraatioException
    from praatio.utilities.textgrid_io import parseTextgridStr

    try:
        tiers = parseTextgridStr(_text(path), includeEmptyIntervals=False)["tiers"]
        entries = {
            str(tier["name"]): [
                (_ms(entry[0]), _ms(entry[1]), str(entry[2]).strip()) for entry in tier["entries"]
            ]
            for tier in tiers
            if tier["class"] == "IntervalTier"
        }
    except (PraatioException, ValueError, KeyError, IndexError, AttributeError) as error:
        raise InputError("damaged TextGrid", path=path, remedy="save it anew in Praat") from error
    if not entries:
        raise InputError("a TextGrid without tiers of intervals", path=path)
    words = [name for name in entries if _WORD_TIER.search(name)]
    if not words and len(entries) == 1:
        words = list(entries)
    turns = next((name for name in entries if name.lower().startswith("speaker")), None)
    chapters = next((name for name in entries if name.lower().startswith("chapter")), None)
    turn_records = tuple(SpeakerTurn(t, s, e) for s, e, t in entries[turns]) if turns else ()
    tokens = sorted(
        (
            TimedToken(text, start_ms, end_ms, _owner(name))
            for name in words
            for start_ms, end_ms, text in entries[name]
            if text.lower() not in _NO_WORDS
        ),
        key=lambda token: token.start_ms or 0,
    )
    return Content(
        words=tuple(_with_speaker(token, turn_records) for token in tokens),
        has_word_times=True,
        turns=turn_records,
        chapters=tuple(ChapterStart(t, s) for s, _, t in entries[chapters]) if chapters else (),
    )


def _owner(tier: str) -> str | None:
    """The speaker of a tier called `NAME - words`, as the Montreal Forced Aligner writes them."""
    name = _WORD_TIER.sub("", tier).rstrip(" -_")
    return name if name and not tier.lower().startswith("word") else None


def _with_speaker(token: TimedToken, turns: Sequence[SpeakerTurn]) -> TimedToken:
    from bisect import bisect_right

    if not turns or token.speaker or token.start_ms is None or token.end_ms is None:
        return token
    middle_ms = (token.start_ms + token.end_ms) // 2
    at = bisect_right(turns, middle_ms, key=lambda turn: turn.start_ms) - 1
    if at < 0 or turns[at].end_ms <= middle_ms:
        return token
    return TimedToken(token.text, token.start_ms, token.end_ms, turns[at].speaker)


def _rttm(path: Path, recording: str | None) -> Content:
    return Content(turns=read_rttm(path))


def _captions(path: Path, recording: str | None) -> Content:
    return caption_content(_text(path), path)


def _chapter_track(path: Path, recording: str | None) -> Content:
    return chapter_track(_text(path), path)


_READERS: tuple[tuple[str, Callable[[Path, str | None], Content]], ...] = (
    (".json", _json),
    (".ctm", _ctm),
    (".textgrid", _textgrid),
    (".csv", _csv),
    (".rttm", _rttm),
    (".chapters.vtt", _chapter_track),
    (".srt", _captions),
    (".vtt", _captions),
)
