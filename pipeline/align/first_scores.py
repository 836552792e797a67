"""Scores of the first pass: how far each phone falls short of the best one, frame by frame.

The whole recording is scored under the senones without context, and its phones are recognised, in
stretches that several threads share. The scores are kept on disk, one byte each.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipeline.ahead import map_on
from pipeline.align.acoustic_model import AcousticModel
from pipeline.align.phone_decoder import DecodedPhones, PhoneBigram, decode_phones
from pipeline.align.scores import Mixtures, group_senones, score_frames
from pipeline.audio.recording import Recording
from pipeline.audio.spool import FrameSpool

__all__ = ["OFF_COLUMN", "SHORTFALL_STEP", "FirstScores", "score_recording"]

COLUMNS = 128
OFF_COLUMN = 126
"""Column of the off-transcript score: the shortfall of the phone recognised there."""

SHORTFALL_STEP = np.float32(0.09375)
"""Nats of one step of a shortfall; 255 steps (24 nats) are the most that one frame can cost."""

_STRETCH_FRAMES = 2000
_MARGIN_FRAMES = 100


@dataclass(frozen=True, eq=False)
class FirstScores:
    """Shortfalls of frames `start` to `start + len`, and the phones recognised in them.

    Attributes:
        shortfalls: uint8, shape (frames, 128): three columns for each phone in the model's
            order, then the off-transcript column.
        heard: the phones recognised, frames counted from the start of the recording.
    """

    shortfalls: npt.NDArray[np.uint8]
    heard: DecodedPhones


def score_recording(
    recording: Recording,
    model: AcousticModel,
    bigram: PhoneBigram,
    mixtures: Mixtures,
    step: int,
    spool: FrameSpool,
    executor: Executor,
) -> Iterator[DecodedPhones]:
    """Score a recording into `spool`; yield the phones recognised, stretch by stretch.

    Only every `step`-th frame is scored, and the others get the scores between. The result does
    not depend on the executor's threads.
    """
    groups = group_senones(model.ci_senones.ravel(), model.senone_phone)

    def score_stretch(start: int) -> FirstScores:
        stop = min(recording.frames, start + _STRETCH_FRAMES)
        low = max(0, start - _MARGIN_FRAMES)
        high = min(recording.frames, stop + _MARGIN_FRAMES)
        scored = score_frames(recording.features(low, high)[::step], mixtures, groups)
        scores = _interpolated(scored, step, high - low)
        heard = decode_phones(scores, model, bigram)
        best = scores.max(axis=0)
        off = np.full(high - low, -np.inf, dtype=np.float32)
        phone = np.repeat(heard.phones, heard.ends - heard.starts)
        for state in range(3):
            np.maximum(off, scores[3 * phone + state, np.arange(high - low)], out=off)
        shortfalls = np.zeros((high - low, COLUMNS), dtype=np.uint8)
        shortfalls[:, : len(scores)] = _quantised(best - scores).T
        shortfalls[:, OFF_COLUMN] = _quantised(best - off)
        inside = slice(start - low, stop - low)
        return FirstScores(shortfalls[inside], heard.shifted(low).between(start, stop))

    for result in map_on(executor, score_stretch, range(0, recording.frames, _STRETCH_FRAMES)):
        spool.append(result.shortfalls)
        yield result.heard


def _interpolated(
    scored: npt.NDArray[np.float32], step: int, frames: int
) -> npt.NDArray[np.float32]:
    """Scores of all frames by those of every `step`-th, shape (senones, scored frames)."""
    if step == 1:
        return scored
    low = np.arange(frames) // step
    high = np.minimum(low + 1, scored.shape[1] - 1)
    part = (np.arange(frames) % step / step).astype(np.float32)
    scores: npt.NDArray[np.float32] = scored[:, low] * (1 - part) + scored[:, high] * part
    return scores


def _quantised(shortfall: npt.NDArray[np.float32]) -> npt.NDArray[np.uint8]:
    steps: npt.NDArray[np.uint8] = np.minimum(255, np.rint(shortfall / SHORTFALL_STEP)).astype(
        np.uint8
    )
    return steps
