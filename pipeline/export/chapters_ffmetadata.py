"""ffmpeg's metadata file: `ffmpeg -i a.mp3 -i ID.chapters.ffmetadata -map_metadata 1 -c copy …`."""

from __future__ import annotations

import re

from pipeline.episode import Episode
from pipeline.export.options import DEFAULT_OPTIONS, ExportOptions
from pipeline.subtitles.styles import Style

__all__ = ["render"]

# ffmpeg-formats(1), "Metadata 1": these must be escaped, a line break included.
_SPECIAL = re.compile(r"([=;#\\\n])")


def render(episode: Episode, style: Style, options: ExportOptions = DEFAULT_OPTIONS) -> str:
    """Render the title and all chapters in milliseconds."""
    parts = [";FFMETADATA1", f"title={_escape(episode.title)}"]
    for chapter in episode.chapters:
        parts += [
            "[CHAPTER]",
            "TIMEBASE=1/1000",
            f"START={chapter.start_ms}",
            f"END={chapter.end_ms}",
            f"title={_escape(chapter.title)}",
        ]
    return "\n".join(parts) + "\n"


def _escape(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text)
