"""The output formats by name. A new one is one module and one line here.

A format's module has `render(episode, style, options) -> str`; formats that do not depend on the
style or the options ignore them. It may have `warnings(episode, style) -> tuple[str, ...]`: what
the user should know before using the file.
"""

from __future__ import annotations

import codecs
import importlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pipeline.episode import Episode
from pipeline.errors import InputError
from pipeline.export.options import DEFAULT_OPTIONS, ExportOptions
from pipeline.export.text_check import find_unwritable
from pipeline.memory import give_back_freed
from pipeline.progress import Progress
from pipeline.subtitles.styles import Style
from pipeline.suggest import did_you_mean

if TYPE_CHECKING:
    from pipeline.review.corrected import CorrectedEpisode

__all__ = [
    "CHAPTER_FORMATS",
    "FORMATS",
    "RUN_FORMATS",
    "Format",
    "find_formats",
    "render_corrected",
    "render_formats",
]


@dataclass(frozen=True, slots=True)
class Format:
    """An output format.

    Attributes:
        name: what `--format` calls it.
        suffix: comes after the episode's id in the file's name.
        module: name within `pipeline.export`; has the functions `render` and perhaps `warnings`,
            and `render_parts` if the whole text is very long.
        summary: one phrase for `--help`.
        plain: whether it is plain text, whose line ends and byte order mark users may choose.
        as_aligned: whether it shows the episode as aligned, with its corrections in the options.
    """

    name: str
    suffix: str
    module: str
    summary: str
    plain: bool = False
    as_aligned: bool = False


_RUN = (
    Format("srt", ".srt", "srt_file", "SubRip subtitles", plain=True),
    Format("vtt", ".vtt", "vtt", "WebVTT subtitles with voice spans", plain=True),
    Format("chapters-csv", ".chapters.csv", "chapters_csv", "chapter table"),
    Format("chapters-md", ".chapters.md", "chapters_md", "the same, Markdown"),
    Format("chapters-json", ".chapters.json", "chapters_json", "Podcasting 2.0 chapters"),
    Format("chapters-vtt", ".chapters.vtt", "chapters_vtt", "WebVTT chapters", plain=True),
    Format(
        "chapters-youtube",
        ".chapters.youtube.txt",
        "chapters_youtube",
        "list for a YouTube description",
        plain=True,
    ),
    Format(
        "chapters-ffmetadata",
        ".chapters.ffmetadata",
        "chapters_ffmetadata",
        "chapters for ffmpeg to embed",
    ),
    Format("episode", ".episode.json", "episode_json", "the timed episode"),
    Format("ctm", ".words.ctm", "ctm", "words, NIST CTM"),
    Format("rttm", ".speakers.rttm", "rttm", "speaker turns, NIST RTTM"),
)
_FURTHER = (
    Format("ttml", ".ttml", "ttml", "TTML subtitles, IMSC 1.1 text profile"),
    Format("ebu-tt-d", ".ebuttd.xml", "ebu_tt_d", "EBU-TT-D subtitles"),
    Format("ass", ".ass", "ass", "Advanced SubStation, a style a speaker", plain=True),
    Format("txt", ".txt", "plain_text", "plain text with names and chapters", plain=True),
    Format("words-json", ".words.json", "words_json", "words with times and confidence"),
    Format("podcast-json", ".transcript.json", "podcast_json", "Podcasting 2.0 transcript"),
    Format("textgrid", ".TextGrid", "textgrid", "Praat: words, speakers, chapters"),
    Format("audacity", ".audacity.txt", "audacity", "Audacity labels", plain=True),
    Format("edl", ".markers.edl", "edl_resolve", "markers for DaVinci Resolve", plain=True),
    Format("fcp7-xml", ".markers.xml", "fcp7_xml", "markers for Premiere, FCP 7 XML"),
    Format(
        "premiere-markers",
        ".premiere.txt",
        "premiere_markers",
        "markers as Premiere lists them",
        plain=True,
    ),
    Format("fcpxml", ".fcpxml", "fcpxml", "markers for Final Cut Pro"),
    Format("avid-captions", ".avid.txt", "avid_captions", "captions for Avid", plain=True),
    Format("avid-markers", ".avid-markers.txt", "avid_markers", "markers for Avid", plain=True),
    Format("review", ".review.html", "review_page", "page to see and correct it", as_aligned=True),
    Format("overview-svg", ".overview.svg", "overview_svg", "picture of the whole episode"),
)

FORMATS = {form.name: form for form in (*_RUN, *_FURTHER)}
RUN_FORMATS = tuple(form.name for form in _RUN)
"""What `run` writes; the others are for `export`."""

CHAPTER_FORMATS = tuple(name for name in FORMATS if name.startswith("chapters-"))


def find_formats(names: Iterable[str]) -> tuple[Format, ...]:
    """The formats called `names`, each once.

    Raises:
        InputError: there is none of that name.
    """
    found: dict[str, Format] = {}
    for name in names:
        if name not in FORMATS:
            raise InputError(f"there is no format {name}", remedy=did_you_mean(name, FORMATS))
        found[name] = FORMATS[name]
    return tuple(found.values())


def render_formats(
    episode: Episode,
    formats: Iterable[Format],
    style: Style,
    progress: Progress,
    options: ExportOptions = DEFAULT_OPTIONS,
) -> dict[str, bytes]:
    """Render an episode: file name to content. Tells `progress` what users of a file must know.

    Raises:
        InputError: a format cannot hold this episode, or the options do not suit it.
    """
    fault = find_unwritable(episode)
    if fault is not None:
        raise InputError(f"no file can hold this episode: {fault}", remedy="change that text")
    files: dict[str, bytes] = {}
    for form in formats:
        module = importlib.import_module(f"pipeline.export.{form.module}")
        name = f"{episode.id}{form.suffix}"
        if hasattr(module, "render_parts"):
            parts = module.render_parts(episode, style, options)
        else:
            parts = [module.render(episode, style, options)]
        files[name] = _encode(parts, form, options)
        del parts
        give_back_freed()
        if hasattr(module, "warnings"):
            for warning in module.warnings(episode, style):
                progress.warn(f"{name}: {warning}")
    return files


def render_corrected(
    found: CorrectedEpisode,
    formats: Iterable[Format],
    style: Style,
    progress: Progress,
    options: ExportOptions = DEFAULT_OPTIONS,
) -> dict[str, bytes]:
    """Render a corrected episode, as `render_formats` does with one.

    Raises:
        InputError: a format cannot hold this episode, or the options do not suit it.
    """
    files: dict[str, bytes] = {}
    beside = replace(options, corrections=found.corrections)
    for form in formats:
        episode, own = (found.aligned, beside) if form.as_aligned else (found.episode, options)
        files |= render_formats(episode, [form], style, progress, own)
    return files


def _encode(parts: Iterable[str], form: Format, options: ExportOptions) -> bytes:
    mark = codecs.BOM_UTF8 if form.plain and options.bom else b""
    line_end = "\r\n" if form.plain and options.crlf else "\n"
    return mark + b"".join(part.replace("\n", line_end).encode() for part in parts)
