"""The formats of transcripts in the order in which they are tried. A new one is a line here."""

from __future__ import annotations

import html
from dataclasses import replace

from pipeline.transcript.formats.ass import is_ass, read_ass
from pipeline.transcript.formats.cues import is_cue_file, read_cues
from pipeline.transcript.formats.delimited import is_delimited, read_delimited
from pipeline.transcript.formats.html_page import is_html, read_html
from pipeline.transcript.formats.json_files import is_json, read_json
from pipeline.transcript.formats.line_times import (
    is_ctm,
    is_lrc,
    is_microdvd,
    read_ctm,
    read_lrc,
    read_microdvd,
)
from pipeline.transcript.formats.markdown import plain_lines, read_text
from pipeline.transcript.formats.markup import has_entities, plain_text
from pipeline.transcript.formats.records import CueLine, Document, Format
from pipeline.transcript.formats.refused import is_refused, refuse
from pipeline.transcript.formats.xml_files import is_xml, read_xml

__all__ = ["FORMATS", "find_format"]


def _has_entities(document: Document) -> bool:
    return has_entities(document.text)


def _read_entities(document: Document) -> list[CueLine]:
    # Markup that was escaped as a whole.
    meant = replace(document, text=html.unescape(document.text))
    if is_html(meant):
        return read_html(meant)
    return plain_lines([CueLine(plain_text(line)) for line in document.lines])


FORMATS = (
    Format("no transcript", is_refused, refuse),
    Format("JSON", is_json, read_json),
    Format("TTML and other XML", is_xml, read_xml),
    Format("ASS", is_ass, read_ass),
    Format("SRT, WebVTT or SBV", is_cue_file, read_cues),
    Format("MicroDVD", is_microdvd, read_microdvd),
    Format("LRC", is_lrc, read_lrc),
    Format("CTM", is_ctm, read_ctm),
    Format("HTML", is_html, read_html),
    Format("a table", is_delimited, read_delimited),
    Format("text with entities", _has_entities, _read_entities),
    Format("text", lambda document: True, read_text),
)
"""What leaves no doubt comes first; plain text, which Markdown is a kind of, is what remains."""


def find_format(document: Document) -> Format:
    """Return the format of a file, told by its content."""
    return next(form for form in FORMATS if form.tell(document))
