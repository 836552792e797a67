"""`doctor`: where the audio contradicts the transcript, listed and cut out to listen to."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.errors import InputError
from pipeline.progress import Progress

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.doctor.records import Suggestion
    from pipeline.episode import Episode

__all__ = ["configure", "execute"]

_WIDEST = 40
_EPILOG = """\
example:
  episode-subtitles doctor out/lex-400.episode.json --audio ep400.mp3 --clips

lists what `run` has found and ID.report.json beside the episode holds, worst first: words that the
audio contradicts, is without, or has without the text. --clips writes a few seconds of each into
ID.clips beside the episode
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.add_argument("episode", type=Path, metavar="EPISODE", help="an ID.episode.json file")
    parser.add_argument("--first", type=int, default=50, metavar="N", help="how many (default: 50)")
    parser.add_argument("--clips", action="store_true", help="write a short clip of each of them")
    parser.add_argument("--audio", type=Path, metavar="FILE", help="the episode's audio, for clips")
    parser.epilog = _EPILOG


def execute(arguments: argparse.Namespace, progress: Progress) -> list[str]:
    """List, and write the clips.

    Raises:
        InputError: the episode or its report is missing or damaged, or the audio of the clips is.
        OutputError: the clips cannot be written.
    """
    from pipeline.audio.tracks import audio_of
    from pipeline.doctor.clips import CLIPS_SUFFIX, write_clips
    from pipeline.doctor.suggestions_json import read_suggestions
    from pipeline.export.episode_json import read_episode
    from pipeline.export.report import REPORT_SUFFIX
    from pipeline.files import is_plain_file

    path: Path = arguments.episode
    episode = read_episode(path)
    report = path.parent / f"{episode.id}{REPORT_SUFFIX}"
    if not is_plain_file(report):
        raise InputError(
            "the doctor's suggestions are in the report, and there is none",
            path=report,
            remedy="keep it beside the episode, or run again",
        )
    if arguments.first < 1:
        raise InputError("--first must be 1 or more", remedy="leave it out for 50")
    if arguments.clips and arguments.audio is None:
        raise InputError("clips need the audio", remedy="name it with --audio")
    suggestions = read_suggestions(report, episode)[: arguments.first]
    if arguments.clips:
        folder = path.parent / f"{episode.id}{CLIPS_SUFFIX}"
        sound = audio_of(arguments.audio, episode.audio_track)
        clips = write_clips(suggestions, sound, folder)
        progress.note(f"{len(clips)} clips in {folder}")
    return _table(suggestions, episode)


def _table(suggestions: Sequence[Suggestion], episode: Episode) -> list[str]:
    from pipeline.doctor.suggestions_json import suggestion_values

    if not suggestions:
        return ["nothing in the audio contradicts the transcript"]
    rows = [("time", "kind", "score", "text", "heard", "line")]
    rows += [
        (
            str(one["start"]),
            str(one["kind"]),
            f"{one['score']:.2f}",
            str(one["text"]) or "–",
            _cut(str(one["heard"])) or "–",
            str(one["context"]),
        )
        for one in suggestion_values(suggestions, episode)
    ]
    widths = [min(_WIDEST, max(map(len, column))) for column in zip(*rows, strict=True)]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]


def _cut(text: str) -> str:
    return text if len(text) <= _WIDEST else f"{text[: _WIDEST - 1]}…"
