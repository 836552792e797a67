"""`chapters`: the chapter table's files from a timed episode."""

from __future__ import annotations

import argparse
from pathlib import Path

from pipeline.cli.export import export_formats
from pipeline.export.registry import CHAPTER_FORMATS
from pipeline.progress import Progress

__all__ = ["configure", "execute"]

_EPILOG = """\
example:
  episode-subtitles chapters out/lex-400.episode.json

writes ID.chapters.csv, .md, .json, .vtt, .youtube.txt and .ffmetadata
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.add_argument("episode", type=Path, metavar="EPISODE", help="an ID.episode.json file")
    parser.add_argument(
        "--out", type=Path, metavar="DIR", help="folder for the outputs (default: the episode's)"
    )
    parser.epilog = _EPILOG


def execute(arguments: argparse.Namespace, progress: Progress) -> list[str]:
    """Render and write, then list the files."""
    from pipeline.subtitles.styles import DEFAULT_STYLE, load_style

    out = arguments.episode.parent if arguments.out is None else arguments.out
    files = export_formats(
        arguments.episode, CHAPTER_FORMATS, load_style(DEFAULT_STYLE), out, progress
    )
    return [str(path) for path in files]
