"""`models`: which weights each engine uses, and whether they are here."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from pipeline.cli.options import add_engine_options
from pipeline.progress import Progress

__all__ = ["configure", "execute"]

_EPILOG = """\
example:
  episode-subtitles models --language de

lists what each engine would load with these settings: where it lies, or would lie, its size and
what its licence allows. Nothing is loaded or fetched.
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.add_argument(
        "--config", type=Path, metavar="FILE", help="TOML file with defaults for the options below"
    )
    add_engine_options(parser)
    parser.epilog = _EPILOG


def execute(arguments: argparse.Namespace, progress: Progress) -> Sequence[str]:
    """List the weights, one block an engine.

    Raises:
        InputError: the config or an option is wrong.
    """
    from pipeline.cli.options import ENGINE_OPTIONS
    from pipeline.config import join_config
    from pipeline.installed import find_package
    from pipeline.weights import weights_of_engines

    settings = join_config(
        arguments.config, {name: getattr(arguments, name) for name in ENGINE_OPTIONS}
    ).engines
    lines: list[str] = []
    for engine, found in weights_of_engines(settings):
        lines.append(engine)
        if not found:
            lines.append(f"  no model known for the language {settings.language}: use --model")
        for weights in found:
            size = "size unknown" if weights.size_mb is None else f"{weights.size_mb} MB"
            gated = ", conditions to accept" if weights.is_gated else ""
            state = "here" if weights.path is not None else "missing"
            lines.append(f"  {weights.name}: {state}, {size}, licence {weights.licence}{gated}")
            lines.append(f"    {weights.path or weights.expected}")
    if find_package("whisperx") is None:
        lines.append('whisperx is not installed: pip install "episode-subtitles[whisperx]"')
    return lines
