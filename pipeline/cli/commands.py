"""The commands by name. A new one is one module and one line here.

A command's module has `configure(parser)`, which adds its options and example, and
`execute(arguments, progress)`, which does the work and returns lines for standard output. It is
imported when its command is used, so that `--help` answers at once.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import NamedTuple, Protocol, cast

from pipeline.progress import Progress

__all__ = ["COMMANDS", "Command", "CommandModule", "load_command"]


class Command(NamedTuple):
    """A command: the module that does it, and one phrase for `--help`."""

    module: str
    summary: str


class CommandModule(Protocol):
    """What a command's module offers."""

    def configure(self, parser: argparse.ArgumentParser) -> None:
        """Add the command's options."""

    def execute(self, arguments: argparse.Namespace, progress: Progress) -> Sequence[str]:
        """Do the work; return the lines that tell its result."""


COMMANDS = {
    "run": Command("pipeline.cli.run", "transcript and audio to all outputs: the whole job"),
    "batch": Command("pipeline.cli.batch", "many episodes of a manifest, side by side; goes on"),
    "align": Command("pipeline.cli.align", "transcript and audio to ID.episode.json only"),
    "export": Command("pipeline.cli.export", "ID.episode.json to any formats, in any style"),
    "check": Command("pipeline.cli.check", "whether an SRT or VTT file keeps a house style"),
    "review": Command("pipeline.cli.review", "see, hear and correct an episode in the browser"),
    "doctor": Command("pipeline.cli.doctor", "where the audio contradicts the transcript"),
    "mux": Command("pipeline.cli.mux", "subtitles and chapters into a video or audio file"),
    "models": Command("pipeline.cli.models", "weights that each engine uses, and where they lie"),
    "compare": Command("pipeline.cli.compare", "times, words and speakers against a reference"),
    "chapters": Command("pipeline.cli.chapters", "ID.episode.json to the chapter table's files"),
}


def load_command(name: str) -> CommandModule:
    """Import the module of the command called `name`."""
    import importlib

    return cast(CommandModule, importlib.import_module(COMMANDS[name].module))
