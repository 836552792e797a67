"""How right a timed episode is: `ID.episode.json` against the truth."""

from __future__ import annotations

import argparse
import csv
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

__all__ = ["Errors", "Score", "calibration_error", "hand_labels", "score_episode"]

THRESHOLDS_MS = (20, 50, 100, 200)
CORRECT_MS = 100  # episode.json: a word is right when both edges are within this
BINS = 10


@dataclass(frozen=True, slots=True)
class Errors:
    """Absolute errors in milliseconds.

    `within` maps a threshold in ms to the share of all `expected` places that are that near;
    places without a time count as wrong. The other figures are over the places that have a time
    and None where there is none.
    """

    expected: int
    timed: int
    mean: float | None
    median: float | None
    p95: float | None
    p99: float | None
    worst: float | None
    bias: float | None
    within: dict[int, float]


@dataclass(frozen=True, slots=True)
class Score:
    """All figures about one episode. Shares are 0 to 1, None where there is nothing to judge."""

    words: int
    words_within: dict[int, float]
    """Share of words that are in text and audio with both edges that near."""
    word_starts: Errors
    word_ends: Errors
    word_edges: Errors
    line_starts: Errors
    chapter_starts: Errors
    absent_precision: float | None
    absent_recall: float | None
    untranscribed_in_gaps: float | None
    transcribed_in_gaps: float | None
    calibration_error: float | None
    substituted_confidence: float | None
    """Mean confidence of words that have a time although the audio lacks them."""
    speakers_right: float | None
    worst_lines: list[tuple[int, float]]
    """Line numbers from 0 with the largest start errors in ms, worst first."""
    judged: list[tuple[float, bool]]
    """Confidence of each word that was given a time, and whether it was right."""


def score_episode(episode: Mapping[str, Any], truth: Mapping[str, Any]) -> Score:
    """Compare a timed episode with the truth about it.

    Raises:
        ValueError: the episode's words are not the transcript's.
    """
    found, real = episode["words"], truth["words"]
    _same_words(found, real)
    absent = {w["index"] for w in real if w["start_ms"] is None}
    doubtful = set(truth.get("ambiguous_words", ()))
    both = [n for n in range(len(real)) if n not in absent and n not in doubtful]
    start = _differences(found, real, both, "start_ms")
    end = _differences(found, real, both, "end_ms")
    edge = np.fmax(np.abs(start), np.abs(end))
    edge[np.isnan(start) | np.isnan(end)] = np.nan
    said_absent = {n for n, w in enumerate(found) if w["status"] == "absent"} - doubtful
    hits = len(said_absent & absent)
    line_errors = _line_errors(episode, truth)
    judged = _judged(found, edge, both, absent)
    gaps = _union([(g["start_ms"], g["end_ms"]) for g in episode.get("gaps", ())])
    return Score(
        words=len(real),
        words_within={t: _share(edge <= t) for t in THRESHOLDS_MS} if both else {},
        word_starts=errors(start),
        word_ends=errors(end),
        word_edges=errors(np.concatenate([start, end])),
        line_starts=errors(np.array([e for _, e in line_errors], dtype=float)),
        chapter_starts=errors(_chapter_errors(episode, truth)),
        absent_precision=hits / len(said_absent) if said_absent else None,
        absent_recall=hits / len(absent) if absent else None,
        untranscribed_in_gaps=_covered(_union(truth.get("untranscribed", ())), gaps),
        transcribed_in_gaps=_covered(
            _union([(real[n]["start_ms"], real[n]["end_ms"]) for n in both]), gaps
        ),
        calibration_error=calibration_error(judged),
        substituted_confidence=_mean(
            [found[n]["confidence"] for n in absent if found[n]["status"] != "absent"]
        ),
        speakers_right=_speakers(found, real, both),
        worst_lines=sorted(
            ((n, float(e)) for n, e in line_errors if not np.isnan(e)), key=lambda x: -abs(x[1])
        )[:10],
        judged=judged,
    )


