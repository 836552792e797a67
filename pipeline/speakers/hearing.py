"""What the audio says about the words of an episode: the evidence that tells voices apart.

Frames and what is summed up of them are kept on disk, so that memory does not grow with the
recording.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from pipeline.align.records import Alignment
from pipeline.audio.decode import stream_stereo
from pipeline.audio.features import FRAME_MS
from pipeline.audio.spool import FrameSpool
from pipeline.memory import give_back_freed
from pipeline.speakers.boundaries import TextCues, segments_of
from pipeline.speakers.embeddings import Embeddings, Windows, embed_windows, windows_of
from pipeline.speakers.voice_encoder import EMBEDDING_SIZE, MEL_SIZE
from pipeline.speakers.voice_features import ENVELOPE_SIZE, VoiceFrames, stream_voice_frames
from pipeline.speakers.voice_model import Evidence
from pipeline.speakers.voice_sample import VoiceSample, evenly_spread
from pipeline.speakers.voice_space import Points, VoiceSpace, learn_space
from pipeline.speakers.voice_statistics import (
    SpooledStatistics,
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
        chosen = evenly_spread(np.flatnonzero(words[self.frames.word]))
        if not len(chosen):
            return None
        envelope = self.frames.envelope.pick(chosen)
        log_f0 = self.frames.log_f0[chosen]
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
def listen(cues: TextCues, alignment: Alignment, audio: Path) -> Iterator[Heard | None]:
    """Listen where the words are; None if hardly anything is heard there."""
    words = len(alignment.words)
    with FrameSpool(ENVELOPE_SIZE, np.float32) as envelope:
        cuts = segments_of(cues, alignment)
        windows = windows_of(cuts, alignment)
        frames, mel = _SpooledFrames.of(audio, _owners(alignment), windows, envelope)
        if envelope.frames < _LEAST_FRAMES:
            yield None
            return
        embeddings = embed_windows(windows, mel)
        del mel
        give_back_freed()
        background = learn_background(envelope, frames.log_f0)
        columns = len(background.means) * ENVELOPE_SIZE
        with FrameSpool(columns, np.float32) as sums:
            statistics = SpooledStatistics(sums)
            for begin in range(0, words, _WORDS_AT_ONCE):
                end = min(words, begin + _WORDS_AT_ONCE)
                part, owner = frames.of_words(begin, end)
                statistics.append(word_statistics(part, background, owner, end - begin))
            space = learn_space(background, statistics, cuts)
            points = _points_of_words(space, statistics, words)
        give_back_freed()
        views = (points, embeddings.of_words(cuts, points.frames))
        evidence = Evidence(views, cuts, cues.boundary, np.full(words, -1, np.int64))
        yield Heard(frames, space, embeddings, evidence)


def _points_of_words(space: VoiceSpace, statistics: SpooledStatistics, words: int) -> Points:
    parts = [
        space.points(statistics.between(begin, begin + _WORDS_AT_ONCE))
        for begin in range(0, words, _WORDS_AT_ONCE)
    ]
    return Points(
        np.concatenate([part.sums for part in parts]),
        np.concatenate([part.frames for part in parts]),
    )


def _owners(alignment: Alignment) -> npt.NDArray[np.int32]:
    """The word of each frame, -1 where there is none; never falling otherwise."""
    owner = np.full(-(-alignment.duration_ms // FRAME_MS) + 1, -1, np.int32)
    for number, timed in enumerate(alignment.words):
        if timed.start_ms is not None and timed.end_ms is not None:
            owner[timed.start_ms // FRAME_MS : max(0, timed.end_ms) // FRAME_MS] = number
    # Of overlapping words an earlier one may go on behind a later one.
    return np.where(owner >= 0, np.maximum.accumulate(owner), np.int32(-1))


@dataclass(frozen=True, slots=True)
class _SpooledFrames:
    """The audible frames of the words, the bulky part of them on disk; see `VoiceFrames`."""

    envelope: FrameSpool
    word: npt.NDArray[np.int32]
    log_f0: npt.NDArray[np.float32]
    side_db: npt.NDArray[np.float32]

    @classmethod
    def of(
        cls, audio: Path, owner: npt.NDArray[np.int32], windows: Windows, envelope: FrameSpool
    ) -> tuple[_SpooledFrames, npt.NDArray[np.float32]]:
        """Listen; also returns what the encoder hears of the windows, `VoiceFrames.mel`."""
        word, log_f0, side_db, mel = [], [], [], []
        encoded = windows.frames(len(owner))
        for part in stream_voice_frames(stream_stereo(audio), owner >= 0, encoded):
            envelope.append(part.envelope)
            word.append(owner[part.frame])
            log_f0.append(part.log_f0)
            side_db.append(part.side_db)
            mel.append(part.mel)
        nothing = np.zeros(0, np.float32)
        frames = cls(
            envelope,
            np.concatenate([np.zeros(0, np.int32), *word]),
            np.concatenate([nothing, *log_f0]),
            np.concatenate([nothing, *side_db]),
        )
        return frames, np.concatenate([np.zeros((0, MEL_SIZE), np.float32), *mel])

    def of_words(self, begin: int, end: int) -> tuple[VoiceFrames, npt.NDArray[np.int64]]:
        """The frames of some words, and the word of each, counted from `begin`."""
        low, high = np.searchsorted(self.word, [begin, end]).tolist()
        frames = VoiceFrames(
            np.arange(low, high, dtype=np.int32),
            self.envelope.read(low, high),
            self.log_f0[low:high],
            self.side_db[low:high],
            np.zeros((0, MEL_SIZE), np.float32),
        )
        return frames, self.word[low:high].astype(np.int64) - begin
