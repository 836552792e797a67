"""Markers for Premiere: a sequence in Final Cut Pro 7's XML (xmeml version 5), which it imports."""

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
    """Render an empty sequence of the episode's length with all markers.

    Raises:
        InputError: no frame rate is given.
    """
    timeline = timeline_of(style, options)
    root = Element("xmeml", version="5")
    sequence = SubElement(root, "sequence", id=episode.id)
    _text(sequence, "name", " ".join(episode.title.split()))
    _text(sequence, "duration", timeline.rate.first_frame_from(episode.duration_ms))
    _rate(sequence, timeline.rate)
    timecode = SubElement(sequence, "timecode")
    _rate(timecode, timeline.rate)
    _text(timecode, "string", timeline.timecode(0))
    _text(timecode, "frame", timeline.start_frame)
    _text(timecode, "displayformat", "DF" if timeline.drop_frame else "NDF")
    media = SubElement(sequence, "media")
    SubElement(SubElement(media, "video"), "track")
    SubElement(SubElement(media, "audio"), "track")
    for marker in make_markers(episode):
        frame, length = marker_frames(marker, timeline.rate)
        element = SubElement(sequence, "marker")
        _text(element, "name", marker.name)
        _text(element, "comment", marker.kind)
        _text(element, "in", frame)
        _text(element, "out", frame + length)
    return to_text(root, "<!DOCTYPE xmeml>")


def _rate(parent: Element, rate: FrameRate) -> None:
    element = SubElement(parent, "rate")
    _text(element, "timebase", rate.nominal)
    _text(element, "ntsc", "TRUE" if rate.is_ntsc else "FALSE")


def _text(parent: Element, tag: str, value: str | int) -> None:
    SubElement(parent, tag).text = str(value)
