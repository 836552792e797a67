"""SubRip (.srt). Dashes and names stand as the house style has them."""

from __future__ import annotations

from datetime import timedelta

import srt

from pipeline.episode import Episode
from pipeline.export.options import DEFAULT_OPTIONS, ExportOptions
from pipeline.export.timeline import shift_cues
from pipeline.subtitles.cues import make_cues
from pipeline.subtitles.styles import Style

__all__ = ["render"]


def render(episode: Episode, style: Style, options: ExportOptions = DEFAULT_OPTIONS) -> str:
    """Render captions as SubRip, numbered from 1."""
    cues = shift_cues(make_cues(episode, style), style, options)
    return str(
        srt.compose(
            [
                srt.Subtitle(
                    index=number,
                    start=timedelta(milliseconds=cue.start_ms),
                    end=timedelta(milliseconds=cue.end_ms),
                    content=cue.text,
                )
                for number, cue in enumerate(cues, start=1)
            ],
            reindex=False,
        )
    )
