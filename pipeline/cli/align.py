"""`align`: the timed episode only."""

from __future__ import annotations

import argparse

from pipeline.cli.options import add_input_options, job_from
from pipeline.progress import Progress

__all__ = ["configure", "execute"]

_EPILOG = """\
example:
  episode-subtitles align --audio ep400.mp3 --transcript ep400.txt --out out

writes ID.episode.json, which export and chapters turn into all other files
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    add_input_options(parser)
    parser.epilog = _EPILOG


def execute(arguments: argparse.Namespace, progress: Progress) -> list[str]:
    """Align, then name the file."""
    from pipeline.run import time_only

    return [str(path) for path in time_only(job_from(arguments), progress).files]
