"""Markers for DaVinci Resolve: a CMX 3600 EDL whose notes hold them.

Imported by Timelines > Import > Timeline Markers from EDL. Of each event Resolve reads the record
time and the line `|C:colour |M:name |D:frames`.
"""

from __future__ import annotations

import re

from pipeline.episode import Episode
from pipeline.export.markers import make_markers, marker_frames
from pipeline.export.options import DEFAULT_OPTIONS, ExportOptions
from pipeline.export.refusal import refuse_where
from pipeline.export.timeline import timeline_of
from pipeline.subtitles.styles import Style

__all__ = ["render"]

_CHAPTER_COLOUR = "ResolveColorRed"
_SPEAKER_COLOURS = ("Blue", "Cyan", "Green", "Yellow", "Pink", "Purple", "Fuchsia", "Sand")
_BAR = re.compile(r"\|")


def render(episode: Episode, style: Style, options: ExportOptions = DEFAULT_OPTIONS) -> str:
    """Render one event for each marker, in order of time.

    Raises:
        InputError: no frame rate is given, or a name holds a bar.
    """
    timeline = timeline_of(style, options)
    mode = "DROP FRAME" if timeline.drop_frame else "NON-DROP FRAME"
    parts = [f"TITLE: {' '.join(episode.title.split())}\nFCM: {mode}\n"]
    markers = sorted(make_markers(episode), key=lambda marker: marker.start_ms)
    taken: set[int] = set()
    for number, marker in enumerate(markers, start=1):
        frame, length = marker_frames(marker, timeline.rate)
        # Resolve keeps one marker a frame: a speaker who opens a chapter comes one later.
        while frame in taken:
            frame += 1
        taken.add(frame)
        start, end = timeline.timecode(frame), timeline.timecode(frame + 1)
        colour = _CHAPTER_COLOUR
        if marker.kind == "speaker":
            colour = f"ResolveColor{_SPEAKER_COLOURS[marker.number % len(_SPEAKER_COLOURS) - 1]}"
        name = refuse_where(_BAR, marker.name, marker.start_ms, "EDL", "the end of a field")
        parts.append(
            f"{number:03}  001      V     C        {start} {end} {start} {end}  \n"
            f" |C:{colour} |M:{name} |D:{length}\n"
        )
    return "\n".join(parts)
