"""Words with their times, as JSON that needs no explanation."""

from __future__ import annotations

import json

from pipeline.episode import Episode
from pipeline.export.options import DEFAULT_OPTIONS, ExportOptions
from pipeline.subtitles.styles import Style

__all__ = ["render"]


def render(episode: Episode, style: Style, options: ExportOptions = DEFAULT_OPTIONS) -> str:
    """Render all words in order, one a line; times in seconds, null for those not in the audio."""
    names = {speaker.key: speaker.name for speaker in episode.speakers}
    rows = [
        json.dumps(
            {
                "word": word.text,
                "start": None if word.start_ms is None else word.start_ms / 1000,
                "end": None if word.end_ms is None else word.end_ms / 1000,
                "speaker": names.get(word.speaker or "", word.speaker),
                "confidence": word.confidence,
                "status": word.status,
            },
            ensure_ascii=False,
        )
        for word in episode.words
    ]
    title = json.dumps(episode.title, ensure_ascii=False)
    joined = ",\n  ".join(rows)
    return f'{{"title": {title},\n "words": [\n  {joined}]}}\n'
