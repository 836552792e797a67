"""`run`: the whole job."""

from __future__ import annotations

import argparse
from pathlib import Path

from pipeline.cli.options import STYLE_HELP, add_input_options, job_from
from pipeline.progress import Progress
from pipeline.times import percent

__all__ = ["configure", "execute"]

_EPILOG = """\
example:
  episode-subtitles run --audio ep400.mp3 --transcript ep400.txt --config configs/lex-400.toml \\
      --id lex-400 --out out

writes ID.srt, ID.vtt, ID.chapters.*, ID.episode.json, ID.words.ctm, ID.speakers.rttm and
ID.report.json, all or none of them; docs/outputs.md describes each
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    settings = add_input_options(parser)
    settings.add_argument("--style", metavar="NAME", help=STYLE_HELP)
    settings.add_argument(
        "--corrections",
        type=Path,
        metavar="FILE",
        help="from the review page (default: ID.corrections.json in --out, if any)",
    )
    settings.add_argument(
        "--clips",
        action="store_true",
        help="write a short clip of each suspected error of the transcript into ID.clips",
    )
    parser.epilog = _EPILOG


def execute(arguments: argparse.Namespace, progress: Progress) -> list[str]:
    """Run, then list the files."""
    from pipeline.run import run_job

    result = run_job(job_from(arguments), progress)
    return [
        *map(str, result.files),
        f"{percent(result.coverage)} of {len(result.episode.words)} words aligned, "
        f"{len(result.episode.chapters)} chapters",
    ]
