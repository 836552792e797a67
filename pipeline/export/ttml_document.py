"""What IMSC and EBU-TT-D share: a TTML document with a paragraph for each caption. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from xml.etree.ElementTree import Element, SubElement, register_namespace

from pipeline.episode import Episode
from pipeline.export.xml_text import to_text
from pipeline.subtitles.cues import Cue
from pipeline.times import padded_clock

__all__ = ["TT", "TTM", "TTP", "TTS", "XML", "Flavour", "render_document"]

TT = "{http://www.w3.org/ns/ttml}"
TTP = "{http://www.w3.org/ns/ttml#parameter}"
TTS = "{http://www.w3.org/ns/ttml#styling}"
TTM = "{http://www.w3.org/ns/ttml#metadata}"
EBUTTM = "{urn:ebu:tt:metadata}"
EBUTTS = "{urn:ebu:tt:style}"
ITTS = "{http://www.w3.org/ns/ttml/profile/imsc1#styling}"
XML = "{http://www.w3.org/XML/1998/namespace}"

_PREFIXES = {
    "": TT,
    "ttp": TTP,
    "tts": TTS,
    "ttm": TTM,
    "ebuttm": EBUTTM,
    "ebutts": EBUTTS,
    "itts": ITTS,
}
_COLOURS = ("#ffffff", "#ffff00", "#00ffff", "#00ff00")
"""White, yellow, cyan, green: how the BBC tells speakers apart."""


@dataclass(frozen=True, slots=True)
class Flavour:
    """What tells one kind of TTML from another.

    Attributes:
        root: attributes of the document.
        text_style: attributes of the style of all text.
        standards: standards that the document declares to follow, in its metadata.
        agents: whether the metadata names the speakers, and each line its own.
    """

    root: Mapping[str, str]
    text_style: Mapping[str, str]
    standards: tuple[str, ...] = ()
    agents: bool = False


def render_document(episode: Episode, cues: tuple[Cue, ...], flavour: Flavour) -> str:
    """Render captions at the bottom of the picture, a colour for each speaker."""
    for prefix, uri in _PREFIXES.items():
        register_namespace(prefix, uri.strip("{}"))
    root = Element(f"{TT}tt", {f"{XML}lang": "en", f"{XML}space": "default", **flavour.root})
    head = SubElement(root, f"{TT}head")
    metadata = SubElement(head, f"{TT}metadata")
    SubElement(metadata, f"{TTM}title").text = " ".join(episode.title.split())
    if flavour.standards:
        document = SubElement(metadata, f"{EBUTTM}documentMetadata")
        for standard in flavour.standards:
            SubElement(document, f"{EBUTTM}conformsToStandard").text = standard
    agents = _agents(metadata, episode) if flavour.agents else {}
    colours = _styling(head, episode, flavour)
    layout = SubElement(head, f"{TT}layout")
    SubElement(
        layout,
        f"{TT}region",
        {
            f"{XML}id": "bottom",
            f"{TTS}origin": "10% 10%",
            f"{TTS}extent": "80% 80%",
            f"{TTS}displayAlign": "after",
            f"{TTS}overflow": "visible",
        },
    )
    body = SubElement(root, f"{TT}body")
    division = SubElement(body, f"{TT}div", {"style": "text"})
    for number, cue in enumerate(cues, start=1):
        _paragraph(division, number, cue, colours, agents)
    # Indenting would put white space between the spans of a line.
    return to_text(root, indent=False)


def _agents(metadata: Element, episode: Episode) -> dict[str, str]:
    """Name the speakers; returns the identifier of each by its key."""
    agents: dict[str, str] = {}
    for number, speaker in enumerate(episode.speakers, start=1):
        agents[speaker.key] = f"agent{number}"
        agent = SubElement(
            metadata, f"{TTM}agent", {f"{XML}id": agents[speaker.key], "type": "person"}
        )
        name = SubElement(agent, f"{TTM}name", {"type": "full"})
        name.text = " ".join(speaker.name.split())
    return agents


def _styling(head: Element, episode: Episode, flavour: Flavour) -> dict[str, str]:
    styling = SubElement(head, f"{TT}styling")
    SubElement(styling, f"{TT}style", {f"{XML}id": "text", **flavour.text_style})
    colours: dict[str, str] = {}
    for number, speaker in enumerate(episode.speakers):
        colours[speaker.key] = f"speaker{number + 1}"
        SubElement(
            styling,
            f"{TT}style",
            {
                f"{XML}id": colours[speaker.key],
                f"{TTS}color": _COLOURS[number % len(_COLOURS)],
                f"{TTS}backgroundColor": "#000000c2",
            },
        )
    nobody = {f"{XML}id": "nobody", f"{TTS}color": "#ffffff", f"{TTS}backgroundColor": "#000000c2"}
    SubElement(styling, f"{TT}style", nobody)
    return colours


def _paragraph(
    division: Element, number: int, cue: Cue, colours: dict[str, str], agents: dict[str, str]
) -> None:
    paragraph = SubElement(
        division,
        f"{TT}p",
        {
            f"{XML}id": f"c{number}",
            "region": "bottom",
            "begin": padded_clock(cue.start_ms),
            "end": padded_clock(cue.end_ms),
        },
    )
    for place, line in enumerate(cue.lines):
        if place:
            SubElement(paragraph, f"{TT}br")
        attributes = {"style": colours.get(line.speaker or "", "nobody")}
        if line.speaker in agents:
            attributes[f"{TTM}agent"] = agents[line.speaker]
        SubElement(paragraph, f"{TT}span", attributes).text = line.marked_text
