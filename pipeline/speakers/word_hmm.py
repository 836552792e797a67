"""Who speaks each word, given how well each voice fits: a hidden Markov model over words."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipeline.kernels import kernel

__all__ = ["Decoded", "decode", "likeliest"]


@dataclass(frozen=True, slots=True)
class Decoded:
    """What the model makes of the words.

    Attributes:
        posterior: float32, shape (words, speakers): probability of each speaker.
        change: float64, shape (words,): probability that the speaker changes before the word.
        log_likelihood: of the evidence, over all sequences.
    """

    posterior: npt.NDArray[np.float32]
    change: npt.NDArray[np.float64]
    log_likelihood: float


def decode(
    evidence: npt.NDArray[np.float32],
    change: npt.NDArray[np.float64],
    next_speaker: npt.NDArray[np.float64],
) -> Decoded:
    """Probabilities of the speakers (forward-backward).

    Args:
        evidence: float32, shape (words, speakers): log-likelihood of each word for each speaker.
        change: float64, shape (words,): prior probability of a change before each word.
        next_speaker: float64, shape (speakers, speakers): who follows whom after a change; rows
            sum to 1, the diagonal is 0 unless there is one speaker only.
    """
    words, speakers = evidence.shape
    if speakers == 1 or words == 0:
        return Decoded(
            np.ones((words, speakers), np.float32),
            np.zeros(words),
            float(evidence.sum()),
        )
    return Decoded(*_forward_backward(evidence, change, next_speaker))


def likeliest(
    evidence: npt.NDArray[np.float32],
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


@kernel()
def _forward_backward(
    evidence: npt.NDArray[np.float32],
    change: npt.NDArray[np.float64],
    next_speaker: npt.NDArray[np.float64],
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float64], float]:
    words, speakers = evidence.shape
    posterior = np.empty((words, speakers), np.float32)  # of what is heard so far, at first
    scale = np.empty(words)
    log_likelihood = 0.0
    before = np.full(speakers, 1 / speakers)
    reached = before.copy()
    for t in range(words):
        if t > 0:
            for s in range(speakers):
                reached[s] = before[s] * (1 - change[t])
                for r in range(speakers):
                    reached[s] += before[r] * change[t] * next_speaker[r, s]
        top = evidence[t].max()
        for s in range(speakers):
            reached[s] *= np.exp(evidence[t, s] - top)
        scale[t] = max(reached.sum(), 1e-300)
        for s in range(speakers):
            before[s] = reached[s] / scale[t]
            posterior[t, s] = before[s]
        log_likelihood += np.log(scale[t]) + top
    changed = np.zeros(words)
    backward = np.ones(speakers)
    heard = np.empty(speakers)
    for t in range(words - 1, 0, -1):
        top = evidence[t].max()
        for s in range(speakers):
            heard[s] = np.exp(evidence[t, s] - top) * backward[s] / scale[t]
        total = 0.0
        for r in range(speakers):
            move = 0.0
            for s in range(speakers):
                move += change[t] * next_speaker[r, s] * heard[s]
            changed[t] += posterior[t - 1, r] * move
            backward[r] = (1 - change[t]) * heard[r] + move
            total += posterior[t - 1, r] * backward[r]
        for r in range(speakers):
            posterior[t - 1, r] = posterior[t - 1, r] * backward[r] / max(total, 1e-300)
    return posterior, changed, log_likelihood


@kernel()
def _viterbi(
    evidence: npt.NDArray[np.float32],
    log_stay: npt.NDArray[np.float64],
    log_change: npt.NDArray[np.float64],
    log_next: npt.NDArray[np.float64],
) -> npt.NDArray[np.int64]:
    words, speakers = evidence.shape
    best = evidence[0].astype(np.float64)
    came_from = np.zeros((words, speakers), np.uint8)
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
