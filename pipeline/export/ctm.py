"""Words as NIST CTM: `file channel start duration word confidence`, times in seconds."""

from __future__ import annotations

from pipeline.episode import Episode
from pipeline.export.options import DEFAULT_OPTIONS, ExportOptions
from pipeline.subtitles.styles import Style
from pipeline.times import seconds

__all__ = ["field", "render"]


def field(text: str) -> str:
    """Make text one field: blanks become underscores."""
    return "_".join(text.split())


def render(episode: Episode, style: Style, options: ExportOptions = DEFAULT_OPTIONS) -> str:
    """Render all words but those that the audio lacks."""
    return "".join(
        f"{field(episode.id)} 1 {seconds(word.start_ms)} {seconds(word.end_ms - word.start_ms)} "
        f"{field(word.text)} {word.confidence:.4f}\n"
        for word in episode.words
        if word.start_ms is not None and word.end_ms is not None
    )
