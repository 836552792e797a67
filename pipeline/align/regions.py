"""Cuts an episode at its anchors into regions that are searched on their own."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipeline.align.anchors import Anchors

__all__ = ["Region", "plan_regions"]

_CORE_FRAMES = 2500
_MARGIN_FRAMES = 400
_TRUSTED_SUPPORT = 6
_NEIGHBOUR_FRAMES = 300
_DRIFT_FRAMES = 60
_FRAMES_PER_PHONE = 8
_LEAD_FRAMES = 30  # an anchor may stand inside its word


@dataclass(frozen=True, slots=True)
class Region:
    """Words to be searched for in a stretch of audio.

    The search runs over `first_word` to `last_word` (not included) and the frames `start` to
    `stop`; its results count for the core, `first_core_word` to `last_core_word` (not included)
    and what is off the transcript from `core_start` to `core_stop`.
    """

    first_word: int
    last_word: int
    start: int
    stop: int
    first_core_word: int
    last_core_word: int
    core_start: int
    core_stop: int


def _trusted(anchors: Anchors) -> npt.NDArray[np.bool_]:
    """Anchors that many others support and that both neighbours in the chain confirm."""
    trusted = anchors.support >= _TRUSTED_SUPPORT
    if len(anchors.text) < 3:
        return np.zeros_like(trusted)
    frames = np.diff(anchors.frame)
    expected = np.diff(anchors.text) * _FRAMES_PER_PHONE
    close = (frames < _NEIGHBOUR_FRAMES) & (np.abs(frames - expected) < _DRIFT_FRAMES)
    trusted[0] = trusted[-1] = False
    trusted[1:-1] &= close[:-1] & close[1:]
    return trusted


def plan_regions(
    anchors: Anchors,
    word_of_phone: npt.NDArray[np.int32],
    words: int,
    frames: int,
) -> Sequence[Region]:
    """Cut at trusted anchors about every 25 s, with 4 s of overlap on either side.

    Args:
        anchors: the chain found.
        word_of_phone: int32: the word that each phone of the text belongs to.
        words: number of words of the text.
        frames: number of frames of the recording.
    """
    trusted = np.flatnonzero(_trusted(anchors))
    at_word = word_of_phone[anchors.text[trusted]] if len(trusted) else np.zeros(0, np.int32)
    at_frame = anchors.frame[trusted]
    cuts: list[tuple[int, int]] = [(0, 0)]
    for word, frame in zip(at_word.tolist(), at_frame.tolist(), strict=True):
        if frame - cuts[-1][1] >= _CORE_FRAMES and word > cuts[-1][0]:
            cuts.append((word, frame))
    cuts.append((words, frames))
    regions = []
    for (word, frame), (next_word, next_frame) in itertools.pairwise(cuts):
        before = np.flatnonzero((at_frame <= frame - _MARGIN_FRAMES) & (at_word <= word))
        after = np.flatnonzero((at_frame >= next_frame + _MARGIN_FRAMES) & (at_word >= next_word))
        start_word, start = (at_word[before[-1]], at_frame[before[-1]]) if len(before) else (0, 0)
        stop_word, stop = (at_word[after[0]], at_frame[after[0]]) if len(after) else (words, frames)
        regions.append(
            Region(
                first_word=int(start_word),
                last_word=int(stop_word),
                start=max(0, int(start) - _LEAD_FRAMES),
                stop=int(stop),
                first_core_word=word,
                last_core_word=next_word,
                core_start=frame,
                core_stop=next_frame,
            )
        )
    return regions
