"""`export`: a timed episode to further files."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from pathlib import Path

from pipeline.export.registry import FORMATS
from pipeline.progress import Progress

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
        "--style", default="netflix", metavar="NAME", help="netflix (default), bbc or podcast"
    )
    parser.add_argument(
        "--out", type=Path, metavar="DIR", help="folder for the outputs (default: the episode's)"
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
    names = [name.strip() for part in arguments.format or ["srt,vtt"] for name in part.split(",")]
    out = arguments.episode.parent if arguments.out is None else arguments.out
    files = export_formats(arguments.episode, names, arguments.style, out, progress)
    return [str(path) for path in files]


def export_formats(
    path: Path, names: Iterable[str], style: str, out: Path, progress: Progress
) -> tuple[Path, ...]:
    """Render the timed episode at `path` in all formats `names` into the folder `out`.

    Raises:
        InputError: the episode is damaged, a name is unknown, or a file would overwrite it.
        OutputError: the files cannot be written.
    """
    from pipeline.export.episode_json import read_episode
    from pipeline.export.registry import find_formats, render_formats
    from pipeline.files import check_not_inputs, write_outputs
    from pipeline.subtitles.styles import load_style

    formats = find_formats(names)
    files = render_formats(read_episode(path), formats, load_style(style), progress)
    check_not_inputs(out, files, [path])
    write_outputs(out, files)
    return tuple(out / name for name in files)
