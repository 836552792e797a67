"""Who speaks each word, given how well each voice fits: a hidden Markov model over words."""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np
import numpy.typing as npt

__all__ = ["Decoded", "decode", "likeliest"]


@dataclass(frozen=True, slots=True)
class Decoded:
    """What the model makes of the words.

    Attributes:
        posterior: float64, shape (words, speakers): probability of each speaker.
        change: float64, shape (words,): probability that the speaker changes before the word.
        log_likelihood: of the evidence, over all sequences.
    """

    posterior: npt.NDArray[np.float64]
    change: npt.NDArray[np.float64]
    log_likelihood: float


def decode(
    evidence: npt.NDArray[np.float64],
    change: npt.NDArray[np.float64],
    next_speaker: npt.NDArray[np.float64],
) -> Decoded:
    """Probabilities of the speakers (forward-backward).

    Args:
        evidence: float64, shape (words, speakers): log-likelihood of each word for each speaker.
        change: float64, shape (words,): prior probability of a change before each word.
        next_speaker: float64, shape (speakers, speakers): who follows whom after a change; rows
            sum to 1, the diagonal is 0 unless there is one speaker only.
    """
    words, speakers = evidence.shape
    if speakers == 1 or words == 0:
        return Decoded(
            np.ones((words, speakers)),
            np.zeros(words),
            float(evidence.sum()),
        )
    top = evidence.max(axis=1, keepdims=True)
    posterior, changed, log_likelihood = _forward_backward(
        np.exp(evidence - top), change, next_speaker
    )
    return Decoded(posterior, changed, float(log_likelihood + top.sum()))


def likeliest(
    evidence: npt.NDArray[np.float64],
    change: npt.NDArray[np.float64],
    next_speaker: npt.NDArray[np.float64],
) -> npt.NDArray[np.int64]:
    """Likeliest sequence of speakers, int64, shape (words,); arguments are those of `decode`."""
    words, speakers = evidence.shape
    if speakers == 1 or words == 0:
        return np.zeros(words, np.int64)
    with np.errstate(divide="ignore"):
        path: npt.NDArray[np.int64] = _viterbi(
            evidence, np.log(1 - change), np.log(change), np.log(next_speaker)
        )
    return path


@numba.njit(cache=True, nogil=True)
def _forward_backward(
    likelihood: npt.NDArray[np.float64],
    change: npt.NDArray[np.float64],
    next_speaker: npt.NDArray[np.float64],
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64], float]:
    words, speakers = likelihood.shape
    forward = np.zeros((words, speakers))
    scale = np.zeros(words)
    for s in range(speakers):
        forward[0, s] = likelihood[0, s] / speakers
    for t in range(words):
        if t > 0:
            for s in range(speakers):
                reached = forward[t - 1, s] * (1 - change[t])
                for r in range(speakers):
                    reached += forward[t - 1, r] * change[t] * next_speaker[r, s]
                forward[t, s] = reached * likelihood[t, s]
        scale[t] = max(forward[t].sum(), 1e-300)
        forward[t] /= scale[t]
    posterior = np.empty((words, speakers))
    changed = np.zeros(words)
    backward = np.ones(speakers)
    posterior[words - 1] = forward[words - 1]
    for t in range(words - 1, 0, -1):
        heard = likelihood[t] * backward / scale[t]
        earlier = np.zeros(speakers)
        for r in range(speakers):
            stay = (1 - change[t]) * heard[r]
            move = 0.0
            for s in range(speakers):
                move += change[t] * next_speaker[r, s] * heard[s]
            earlier[r] = stay + move
            changed[t] += forward[t - 1, r] * move
        backward = earlier
        posterior[t - 1] = forward[t - 1] * backward
        posterior[t - 1] /= max(posterior[t - 1].sum(), 1e-300)
    return posterior, changed, np.log(scale).sum()


@numba.njit(cache=True, nogil=True)
def _viterbi(
    evidence: npt.NDArray[np.float64],
    log_stay: npt.NDArray[np.float64],
    log_change: npt.NDArray[np.float64],
    log_next: npt.NDArray[np.float64],
) -> npt.NDArray[np.int64]:
    words, speakers = evidence.shape
    best = evidence[0].copy()
    came_from = np.zeros((words, speakers), np.int64)
    for t in range(1, words):
        now = np.empty(speakers)
        for s in range(speakers):
            top, source = best[s] + log_stay[t], s
            for r in range(speakers):
                score = best[r] + log_change[t] + log_next[r, s]
                if score > top:
                    top, source = score, r
            now[s] = top + evidence[t, s]
            came_from[t, s] = source
        best = now
    path = np.zeros(words, np.int64)
    path[words - 1] = best.argmax()
    for t in range(words - 1, 0, -1):
        path[t - 1] = came_from[t, path[t]]
    return path
