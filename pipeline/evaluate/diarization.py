"""Diarization errors through pyannote.metrics (Bredin, 2017), and wrong speakers by words.

pyannote.metrics comes with the extra `evaluation`; it is imported when it is used.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from pipeline.errors import InputError
from pipeline.evaluate.records import SpeakerTurn

__all__ = [
    "DiarizationErrors",
    "SpeakerErrors",
    "diarization_errors",
    "has_metrics",
    "speaker_errors",
]

_MOST_SPEAKERS = 12
COLLAR_S = 0.5
"""A quarter of a second on either side of each reference boundary, as NIST leaves out."""


@dataclass(frozen=True, slots=True)
class DiarizationErrors:
    """Shares of the reference's speech, 0 and up; overlapping speech is scored.

    Attributes:
        error_rate: diarization error rate without a collar.
        missed: its part that nobody is said to speak.
        false_alarm: its part where nobody speaks.
        confusion: its part that someone else is said to speak.
        error_rate_with_collar: diarization error rate with a collar of 0.25 s on either side.
        jaccard_error_rate: mean over speakers, without a collar.
    """

    error_rate: float
    missed: float
    false_alarm: float
    confusion: float
    error_rate_with_collar: float
    jaccard_error_rate: float


@dataclass(frozen=True, slots=True)
class SpeakerErrors:
    """Words with the wrong speaker.

    Attributes:
        words: how many were compared.
        wrong: share whose speaker differs, 0 to 1.
        wrong_up_to_naming: the same after pairing keys one to one as favourably as possible.
    """

    words: int
    wrong: float
    wrong_up_to_naming: float


def diarization_errors(
    reference: Iterable[SpeakerTurn], hypothesis: Iterable[SpeakerTurn]
) -> DiarizationErrors:
    """Compare two sets of turns; speakers are paired as favourably as possible.

    Raises:
        InputError: pyannote.metrics is not installed.
    """
    try:
        from pyannote.core import Segment, Timeline
        from pyannote.metrics.diarization import DiarizationErrorRate, JaccardErrorRate
    except ImportError as error:
        raise InputError(
            "pyannote.metrics is not installed",
            remedy='run: pip install "episode-subtitles[evaluation]"',
        ) from error
    real, found = _annotation(reference), _annotation(hypothesis)
    # Without this the metrics would guess it, with a warning.
    extent = real.get_timeline().extent() | found.get_timeline().extent()
    scored = Timeline([Segment(min(0.0, extent.start), extent.end)])
    jaccard: Any = JaccardErrorRate  # untyped
    jaccard = jaccard()
    detail = DiarizationErrorRate()(real, found, uem=scored, detailed=True)
    total = detail["total"] or 1.0
    return DiarizationErrors(
        error_rate=float(detail["diarization error rate"]),
        missed=float(detail["missed detection"] / total),
        false_alarm=float(detail["false alarm"] / total),
        confusion=float(detail["confusion"] / total),
        error_rate_with_collar=float(
            DiarizationErrorRate(collar=COLLAR_S)(real, found, uem=scored)
        ),
        jaccard_error_rate=float(jaccard(real, found, uem=scored)),
    )


def _annotation(turns: Iterable[SpeakerTurn]) -> Any:
    from pyannote.core import Annotation, Segment

    annotation = Annotation()
    for number, turn in enumerate(turns):
        if turn.end_ms > turn.start_ms:
            segment = Segment(turn.start_ms / 1000, turn.end_ms / 1000)
            annotation[segment, number] = turn.speaker
    return annotation


def has_metrics() -> bool:
    """Whether pyannote.metrics is installed."""
    import importlib.util

    try:
        return importlib.util.find_spec("pyannote.metrics") is not None
    except ImportError:
        return False


def speaker_errors(pairs: Counter[tuple[str, str | None]]) -> SpeakerErrors | None:
    """Count words with the wrong speaker; None if there is nothing to count.

    Args:
        pairs: how many words have this speaker in the reference and that one (None: nobody) in
            the other file.
    """
    total = sum(pairs.values())
    if not total:
        return None
    right = sum(count for (real, found), count in pairs.items() if real == found)
    return SpeakerErrors(total, 1 - right / total, 1 - _best_pairing(pairs) / total)


def _best_pairing(pairs: Counter[tuple[str, str | None]]) -> int:
    """Most words that agree when each speaker of one side is paired with one of the other.

    Exact among the `_MOST_SPEAKERS` most frequent of the other file.
    """
    ours: Counter[str] = Counter()
    for (_, found), count in pairs.items():
        if found is not None:
            ours[found] += count
    columns = [found for found, _ in ours.most_common(_MOST_SPEAKERS)]
    best = {0: 0}  # columns taken, as bits: most words that agree
    for real in sorted({real for real, _ in pairs}):
        gains = [(at, pairs[real, found]) for at, found in enumerate(columns)]
        further = dict(best)
        for taken, words in best.items():
            for at, gain in gains:
                mask = taken | 1 << at
                if gain and mask != taken:
                    further[mask] = max(further.get(mask, 0), words + gain)
        best = further
    return max(best.values())
