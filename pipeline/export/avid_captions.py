"""Captions for Avid's SubCap effect: the text format of Avid DS."""

from __future__ import annotations

import re

from pipeline.episode import Episode
from pipeline.export.options import DEFAULT_OPTIONS, ExportOptions
from pipeline.export.refusal import refuse_where
from pipeline.export.timeline import timeline_of
from pipeline.subtitles.cues import make_cues
from pipeline.subtitles.styles import Style

__all__ = ["render"]

_COMMAND = re.compile(r"^(?:@|<|\d\d:\d\d:\d\d[:;]\d\d).*", re.MULTILINE)


def render(episode: Episode, style: Style, options: ExportOptions = DEFAULT_OPTIONS) -> str:
    """Render captions with timecodes.

    Raises:
        InputError: no frame rate is given, or a line of text begins like a command.
    """
    timeline = timeline_of(style, options)
    parts = ["@ This file written with episode-subtitles\n\n<begin subtitles>\n"]
    for cue in make_cues(episode, style):
        text = refuse_where(_COMMAND, cue.text, cue.start_ms, "Avid", "a command")
        start = timeline.timecode(timeline.rate.frame_at(cue.start_ms))
        end = timeline.timecode(timeline.rate.frame_at(cue.end_ms))
        parts.append(f"{start} {end}\n{text}\n")
    parts.append("<end subtitles>\n")
    return "\n".join(parts)
