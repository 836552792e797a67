"""`export`: a timed episode to further files."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.cli.options import add_style_options, style_from
from pipeline.export.registry import FORMATS
from pipeline.progress import Progress

if TYPE_CHECKING:
    from pipeline.episode import Episode
    from pipeline.export.options import ExportOptions
    from pipeline.subtitles.styles import Style

__all__ = ["configure", "execute", "export_formats"]


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.add_argument("episode", type=Path, metavar="EPISODE", help="an ID.episode.json file")
    parser.add_argument(
        "--format",
        action="append",
        metavar="NAMES",
        help="formats, separated by commas; may be repeated (default: srt,vtt)",
    )
    parser.add_argument(
        "--corrections",
        type=Path,
        metavar="FILE",
        help="from the review page (default: ID.corrections.json beside the episode, if any)",
    )
    add_style_options(parser)
    parser.add_argument(
        "--out", type=Path, metavar="DIR", help="folder for the outputs (default: the episode's)"
    )
    parser.add_argument(
        "--audio",
        type=Path,
        metavar="FILE",
        help="aligns what corrections moved anew, and is the review page's waveform",
    )
    parser.add_argument(
        "--keep-absent", action="store_true", help="show words, too, that the audio lacks"
    )
    parser.add_argument(
        "--word-times", action="store_true", help="when each word begins: VTT stamps, ASS karaoke"
    )
    parser.add_argument("--crlf", action="store_true", help="end lines with CR LF, in plain text")
    parser.add_argument("--bom", action="store_true", help="begin plain text with a UTF-8 mark")
    parser.add_argument(
        "--start-timecode", metavar="TC", help="where the editor's timeline starts: 01:00:00:00"
    )
    parser.add_argument(
        "--drop-frame", action="store_true", help="drop-frame timecode, at 29.97 and 59.94"
    )
    width = max(map(len, FORMATS))
    listed = "\n".join(
        f"  {form.name:{width}}  {form.summary} (ID{form.suffix})" for form in FORMATS.values()
    )
    parser.epilog = (
        "example:\n"
        "  episode-subtitles export out/lex-400.episode.json --format srt,vtt --style bbc\n\n"
        f"formats:\n{listed}\n"
    )


def execute(arguments: argparse.Namespace, progress: Progress) -> list[str]:
    """Render and write, then list the files."""
    from dataclasses import replace

    from pipeline.export.options import ExportOptions

    names = [name.strip() for part in arguments.format or ["srt,vtt"] for name in part.split(",")]
    out = arguments.episode.parent if arguments.out is None else arguments.out
    style = style_from(arguments)
    if arguments.keep_absent:
        style = replace(style, absent_words="keep")
    options = ExportOptions(
        crlf=arguments.crlf,
        bom=arguments.bom,
        word_times=arguments.word_times,
        start_timecode=arguments.start_timecode,
        drop_frame=arguments.drop_frame,
    )
    files = export_formats(
        arguments.episode,
        names,
        style,
        out,
        progress,
        options,
        arguments.corrections,
        arguments.audio,
    )
    return [str(path) for path in files]


def export_formats(
    path: Path,
    names: Iterable[str],
    style: Style,
    out: Path,
    progress: Progress,
    options: ExportOptions | None = None,
    corrections: Path | None = None,
    audio: Path | None = None,
) -> tuple[Path, ...]:
    """Render the timed episode at `path` in all formats `names` into the folder `out`.

    It is corrected by the file `corrections`, else by `ID.corrections.json` beside it, if any.
    The review page also shows what the report beside it suspects, and the waveform of `audio`, else
    of the audio file beside it, if any.

    Raises:
        InputError: the episode is damaged, a name is unknown, a format cannot hold the episode,
            a file would overwrite it, or `audio` cannot be decoded.
        OutputError: the files cannot be written.
    """
    from pipeline.export.options import DEFAULT_OPTIONS
    from pipeline.export.registry import find_formats, render_corrected
    from pipeline.files import check_not_inputs, write_outputs
    from pipeline.review.corrected import read_corrected

    formats = find_formats(names)
    found = read_corrected(path, progress, corrections, audio)
    options = options or DEFAULT_OPTIONS
    if any(form.name == "review" for form in formats):
        options = _with_review(options, path, found.aligned, audio, progress)
    files = render_corrected(found, formats, style, progress, options)
    inputs = [given for given in (path, corrections, audio) if given is not None]
    check_not_inputs(out, files, inputs)
    write_outputs(out, files)
    return tuple(out / name for name in files)


def _with_review(
    options: ExportOptions, path: Path, episode: Episode, audio: Path | None, progress: Progress
) -> ExportOptions:
    """The options with what lies beside the episode at `path` and the review page shows."""
    from dataclasses import replace

    from pipeline.audio.tracks import audio_of
    from pipeline.doctor.suggestions_json import read_suggestions
    from pipeline.export.report import REPORT_SUFFIX
    from pipeline.files import is_plain_file
    from pipeline.review.peaks import read_peaks

    suggestions = read_suggestions(path.parent / f"{episode.id}{REPORT_SUFFIX}", episode)
    beside = path.parent / Path(episode.audio.file).name
    if audio is None and is_plain_file(beside):
        audio = beside
    peaks = b""
    if audio is not None:
        progress.start("Reading the waveform")
        peaks = read_peaks(audio_of(audio, episode.audio_track))
        progress.finish()
    return replace(options, suggestions=suggestions, peaks=peaks)
