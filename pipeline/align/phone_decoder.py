"""Free phone recognition: what the audio sounds like, whatever the text says.

A Viterbi search through a loop of three-state phones with a phone bigram. Its phones anchor the
text in the audio, and its score says how well anything could have fitted.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipeline.align.acoustic_model import AcousticModel
from pipeline.kernels import kernel

__all__ = ["DecodedPhones", "PhoneBigram", "decode_phones"]

_BIGRAM_SCALE = 4.0
_INSERTION_COST = 2.0
_SILENCE_SHARE = 0.05
_NOISE_SHARE = 1e-3


@dataclass(frozen=True, eq=False)
class PhoneBigram:
    """Scaled log probabilities of phone pairs: float32, shape (phones, phones)."""

    scores: npt.NDArray[np.float32]

    @classmethod
    def of(cls, model: AcousticModel, phones: npt.NDArray[np.int32]) -> PhoneBigram:
        """Estimate from a text's phones; silence and noises may stand anywhere."""
        n = len(model.phones)
        counts = np.full((n, n), 0.5)
        np.add.at(counts, (phones[:-1], phones[1:]), 1.0)
        noises = [i for i, name in enumerate(model.phones) if name.startswith("+")]
        counts[:, model.silence] = counts.sum(axis=1) * _SILENCE_SHARE
        counts[model.silence] = counts.sum(axis=0)
        counts[:, noises] = _NOISE_SHARE
        shares = counts / counts.sum(axis=1, keepdims=True)
        return cls((_BIGRAM_SCALE * np.log(shares) - _INSERTION_COST).astype(np.float32))


@dataclass(frozen=True, eq=False)
class DecodedPhones:
    """Phones in order, with the frames that they begin and end at.

    Attributes:
        phones: int32, shape (phones,): indices of the model's phones.
        starts: int32, shape (phones,): first frame of each.
        ends: int32, shape (phones,): frame after the last of each.
    """

    phones: npt.NDArray[np.int32]
    starts: npt.NDArray[np.int32]
    ends: npt.NDArray[np.int32]

    def shifted(self, frames: int) -> DecodedPhones:
        """The same phones, `frames` later."""
        return DecodedPhones(self.phones, self.starts + frames, self.ends + frames)

    def between(self, start: int, stop: int) -> DecodedPhones:
        """The phones whose middle lies in the frames `start` to `stop`, cut to those."""
        middle = (self.starts + self.ends) // 2
        inside = (middle >= start) & (middle < stop)
        return DecodedPhones(
            self.phones[inside],
            np.maximum(self.starts[inside], start),
            np.minimum(self.ends[inside], stop),
        )

    def of_frames(self, start: int, stop: int, outside: int) -> npt.NDArray[np.int32]:
        """The phone in each of the frames `start` to `stop`, `outside` before and behind them all.

        Between two phones the earlier one goes on.
        """
        frames = np.arange(start, stop)
        at = np.searchsorted(self.starts, frames, side="right") - 1
        return np.where((at < 0) | (frames >= self.ends[-1]), np.int32(outside), self.phones[at])

    def speech_between(
        self,
        starts: npt.NDArray[np.integer],
        stops: npt.NDArray[np.integer],
        is_speech: npt.NDArray[np.bool_],
    ) -> npt.NDArray[np.float64]:
        """How much of each stretch of the recording is speech.

        Args:
            starts: shape (stretches,): first frame of each.
            stops: same shape: frame after the last of each.
            is_speech: shape (phones of the model,): false for silence and noises.

        Returns:
            float64, shape (stretches,): frames; negative where a stretch stops before its start.
        """
        frames = np.where(is_speech[self.phones], self.ends - self.starts, 0)
        total = np.concatenate([[0.0], np.cumsum(frames, dtype=np.float64)])
        edges = np.append(self.starts[:1], self.ends)
        speech: npt.NDArray[np.float64]
        speech = np.interp(stops, edges, total) - np.interp(starts, edges, total)
        return speech

    @classmethod
    def joined(cls, parts: list[DecodedPhones]) -> DecodedPhones:
        """Several stretches, one after the other."""
        return cls(
            np.concatenate([p.phones for p in parts]),
            np.concatenate([p.starts for p in parts]),
            np.concatenate([p.ends for p in parts]),
        )


@kernel()
def _viterbi(
    scores: npt.NDArray[np.float32],
    log_stay: npt.NDArray[np.float32],
    log_leave: npt.NDArray[np.float32],
    bigram: npt.NDArray[np.float32],
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    """Best phones of scores (3 * phones, frames): phones, starts, ends."""
    frames = scores.shape[1]
    n = bigram.shape[0]
    lowest = np.float32(-1e30)
    delta = np.full((n, 3), lowest, np.float32)
    start = np.zeros((n, 3), np.int32)
    entry = np.zeros(n, np.float32)
    leaving = np.full(n, lowest, np.float32)
    before = np.full((frames + 1, n), -1, np.int16)
    began = np.zeros((frames + 1, n), np.int32)
    for t in range(frames):
        if t > 0:
            entry[:] = lowest
            for p in range(n):
                left = leaving[p]
                for q in range(n):
                    value = left + bigram[p, q]
                    if value > entry[q]:
                        entry[q] = value
                        before[t, q] = p
        for p in range(n):
            third = delta[p, 2] + log_stay[p, 2]
            value = delta[p, 1] + log_leave[p, 1]
            if value > third:
                third = value
                start[p, 2] = start[p, 1]
            second = delta[p, 1] + log_stay[p, 1]
            value = delta[p, 0] + log_leave[p, 0]
            if value > second:
                second = value
                start[p, 1] = start[p, 0]
            first = delta[p, 0] + log_stay[p, 0]
            if entry[p] > first:
                first = entry[p]
                start[p, 0] = t
            delta[p, 0] = first + scores[3 * p, t]
            delta[p, 1] = second + scores[3 * p + 1, t]
            delta[p, 2] = third + scores[3 * p + 2, t]
            leaving[p] = delta[p, 2] + log_leave[p, 2]
            began[t + 1, p] = start[p, 2]
    phones = np.empty(frames + 1, np.int32)
    starts = np.empty(frames + 1, np.int32)
    ends = np.empty(frames + 1, np.int32)
    count = 0
    phone = np.argmax(leaving)
    at = frames
    while at > 0 and phone >= 0 and leaving[phone] > lowest:
        from_frame = began[at, phone]
        phones[count] = phone
        starts[count] = from_frame
        ends[count] = at
        count += 1
        phone = before[from_frame, phone]
        at = from_frame
    return phones[:count][::-1].copy(), starts[:count][::-1].copy(), ends[:count][::-1].copy()


def decode_phones(
    scores: npt.NDArray[np.float32], model: AcousticModel, bigram: PhoneBigram
) -> DecodedPhones:
    """Recognise phones.

    Args:
        scores: float32, shape (3 * phones, frames): scores of the senones without context,
            three for each phone in the model's order.
        model: for its transition probabilities.
        bigram: which phones follow which.
    """
    return DecodedPhones(*_viterbi(scores, model.log_stay, model.log_leave, bigram.scores))
