"""`ID.review.html`: one page to see, hear and correct the episode, with nothing beside it."""

from __future__ import annotations

from pipeline.episode import Episode
from pipeline.export.options import DEFAULT_OPTIONS, ExportOptions
from pipeline.review.page import PageLinks, render_page
from pipeline.subtitles.styles import Style

__all__ = ["render"]


def render(episode: Episode, style: Style, options: ExportOptions = DEFAULT_OPTIONS) -> str:
    """Render the page; it looks for the audio file in its own folder and asks if it is not there.

    `episode` is the one as aligned: the page shows its corrections, and more are made on it.
    """
    return render_page(
        episode,
        style,
        options.corrections,
        PageLinks(media=episode.audio.file),
        options.suggestions,
        options.peaks,
    )
