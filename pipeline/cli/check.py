"""`check`: whether a subtitle file keeps a house style."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.cli.options import add_style_options, style_from
from pipeline.cli.streams import show_results
from pipeline.errors import QualityError
from pipeline.progress import Progress

if TYPE_CHECKING:
    from pipeline.subtitles.check import Violation

__all__ = ["configure", "execute"]

_EPILOG = """\
example:
  episode-subtitles check out/lex-400.srt
  episode-subtitles check theirs.vtt --style bbc --json

exit status: 0 no violation; 3 violations, which are listed
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.add_argument("file", type=Path, metavar="FILE", help="an SRT or VTT file, anybody's")
    add_style_options(parser)
    parser.add_argument("--json", action="store_true", help="list the violations as JSON")
    parser.epilog = _EPILOG


def execute(arguments: argparse.Namespace, progress: Progress) -> list[str]:
    """Check, list the violations, and fail if there are any.

    Raises:
        InputError: the file cannot be read, or the style is unknown.
        QualityError: there are violations.
    """
    from pipeline.subtitles.captions import read_captions
    from pipeline.subtitles.check import check_captions

    style = style_from(arguments)
    captions = read_captions(arguments.file)
    violations = check_captions(captions, style)
    if arguments.json:
        report = {
            "file": arguments.file.name,
            "style": style.name,
            "captions": len(captions),
            "violations": [asdict(violation) for violation in violations],
        }
        lines = [json.dumps(report, ensure_ascii=False, indent=2)]
    else:
        lines = _table(violations)
    if not violations:
        if not arguments.json:
            lines = [f"{len(captions)} captions keep the style {style.name}"]
        return lines
    if not arguments.quiet:
        show_results(lines)
    cues = len({violation.cue for violation in violations})
    raise QualityError(
        f"{len(violations)} violations of the style {style.name} "
        f"in {cues} of {len(captions)} captions",
        path=arguments.file,
    )


def _table(violations: Sequence[Violation]) -> list[str]:
    from pipeline.times import clock

    rows = [("cue", "time", "rule", "value", "limit")]
    rows += [
        (str(v.cue), clock(v.start_ms), v.rule, f"{v.value:g}", f"{v.limit:g}") for v in violations
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            cell.ljust(width) if at == 2 else cell.rjust(width)
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
