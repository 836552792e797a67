"""Places the edges of words finer than the frame; at pauses by the level of the sound.

The window of a frame is 25 ms long, and the level is a logarithm: beside silence a sound is heard
some milliseconds before it begins and after it has ended. And a word that begins with a vowel often
has a weak onset of some hundredths of a second, which the acoustic model takes for silence. It is
the word's if it joins it and is short: a breath is longer.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from pipeline.audio.features import C0_PER_DB, FRAME_MS
from pipeline.audio.recording import Recording

__all__ = ["edges_at_pauses"]

_SHORTEST_PAUSE_FRAMES = 6
_PAUSE_FRAMES = 50
_WORD_FRAMES = 15
_LEAST_STEP_DB = 20.0
_ONSET_DB = 12.0
_LONGEST_ONSET_FRAMES = 8
_HEARD_BEFORE_MS = 8
_HEARD_AFTER_MS = 10
_HEARD_LATE_MS = 5  # a change from one word to the next: between labelled and synthetic speech
_AT_ONCE = 20_000


def edges_at_pauses(
    starts: npt.NDArray[np.int32],
    ends: npt.NDArray[np.int32],
    start_shifts: npt.NDArray[np.float32],
    end_shifts: npt.NDArray[np.float32],
    recording: Recording,
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    """Times of words: where two join, and where much quieter silence adjoins, corrected.

    Args:
        starts: int32, shape (words,): first frame of each word, -1 if absent; ascending.
        ends: int32, shape (words,): frame after the last.
        start_shifts: float32, shape (words,): how many frames later each is expected to start.
        end_shifts: float32, shape (words,): how many frames later each is expected to end.
        recording: where they were found.

    Returns:
        int32, shape (words,), twice: starts and ends in ms, -1 if absent.
    """
    level_db = _levels_db(recording)
    present = np.flatnonzero(starts >= 0)
    starts_ms = np.where(starts >= 0, _in_ms(starts, start_shifts), -1).astype(np.int32)
    ends_ms = np.where(starts >= 0, _in_ms(ends, end_shifts), -1).astype(np.int32)
    before = np.concatenate([[0], ends[present]])[: len(present)]
    after = np.append(starts[present], len(level_db))[1:]
    for word, pause_start, pause_end in zip(
        present.tolist(), before.tolist(), after.tolist(), strict=True
    ):
        start, end = int(starts[word]), int(ends[word])
        if start - pause_start >= _SHORTEST_PAUSE_FRAMES:
            floor = _floor(level_db[max(pause_start, start - _PAUSE_FRAMES) : start])
            if level_db[start : min(end, start + _WORD_FRAMES)].max() - floor >= _LEAST_STEP_DB:
                weak = level_db[pause_start:start][::-1] > floor + _ONSET_DB
                onset = int(np.argmin(np.append(weak, False)))
                extended = start - onset if onset <= _LONGEST_ONSET_FRAMES else start
                starts_ms[word] = extended * FRAME_MS + _HEARD_BEFORE_MS
        if pause_end - end >= _SHORTEST_PAUSE_FRAMES:
            floor = _floor(level_db[end : min(pause_end, end + _PAUSE_FRAMES)])
            if level_db[max(start, end - _WORD_FRAMES) : end].max() - floor >= _LEAST_STEP_DB:
                ends_ms[word] = end * FRAME_MS - _HEARD_AFTER_MS
    joined = np.flatnonzero(ends[present[:-1]] == starts[present[1:]])
    ends_ms[present[joined]] -= _HEARD_LATE_MS
    starts_ms[present[joined + 1]] -= _HEARD_LATE_MS
    return starts_ms, ends_ms


def _in_ms(
    frames: npt.NDArray[np.int32], shifts: npt.NDArray[np.float32]
) -> npt.NDArray[np.float64]:
    return np.rint(FRAME_MS * (frames + shifts.astype(np.float64)))


def _levels_db(recording: Recording) -> npt.NDArray[np.float32]:
    """Level of each frame, in decibels above nothing in particular."""
    parts = [
        recording.read(at, at + _AT_ONCE)[:, 0] / np.float32(C0_PER_DB)
        for at in range(0, recording.frames, _AT_ONCE)
    ]
    return np.concatenate([np.zeros(0, np.float32), *parts])


def _floor(pause: npt.NDArray[np.float32]) -> float:
    """Level of the quiet part of a pause."""
    rank = len(pause) // 5
    return float(np.partition(pause, rank)[rank])
