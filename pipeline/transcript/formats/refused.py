"""Text formats that hold no transcript that could be read: each is refused by its name."""

from __future__ import annotations

import re

from pipeline.errors import InputError
from pipeline.transcript.formats.records import CueLine, Document

__all__ = ["is_refused", "refuse"]

_HEAD = 20
"""Lines that are not blank by which a file is judged."""

_KINDS = tuple(
    (re.compile(pattern, re.IGNORECASE), name, remedy)
    for pattern, name, remedy in (
        (r"\{\\rtf", "a rich-text document (RTF)", "save it as plain text in UTF-8"),
        (r"%!PS|%PDF", "a PostScript or PDF document", "save it as plain text in UTF-8"),
        (r"\\documentclass\b", "a LaTeX document", "convert it to plain text"),
        (r"MIME-Version:", "a web archive or an e-mail", "save its text in a plain text file"),
        (r";FFMETADATA", "chapters for ffmpeg", "give the text that is spoken"),
        (r"File type = \"ooTextFile", "a Praat TextGrid", "export it as plain text, SRT or WebVTT"),
        (r"SPEAKER \S+ \d+ [\d.]+ [\d.]+ <NA>", "a table of speaker turns (RTTM)",
         "give the text that is spoken"),
        (r"TITLE:.*\n(?:FCM:|\d{3,6}\s+\S+\s+\S+\s+C\s)", "an edit decision list (EDL)",
         "give the text that is spoken"),
        (r"@ This file written with", "captions for Avid", "export them as SRT or WebVTT"),
        (
            r"(?:---\n)?(?:[\w-]+:.*\n){0,9}- (?:speaker|start|time|begin|text):.*\n(?:\w+):",
            "YAML",
            "export it as plain text, SRT or WebVTT",
        ),
        (r"Scenarist_SCC", "Scenarist closed captions (SCC)", "convert them to SRT or WebVTT"),
        (r"\S+\s\d\d:\d\d:\d\d[:;]\d\d\s(?:TC|V|A)\d\s\w+\s", "a list of markers for Avid",
         "give the text that is spoken"),
        (r"(?:# .*\n+)?\| # \| Chapter \| Start \|", "a table of chapters (Markdown)",
         "give the text that is spoken"),
    )
)  # fmt: skip


def _kind(document: Document) -> tuple[str, str] | None:
    head = "\n".join(document.head[:_HEAD])[:5000]
    return next(((name, what) for pattern, name, what in _KINDS if pattern.match(head)), None)


def is_refused(document: Document) -> bool:
    """Tell whether it is one of these."""
    return _kind(document) is not None


def refuse(document: Document) -> list[CueLine]:
    """Refuse it.

    Raises:
        InputError: always.
    """
    name, remedy = _kind(document) or ("of an unknown kind", "give plain text, SRT or WebVTT")
    raise InputError(f"this is {name}, not a transcript", path=document.path, remedy=remedy)
