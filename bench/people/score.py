"""How right a timed episode of real people is, by the truth that `episodes` wrote."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

__all__ = ["PeopleScore", "score_people"]

TOLERANCE_MS = 200  # a word this far outside its own line is in the wrong place
LINE_MS = 300
BINS = 10


@dataclass(frozen=True, slots=True)
class PeopleScore:
    """Counts, to be added up over episodes.

    Attributes:
        spoken: words that are said.
        lost: of these, called absent.
        outside: of these, outside their own line by more than 200 ms.
        unspoken: words of the text that nobody says.
        absent: words called absent.
        rightly_absent: of these, words that nobody says.
        interpolated: words that are so.
        in_insertions: words that have a time in what the transcript lacks.
        lines: lines all of which is said.
        lines_off: of these, those that begin more than 300 ms before their recording does, or more
            than a second after that.
        insertions: passages that the transcript lacks.
        gaps: entries of the episode for them.
        inserted_ms: how long they are.
        reported_ms: how much of that the gaps cover.
        first_caption_off: whether the first caption is one of those `lines_off`.
        judged: confidence of each word with a time, and whether it is within its line.
    """

    spoken: int
    lost: int
    outside: int
    unspoken: int
    absent: int
    rightly_absent: int
    interpolated: int
    in_insertions: int
    lines: int
    lines_off: int
    insertions: int
    gaps: int
    inserted_ms: float
    reported_ms: float
    first_caption_off: int
    judged: tuple[tuple[float, bool], ...]

    def __add__(self, other: PeopleScore) -> PeopleScore:
        """Both together."""
        names = self.__dataclass_fields__
        return PeopleScore(*(getattr(self, name) + getattr(other, name) for name in names))

    @property
    def calibration_error(self) -> float:
        """Expected calibration error, in ten bins."""
        if not self.judged:
            return 0.0
        sure, right = np.array(self.judged, dtype=float).T
        bins = np.minimum(BINS - 1, (sure * BINS).astype(int))
        return float(np.abs(np.bincount(bins, sure - right, BINS)).sum() / len(sure))


def score_people(episode: Mapping[str, Any], truth: Mapping[str, Any]) -> PeopleScore:
    """Compare a timed episode with the truth about it.

    Raises:
        ValueError: the episode's words are not the transcript's.
    """
    found, real, lines = episode["words"], truth["words"], truth["lines"]
    if [w["text"] for w in found] != [w["text"] for w in real]:
        raise ValueError("the episode's words are not those of the truth")
    spoken, starts, ends, low, high = (np.zeros(len(real)) for _ in range(5))
    for n, (ours, word) in enumerate(zip(found, real, strict=True)):
        borders = lines[word["line"]]["borders_ms"]
        spoken[n] = word["said"] is not None and borders is not None
        low[n], high[n] = borders or (np.nan, np.nan)
        timed = ours["start_ms"] is not None
        starts[n], ends[n] = (ours["start_ms"], ours["end_ms"]) if timed else (np.nan, np.nan)
    is_spoken, is_timed = spoken > 0, ~np.isnan(starts)
    outside = is_timed & is_spoken
    outside &= (starts < low - TOLERANCE_MS) | (ends > high + TOLERANCE_MS)
    inserted = np.zeros(len(real), bool)
    for begin, end in truth["insertions"]:
        inserted |= is_timed & (starts > begin) & (ends < end)
    off = _lines_off(truth, starts, is_spoken)
    gaps = [(g["start_ms"], g["end_ms"]) for g in episode["gaps"] if g["kind"] == "untranscribed"]
    return PeopleScore(
        spoken=int(is_spoken.sum()),
        lost=int((is_spoken & ~is_timed).sum()),
        outside=int(outside.sum()),
        unspoken=int((~is_spoken).sum()),
        absent=int((~is_timed).sum()),
        rightly_absent=int((~is_timed & ~is_spoken).sum()),
        interpolated=sum(word["status"] == "interpolated" for word in found),
        in_insertions=int(inserted.sum()),
        lines=len(off),
        lines_off=sum(off),
        insertions=len(truth["insertions"]),
        gaps=sum(
            any(_common((g, s)) > 0.5 * (g[1] - g[0]) for s in truth["insertions"]) for g in gaps
        ),
        inserted_ms=sum(end - begin for begin, end in truth["insertions"]),
        reported_ms=sum(_common((gap, s)) for gap in gaps for s in truth["insertions"]),
        first_caption_off=int(bool(off) and off[0]),
        judged=tuple(
            (word["confidence"], bool(is_spoken[n] and not outside[n]))
            for n, word in enumerate(found)
            if is_timed[n]
        ),
    )


def _common(spans: tuple[Sequence[float], Sequence[float]]) -> float:
    (a, b), (c, d) = spans
    return max(0.0, min(b, d) - max(a, c))


def _lines_off(
    truth: Mapping[str, Any], starts: np.ndarray[Any, Any], spoken: np.ndarray[Any, Any]
) -> list[bool]:
    of_line = np.array([word["line"] for word in truth["words"]])
    off = []
    for number, line in enumerate(truth["lines"]):
        own = of_line == number
        if line["borders_ms"] is None or not own.any() or not spoken[own].all():
            continue
        timed = starts[own][~np.isnan(starts[own])]
        late_ms = float(timed[0]) - line["borders_ms"][0] if len(timed) else np.inf
        off.append(not -LINE_MS <= late_ms <= 1000.0)
    return off
