"""Voices and who speaks each word, learnt together from one episode (expectation-maximisation).

Each voice is a mean in the voice space, all share one covariance, and a hidden Markov model over
words ties them to the text. How readily the speaker changes at each kind of boundary is learnt
as well: transcripts differ in how many changes they mark.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipeline.speakers.boundaries import Boundary
from pipeline.speakers.voice_space import Points, within_covariance
from pipeline.speakers.word_hmm import decode, likeliest

__all__ = [
    "CHANGE_PRIOR",
    "FRAMES_A_SECOND",
    "Evidence",
    "Fit",
    "describe_voices",
    "fit_voices",
]

CHANGE_PRIOR = {
    Boundary.INSIDE: 2e-4,
    Boundary.PAUSE: 2e-3,
    Boundary.SENTENCE: 0.02,
    Boundary.SENTENCE_PAUSE: 0.05,
    Boundary.EVENT: 0.15,
    Boundary.DASH: 0.97,
}
"""How often the speaker changes at a boundary of each kind, before anything is heard."""

UNMARKED_PRIOR = CHANGE_PRIOR | {
    Boundary.INSIDE: 5e-4,
    Boundary.PAUSE: 0.02,
    Boundary.SENTENCE: 0.1,
    Boundary.SENTENCE_PAUSE: 0.2,
    Boundary.EVENT: 0.3,
}
"""The same where the text marks no changes at all."""

UNPUNCTUATED_PRIOR = UNMARKED_PRIOR | {Boundary.INSIDE: 0.01, Boundary.PAUSE: 0.1}
"""The same where it has no sentences either."""

_PRIOR_WEIGHT = 10.0
_RELEVANCE = 50.0
_MOST_ROUNDS = 12
_SETTLED, _SETTLED_A_WORD = 0.5, 2e-4
_MOST_EVIDENCE = 12.0
"""One word, however strange it sounds, weighs no more than this against another voice."""
_BACKGROUND_SHARE = 0.03
_NO_VOICE = -30.0
_LEAST_FRAMES = 100.0
_WORDS_AT_ONCE = 5000
FRAMES_A_SECOND = 100.0


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that is known about the words.

    Attributes:
        views: their sums in each of the spaces in which voices differ: the episode's own, and the
            voice encoder's. A view may know nothing of a word: it has no frames there then.
        segments: the same views of the segments.
        cuts: int64, shape (segments + 1,): the first words of the segments.
        boundary: int8, shape (words,): `Boundary` before each.
        named: int64, shape (words,): the speaker whom a label names, -1 where none does.
    """

    views: tuple[Points, ...]
    segments: tuple[Points, ...]
    cuts: npt.NDArray[np.int64]
    boundary: npt.NDArray[np.int8]
    named: npt.NDArray[np.int64]

    @classmethod
    def of_nobody(
        cls,
        views: tuple[Points, ...],
        cuts: npt.NDArray[np.int64],
        boundary: npt.NDArray[np.int8],
    ) -> Evidence:
        """What is known before anybody is named."""
        segments = tuple(view.summed(cuts) for view in views)
        return cls(views, segments, cuts, boundary, np.full(len(boundary), -1, np.int64))

    @property
    def words(self) -> Points:
        """The view that knows all that is heard."""
        return self.views[0]

    def shares(self, posterior: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
        """Share of each speaker in each segment, shape (segments, speakers), from that in words."""
        words = np.add.reduceat(posterior, self.cuts[:-1], axis=0, dtype=np.float64)
        shares: npt.NDArray[np.float64] = words / np.diff(self.cuts)[:, None]
        return shares


@dataclass(frozen=True, slots=True)
class Fit:
    """The outcome.

    Attributes:
        posterior: float32, shape (words, speakers): probability of each speaker.
        path: int64, shape (words,): the likeliest sequence of speakers.
        heard: float32, shape (words, speakers): what the voice alone says, log-likelihoods, over
            that of the likeliest voice, 0 to -12.
        voices: for each view float64, shape (speakers, dimensions).
        within: for each view float64, shape (dimensions, dimensions): covariance of a frame within
            a voice.
        frames: float64, shape (speakers,): over how many frames each voice was learnt.
        score: log-likelihood of everything.
    """

    posterior: npt.NDArray[np.float32]
    path: npt.NDArray[np.int64]
    heard: npt.NDArray[np.float32]
    voices: tuple[npt.NDArray[np.float64], ...]
    within: tuple[npt.NDArray[np.float64], ...]
    frames: npt.NDArray[np.float64]
    score: float

    @property
    def count(self) -> int:
        """How many voices there are."""
        return len(self.voices[0])

    @property
    def separation(self) -> npt.NDArray[np.float64]:
        """How far voices are apart, shape (speakers, speakers).

        Squared Mahalanobis distances for a second of speech; infinite from a voice to itself.
        """
        distance = np.zeros((self.count, self.count))
        for voices, within in zip(self.voices, self.within, strict=True):
            differences = voices[:, None] - voices[None]
            inverse = np.linalg.inv(within)
            distance += np.einsum("abi,ij,abj->ab", differences, inverse, differences)
        distance *= FRAMES_A_SECOND
        np.fill_diagonal(distance, np.inf)
        return distance


def fit_voices(
    evidence: Evidence,
    share: npt.NDArray[np.float64],
    within: tuple[npt.NDArray[np.float64], ...],
) -> Fit:
    """Learn from a first guess.

    Args:
        evidence: what is known.
        share: float64, shape (segments, speakers): to whom each segment seems to belong. Nobody
            without a share of any is recognised by voice.
        within: for each view float64, shape (dimensions, dimensions): first guess of the
            covariance.
    """
    segments = evidence.segments
    heard_of = (share.T @ segments[0].frames) >= _LEAST_FRAMES
    prior = change = _change_prior(evidence.boundary[1:])
    settled = _SETTLED + _SETTLED_A_WORD * len(evidence.boundary)
    score = -np.inf
    for number in range(_MOST_ROUNDS):
        frames = share.T @ segments[0].frames
        voices = tuple(_voices(segment, share) for segment in segments)
        if number > 0:
            within = tuple(
                within_covariance(view, share, means)
                for view, means in zip(segments, voices, strict=True)
            )
        heard, likeliest_voices = _voice_evidence(evidence.views, voices, within, heard_of)
        model = (
            _with_names(heard, evidence.named),
            change[evidence.boundary],
            _next_speaker(frames),
        )
        decoded = decode(*model)
        before, score = (
            score,
            decoded.log_likelihood
            + likeliest_voices
            + sum(_spread(view, spread) for view, spread in zip(segments, within, strict=True)),
        )
        if abs(score - before) < settled:
            break
        share = evidence.shares(decoded.posterior)
        change = _learn_change(decoded.change, evidence.boundary, prior)
    return Fit(decoded.posterior, likeliest(*model), heard, voices, within, frames, score)


def describe_voices(evidence: Evidence, path: npt.NDArray[np.int64], speakers: int) -> Fit:
    """What the voices of a given attribution sound like; nothing is attributed anew.

    Args:
        evidence: what is known.
        path: int64, shape (words,): the speaker of each word.
        speakers: how many there are.
    """
    posterior = (path[:, None] == np.arange(speakers)).astype(np.float32)
    frames = posterior.T @ evidence.words.frames
    voices = tuple(_voices(view, posterior) for view in evidence.views)
    within = tuple(
        within_covariance(view, posterior, means)
        for view, means in zip(evidence.views, voices, strict=True)
    )
    heard, _ = _voice_evidence(evidence.views, voices, within, frames >= _LEAST_FRAMES)
    return Fit(posterior, path, heard, voices, within, frames, 0.0)


def _voices(points: Points, share: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Means of the voices, drawn to everybody's as far as little is heard of them."""
    frames = share.T @ points.frames
    means: npt.NDArray[np.float64] = (share.T @ points.sums) / (frames + _RELEVANCE)[:, None]
    return means


def _voice_evidence(
    views: tuple[Points, ...],
    voices: tuple[npt.NDArray[np.float64], ...],
    within: tuple[npt.NDArray[np.float64], ...],
    heard_of: npt.NDArray[np.bool_],
) -> tuple[npt.NDArray[np.float32], float]:
    """`Fit.heard`, and the log-likelihoods of each word's likeliest voice, summed up."""
    terms = []
    for means, spread in zip(voices, within, strict=True):
        weights = np.linalg.solve(spread, means.T)
        terms.append((weights, 0.5 * np.einsum("sd,ds->s", means, weights)))
    heard = np.empty((len(views[0].frames), len(voices[0])), np.float32)
    total = 0.0
    for begin in range(0, len(heard), _WORDS_AT_ONCE):
        part = slice(begin, begin + _WORDS_AT_ONCE)
        found = np.zeros(heard[part].shape)
        for points, (weights, level) in zip(views, terms, strict=True):
            found += points.sums[part] @ weights - np.outer(points.frames[part], level)
        found[:, ~heard_of] = -np.inf if heard_of.any() else 0.0
        highest = found.max(axis=1, keepdims=True)
        total += float(highest.sum())
        heard[part] = np.maximum(found - highest, -_MOST_EVIDENCE)
    return heard, total


def _with_names(
    heard: npt.NDArray[np.float32], named: npt.NDArray[np.int64]
) -> npt.NDArray[np.float32]:
    at = np.flatnonzero(named >= 0)
    if not len(at):
        return heard
    evidence = heard.copy()
    evidence[at] = _NO_VOICE
    evidence[at, named[at]] = 0.0
    return evidence


def _next_speaker(frames: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Who follows whom after a change: the more someone speaks, the likelier."""
    speakers = len(frames)
    if speakers == 1:
        return np.ones((1, 1))
    share = frames / max(1.0, float(frames.sum())) + _BACKGROUND_SHARE
    follow = np.tile(share, (speakers, 1))
    np.fill_diagonal(follow, 0.0)
    result: npt.NDArray[np.float64] = follow / follow.sum(axis=1, keepdims=True)
    return result


def _change_prior(boundary: npt.NDArray[np.int8]) -> npt.NDArray[np.float64]:
    """Probability of a change at each `Boundary`, as far as the text's habits tell."""
    priors = CHANGE_PRIOR
    if not (boundary == Boundary.DASH).any():
        priors = UNMARKED_PRIOR if (boundary >= Boundary.SENTENCE).any() else UNPUNCTUATED_PRIOR
    return np.array([priors[kind] for kind in Boundary])


def _learn_change(
    changed: npt.NDArray[np.float64],
    boundary: npt.NDArray[np.int8],
    prior: npt.NDArray[np.float64],
) -> npt.NDArray[np.float64]:
    learnt = np.empty(len(Boundary))
    for kind in Boundary:
        at = np.flatnonzero(boundary[1:] == kind) + 1
        learnt[kind] = (changed[at].sum() + prior[kind] * _PRIOR_WEIGHT) / (len(at) + _PRIOR_WEIGHT)
    return np.clip(learnt, 1e-5, 0.995)


def _spread(segments: Points, within: npt.NDArray[np.float64]) -> float:
    """What all voices' evidence has in common: the Gaussian's own terms."""
    scatter = segments.scatter(np.ones(len(segments.frames)))
    _, log_volume = np.linalg.slogdet(within)
    heard = int((segments.frames > 0).sum())
    return float(-0.5 * np.trace(np.linalg.solve(within, scatter)) - 0.5 * heard * log_volume)
