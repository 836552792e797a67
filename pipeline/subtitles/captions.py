"""SRT and WebVTT files, anybody's, to captions with times."""

from __future__ import annotations

import html
import io
import re
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from pipeline.errors import InputError
from pipeline.files import read_bytes
from pipeline.transcript.decoding import decode_text

__all__ = ["Caption", "parse_captions", "read_captions"]

_TAG = re.compile(r"</?[a-zA-Z][^<>]*>|</>|<\d[\d:.]*>|\{\\[^{}]*\}")
_TIMING = re.compile(
    r"\s*-?(?:\d+:)?\d{1,2}:\d{1,2}(?:[.,]\d{1,3})?\s*-+>\s*"
    r"-?(?:\d+:)?\d{1,2}:\d{1,2}(?:[.,]\d{1,3})?(?:\s.*)?"
)
_MEANT_AS_TIMING = re.compile(r"\s*[\d:.,]+\s*-+>")
_SRT_BEGINS = re.compile(r"\s*(?:-?[0-9]{1,20}\.?[0-9]{0,20}\s*\n)?[0-9]{1,9}[,.:，．。：]")
_ENDLESS_NUMBER = re.compile(r"^[^\S\n]*-?[0-9.]{50}", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Caption:
    """A caption of a file: its lines without markup, as many as are shown.

    `marked_up` is its text as the file has it, where it comes from one.
    """

    start_ms: int
    end_ms: int
    lines: tuple[str, ...]
    marked_up: str = field(default="", compare=False, repr=False)


def read_captions(path: Path) -> tuple[Caption, ...]:
    """Read all captions of an SRT or WebVTT file, in the order of the file.

    Raises:
        InputError: it is missing, no text, or neither SRT nor WebVTT; or a caption is damaged.
    """
    return parse_captions(decode_text(read_bytes(path, "subtitle file"), str(path)), path)


def parse_captions(text: str, path: Path) -> tuple[Caption, ...]:
    """Parse SRT or WebVTT, told apart by content; `path` is named in errors only.

    Raises:
        InputError: it is neither, or a caption is damaged.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    for number, line in enumerate(text.split("\n"), start=1):
        if _MEANT_AS_TIMING.match(line) and not _TIMING.fullmatch(line):
            raise InputError(
                "damaged times of a caption",
                path=path,
                line=number,
                remedy="write them as 00:00:01,000 --> 00:00:02,000",
            )
    captions = _parse_vtt(text, path) if text.startswith("WEBVTT") else _parse_srt(text, path)
    if not captions:
        raise InputError("no captions in this file", path=path, remedy="name an SRT or VTT file")
    return captions


def _parse_srt(text: str, path: Path) -> tuple[Caption, ...]:
    import srt

    # The library would look for minutes at what begins otherwise, or at endless numbers.
    if not _SRT_BEGINS.match(text) or _ENDLESS_NUMBER.search(text):
        raise _no_captions(path, 1)
    found = []
    try:
        for cue in srt.parse(text):
            found.append(Caption(_ms(cue.start), _ms(cue.end), _lines(cue.content), cue.content))
    except (srt.SRTParseError, srt.TimestampParseError) as error:
        at = getattr(error, "expected_start", 0)
        raise _no_captions(path, text.count("\n", 0, at) + 1) from error
    return tuple(found)


def _no_captions(path: Path, line: int) -> InputError:
    return InputError(
        "neither SRT nor WebVTT from here on",
        path=path,
        line=line,
        remedy="name an SRT or VTT file",
    )


def _parse_vtt(text: str, path: Path) -> tuple[Caption, ...]:
    import webvtt

    try:
        cues = tuple(webvtt.from_buffer(io.StringIO(text)).captions)
    except webvtt.errors.MalformedFileError as error:
        raise InputError("damaged WebVTT", path=path) from error
    return tuple(
        Caption(
            _ms(timedelta(seconds=cue.start_in_seconds)) + cue.start_time.milliseconds,
            _ms(timedelta(seconds=cue.end_in_seconds)) + cue.end_time.milliseconds,
            tuple(html.unescape(line) for line in _lines(cue.raw_text)),
            cue.raw_text,
        )
        for cue in cues
    )


def _ms(time: timedelta) -> int:
    return time // timedelta(milliseconds=1)


def _lines(text: str) -> tuple[str, ...]:
    plain = _TAG.sub("", text).strip()
    return tuple(line.strip() for line in plain.split("\n")) if plain else ()
