"""What users may ask of a format, beyond the house style."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.doctor.records import Suggestion
from pipeline.review.records import Corrections

__all__ = ["DEFAULT_OPTIONS", "ExportOptions"]


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """Options of `export`; each format minds those that it knows.

    Attributes:
        crlf: lines end with CR LF, in plain-text formats for editors and players.
        bom: these formats begin with a byte order mark.
        word_times: captions tell when each word begins: WebVTT timestamps, ASS karaoke.
        start_timecode: the editor's timeline starts there; None for 00:00:00:00.
        drop_frame: timecodes drop numbers, so that they keep up with the clock.
        corrections: what a person has corrected, for formats that show it beside the episode.
        suggestions: suspected errors of the transcript, for the review page.
        peaks: the audio's waveform, for the review page; empty if it is not at hand.
    """

    crlf: bool = False
    bom: bool = False
    word_times: bool = False
    start_timecode: str | None = None
    drop_frame: bool = False
    corrections: Corrections | None = None
    suggestions: tuple[Suggestion, ...] = ()
    peaks: bytes = b""


DEFAULT_OPTIONS = ExportOptions()
