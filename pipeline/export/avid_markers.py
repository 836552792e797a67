"""Markers for Avid Media Composer: the text that its Markers window imports.

Tab-separated: user, timecode, track, colour, comment, length in frames.
"""

from __future__ import annotations

from pipeline.episode import Episode
from pipeline.export.markers import make_markers, marker_frames
from pipeline.export.options import DEFAULT_OPTIONS, ExportOptions
from pipeline.export.timeline import timeline_of
from pipeline.subtitles.styles import Style

__all__ = ["render"]

_COLOURS = ("green", "blue", "cyan", "magenta", "yellow", "white", "black")


def render(episode: Episode, style: Style, options: ExportOptions = DEFAULT_OPTIONS) -> str:
    """Render one line for each marker, in order of time; chapters are red, on track TC1.

    Raises:
        InputError: no frame rate is given.
    """
    timeline = timeline_of(style, options)
    lines = []
    for marker in sorted(make_markers(episode), key=lambda marker: marker.start_ms):
        frame, _ = marker_frames(marker, timeline.rate)
        colour = "red"
        if marker.kind == "speaker":
            colour = _COLOURS[marker.number % len(_COLOURS) - 1]
        fields = (marker.kind, timeline.timecode(frame), "TC1", colour, marker.name, "1")
        lines.append("\t".join(fields) + "\n")
    return "".join(lines)
