"""What the audio says about the words of an episode: the evidence that tells voices apart.

Frames and what is summed up of them are kept on disk, so that memory does not grow with the
recording.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipeline.ahead import map_ahead
from pipeline.align.records import Alignment
from pipeline.audio.decode import stream_stereo
from pipeline.audio.features import FRAME_MS
from pipeline.audio.spool import FrameSpool
from pipeline.audio.tracks import Audio
from pipeline.memory import give_back_freed
from pipeline.processors import usual_threads
from pipeline.speakers.boundaries import TextCues, segments_of
from pipeline.speakers.embeddings import Embeddings, Windows, embed_windows, windows_of
from pipeline.speakers.voice_encoder import EMBEDDING_SIZE, MEL_SIZE
from pipeline.speakers.voice_features import ENVELOPE_SIZE, VoiceFrames, stream_voice_frames
from pipeline.speakers.voice_model import Evidence
from pipeline.speakers.voice_sample import VoiceSample, evenly_spread
from pipeline.speakers.voice_space import Points, VoiceSpace, learn_space
from pipeline.speakers.voice_statistics import (
    Background,
    SpooledStatistics,
    WordStatistics,
    learn_background,
    word_statistics,
)

__all__ = ["Heard", "listen"]

_LEAST_FRAMES = 500
"""Below five seconds of speech there is nothing to learn a voice from."""
_WORDS_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Heard:
    """What the audio says about the words; good as long as the `with` of `listen` lasts."""

    frames: _SpooledFrames
    space: VoiceSpace
    embeddings: Embeddings
    evidence: Evidence

    def sample(self, key: str, name: str, words: npt.NDArray[np.bool_]) -> VoiceSample | None:
        """A sample of the voice that says `words`, bool, shape (words,); None if unheard."""
        chosen = self.frames.spread_over(np.flatnonzero(words))
        if not len(chosen):
            return None
        envelope = self.frames.envelope.pick(chosen)
        log_f0 = self.frames.pitch_and_side.pick(chosen)[:, 0]
        return VoiceSample(key, name, "voices", envelope, log_f0, self._embedding(words))

    def sample_means(self, sample: VoiceSample) -> tuple[npt.NDArray[np.float64], ...]:
        """Where a sample from elsewhere lies in each view."""
        return (
            self.space.sample_point(sample).means[0],
            self.embeddings.project(sample.embedding[None])[0],
        )

    def _embedding(self, words: npt.NDArray[np.bool_]) -> npt.NDArray[np.float32]:
        mine = np.logical_and.reduceat(words, self.evidence.cuts[:-1])[self.embeddings.segment]
        points = self.embeddings.points[mine]
        if not len(points):
            return np.zeros(EMBEDDING_SIZE, np.float32)
        mean: npt.NDArray[np.float32] = points.mean(axis=0)
        return mean


@contextmanager
def listen(cues: TextCues, alignment: Alignment, audio: Audio) -> Iterator[Heard | None]:
    """Listen where the words are; None if hardly anything is heard there."""
    with (
        FrameSpool(ENVELOPE_SIZE, np.float32) as envelope,
        FrameSpool(2, np.float32) as pitch_and_side,
    ):
        cuts = segments_of(cues, alignment)
        windows = windows_of(cuts, alignment)
        frames, mel = _SpooledFrames.of(audio, alignment, windows, envelope, pitch_and_side)
        if envelope.frames < _LEAST_FRAMES:
            yield None
            return
        give_back_freed()
        with ThreadPoolExecutor(1) as pool:
            encoding = pool.submit(embed_windows, windows, mel)
            space, points = _place_words(frames, cuts)  # cannot keep two cores busy by itself
            embeddings = encoding.result()
        del mel
        views = (points, embeddings.of_words(cuts, points.frames))
        evidence = Evidence.of_nobody(views, cuts, cues.boundary)
        give_back_freed()
        yield Heard(frames, space, embeddings, evidence)


def _place_words(frames: _SpooledFrames, cuts: npt.NDArray[np.int64]) -> tuple[VoiceSpace, Points]:
    """Learn the directions in which the voices differ, and where the words lie in them."""
    background = learn_background(frames.envelope, frames.pitch_and_side)
    give_back_freed()
    words = len(frames.ends) - 1
    with FrameSpool(len(background.means) * ENVELOPE_SIZE, np.float32) as sums:
        statistics = SpooledStatistics(sums)
        parts = map_ahead(
            lambda begin: frames.statistics(begin, min(words, begin + _WORDS_AT_ONCE), background),
            range(0, words, _WORDS_AT_ONCE),
            usual_threads(),
        )
        for part in parts:
            statistics.append(part)
        give_back_freed()
        space = learn_space(background, statistics, cuts)
        give_back_freed()
        return space, _points_of_words(space, statistics, words)


def _points_of_words(space: VoiceSpace, statistics: SpooledStatistics, words: int) -> Points:
    sums = np.empty((words, space.dimensions), np.float32)
    frames = np.empty(words)
    for begin in range(0, words, _WORDS_AT_ONCE):
        part = space.points(statistics.between(begin, begin + _WORDS_AT_ONCE))
        sums[begin : begin + _WORDS_AT_ONCE] = part.sums
        frames[begin : begin + _WORDS_AT_ONCE] = part.frames
    return Points(sums, frames)


@dataclass(frozen=True, slots=True)
class _WordsOfFrames:
    """Which word each frame is of, by the word: an array of all frames would be large.

    Attributes:
        begins: int64, shape (n,): the first frame of each word that lasts any, ascending.
        latest: int64, shape (n,): the last word in the text of those that have begun then. Of
            overlapping words the later one goes on.
        inside: bool, shape (frames,): whether a frame is of any word.
    """

    begins: npt.NDArray[np.int64]
    latest: npt.NDArray[np.int64]
    inside: npt.NDArray[np.bool_]

    @classmethod
    def of(cls, alignment: Alignment) -> _WordsOfFrames:
        inside = np.zeros(-(-alignment.duration_ms // FRAME_MS) + 1, np.bool_)
        numbers, begins = [], []
        for number, timed in enumerate(alignment.words):
            if timed.start_ms is None or timed.end_ms is None:
                continue
            begin, end = timed.start_ms // FRAME_MS, max(0, timed.end_ms) // FRAME_MS
            if begin < end:
                inside[begin:end] = True
                numbers.append(number)
                begins.append(begin)
        order = np.argsort(begins, kind="stable")
        latest = np.maximum.accumulate(np.array(numbers, np.int64)[order])
        return cls(np.array(begins, np.int64)[order], latest, inside)

    def words(self, frames: npt.NDArray[np.int32]) -> npt.NDArray[np.int64]:
        """The words of frames that are inside of any."""
        return self.latest[np.searchsorted(self.begins, frames, side="right") - 1]


@dataclass(frozen=True, slots=True)
class _SpooledFrames:
    """The audible frames of the words, on disk; see `VoiceFrames`.

    Attributes:
        envelope: float32, 20 columns.
        pitch_and_side: float32, 2 columns: `log_f0` and `side_db`.
        ends: int64, shape (words + 1,): how many frames there are before each word, then of all.
    """

    envelope: FrameSpool
    pitch_and_side: FrameSpool
    ends: npt.NDArray[np.int64]

    @classmethod
    def of(
        cls,
        audio: Audio,
        alignment: Alignment,
        windows: Windows,
        envelope: FrameSpool,
        pitch_and_side: FrameSpool,
    ) -> tuple[_SpooledFrames, npt.NDArray[np.float32]]:
        """Listen; also returns what the encoder hears of the windows, `VoiceFrames.mel`."""
        spoken = _WordsOfFrames.of(alignment)
        counts = np.zeros(len(alignment.words), np.int64)
        mel = [np.zeros((0, MEL_SIZE), np.float32)]
        encoded = windows.frames(len(spoken.inside))
        for part in stream_voice_frames(stream_stereo(audio), spoken.inside, encoded):
            envelope.append(part.envelope)
            pitch_and_side.append(np.stack([part.log_f0, part.side_db], axis=1))
            words, frames = np.unique(spoken.words(part.frame), return_counts=True)
            counts[words] += frames
            mel.append(part.mel)
        ends = np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)])
        return cls(envelope, pitch_and_side, ends), np.concatenate(mel)

    def statistics(self, begin: int, end: int, background: Background) -> WordStatistics:
        """Statistics of the words `begin` to `end`."""
        low, high = self.ends[[begin, end]].tolist()
        pitch_and_side = self.pitch_and_side.read(low, high)
        frames = VoiceFrames(
            np.arange(low, high, dtype=np.int32),
            self.envelope.read(low, high),
            pitch_and_side[:, 0],
            pitch_and_side[:, 1],
            np.zeros((0, MEL_SIZE), np.float32),
        )
        word = np.repeat(np.arange(end - begin), np.diff(self.ends[begin : end + 1]))
        return word_statistics(frames, background, word, end - begin)

    def spread_over(self, words: npt.NDArray[np.intp]) -> npt.NDArray[np.intp]:
        """As many frames of these words as make a sample, from all over them."""
        counts = np.diff(self.ends)[words]
        before = np.cumsum(counts) - counts
        chosen = evenly_spread(int(counts.sum()))
        word = np.searchsorted(before + counts, chosen, side="right")
        result: npt.NDArray[np.intp] = self.ends[words[word]] + chosen - before[word]
        return result
