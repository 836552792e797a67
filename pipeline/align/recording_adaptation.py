"""Adapts the mixtures to a recording by the words found in it."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import replace

import numpy as np
from threadpoolctl import threadpool_limits

from pipeline.align.adaptation import Statistics
from pipeline.align.first_pass import RoughTimes
from pipeline.align.noise_compensation import Compensation
from pipeline.align.pauses import pause_features, with_silence_of
from pipeline.align.phone_decoder import DecodedPhones
from pipeline.align.placing import PlacedWords, place_words
from pipeline.align.pooling import pooled
from pipeline.align.scores import Mixtures
from pipeline.align.second_pass import LocalPenalties
from pipeline.align.stretches import plan_stretches
from pipeline.audio.recording import Recording
from pipeline.lexicon.records import SpokenForm
from pipeline.progress import Progress

__all__ = ["adapt_to"]

_FIRM = LocalPenalties(off_enter=60.0, off_frame=3.0, skip_word=60.0, replace_word=np.inf)
_SAMPLE_OF_FRAMES = 12_000
_CLEAR_FRAMES = 180_000
_NOISY_PASSES = 2


def adapt_to(
    recording: Recording,
    forms: Sequence[tuple[SpokenForm, ...]],
    rough: RoughTimes,
    heard: DecodedPhones,
    noise: Compensation,
    mixtures: Mixtures,
    executor: Executor,
    progress: Progress,
) -> tuple[Mixtures, float]:
    """Adapt to a recording.

    Half an hour of clear speech, from all over the recording, is enough. In noise all of it is
    learnt from, and once more where that has placed the words better.

    Args:
        recording: the features.
        forms: the spoken forms of every word of the text.
        rough: where the first pass found them.
        heard: the phones recognised in the recording.
        noise: the model in the recording's noise.
        mixtures: the mixtures that the words are placed by first.
        executor: its threads share the work; the result does not depend on their number.
        progress: told of the stage.

    Returns:
        The adapted mixtures, and how badly words usually fit; see `PlacedWords.excess`.
    """
    frames = recording.frames
    passes = _NOISY_PASSES if noise.is_noisy else 1
    if not noise.is_noisy:
        rough = _sample(rough, frames)
    progress.start("Adapting", passes * frames)
    for number in range(passes):
        statistics = Statistics.empty(noise.model)
        placed = PlacedWords.of(rough)
        place_words(
            recording,
            forms,
            plan_stretches(rough.starts, rough.ends, frames),
            placed,
            noise.model,
            mixtures,
            heard,
            _FIRM,
            executor,
            lambda frame, before=number * frames: progress.advance(before + frame),  # type: ignore[misc]
            statistics,
        )
        # Sums of so many threads as there happen to be processors could differ in the last bit.
        with threadpool_limits(limits=1, user_api="blas"):
            mixtures = statistics.adapt(noise.model)
            if noise.is_noisy:
                mixtures = pooled(mixtures, noise.model, noise.pooled_share)
                pauses = pause_features(recording, placed)
                mixtures = with_silence_of(mixtures, noise.model, pauses)
            else:
                log_weights = statistics.adapted_log_weights(noise.model)
                mixtures = replace(mixtures, log_weights=log_weights)
    progress.finish()
    return mixtures, _usual_excess(placed)


def _sample(rough: RoughTimes, frames: int) -> RoughTimes:
    share = _CLEAR_FRAMES / max(frames, _CLEAR_FRAMES)
    left_out = rough.starts % _SAMPLE_OF_FRAMES >= share * _SAMPLE_OF_FRAMES
    return RoughTimes(np.where(left_out, -1, rough.starts), np.where(left_out, -1, rough.ends))


def _usual_excess(placed: PlacedWords) -> float:
    return float(np.nanmedian(placed.excess)) if np.isfinite(placed.excess).any() else 1.0
