"""Voices to speakers: labels in the text first, then samples, then the order of speaking. Pure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipeline.speakers.records import NameSource
from pipeline.speakers.voice_model import FRAMES_A_SECOND, Fit
from pipeline.speakers.voice_sample import VoiceSample

__all__ = ["Match", "match_labels", "match_order", "match_samples"]

_LEAST_PROBABILITY = 0.6
_FARTHEST = 40.0
_SPOKEN_FRAMES = 30.0
_CERTAIN = 0.95


@dataclass(frozen=True, slots=True)
class Match:
    """A voice and the speaker's key; `source` and `score` as in `NamedBy`."""

    voice: int
    key: str
    source: NameSource
    score: float


def match_labels(votes: npt.NDArray[np.float64], keys: list[str]) -> list[Match]:
    """Pair voices with labelled speakers so that as much labelled speech as possible agrees.

    Args:
        votes: float64, shape (voices, keys): frames of each voice under each label.
        keys: the labelled speakers.

    Returns:
        Pairs that have any votes.
    """
    # Best total for each set of voices given away so far, and who has them.
    best: dict[int, tuple[float, tuple[tuple[int, int], ...]]] = {0: (0.0, ())}
    for which in range(len(keys)):
        for taken, (total, pairs) in list(best.items()):
            for voice in range(len(votes)):
                frames = float(votes[voice, which])
                both = taken | 1 << voice
                if both != taken and frames > 0 and total + frames > best.get(both, (0.0,))[0]:
                    best[both] = (total + frames, (*pairs, (voice, which)))
    _, chosen = max(best.values(), key=lambda one: one[0])
    return [
        Match(voice, keys[which], "label", float(votes[voice, which] / votes[:, which].sum()))
        for voice, which in chosen
    ]


def match_samples(
    fit: Fit,
    samples: list[tuple[VoiceSample, tuple[npt.NDArray[np.float64], ...]]],
    taken: set[int],
) -> list[Match]:
    """Pair voices that are not `taken` with those of the samples that sound like them.

    A sample that is nearer to nobody's voice than voices are to each other matches none.
    """
    choices: list[tuple[float, int, int, float]] = []
    for number, (_, point) in enumerate(samples):
        distance = np.zeros(fit.count)
        for mean, voices, within in zip(point, fit.voices, fit.within, strict=True):
            difference = voices - mean
            inverse = np.linalg.inv(within)
            distance += np.einsum("si,ij,sj->s", difference, inverse, difference) * FRAMES_A_SECOND
        likelihood = np.exp(-0.5 * (distance - distance.min()))
        voice = int(distance.argmin())
        probability = float(1.0 / likelihood.sum())
        neighbour = float(fit.separation[voice].min())
        limit = max(_FARTHEST, neighbour if np.isfinite(neighbour) else 0.0)
        if voice not in taken and distance[voice] < limit and probability >= _LEAST_PROBABILITY:
            choices.append((float(distance[voice]), voice, number, probability))
    found: dict[int, Match] = {}
    for _, voice, number, probability in sorted(choices):
        sample = samples[number][0]
        if voice not in found and all(match.key != sample.key for match in found.values()):
            found[voice] = Match(voice, sample.key, sample.source, probability)
    return list(found.values())


def match_order(
    fit: Fit, frames: npt.NDArray[np.float64], keys: list[str], taken: set[int]
) -> list[Match]:
    """Pair the voices left with the `keys` left, in the order in which they first speak.

    A word or two alone may be another's, as may what is in doubt, so that those count first who
    say more at a time, for certain.

    Args:
        fit: the voices.
        frames: float64, shape (words,): audible frames of each word.
        keys: the speakers left.
        taken: the voices that have a speaker.
    """
    begins = np.flatnonzero(np.diff(fit.path, prepend=-1))
    spoken = np.add.reduceat(frames, begins)
    sure = fit.posterior[np.arange(len(fit.path)), fit.path] * frames
    certain = np.add.reduceat(sure, begins) >= _CERTAIN * spoken
    voices = fit.path[begins]
    speaking = [*voices[certain & (spoken >= _SPOKEN_FRAMES)].tolist(), *voices.tolist()]
    order = [voice for voice in dict.fromkeys(speaking) if voice not in taken]
    return [
        Match(voice, key, "order", 1.0 / fit.count) for voice, key in zip(order, keys, strict=False)
    ]
