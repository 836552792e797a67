"""`review`: see, hear and correct an episode in the browser."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from pipeline.cli.options import add_style_options, style_from
from pipeline.cli.streams import flush_results, show_results
from pipeline.errors import InputError
from pipeline.progress import Progress

__all__ = ["configure", "execute"]

_EPILOG = """\
example:
  episode-subtitles review out/lex-400.episode.json --audio ep400.mp3

opens a page that only this computer can reach; Ctrl-C ends it. What is corrected there is saved as
ID.corrections.json beside the episode; run, export, chapters and mux apply it
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.add_argument("episode", type=Path, metavar="EPISODE", help="an ID.episode.json file")
    parser.add_argument(
        "--audio", type=Path, required=True, metavar="FILE", help="audio or video of the episode"
    )
    add_style_options(parser)
    parser.add_argument(
        "--port", type=int, default=0, metavar="N", help="port to listen on (default: a free one)"
    )
    parser.add_argument(
        "--no-browser", action="store_true", help="print the page's address and open nothing"
    )
    parser.epilog = _EPILOG


def execute(arguments: argparse.Namespace, progress: Progress) -> list[str]:
    """Serve until interrupted."""
    import webbrowser

    from pipeline.audio.tracks import audio_of
    from pipeline.doctor.suggestions_json import read_suggestions
    from pipeline.export.episode_json import read_episode
    from pipeline.export.report import REPORT_SUFFIX
    from pipeline.files import sha256_of
    from pipeline.review.corrected import find_corrections
    from pipeline.review.corrections_json import SUFFIX, read_corrections
    from pipeline.review.page import PageLinks, render_page
    from pipeline.review.peaks import read_peaks
    from pipeline.review.server import ReviewServer, Site

    style = style_from(arguments)
    path: Path = arguments.episode
    episode = read_episode(path)
    if sha256_of(arguments.audio, "audio file") != episode.audio.sha256:
        progress.warn(f"{arguments.audio} is not the file that was aligned; times may be off")

    links = PageLinks("media", "corrections", "peaks")
    suggestions = read_suggestions(path.parent / f"{episode.id}{REPORT_SUFFIX}", episode)

    def page() -> str:
        saved = find_corrections(path.parent, episode.id)
        corrections = None if saved is None else read_corrections(saved)
        return render_page(episode, style, corrections, links, suggestions)

    page()  # so that damaged corrections are told here
    site = Site(
        page,
        arguments.audio,
        path.parent / f"{episode.id}{SUFFIX}",
        episode.id,
        lambda: read_peaks(audio_of(arguments.audio, episode.audio_track)),
    )
    try:
        server = ReviewServer(site, arguments.port)
    except (OSError, OverflowError) as error:
        raise InputError(
            f"cannot listen on port {arguments.port}", remedy="choose another --port"
        ) from error
    with server:
        # At once, not when the command ends.
        show_results([server.address])
        flush_results()
        print("Ctrl-C ends the review", file=sys.stderr, flush=True)
        if not arguments.no_browser:
            webbrowser.open(server.address)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            return []
    return []
