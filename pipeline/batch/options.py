"""The options of `run` as columns of a manifest: whatever `run` has, a row can say."""

from __future__ import annotations

import argparse
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from pipeline.errors import InputError

if TYPE_CHECKING:
    from pipeline.job import Job

__all__ = [
    "PER_EPISODE",
    "Scalar",
    "column_name",
    "is_path",
    "job_of",
    "known_columns",
    "run_options",
]

Scalar = str | int | float | bool

PER_EPISODE = frozenset({"audio", "transcript", "out", "id", "title", "corrections", "save_voices"})
"""Options that cannot be the same for all episodes."""

_TRUE = ("true", "yes", "1", "on")
_FALSE = ("false", "no", "0", "off")


class _Parser(argparse.ArgumentParser):
    """Raises; the message names the column."""

    def error(self, message: str) -> NoReturn:
        found = re.match(r"argument (?:-\w/)?--([\w-]+)(?:/\S+)?: (.*)", message, re.DOTALL)
        raise InputError(f"{found[1].replace('-', '_')}: {found[2]}" if found else message)


@cache
def _parser() -> _Parser:
    from pipeline.cli.run import configure

    parser = _Parser(add_help=False, allow_abbrev=False)
    configure(parser)
    return parser


@cache
def run_options() -> Mapping[str, argparse.Action]:
    """The options of `run` by their names with underscores."""
    return {action.dest: action for action in _parser()._actions if action.option_strings}


def known_columns() -> tuple[str, ...]:
    """What a row may hold."""
    return tuple(name for name in run_options() if name != "out")


def column_name(written: str) -> str:
    """`Save-Voices ` is `save_voices`."""
    return written.strip().lower().lstrip("-").replace("-", "_").replace(" ", "_")


def is_path(name: str, value: Scalar) -> bool:
    """Whether the option's value names a file."""
    if name == "style":
        return isinstance(value, str) and (value.endswith(".toml") or "/" in value)
    return run_options()[name].type is Path


def job_of(values: Mapping[str, Scalar], out: Path) -> Job:
    """What `run` would do with these options, its files going to `out/ID`.

    Raises:
        InputError: an option or the config is wrong.
    """
    from dataclasses import replace

    from pipeline.cli.options import job_from

    words = [f"--out={out}"]
    for name, value in values.items():
        words += _words(run_options()[name], value)
    job = job_from(_parser().parse_args(words))
    return replace(job, out=out / job.id)


def _words(action: argparse.Action, value: Scalar) -> list[str]:
    option = action.option_strings[-1]
    if action.nargs != 0:
        return [f"{option}={value}"]
    text = str(value).lower()
    if text not in _TRUE + _FALSE:
        raise InputError(f"{action.dest}: {value} is neither true nor false")
    return [option] if text in _TRUE else []
