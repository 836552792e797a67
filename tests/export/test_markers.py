"""Markers for editors, read back by OpenTimelineIO: same frames."""

import csv
import io
from dataclasses import replace
from fractions import Fraction
from xml.etree import ElementTree

import opentimelineio as otio
import pytest

from pipeline.episode import Episode
from pipeline.errors import InputError
from pipeline.export import avid_markers, edl_resolve, fcp7_xml, fcpxml, premiere_markers
from pipeline.export.markers import make_markers, marker_frames
from pipeline.export.options import ExportOptions
from pipeline.subtitles.styles import STYLES, Style
from pipeline.timecode import FRAME_RATES
from tests.support import DEMO, episode_of

EPISODE = episode_of(*DEMO)
HOUR = ExportOptions(start_timecode="01:00:00:00")
RATES = pytest.mark.parametrize("rate", FRAME_RATES)


def style_at(rate: str) -> Style:
    return replace(STYLES["netflix"], frame_rate=rate)


def frames_at(rate: str, *kinds: str) -> list[tuple[str, int, int]]:
    return [
        (marker.name, *marker_frames(marker, FRAME_RATES[rate]))
        for marker in sorted(make_markers(EPISODE), key=lambda marker: marker.start_ms)
        if marker.kind in kinds
    ]


def test_markers() -> None:
    found = [(marker.kind, marker.name, marker.number) for marker in make_markers(EPISODE)]
    assert found == [
        ("chapter", "Chapter 1", 1),
        ("chapter", "Chapter 2", 2),
        ("chapter", "Chapter 3", 3),
        ("speaker", "Lex Fridman", 1),
        ("speaker", "Elon Musk", 2),
        ("speaker", "Lex Fridman", 1),
        ("speaker", "Elon Musk", 2),
        ("speaker", "Lex Fridman", 1),
        ("speaker", "Elon Musk", 2),
    ]


@RATES
def test_edl(rate: str) -> None:
    text = edl_resolve.render(EPISODE, style_at(rate), HOUR)
    timeline = otio.adapters.read_from_string(text, "cmx_3600", rate=FRAME_RATES[rate].nominal)
    assert timeline.name == "The Demo"
    hour = 3600 * FRAME_RATES[rate].nominal
    starts = [
        clip.source_range.start_time.to_frames() - hour
        for track in timeline.tracks
        for clip in track
        if isinstance(clip, otio.schema.Clip)
    ]
    wanted = [frame for _, frame, _ in frames_at(rate, "chapter", "speaker")]
    for place, frame in enumerate(wanted):
        # One marker a frame.
        wanted[place] = frame + (frame in wanted[:place])
    assert starts == wanted
    assert " |C:ResolveColorRed |M:Chapter 1 |D:" in text
    assert text.count("FCM: NON-DROP FRAME") == 1


def test_edl_drop_frame() -> None:
    options = ExportOptions(drop_frame=True)
    text = edl_resolve.render(EPISODE, style_at("29.97"), options)
    assert "FCM: DROP FRAME" in text
    assert "00:00:00;29 00:00:01;00" in text
    with pytest.raises(InputError, match="no drop-frame timecode at 25"):
        edl_resolve.render(EPISODE, style_at("25"), options)


def test_edl_refuses_bars() -> None:
    chapters = (replace(EPISODE.chapters[0], title="a|b"), *EPISODE.chapters[1:])
    with pytest.raises(InputError, match=r"EDL cannot hold '\|'"):
        edl_resolve.render(replace(EPISODE, chapters=chapters), style_at("25"))


@RATES
def test_fcp7_xml(rate: str) -> None:
    timeline = otio.adapters.read_from_string(
        fcp7_xml.render(EPISODE, style_at(rate), HOUR), "fcp_xml"
    )
    found = [
        (
            marker.name,
            marker.marked_range.start_time.to_frames(),
            marker.marked_range.duration.to_frames(),
        )
        for marker in timeline.tracks.markers
    ]
    assert sorted(found) == sorted(frames_at(rate, "chapter", "speaker"))
    assert timeline.global_start_time.to_frames() == 3600 * FRAME_RATES[rate].nominal
    for marker in timeline.tracks.markers:
        exact = float(FRAME_RATES[rate].per_second)
        assert marker.marked_range.start_time.rate == pytest.approx(exact, abs=0.001)


@RATES
def test_fcpxml_is_on_the_frame_grid(rate: str) -> None:
    text = fcpxml.render(EPISODE, style_at(rate))
    root = ElementTree.fromstring(text)
    per_second = FRAME_RATES[rate].per_second

    def frame(value: str) -> int:
        exact = Fraction(value.removesuffix("s")) * per_second
        assert exact.denominator == 1
        return int(exact)

    chapters = [(m.get("value"), frame(m.attrib["start"])) for m in root.iter("chapter-marker")]
    speakers = [(m.get("value"), frame(m.attrib["start"])) for m in root.iter("marker")]
    assert chapters == [item[:2] for item in frames_at(rate, "chapter")]
    assert speakers == [item[:2] for item in frames_at(rate, "speaker")]


def test_fcpxml_for_others() -> None:
    # OpenTimelineIO's adapter looks for markers on clips only, and here is none.
    found = otio.adapters.read_from_string(fcpxml.render(EPISODE, style_at("25")), "fcpx_xml")
    assert [timeline.name for timeline in found] == ["The Demo"]


def test_premiere() -> None:
    text = premiere_markers.render(EPISODE, style_at("25"), HOUR)
    rows = list(csv.DictReader(io.StringIO(text), delimiter="\t"))
    assert rows[0] == {
        "Marker Name": "Chapter 1", "Description": "chapter", "In": "01:00:01:00",
        "Out": "01:00:04:15", "Duration": "00:00:03:15", "Marker Type": "Chapter",
    }  # fmt: skip
    assert [row["Marker Name"] for row in rows] == [
        name for name, _, _ in frames_at("25", "chapter", "speaker")
    ]


def test_avid() -> None:
    lines = avid_markers.render(EPISODE, style_at("29.97"), HOUR).splitlines()
    assert lines[0].split("\t") == ["chapter", "01:00:00:29", "TC1", "red", "Chapter 1", "1"]
    assert len(lines) == len(make_markers(EPISODE))


@pytest.mark.parametrize(
    "name", ['a & <b> "c"', "שלום", "e\u0301", "👩‍👩‍👧‍👦", "]]>", "x" * 10_000]
)
def test_any_name_survives(name: str) -> None:
    chapters = (replace(EPISODE.chapters[0], title=name), *EPISODE.chapters[1:])
    episode: Episode = replace(EPISODE, chapters=chapters)
    timeline = otio.adapters.read_from_string(fcp7_xml.render(episode, style_at("25")), "fcp_xml")
    assert timeline.tracks.markers[0].name == name
    root = ElementTree.fromstring(fcpxml.render(episode, style_at("25")))
    assert next(root.iter("chapter-marker")).get("value") == name
    assert f"\t{name}\t" in avid_markers.render(episode, style_at("25"))
    assert f"|M:{name} |D:" in edl_resolve.render(episode, style_at("25"))
