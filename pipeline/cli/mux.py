"""`mux`: subtitles and chapters into the media file itself."""

from __future__ import annotations

import argparse
from pathlib import Path

from pipeline.cli.options import add_style_options, style_from
from pipeline.errors import InputError
from pipeline.progress import Progress

__all__ = ["configure", "execute"]

_EPILOG = """\
example:
  episode-subtitles mux out/lex-400.episode.json --media ep400.mp4 --out ep400-subtitled.mp4

nothing is encoded again; kinds of --out: .mp4, .m4a, .m4v, .mov, .mkv, .mka, .webm
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.add_argument("episode", type=Path, metavar="EPISODE", help="an ID.episode.json file")
    parser.add_argument(
        "--media", type=Path, required=True, metavar="FILE", help="audio or video of the episode"
    )
    parser.add_argument(
        "--out", type=Path, required=True, metavar="FILE", help="the file to be written"
    )
    add_style_options(parser)
    parser.add_argument(
        "--language",
        default="eng",
        metavar="CODE",
        help="of the subtitles, three letters (default: eng)",
    )
    parser.epilog = _EPILOG


def execute(arguments: argparse.Namespace, progress: Progress) -> list[str]:
    """Write the file, then name it."""
    from pipeline.mux import mux
    from pipeline.review.corrected import read_corrected

    language = arguments.language
    if not (len(language) == 3 and language.isascii() and language.isalpha()):
        raise InputError(
            f"{language!r} is no language code of three letters", remedy="eng is English"
        )
    style = style_from(arguments)
    episode = read_corrected(arguments.episode, progress).episode
    progress.start("Muxing")
    mux(
        episode,
        style,
        arguments.media,
        arguments.out,
        language=language.lower(),
        episode_path=arguments.episode,
    )
    progress.finish()
    return [str(arguments.out)]
