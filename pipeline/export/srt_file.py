"""SubRip (.srt). Dashes and names stand as the house style has them."""

from __future__ import annotations

import re
from datetime import timedelta

import srt

from pipeline.episode import Episode
from pipeline.export.options import DEFAULT_OPTIONS, ExportOptions
from pipeline.export.refusal import refuse_where
from pipeline.export.timeline import shift_cues
from pipeline.safe_text import one_line
from pipeline.subtitles.cues import make_cues
from pipeline.subtitles.styles import Style
from pipeline.subtitles.tokens import unreadable_events

__all__ = ["render", "warnings"]

_LONGEST = 40
_TIMES = re.compile(r"\d+:\d+:\d+[,.]\d+ *-+> *\d")


def render(episode: Episode, style: Style, options: ExportOptions = DEFAULT_OPTIONS) -> str:
    """Render captions as SubRip, numbered from 1.

    Raises:
        InputError: a line of text is what SubRip takes for times.
    """
    cues = shift_cues(make_cues(episode, style), style, options)
    return str(
        srt.compose(
            [
                srt.Subtitle(
                    index=number,
                    start=timedelta(milliseconds=cue.start_ms),
                    end=timedelta(milliseconds=cue.end_ms),
                    content=refuse_where(_TIMES, cue.text, cue.start_ms, "SRT", "times"),
                )
                for number, cue in enumerate(cues, start=1)
            ],
            reindex=False,
        )
    )


def warnings(episode: Episode, style: Style) -> tuple[str, ...]:
    """Name the sound events that captions leave out because there is no time to read them."""
    return tuple(
        f"no caption has {one_line(event)[:_LONGEST]!r}, as there is no time to read it"
        for event in unreadable_events(episode, style)
    )
