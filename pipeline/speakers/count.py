"""How many voices there are: one is cut in two as long as the audio speaks for it. Pure."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipeline.ahead import map_ahead
from pipeline.memory import give_back_freed
from pipeline.processors import usual_threads
from pipeline.speakers.boundaries import Boundary
from pipeline.speakers.clusters import halve
from pipeline.speakers.voice_model import FRAMES_A_SECOND, Evidence, Fit, fit_voices
from pipeline.speakers.voice_space import Points, within_from_halves

__all__ = ["MOST_VOICES", "find_voices"]

MOST_VOICES = 8

_EXPECTED, _UNTOLD, _BEYOND = (0.5, 12.0, 0.25), (0.8, 18.0, 0.5), (1.5, 25.0, 0.5)
"""What a further voice must show, where names make it likely, where nothing tells how many there
are, and where there are more than names: the gain in log-likelihood for each new parameter, over
the logarithm of their number; the distance from the others (squared Mahalanobis distance for a
second of speech, over both views); the share of sentences in what it says. Halves of one voice
gain 0.2 to 0.5 and are 6 to 17 apart, two voices 0.7 to 2 and 19 to 120.
"""
_RUN_FRAMES = 100.0
_LEAST_RUNS_FRAMES = 500.0
_LEAST_SHARE = 0.01
_ALTERNATING_MARKS = 3
_MANY_SEGMENTS = 1000
_VERY_MANY_WORDS = 40_000
_BY_CHANCE, _FEW_SEGMENTS = 0.5, 20
"""Halves of one voice gain so much, and the more the fewer segments there are; so are they apart,
up to 35 in a monologue of six."""


@dataclass(frozen=True, slots=True)
class _Trial:
    """A `Fit` without what it says about each word: many are kept at a time.

    Attributes:
        within: for each view float64, shape (dimensions, dimensions).
        share: float64, shape (segments, voices): of each voice in each segment.
        apart: least separation of two voices.
        in_sentences: for each voice, frames of what it says at length over those of all it says;
            0 where it says too little.
        score: log-likelihood of everything.
    """

    within: tuple[npt.NDArray[np.float64], ...]
    share: npt.NDArray[np.float64]
    apart: float
    in_sentences: tuple[float, ...]
    score: float

    @property
    def count(self) -> int:
        """How many voices there are."""
        return len(self.in_sentences)


def find_voices(evidence: Evidence, expected: int | None) -> Fit:
    """Learn as many voices as there are, 1 to 8.

    Args:
        evidence: what is known; nobody is named yet.
        expected: how many speakers the config and the text name, None if they name nobody. More
            than that are believed only where the audio leaves no doubt, fewer where it shows
            no further voice.
    """
    segments = evidence.segments
    within = tuple(_first_within(view, evidence.cuts) for view in evidence.views)
    best = _try(evidence, np.ones((len(segments[0].frames), 1)), within)
    widest = best
    while widest.count < MOST_VOICES:
        guesses = list(_guesses(evidence, segments, widest, within))
        # Of one voice for all, the covariance hides what parts them; that of halves may miss some.
        spreads = [within, widest.within] if widest.count == 1 else [widest.within]
        found = None
        is_believed = False
        trials = itertools.product(guesses, spreads)
        # What takes long releases the interpreter's lock. Two trials at a time would hold twice
        # what they say of each of very many words.
        threads = 1 if len(evidence.boundary) > _VERY_MANY_WORDS else usual_threads()
        for trial in map_ahead(lambda guess: _try(evidence, *guess), trials, threads):
            give_back_freed()
            believable = _believable(trial, best, evidence, expected)
            if found is None or (believable, trial.score) > (is_believed, found.score):
                found, is_believed = trial, believable
        if found is None:
            break
        widest = found
        if is_believed:
            best = widest
        # A first cut may miss, and the next one show two voices for all that.
        elif widest.count >= best.count + 2:
            break
    return fit_voices(evidence, best.share, best.within)


def _try(
    evidence: Evidence,
    guess: npt.NDArray[np.float64],
    within: tuple[npt.NDArray[np.float64], ...],
) -> _Trial:
    fit = fit_voices(evidence, guess, within)
    share = evidence.shares(fit.posterior)
    return _Trial(
        fit.within,
        share,
        _apart(fit, share, evidence.segments),
        _in_sentences(fit, evidence.words.frames),
        fit.score,
    )


def _first_within(view: Points, cuts: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """Covariance within a voice, before any voice is known."""
    if view.variance is None:
        return within_from_halves(view, cuts)
    return view.variance * np.eye(view.sums.shape[1])


def _guesses(
    evidence: Evidence,
    segments: tuple[Points, ...],
    widest: _Trial,
    within: tuple[npt.NDArray[np.float64], ...],
) -> Iterator[npt.NDArray[np.float64]]:
    """Shares of segments, shape (segments, voices + 1), with one voice of `widest` cut in two."""
    share = widest.share
    owner = share.argmax(axis=1)
    spreads = within if widest.count == 1 else widest.within
    views = list(zip(segments, spreads, strict=True))
    ways = None
    if len(segments[0].frames) > _MANY_SEGMENTS:  # each trial takes long then, and few are needed
        views, ways = views if widest.count == 1 else views[1:], 1
    for voice in range(widest.count):
        for view, spread in views:
            mine = np.flatnonzero((owner == voice) & (view.frames > 0))
            part = Points(view.sums[mine], view.frames[mine])
            for second in halve(part, spread)[:ways]:
                yield _moved(share, mine[second], voice)
    marks = np.cumsum(evidence.boundary == Boundary.DASH)[evidence.cuts[:-1]]
    if widest.count == 1 and marks[-1] >= _ALTERNATING_MARKS:
        yield _moved(share, np.flatnonzero(marks % 2), 0)


def _moved(
    share: npt.NDArray[np.float64], second: npt.NDArray[np.intp], voice: int
) -> npt.NDArray[np.float64]:
    grown = np.hstack([share, np.zeros((len(share), 1))])
    grown[second, -1] = grown[second, voice]
    grown[second, voice] = 0.0
    return grown


def _believable(trial: _Trial, best: _Trial, evidence: Evidence, expected: int | None) -> bool:
    more = trial.count - best.count
    least_gain, separation, sentences = _EXPECTED
    few = 1 + _FEW_SEGMENTS / len(evidence.cuts)
    if expected is None:
        least_gain, separation, sentences = _UNTOLD
        separation *= few
    elif trial.count > expected:
        least_gain, separation, sentences = _BEYOND
    parameters = sum(view.sums.shape[1] for view in evidence.views) * more
    gain = (trial.score - best.score) / (parameters * np.log(len(evidence.cuts)))
    return bool(
        gain > max(least_gain, _BY_CHANCE * few)
        and trial.apart > separation
        and min(trial.in_sentences) >= sentences
    )


def _apart(fit: Fit, share: npt.NDArray[np.float64], segments: tuple[Points, ...]) -> float:
    """Least separation of two voices, measured by their own spread if that is wider than usual.

    All voices share one covariance, so that one that varies more than the others seems to be two.
    """
    own = np.zeros((fit.count, fit.count))
    for view, voices, within in zip(segments, fit.voices, fit.within, strict=True):
        frames = np.maximum(view.frames, 1.0)
        for one in range(fit.count):
            for other in range(one):
                difference = voices[one] - voices[other]
                direction = np.linalg.solve(within, difference)
                along = (view.sums @ direction) / frames
                spread = 0.0
                for voice in (one, other):
                    deviation = along - voices[voice] @ direction
                    weight = share[:, voice] * (view.frames > 0)
                    variance = (weight * view.frames * deviation**2).sum()
                    spread += float(variance / max(1.0, float(weight.sum()))) / 2
                distance = FRAMES_A_SECOND * float(difference @ direction) ** 2
                own[one, other] += distance / max(spread, 1e-9)
    apart = [own[one, other] for one in range(fit.count) for other in range(one)]
    return float(min((fit.separation.min(), *apart)))


def _in_sentences(fit: Fit, frames: npt.NDArray[np.float64]) -> tuple[float, ...]:
    """Of what each voice says, the share that is long enough: a sound or a word is no voice."""
    begins = np.flatnonzero(np.diff(fit.path, prepend=-1))
    runs = np.add.reduceat(frames, begins)
    speaker = fit.path[begins]
    least = max(min(_LEAST_RUNS_FRAMES, 0.1 * frames.sum()), _LEAST_SHARE * frames.sum())
    found = []
    for voice in range(fit.count):
        mine = runs[speaker == voice]
        long = float(mine[mine >= _RUN_FRAMES].sum())
        found.append(0.0 if long < least else long / float(mine.sum()))
    return tuple(found)