def errors(differences: np.ndarray) -> Errors:  # type: ignore[type-arg]
    """Summarise signed differences in ms; NaN is a place without a time."""
    timed = differences[~np.isnan(differences)]
    size = np.abs(timed)
    within = {t: float((size <= t).sum() / max(1, len(differences))) for t in THRESHOLDS_MS}
    if not len(timed):
        return Errors(len(differences), 0, None, None, None, None, None, None, within)
    p95, p99 = np.percentile(size, [95, 99])
    return Errors(
        expected=len(differences),
        timed=len(timed),
        mean=float(size.mean()),
        median=float(np.median(size)),
        p95=float(p95),
        p99=float(p99),
        worst=float(size.max()),
        bias=float(np.median(timed)),
        within=within,
    )


def hand_labels(path: Path) -> dict[str, dict[str, Any]]:
    """Read `file,word,start_s,end_s` into one truth for each file."""
    rows: dict[str, list[dict[str, Any]]] = {}
    with path.open(encoding="utf-8", newline="") as handle:
        for row in csv.DictReader(handle):
            words = rows.setdefault(row["file"], [])
            words.append(
                {
                    "index": len(words),
                    "text": row["word"],
                    "line": 0,
                    "start_ms": 1000 * float(row["start_s"]),
                    "end_ms": 1000 * float(row["end_s"]),
                    "speaker": "",
                }
            )
    return {name: _bare_truth(words) for name, words in rows.items()}


def _bare_truth(words: list[dict[str, Any]]) -> dict[str, Any]:
    line = {"index": 0, "start_ms": words[0]["start_ms"], "first_word": 0}
    chapter = {"number": 1, "start_ms": words[0]["start_ms"]}
    return {"words": words, "lines": [line], "chapters": [chapter]}


def _same_words(found: Sequence[Mapping[str, Any]], real: Sequence[Mapping[str, Any]]) -> None:
    one = [_letters(w["text"]) for w in found]
    two = [_letters(w["text"]) for w in real]
    for number, (a, b) in enumerate(zip(one, two, strict=False)):
        # a sound event may be glued to a word: "do.(laughing)"
        if a != b and not (a.startswith(b) or b.startswith(a)):
            raise ValueError(f"word {number} is {a!r} in the episode but {b!r} in the truth")
    if len(one) != len(two):
        raise ValueError(f"the episode has {len(one)} words, the truth {len(two)}")


def _letters(text: str) -> str:
    return "".join(c for c in text.lower() if c.isalnum())


def _differences(
    found: Sequence[Mapping[str, Any]],
    real: Sequence[Mapping[str, Any]],
    which: Sequence[int],
    key: str,
) -> np.ndarray:  # type: ignore[type-arg]
    return np.array([_minus(found[n].get(key), real[n][key]) for n in which], dtype=float)


def _minus(found: float | None, real: float | None) -> float:
    return float("nan") if found is None or real is None else float(found) - float(real)


def _line_errors(episode: Mapping[str, Any], truth: Mapping[str, Any]) -> list[tuple[int, float]]:
    """Start errors of the lines whose first word is heard and not doubtful."""
    lines, words = episode["lines"], truth["words"]
    doubtful = set(truth.get("ambiguous_words", ()))
    if len(lines) != len(truth["lines"]):
        raise ValueError(f"the episode has {len(lines)} lines, the truth {len(truth['lines'])}")
    out = []
    for number, line in enumerate(truth["lines"]):
        first = line["first_word"]
        if line["start_ms"] is None or words[first]["start_ms"] is None or first in doubtful:
            continue
        out.append((number, _minus(lines[number].get("start_ms"), line["start_ms"])))
    return out


