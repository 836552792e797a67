"""SRT and WebVTT files as something to compare: words within captions, and their voices."""

from __future__ import annotations

import re
from pathlib import Path

from pipeline.evaluate.records import ChapterStart, Content, LineOfWords, TimedToken, turns_of
from pipeline.subtitles.captions import Caption, parse_captions
from pipeline.transcript.formats.cues import cue_lines
from pipeline.transcript.formats.records import CueLine
from pipeline.transcript.labels import find_labels
from pipeline.transcript.scan import Conventions, begins_with_dash, scan_line
from pipeline.transcript.source import source_lines

__all__ = ["caption_content", "chapter_track"]

_BODY_BREAK = re.compile(r"\n[ \t]*(?=\n)")


def chapter_track(text: str, path: Path) -> Content:
    """The chapters of a WebVTT chapter track."""
    return Content(
        chapters=tuple(
            ChapterStart(" ".join(caption.lines), caption.start_ms)
            for caption in parse_captions(text, path)
        )
    )


def caption_content(text: str, path: Path) -> Content:
    """Words by caption; a caption's start is that of its first word, its end that of the last.

    Dashes, labels, sound events and markup are no words, as in transcripts; speakers come from
    voice spans and from labels before a colon or in brackets, and last until the next one.
    """
    captions = parse_captions(text, path)
    lines = [_voiced(caption) for caption in captions]
    texts = [line.source.text for cue in lines for line in cue]
    conventions = Conventions(find_labels(texts, ()), any(map(begins_with_dash, texts)))
    words: list[TimedToken] = []
    cues: list[LineOfWords] = []
    shares: list[TimedToken] = []
    speaker: str | None = None
    for caption, cue in zip(captions, lines, strict=True):
        found: list[tuple[str, str | None]] = []
        for line in cue:
            scanned = scan_line(line.source, conventions)
            marks = {turn.before_word: turn.label for turn in scanned.turns}
            columns = line.source.columns
            for at, word in enumerate(scanned.words):
                begun = [
                    name
                    for start, name in line.voices
                    if start < len(columns) and columns[start] <= word.place.column
                ]
                # A dash alone hands over to someone without a name.
                speaker = begun[-1] if begun else marks.get(at, speaker)
                found.append((word.text, speaker))
            if not scanned.words and marks:
                speaker = list(marks.values())[-1]
        if not found:
            continue
        first, last = len(words), len(words) + len(found) - 1
        for at, (word_text, who) in enumerate(found):
            words.append(
                TimedToken(
                    word_text,
                    caption.start_ms if at == 0 else None,
                    caption.end_ms if at == len(found) - 1 else None,
                    who,
                )
            )
        cues.append(LineOfWords(first, last, caption.start_ms, caption.end_ms))
        shares += _shares(caption, [who for _, who in found])
    return Content(tuple(words), False, tuple(cues), turns_of(shares))


def _voiced(caption: Caption) -> list[CueLine]:
    """The caption's lines without markup, with the voices that begin in them."""
    body = f"WEBVTT\n\n0:00:00.000 --> 0:00:01.000\n{caption.marked_up}\n"
    return cue_lines(source_lines(_BODY_BREAK.sub("", body)))


def _shares(caption: Caption, speakers: list[str | None]) -> list[TimedToken]:
    """The caption's time, divided among its words."""
    length_ms, count = caption.end_ms - caption.start_ms, len(speakers)
    return [
        TimedToken(
            "",
            caption.start_ms + length_ms * at // count,
            caption.start_ms + length_ms * (at + 1) // count,
            who,
        )
        for at, who in enumerate(speakers)
    ]
