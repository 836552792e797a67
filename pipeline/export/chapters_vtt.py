"""A WebVTT chapter track (`<track kind="chapters">`)."""

from __future__ import annotations

from pipeline.episode import Episode
from pipeline.export.options import DEFAULT_OPTIONS, ExportOptions
from pipeline.export.vtt import escape
from pipeline.subtitles.styles import Style
from pipeline.times import padded_clock

__all__ = ["render"]


def render(episode: Episode, style: Style, options: ExportOptions = DEFAULT_OPTIONS) -> str:
    """Render one cue for each chapter; one without length is left out, as WebVTT allows none."""
    blocks = ["WEBVTT"]
    for chapter in episode.chapters:
        if chapter.end_ms > chapter.start_ms:
            blocks.append(
                f"{chapter.number}\n"
                f"{padded_clock(chapter.start_ms)} --> {padded_clock(chapter.end_ms)}\n"
                f"{escape(' '.join(chapter.title.split()))}"
            )
    return "\n\n".join(blocks) + "\n"
