"""Markers for Final Cut Pro: FCPXML 1.9, times in rational seconds on the frame grid."""

from __future__ import annotations

from xml.etree.ElementTree import Element, SubElement

from pipeline.episode import Episode
from pipeline.export.markers import make_markers, marker_frames
from pipeline.export.options import DEFAULT_OPTIONS, ExportOptions
from pipeline.export.timeline import timeline_of
from pipeline.export.xml_text import to_text
from pipeline.subtitles.styles import Style
from pipeline.timecode import FrameRate

__all__ = ["render"]


def render(episode: Episode, style: Style, options: ExportOptions = DEFAULT_OPTIONS) -> str:
    """Render a project that is one gap of the episode's length with all markers.

    Raises:
        InputError: no frame rate is given.
    """
    timeline = timeline_of(style, options)
    rate = timeline.rate
    title = " ".join(episode.title.split())
    length = _seconds(rate, max(1, rate.first_frame_from(episode.duration_ms)))
    start = _seconds(rate, timeline.start_frame)
    root = Element("fcpxml", version="1.9")
    resources = SubElement(root, "resources")
    SubElement(
        resources,
        "format",
        id="r1",
        frameDuration=_seconds(rate, 1),
        width="1920",
        height="1080",
    )
    event = SubElement(SubElement(root, "library"), "event", name=title)
    sequence = SubElement(
        SubElement(event, "project", name=title),
        "sequence",
        format="r1",
        duration=length,
        tcStart=start,
        tcFormat="DF" if timeline.drop_frame else "NDF",
    )
    gap = SubElement(
        SubElement(sequence, "spine"), "gap", name="Gap", offset=start, start="0s", duration=length
    )
    for marker in sorted(make_markers(episode), key=lambda marker: marker.start_ms):
        frame, _ = marker_frames(marker, rate)
        element = SubElement(
            gap,
            "chapter-marker" if marker.kind == "chapter" else "marker",
            start=_seconds(rate, frame),
            duration=_seconds(rate, 1),
            value=marker.name,
        )
        if marker.kind == "chapter":
            element.set("posterOffset", "0s")
    return to_text(root, "<!DOCTYPE fcpxml>")


def _seconds(rate: FrameRate, frames: int) -> str:
    """A length as FCPXML has it: `1001/30000s`, or `0s`."""
    step = rate.per_second
    return f"{frames * step.denominator}/{step.numerator}s" if frames else "0s"
