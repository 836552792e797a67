"""Audacity labels: start, end and text of each caption, tab-separated, times in seconds."""

from __future__ import annotations

from pipeline.episode import Episode
from pipeline.export.options import DEFAULT_OPTIONS, ExportOptions
from pipeline.export.timeline import shift_cues
from pipeline.subtitles.cues import make_cues
from pipeline.subtitles.styles import Style
from pipeline.times import seconds

__all__ = ["render"]


def render(episode: Episode, style: Style, options: ExportOptions = DEFAULT_OPTIONS) -> str:
    """Render one label for each caption; its lines are joined by blanks."""
    cues = shift_cues(make_cues(episode, style), style, options)
    return "".join(
        f"{seconds(cue.start_ms)}000\t{seconds(cue.end_ms)}000\t{' '.join(cue.text.split())}\n"
        for cue in cues
    )
