"""`compare`: times, words, speakers and chapters against a reference."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.progress import Progress

if TYPE_CHECKING:
    from pipeline.evaluate.boundaries import Deviation
    from pipeline.evaluate.comparison import Comparison, WordDifferences
    from pipeline.evaluate.diarization import DiarizationErrors

__all__ = ["configure", "execute"]

_EPILOG = """\
example:
  episode-subtitles compare corrected.TextGrid out/ep.episode.json --plot errors.svg
  episode-subtitles compare reference.rttm out/ep.speakers.rttm --json
  episode-subtitles compare theirs.srt out/ep.srt

each file is one of episode.json, CTM, TextGrid, CSV (words, or our chapters), SRT, VTT, RTTM;
what both of them have is compared. Words are matched by text. Errors are in ms; bias is their mean
with signs, above 0 where OURS is late. In diarization, overlapping speech is scored; the collar is
0.25 s on either side of each reference boundary; it needs the extra evaluation:
pip install "episode-subtitles[evaluation]"
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.add_argument("reference", type=Path, metavar="REFERENCE", help="what is right")
    parser.add_argument("ours", type=Path, metavar="OURS", help="what was found")
    parser.add_argument(
        "--recording", metavar="NAME", help="which recording, where a CTM or CSV file has several"
    )
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    parser.add_argument(
        "--plot", type=Path, metavar="FILE.svg", help="draw the errors, by size and by time"
    )
    parser.epilog = _EPILOG


def execute(arguments: argparse.Namespace, progress: Progress) -> Sequence[str]:
    """Compare, and render a table or JSON.

    Raises:
        InputError: a file cannot be read, or the two have nothing in common.
        OutputError: the plot cannot be written.
    """
    import json

    from pipeline.evaluate.comparison import compare, to_values
    from pipeline.evaluate.plot import render_plot
    from pipeline.evaluate.readers import read_content
    from pipeline.files import check_not_inputs, write_outputs

    reference: Path = arguments.reference
    ours: Path = arguments.ours
    comparison = compare(
        read_content(reference, arguments.recording), read_content(ours, arguments.recording)
    )
    if arguments.plot is not None:
        plot: Path = arguments.plot
        check_not_inputs(plot.parent, [plot.name], [reference, ours])
        text = render_plot(comparison, f"{ours.name} against {reference.name}")
        write_outputs(plot.parent, {plot.name: text.encode()})
    if arguments.json:
        values = {"reference": reference.name, "ours": ours.name, **to_values(comparison)}
        return [json.dumps(values, ensure_ascii=False, indent=2)]
    return _table(comparison)


def _table(comparison: Comparison) -> list[str]:
    lines: list[str] = []
    if comparison.texts is not None:
        lines += _texts(comparison.texts)
    lines += _boundaries(comparison)
    if comparison.speakers is not None:
        lines += ["", f"speakers of words        {comparison.speakers.words} compared"]
        lines.append(f"  wrong                  {_percent(comparison.speakers.wrong)}")
        lines.append(f"  up to naming           {_percent(comparison.speakers.wrong_up_to_naming)}")
    if comparison.diarization is not None:
        lines += _diarization(comparison.diarization)
    elif comparison.needs_extra:
        lines += ["", "diarization error rates need the extra: "]
        lines[-1] += 'pip install "episode-subtitles[evaluation]"'
    chapters = comparison.chapters
    if chapters is not None:
        lines += ["", f"chapters                 {chapters.expected}, found {chapters.found}"]
        lines += [f"  missing                {title}" for title in chapters.missing]
        lines += [f"  extra                  {title}" for title in chapters.extra]
    return lines[1:] if lines and not lines[0] else lines


def _texts(texts: WordDifferences) -> list[str]:
    lines = [
        f"words                    {texts.expected}, found {texts.found}",
        f"  the same               {texts.same}",
        f"  substituted            {texts.substituted}",
        f"  missing                {texts.missing}",
        f"  extra                  {texts.extra}",
    ]
    if texts.untimed:
        lines.append(f"  without a time         {texts.untimed}")
    if texts.timed_in_vain:
        lines.append(f"  timed, not in REFERENCE {texts.timed_in_vain}")
    for right, found in texts.examples[:5]:
        lines.append(f"    {right or '–'} → {found or '–'}")
    return lines


def _boundaries(comparison: Comparison) -> list[str]:
    from pipeline.evaluate.boundaries import WITHIN_MS, summary

    series: list[tuple[str, Sequence[Deviation], int]] = []
    for name, found in (("word", comparison.words), ("line", comparison.lines)):
        if found is not None:
            series.append((f"{name} starts", found.starts, found.expected))
            series.append((f"{name} ends", found.ends, found.expected))
    if comparison.chapters is not None:
        chapters = comparison.chapters
        series.append(("chapter starts", chapters.starts, chapters.expected))
    if not series:
        return []
    limits = [f"≤ {limit} ms" for limit in WITHIN_MS]
    rows = [["errors in ms", "compared", "mean", "median", "p95", "worst", "bias", *limits]]
    for name, deviations, expected in series:
        figures = summary(deviations)
        if figures is None:
            rows.append([name, f"0 of {expected}", *["–"] * (5 + len(limits))])
            continue
        values = (figures.mean_ms, figures.median_ms, figures.p95_ms)
        rows.append(
            [
                name,
                f"{figures.count} of {expected}",
                *(f"{value:.1f}" for value in values),
                f"{figures.worst_ms:.0f}",
                f"{figures.bias_ms:+.1f}",
                *(_percent(share) for share in figures.within),
            ]
        )
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [""] + [
        "  ".join(
            cell.rjust(width) if at else cell.ljust(width)
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    ]


def _diarization(errors: DiarizationErrors) -> list[str]:
    return [
        "",
        f"diarization error rate   {_percent(errors.error_rate)}",
        f"  missed                 {_percent(errors.missed)}",
        f"  false alarm            {_percent(errors.false_alarm)}",
        f"  confusion              {_percent(errors.confusion)}",
        f"  with collar            {_percent(errors.error_rate_with_collar)}",
        f"Jaccard error rate       {_percent(errors.jaccard_error_rate)}",
    ]


def _percent(share: float) -> str:
    return f"{100 * share:.2f} %"
