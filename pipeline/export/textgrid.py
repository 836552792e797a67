"""Praat TextGrid: tiers of words, speakers and chapters, through praatio."""

from __future__ import annotations

from pipeline.episode import Episode
from pipeline.export.markers import make_markers
from pipeline.export.options import DEFAULT_OPTIONS, ExportOptions
from pipeline.subtitles.styles import Style

__all__ = ["render"]

_Interval = tuple[int, int, str]


def render(episode: Episode, style: Style, options: ExportOptions = DEFAULT_OPTIONS) -> str:
    """Render in Praat's long text form; words that the audio lacks are left out.

    A tier's intervals cannot overlap: where words do, the earlier one ends with the next one's
    start.
    """
    from praatio.utilities.textgrid_io import getTextgridAsStr

    markers = make_markers(episode)
    tiers = {
        "words": [
            (word.start_ms, word.end_ms, word.text)
            for word in episode.words
            if word.start_ms is not None and word.end_ms is not None
        ],
        "speakers": [(m.start_ms, m.end_ms, m.name) for m in markers if m.kind == "speaker"],
        "chapters": [(m.start_ms, m.end_ms, m.name) for m in markers if m.kind == "chapter"],
    }
    apart = {name: _apart(intervals) for name, intervals in tiers.items()}
    ends_ms = [interval[1] for intervals in apart.values() for interval in intervals]
    end_s = max([episode.duration_ms, 1, *ends_ms]) / 1000
    return str(
        getTextgridAsStr(
            {
                "xmin": 0.0,
                "xmax": end_s,
                "tiers": [
                    {
                        "class": "IntervalTier",
                        "name": name,
                        "xmin": 0.0,
                        "xmax": end_s,
                        "entries": [
                            (start_ms / 1000, end_ms / 1000, text)
                            for start_ms, end_ms, text in intervals
                        ],
                    }
                    for name, intervals in apart.items()
                ],
            },
            "long_textgrid",
            includeBlankSpaces=True,
        )
    )


def _apart(intervals: list[_Interval]) -> list[_Interval]:
    """In order, none empty, none overlapping."""
    found: list[_Interval] = []
    for start_ms, end_ms, text in intervals:
        if found and found[-1][1] > start_ms:
            before = found[-1]
            found[-1] = (before[0], max(before[0] + 1, start_ms), before[2])
            start_ms = max(start_ms, found[-1][1])
        found.append((start_ms, max(end_ms, start_ms + 1), text))
    return found
