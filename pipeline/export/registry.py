"""The output formats by name. A new one is one module and one line here.

A format's module has `render(episode, style) -> str`. It may have `warnings(episode) ->
tuple[str, ...]`: what the user should know before using the file. Formats that do not depend on
the style ignore it.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterable
from dataclasses import dataclass

from pipeline.episode import Episode
from pipeline.errors import InputError
from pipeline.progress import Progress
from pipeline.subtitles.styles import Style
from pipeline.suggest import did_you_mean

__all__ = ["CHAPTER_FORMATS", "FORMATS", "Format", "find_formats", "render_formats"]


@dataclass(frozen=True, slots=True)
class Format:
    """An output format.

    Attributes:
        name: what `--format` calls it.
        suffix: comes after the episode's id in the file's name.
        module: has the functions `render` and perhaps `warnings`.
        summary: one phrase for `--help`.
    """

    name: str
    suffix: str
    module: str
    summary: str


FORMATS = {
    form.name: form
    for form in (
        Format("srt", ".srt", "pipeline.export.srt_file", "SubRip subtitles"),
        Format("vtt", ".vtt", "pipeline.export.vtt", "WebVTT subtitles with voice spans"),
        Format("chapters-csv", ".chapters.csv", "pipeline.export.chapters_csv", "chapter table"),
        Format("chapters-md", ".chapters.md", "pipeline.export.chapters_md", "the same, Markdown"),
        Format(
            "chapters-json",
            ".chapters.json",
            "pipeline.export.chapters_json",
            "Podcasting 2.0 chapters",
        ),
        Format("chapters-vtt", ".chapters.vtt", "pipeline.export.chapters_vtt", "WebVTT chapters"),
        Format(
            "chapters-youtube",
            ".chapters.youtube.txt",
            "pipeline.export.chapters_youtube",
            "list for a YouTube description",
        ),
        Format(
            "chapters-ffmetadata",
            ".chapters.ffmetadata",
            "pipeline.export.chapters_ffmetadata",
            "chapters for ffmpeg to embed",
        ),
        Format("episode", ".episode.json", "pipeline.export.episode_json", "the timed episode"),
        Format("ctm", ".words.ctm", "pipeline.export.ctm", "words, NIST CTM"),
        Format("rttm", ".speakers.rttm", "pipeline.export.rttm", "speaker turns, NIST RTTM"),
    )
}

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
    episode: Episode, formats: Iterable[Format], style: Style, progress: Progress
) -> dict[str, bytes]:
    """Render an episode: file name to content. Tells `progress` what users of a file must know."""
    files: dict[str, bytes] = {}
    for form in formats:
        module = importlib.import_module(form.module)
        name = f"{episode.id}{form.suffix}"
        text: str = module.render(episode, style)
        files[name] = text.encode("utf-8")
        if hasattr(module, "warnings"):
            for warning in module.warnings(episode):
                progress.warn(f"{name}: {warning}")
    return files
