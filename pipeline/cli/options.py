"""Options that several commands share."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pipeline.job import Job
    from pipeline.subtitles.styles import Style

__all__ = [
    "ENGINE_OPTIONS",
    "STYLE_HELP",
    "add_engine_options",
    "add_input_options",
    "add_style_options",
    "coverage",
    "job_from",
    "style_from",
    "track_number",
]

ENGINE_OPTIONS: dict[str, tuple[str | None, str]] = {
    "language": ("CODE", "what is spoken: en (default), de, fr, ..."),
    "device": ("NAME", "cpu, cuda, cuda:1, mps (default: a GPU if there is one)"),
    "model": ("NAME", "wav2vec2 model of the aligner whisperx: a name or a folder"),
    "first_pass": (
        "NAME",
        "what places windows for whisperx: hmm (default for English), or none: whisperx alone",
    ),
    "transcriber": (
        "NAME",
        "without a first pass: a Whisper model's name or folder, or ctc (default: --model itself)",
    ),
    "diarization_model": ("NAME", "pipeline of the diarizer pyannote: a name or a config.yaml"),
    "download": (None, "fetch weights that are missing (default: nothing is ever fetched)"),
}
"""Option by key of the config: what stands for its value (None for a switch), and its help."""

STYLE_HELP = "netflix (default), bbc, podcast, youtube, transcript, or a TOML file of your own"

_SPEAKERS: dict[str, dict[str, Any]] = {
    "names": {"names": "change", "dashes": "never"},
    "dashes": {"names": "never", "dashes": "turns"},
    "none": {"names": "never", "dashes": "never"},
}
"""What `--speakers` changes about a house style."""


def coverage(text: str) -> float:
    """Parse a share from 0 to 1 for argparse."""
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0.0 <= value <= 1.0:
        raise argparse.ArgumentTypeError(f"{text} is not a number from 0 to 1")
    return value


def track_number(text: str) -> int:
    """Parse the number of an audio track, 1 or more."""
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 5 else 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} is no number of a track: they count from 1")
    return number


def add_input_options(parser: argparse.ArgumentParser) -> argparse._ArgumentGroup:
    """Add what `run` and `align` read and where they write; returns the group of settings."""
    files = parser.add_argument_group("files")
    files.add_argument(
        "--audio",
        type=Path,
        required=True,
        metavar="FILE",
        help="audio or video of the episode: anything that ffmpeg reads",
    )
    files.add_argument(
        "--transcript",
        type=Path,
        required=True,
        metavar="FILE",
        help="its text: plain text, or an SRT or WebVTT file whose times are ignored",
    )
    files.add_argument(
        "--out", type=Path, required=True, metavar="DIR", help="folder for the outputs"
    )
    files.add_argument(
        "--config",
        type=Path,
        metavar="FILE",
        help="TOML file with title, speakers and defaults for the options below",
    )
    files.add_argument(
        "--audio-track",
        type=track_number,
        metavar="N",
        help="which of the file's audio tracks, from 1 (default: the one that players play)",
    )
    options = parser.add_argument_group("settings")
    options.add_argument(
        "--id", metavar="ID", help="name of the output files (default: the transcript's)"
    )
    options.add_argument("--title", metavar="TEXT", help="title of the episode (default: its id)")
    options.add_argument("--aligner", metavar="NAME", help="hmm (default), whisperx, or both")
    options.add_argument(
        "--diarizer",
        metavar="NAME",
        help="transcript (default: text and voices together), text (no listening), or pyannote",
    )
    options.add_argument(
        "--voices",
        type=Path,
        metavar="FILE",
        help="know speakers by the voices of an earlier episode",
    )
    options.add_argument(
        "--save-voices",
        type=Path,
        metavar="FILE",
        help="write this episode's voices (and those of --voices) for the next ones",
    )
    options.add_argument(
        "--min-coverage",
        type=coverage,
        metavar="SHARE",
        help="exit with status 3 if a smaller share of the words is found, 0 to 1 (default: 0)",
    )
    add_engine_options(parser)
    return options


def add_engine_options(parser: argparse.ArgumentParser) -> None:
    """Add what whisperx and pyannote can be told."""
    group = parser.add_argument_group("neural engines (extra whisperx)")
    for name, (metavar, text) in ENGINE_OPTIONS.items():
        option = f"--{name.replace('_', '-')}"
        if metavar is None:
            group.add_argument(option, action="store_true", default=None, help=text)
        else:
            group.add_argument(option, metavar=metavar, help=text)


def job_from(arguments: argparse.Namespace) -> Job:
    """Join the options of `add_input_options` with the config they name.

    Raises:
        InputError: the config or an option is wrong.
    """
    from pipeline.job import make_job

    names = ("id", "title", "aligner", "diarizer", "style", "min_coverage", *ENGINE_OPTIONS)
    return make_job(
        arguments.audio,
        arguments.transcript,
        arguments.out,
        config=arguments.config,
        corrections=getattr(arguments, "corrections", None),
        overrides={name: getattr(arguments, name, None) for name in names},
        voices=arguments.voices,
        save_voices=arguments.save_voices,
        clips=getattr(arguments, "clips", False),
        audio_track=arguments.audio_track,
    )


def add_style_options(parser: argparse.ArgumentParser) -> None:
    """Add what decides about the look of captions."""
    parser.add_argument("--style", default="netflix", metavar="NAME", help=STYLE_HELP)
    parser.add_argument(
        "--speakers",
        choices=("names", "dashes", "none"),
        help="where the speaker changes, write `Name: `, a dash, or nothing (default: the style's)",
    )
    parser.add_argument(
        "--frame-rate",
        metavar="RATE",
        help="captions begin and end on its frames: 23.976, 24, 25, 29.97, 30, 50, 59.94 or 60",
    )


def style_from(arguments: argparse.Namespace) -> Style:
    """The style that the options of `add_style_options` name.

    Raises:
        InputError: the style or the frame rate is unknown, or the style's file is wrong.
    """
    from dataclasses import replace

    from pipeline.subtitles.styles import load_style
    from pipeline.timecode import load_frame_rate

    style = load_style(arguments.style)
    if arguments.speakers is not None:
        style = replace(style, **_SPEAKERS[arguments.speakers])
    if arguments.frame_rate is None:
        return style
    return replace(style, frame_rate=load_frame_rate(arguments.frame_rate).name)