def _chapter_errors(episode: Mapping[str, Any], truth: Mapping[str, Any]) -> np.ndarray:  # type: ignore[type-arg]
    if len(episode["chapters"]) != len(truth["chapters"]):
        raise ValueError(
            f"the episode has {len(episode['chapters'])} chapters, "
            f"the truth {len(truth['chapters'])}"
        )
    pairs = zip(episode["chapters"], truth["chapters"], strict=True)
    return np.array(
        [_minus(a["start_ms"], b["start_ms"]) for a, b in pairs if b["start_ms"] is not None],
        dtype=float,
    )


def _judged(
    found: Sequence[Mapping[str, Any]],
    edge: np.ndarray,  # type: ignore[type-arg]
    both: Sequence[int],
    absent: set[int],
) -> list[tuple[float, bool]]:
    right = dict(zip(both, (edge <= CORRECT_MS).tolist(), strict=True))
    right |= dict.fromkeys(absent, False)
    return [
        (float(w["confidence"]), right[n])
        for n, w in enumerate(found)
        if n in right and w["start_ms"] is not None
    ]


def calibration_error(judged: Sequence[tuple[float, bool]]) -> float | None:
    """Expected calibration error, over ten bins of equal width; None where nothing was judged."""
    if not judged:
        return None
    confidence, correct = (np.array(column, dtype=float) for column in zip(*judged, strict=True))
    bins = np.minimum((confidence * BINS).astype(int), BINS - 1)
    total = 0.0
    for number in range(BINS):
        inside = bins == number
        if inside.any():
            total += inside.sum() * abs(confidence[inside].mean() - correct[inside].mean())
    return float(total / len(judged))


def _speakers(
    found: Sequence[Mapping[str, Any]], real: Sequence[Mapping[str, Any]], which: Sequence[int]
) -> float | None:
    """Share of words with the right speaker; strange keys are matched to the likeliest speaker."""
    pairs = Counter((str(found[n]["speaker"]).lower(), real[n]["speaker"]) for n in which)
    names = {b for _, b in pairs if b}
    if not names or not pairs:
        return None
    matched: dict[str, str] = {}
    for (a, b), _count in pairs.most_common():
        if a in names:
            matched[a] = a
        elif a not in matched and b not in matched.values():
            matched[a] = b
    right = sum(count for (a, b), count in pairs.items() if matched.get(a) == b)
    return right / sum(pairs.values())


def _union(spans: Sequence[Sequence[float]]) -> list[tuple[float, float]]:
    out: list[tuple[float, float]] = []
    for start, end in sorted((float(s), float(e)) for s, e in spans):
        if out and start <= out[-1][1]:
            out[-1] = (out[-1][0], max(out[-1][1], end))
        else:
            out.append((start, end))
    return out


def _covered(
    spans: Sequence[tuple[float, float]], by: Sequence[tuple[float, float]]
) -> float | None:
    """Share of the time of `spans` that lies in `by`; both sorted and free of overlap."""
    total = sum(end - start for start, end in spans)
    if total <= 0:
        return None
    inside, n = 0.0, 0
    for start, end in spans:
        while n < len(by) and by[n][1] <= start:
            n += 1
        m = n
        while m < len(by) and by[m][0] < end:
            inside += min(end, by[m][1]) - max(start, by[m][0])
            m += 1
    return inside / total


def _share(values: np.ndarray) -> float:  # type: ignore[type-arg]
    return float(values.mean())


def _mean(values: Sequence[float]) -> float | None:
    return float(np.mean(values)) if values else None


def main() -> None:
    """`python -m bench.score EPISODE.json TRUTH.json`."""
    parser = argparse.ArgumentParser(prog="python -m bench.score", description=__doc__)
    parser.add_argument("episode", type=Path)
    parser.add_argument("truth", type=Path)
    options = parser.parse_args()
    score = score_episode(
        json.loads(options.episode.read_text(encoding="utf-8")),
        json.loads(options.truth.read_text(encoding="utf-8")),
    )
    figures = asdict(score)
    del figures["judged"]
    print(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
