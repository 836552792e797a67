"""The editor's timeline that an export is for. Pure."""

from __future__ import annotations

from dataclasses import replace

from pipeline.errors import InputError
from pipeline.export.options import ExportOptions
from pipeline.subtitles.cues import Cue
from pipeline.subtitles.styles import NO_FRAME_RATE, Style
from pipeline.timecode import Timeline, load_frame_rate, make_timeline

__all__ = ["shift_cues", "timeline_of"]


def timeline_of(style: Style, options: ExportOptions) -> Timeline:
    """The timeline of formats that count frames.

    Raises:
        InputError: no frame rate is known, or the options contradict it.
    """
    if style.frame_rate == NO_FRAME_RATE:
        raise InputError(
            "this format counts frames, and no frame rate is given",
            remedy="give that of the editor's timeline, such as --frame-rate 25",
        )
    return make_timeline(
        load_frame_rate(style.frame_rate),
        drop_frame=options.drop_frame,
        start=options.start_timecode,
    )


def shift_cues(cues: tuple[Cue, ...], style: Style, options: ExportOptions) -> tuple[Cue, ...]:
    """Captions on a timeline that does not start at zero, for formats that count milliseconds.

    Raises:
        InputError: a start timecode without a frame rate, or one that contradicts it.
    """
    if options.start_timecode is None and not options.drop_frame:
        return cues
    shift_ms = timeline_of(style, options).start_ms
    return tuple(
        replace(cue, start_ms=cue.start_ms + shift_ms, end_ms=cue.end_ms + shift_ms) for cue in cues
    )
