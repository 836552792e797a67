"""Podcasting 2.0 chapters (podcast-namespace, jsonChapters 1.2.0): `application/json+chapters`."""

from __future__ import annotations

import json

from pipeline.episode import Episode
from pipeline.export.options import DEFAULT_OPTIONS, ExportOptions
from pipeline.subtitles.styles import Style

__all__ = ["render"]


def render(episode: Episode, style: Style, options: ExportOptions = DEFAULT_OPTIONS) -> str:
    """Render start and end of each chapter in seconds."""
    return (
        json.dumps(
            {
                "version": "1.2.0",
                "title": episode.title,
                "chapters": [
                    {
                        "startTime": chapter.start_ms / 1000,
                        "endTime": chapter.end_ms / 1000,
                        "title": chapter.title,
                    }
                    for chapter in episode.chapters
                ],
            },
            ensure_ascii=False,
            indent=2,
        )
        + "\n"
    )
