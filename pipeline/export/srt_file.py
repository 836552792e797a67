"""SubRip (.srt). Dashes mark the turns, as the transcript has them; names are not shown."""

from __future__ import annotations

from datetime import timedelta

import srt

from pipeline.episode import Episode
from pipeline.subtitles.cues import Cue, make_cues
from pipeline.subtitles.styles import Style

__all__ = ["render"]


def render(episode: Episode, style: Style) -> str:
    """Render captions as SubRip, numbered from 1."""
    return str(
        srt.compose(
            [
                srt.Subtitle(
                    index=number,
                    start=timedelta(milliseconds=cue.start_ms),
                    end=timedelta(milliseconds=cue.end_ms),
                    content=_content(cue),
                )
                for number, cue in enumerate(make_cues(episode, style), start=1)
            ],
            reindex=False,
        )
    )


def _content(cue: Cue) -> str:
    return "\n".join(
        " ".join(f"- {turn.text}" if turn.dash else turn.text for turn in row) for row in cue.rows
    )
