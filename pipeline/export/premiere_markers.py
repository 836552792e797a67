"""Markers as Premiere lists them: tab-separated, as its own Export Markers writes."""

from __future__ import annotations

from pipeline.episode import Episode
from pipeline.export.markers import make_markers, marker_frames
from pipeline.export.options import DEFAULT_OPTIONS, ExportOptions
from pipeline.export.timeline import timeline_of
from pipeline.subtitles.styles import Style

__all__ = ["render"]

COLUMNS = ("Marker Name", "Description", "In", "Out", "Duration", "Marker Type")


def render(episode: Episode, style: Style, options: ExportOptions = DEFAULT_OPTIONS) -> str:
    """Render chapters as markers of type Chapter, speakers as Comment, in order of time.

    Raises:
        InputError: no frame rate is given.
    """
    timeline = timeline_of(style, options)
    rows = [COLUMNS]
    for marker in sorted(make_markers(episode), key=lambda marker: marker.start_ms):
        frame, length = marker_frames(marker, timeline.rate)
        duration = type(timeline)(timeline.rate, timeline.drop_frame).timecode(length)
        start, end = timeline.timecode(frame), timeline.timecode(frame + length)
        kind = "Chapter" if marker.kind == "chapter" else "Comment"
        rows.append((marker.name, marker.kind, start, end, duration, kind))
    return "".join("\t".join(row) + "\n" for row in rows)
