"""How many voices there are, and the first guess who has which. Pure."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from pipeline.speakers.boundaries import Boundary
from pipeline.speakers.clusters import cluster, telling_directions
from pipeline.speakers.voice_model import Evidence, Fit, fit_voices
from pipeline.speakers.voice_space import within_from_neighbours

__all__ = ["MOST_VOICES", "find_voices"]

MOST_VOICES = 8
LEAST_SEPARATION = 4.0
"""Two halves of one voice are closer than this (squared distance for a second of speech)."""
SURE_SEPARATION = 8.0
_LEAST_FRAMES = 300.0
_LEAST_SHARE = 0.01
_PENALTY, _PENALTY_BEYOND = 0.25, 1.5
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
    first = evidence.cuts[1:-1]
    within = within_from_neighbours(segments, evidence.boundary[first] < Boundary.EVENT)
    levels = cluster(segments, telling_directions(segments, within))
    marks = np.cumsum(evidence.boundary == Boundary.DASH)[evidence.cuts[:-1]]
    best = fit_voices(evidence, np.ones((len(levels[0]), 1)), within)
    misses = 0
    for count in range(2, MOST_VOICES + 1):
        guesses = [levels[count - 1]]
        if count == 2 and marks[-1] >= _ALTERNATING_MARKS:
            guesses.append(marks % 2)
        fits = [fit_voices(evidence, np.eye(count)[guess], within) for guess in guesses]
        fit = max(fits, key=lambda one: one.score)
        if _believable(fit, best, len(segments.frames), expected):
            best, misses = fit, 0
        else:
            misses += 1
        # One too many may be a voice cut in two, and the next one found for all that.
        if misses == 2 and (expected is None or count >= expected):
            break
    return best


def _believable(fit: Fit, best: Fit, segments: int, expected: int | None) -> bool:
    count, more = len(fit.voices), len(fit.voices) - len(best.voices)
    usual = expected is not None and count <= expected
    parameters = fit.voices.shape[1] * more
    penalty = (_PENALTY if usual else _PENALTY_BEYOND) * parameters * np.log(max(2, segments))
    heard = fit.frames.min() >= max(_LEAST_FRAMES, _LEAST_SHARE * fit.frames.sum())
    apart = fit.separation.min() >= (LEAST_SEPARATION if usual else SURE_SEPARATION)
    return bool(fit.score - best.score > penalty and heard and apart)
