"""How many voices there are: one is cut in two as long as the audio speaks for it. Pure."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from pipeline.speakers.boundaries import Boundary
from pipeline.speakers.clusters import halve
from pipeline.speakers.voice_model import FRAMES_A_SECOND, Evidence, Fit, fit_voices
from pipeline.speakers.voice_space import Points, within_from_halves

__all__ = ["MOST_VOICES", "find_voices"]

MOST_VOICES = 8

_SEPARATION, _SURE_SEPARATION = 4.0, 10.0
"""Two halves of one voice are closer (squared Mahalanobis distance for a second of speech)."""
_PENALTY, _SURE_PENALTY = 0.25, 1.5
"""Least gain in log-likelihood for each new parameter, over the logarithm of their number."""
_RUN_FRAMES = 100.0
_LEAST_RUNS_FRAMES = 500.0
_LEAST_RUNS_SHARE, _SURE_RUNS_SHARE = 0.25, 0.5
_LEAST_SHARE = 0.01
_ALTERNATING_MARKS = 3


def find_voices(evidence: Evidence, expected: int | None) -> Fit:
    """Learn as many voices as there are, 1 to 8.

    Args:
        evidence: what is known; nobody is named yet.
        expected: how many speakers the config and the text name, None if they name nobody. More
            than that are believed only where the audio leaves no doubt, fewer where it shows
            no further voice.
    """
    segments = evidence.words.summed(evidence.cuts)
    within = within_from_halves(evidence.words, evidence.cuts)
    best = fit_voices(evidence, np.ones((len(segments.frames), 1)), within)
    widest = best
    while len(widest.voices) < MOST_VOICES:
        guesses = list(_guesses(evidence, segments, widest, within))
        fits = [fit_voices(evidence, share, widest.within) for share in guesses]
        if not fits:
            break
        believed = [fit for fit in fits if _believable(fit, best, evidence, expected)]
        widest = max(believed or fits, key=lambda fit: fit.score)
        if believed:
            best = widest
        # A first cut may miss, and the next one show two voices for all that.
        elif len(widest.voices) >= len(best.voices) + 2:
            break
    return best


def _guesses(
    evidence: Evidence, segments: Points, fit: Fit, within: npt.NDArray[np.float64]
) -> Iterator[npt.NDArray[np.float64]]:
    """Shares of the segments, shape (segments, voices + 1), with one voice of `fit` cut in two."""
    share = _shares(fit, evidence.cuts)
    owner = share.argmax(axis=1)
    for voice in range(len(fit.voices)):
        mine = np.flatnonzero(owner == voice)
        part = Points(segments.sums[mine], segments.frames[mine])
        for second in halve(part, within if len(fit.voices) == 1 else fit.within):
            yield _moved(share, mine[second], voice)
    marks = np.cumsum(evidence.boundary == Boundary.DASH)[evidence.cuts[:-1]]
    if len(fit.voices) == 1 and marks[-1] >= _ALTERNATING_MARKS:
        yield _moved(share, np.flatnonzero(marks % 2), 0)


def _shares(fit: Fit, cuts: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """Share of each voice in each segment, shape (segments, voices)."""
    words: npt.NDArray[np.float64] = np.add.reduceat(fit.posterior, cuts[:-1], axis=0)
    return words / np.diff(cuts)[:, None]


def _moved(
    share: npt.NDArray[np.float64], second: npt.NDArray[np.intp], voice: int
) -> npt.NDArray[np.float64]:
    grown = np.hstack([share, np.zeros((len(share), 1))])
    grown[second, -1] = grown[second, voice]
    grown[second, voice] = 0.0
    return grown


def _believable(fit: Fit, best: Fit, evidence: Evidence, expected: int | None) -> bool:
    count, more = len(fit.voices), len(fit.voices) - len(best.voices)
    usual = expected is not None and count <= expected
    parameters = fit.voices.shape[1] * more * np.log(len(evidence.cuts))
    gain = (fit.score - best.score) / parameters
    return bool(
        gain > (_PENALTY if usual else _SURE_PENALTY)
        and _apart(fit, evidence) > (_SEPARATION if usual else _SURE_SEPARATION)
        and _speak_long_enough(
            fit, evidence.words.frames, _LEAST_RUNS_SHARE if usual else _SURE_RUNS_SHARE
        )
    )


def _apart(fit: Fit, evidence: Evidence) -> float:
    """Least separation of two voices, measured by their own spread if that is wider than usual.

    All voices share one covariance, so that one that varies more than the others seems to be two.
    """
    segments, share = evidence.words.summed(evidence.cuts), _shares(fit, evidence.cuts)
    means = segments.means
    least = float(fit.separation.min())
    for one in range(len(fit.voices)):
        for other in range(one):
            difference = fit.voices[one] - fit.voices[other]
            direction = np.linalg.solve(fit.within, difference)
            spread = 0.0
            for voice in (one, other):
                deviation = (means - fit.voices[voice]) @ direction
                weight = share[:, voice] * (segments.frames > 0)
                variance = (weight * segments.frames * deviation**2).sum()
                spread += float(variance / max(1.0, float(weight.sum()))) / 2
            distance = FRAMES_A_SECOND * float(difference @ direction) ** 2
            least = min(least, distance / max(spread, 1e-9))
    return least


def _speak_long_enough(fit: Fit, frames: npt.NDArray[np.float64], share: float) -> bool:
    """Every voice has its say, that `share` of it in sentences: a sound or a word is no voice."""
    begins = np.flatnonzero(np.diff(fit.path, prepend=-1))
    runs = np.add.reduceat(frames, begins)
    speaker = fit.path[begins]
    for voice in range(len(fit.voices)):
        mine = runs[speaker == voice]
        long = float(mine[mine >= _RUN_FRAMES].sum())
        least = max(min(_LEAST_RUNS_FRAMES, 0.1 * frames.sum()), _LEAST_SHARE * frames.sum())
        if long < least or long < share * mine.sum():
            return False
    return True
