"""A whole recording as normalised features, kept on disk."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import numpy.typing as npt

from pipeline.audio.features import CEPSTRA, FRAME_MS, add_deltas
from pipeline.audio.spool import FrameSpool

__all__ = ["Recording"]

_SECOND = 1000 // FRAME_MS
_CONTEXT = 3
_SECONDS_AT_ONCE = 60
_MEAN_SECONDS = 10
_FEWEST_LOUD_SECONDS = 5
_LOUD_SHARE = 0.01
_SPEECH_BELOW_LOUD = 35.0  # 30 dB: people at a table differ by less
_LEAST_LIVELY = 9.0  # c0 within a second: even noise keeps within 7, speech hardly ever
_PAUSE_SECONDS = 1
_QUIET_BELOW_LOUD = 52.0  # 11.5 steps of c0 are 10 dB
_DEEPEST = 60.0  # c0 steps below the loudest frame nearby: digital silence says nothing of a voice


class Recording(FrameSpool):
    """Cepstra written once as they are computed, then read anywhere, mean-normalised.

    The mean is taken over the 10 s on either side, as the model was trained on utterances with
    their own mean subtracted (`cmn batch`) while a long recording changes speakers and levels.
    It is known at every second and interpolated between.
    """

    def __init__(self) -> None:
        """Open an empty recording."""
        super().__init__(CEPSTRA, np.float32)
        self._means = np.zeros((0, CEPSTRA), dtype=np.float32)
        self.quiet_c0 = 0.0
        """c0 of what counts as quiet here: a quiet moment, or 45 dB below a loud one."""
        self.loud_c0 = 0.0
        """c0 of loud speech, however little of it there is: few seconds are louder."""
        self.is_lively = False
        """Whether anything rises and falls within a second, as speech does."""
        self._is_spoken: npt.NDArray[np.bool_] = np.zeros(0, np.bool_)

    def fill(self, blocks: Iterable[npt.NDArray[np.float32]]) -> Iterator[int]:
        """Append all blocks of cepstra, shape (frames, 13); yield the frame count after each."""
        for block in blocks:
            self.append(block)
            yield self.frames
        self._means = self._measure_means()

    def features(self, start: int, stop: int) -> npt.NDArray[np.float32]:
        """Normalised cepstra with differences of frames `start` to `stop`, (frames, 3, 13)."""
        low, high = max(0, start - _CONTEXT), min(self.frames, stop + _CONTEXT)
        cepstra = self.read(low, high) - self._mean_at(np.arange(low, high))
        before, after = low - (start - _CONTEXT), (stop + _CONTEXT) - high
        return add_deltas(np.pad(cepstra, ((before, after), (0, 0)), mode="edge"))

    def spoken_stretches(self) -> Sequence[tuple[int, int]]:
        """Frames from and to: what has sounds as loud as speech, the pauses between them included.

        Silence that lasts for seconds is left out.
        """
        edges = np.flatnonzero(np.diff(self._is_spoken, prepend=False, append=False)) * _SECOND
        ends = np.minimum(edges[1::2], self.frames)
        return tuple(zip(edges[::2].tolist(), ends.tolist(), strict=True))

    def _measure_means(self) -> npt.NDArray[np.float32]:
        seconds = -(-self.frames // _SECOND)
        sums = np.zeros((seconds, CEPSTRA))
        counts = np.zeros(seconds)
        loudest, quietest = np.zeros(seconds, dtype=np.float32), np.zeros(seconds)
        for s, cepstra in self._seconds():
            loudness = cepstra[..., 0]
            loudest[s] = loudness.max(axis=1)
            quietest[s] = np.percentile(loudness, 10, axis=1)
        rank = min(seconds, max(_FEWEST_LOUD_SECONDS, round(_LOUD_SHARE * seconds)))
        self.loud_c0 = float(np.sort(loudest)[-rank])
        is_lively = loudest > quietest + _LEAST_LIVELY
        is_lively[:1] &= is_lively[1:2].all()  # noise removal has to find the noise first
        self.is_lively = bool(is_lively.any())
        self._is_spoken = _spoken_seconds(is_lively & (loudest > self.loud_c0 - _SPEECH_BELOW_LOUD))
        loud = float(np.percentile(loudest[self._is_spoken], 90))
        self.quiet_c0 = max(float(np.percentile(quietest, 5)), loud - _QUIET_BELOW_LOUD)
        padded = np.pad(loudest, _MEAN_SECONDS, constant_values=-np.inf)
        near = np.lib.stride_tricks.sliding_window_view(padded, 2 * _MEAN_SECONDS + 1).max(axis=1)
        for s, cepstra in self._seconds():
            heard = cepstra[..., 0] > near[s, None] - _DEEPEST
            sums[s] = np.einsum("sfc,sf->sc", cepstra, heard, dtype=np.float64)
            counts[s] = heard.sum(axis=1)
        sums = np.concatenate([np.zeros((1, CEPSTRA)), np.cumsum(sums, axis=0)])
        counts = np.concatenate([[0.0], np.cumsum(counts)])
        at = np.arange(seconds)
        low, high = np.maximum(0, at - _MEAN_SECONDS), np.minimum(seconds, at + _MEAN_SECONDS + 1)
        heard_frames = np.maximum(1.0, counts[high] - counts[low])
        return ((sums[high] - sums[low]) / heard_frames[:, None]).astype(np.float32)

    def _seconds(self) -> Iterator[tuple[slice, npt.NDArray[np.float32]]]:
        """Which seconds, and their cepstra, shape (seconds, frames, 13); the last may be short."""
        whole = self.frames // _SECOND
        for s in range(0, whole, _SECONDS_AT_ONCE):
            stop = min(whole, s + _SECONDS_AT_ONCE)
            rows = self.read(s * _SECOND, stop * _SECOND)
            yield slice(s, stop), rows.reshape(stop - s, _SECOND, CEPSTRA)
        if whole * _SECOND < self.frames:
            yield slice(whole, whole + 1), self.read(whole * _SECOND, self.frames)[None]

    def _mean_at(self, frames: npt.NDArray[np.int64]) -> npt.NDArray[np.float32]:
        position = np.clip((frames + 0.5) / _SECOND - 0.5, 0, len(self._means) - 1)
        low = position.astype(np.int64)
        high = np.minimum(low + 1, len(self._means) - 1)
        part = (position - low).astype(np.float32)[:, None]
        mean: npt.NDArray[np.float32] = self._means[low] * (1 - part) + self._means[high] * part
        return mean


def _spoken_seconds(has_voice: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Seconds that have a voice and those beside them; all if none has."""
    if not has_voice.any():
        return np.ones(len(has_voice), np.bool_)
    padded = np.pad(has_voice, _PAUSE_SECONDS)
    beside = np.lib.stride_tricks.sliding_window_view(padded, 2 * _PAUSE_SECONDS + 1)
    return np.asarray(beside.any(axis=1), np.bool_)
