"""What fills the audio where no word is, without the default aligner's ear."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from pipeline.align.ctc.samples import Samples
from pipeline.align.records import TimedWord
from pipeline.audio.features import SAMPLE_RATE_HZ
from pipeline.episode import Gap, GapKind

__all__ = ["name_holes", "trim_gaps", "word_spans"]

_SHORTEST_MS = 2000
_SPEECH_SHARE = 0.5
_CELL_MS = 50
_QUIET_DB = -45.0
_SOUND_SHARE = 0.15


def trim_gaps(gaps: Sequence[Gap], words: Sequence[TimedWord]) -> tuple[Gap, ...]:
    """Gaps without what a word covers; those of no more than 2 s are dropped."""
    spans = word_spans(words)
    trimmed: list[Gap] = []
    for gap in gaps:
        begin_ms = gap.start_ms
        for start_ms, end_ms in spans:
            if end_ms <= begin_ms:
                continue
            if start_ms >= gap.end_ms:
                break
            trimmed.append(Gap(begin_ms, max(begin_ms, start_ms), gap.kind))
            begin_ms = end_ms
        trimmed.append(Gap(begin_ms, gap.end_ms, gap.kind))
    return tuple(gap for gap in trimmed if gap.end_ms - gap.start_ms > _SHORTEST_MS)


def word_spans(words: Sequence[TimedWord]) -> list[tuple[int, int]]:
    """Start and end in ms of the words that have times, by start."""
    return sorted(
        (word.start_ms, word.end_ms)
        for word in words
        if word.start_ms is not None and word.end_ms is not None
    )


def name_holes(
    words: Sequence[TimedWord], speech: Sequence[tuple[int, int]], samples: Samples
) -> tuple[Gap, ...]:
    """Find and name the stretches of more than 2 s without a word.

    Args:
        words: all words with their times.
        speech: start and end of each stretch of speech in ms, in order.
        samples: the audio, for its loudness.
    """
    loudest_db = _loudest_db(samples)
    gaps = []
    for start_ms, end_ms in _holes(word_spans(words), samples.duration_ms):
        spoken_ms = sum(
            max(0, min(end_ms, until_ms) - max(start_ms, from_ms)) for from_ms, until_ms in speech
        )
        kind: GapKind = "silence"
        if spoken_ms > _SPEECH_SHARE * (end_ms - start_ms):
            kind = "untranscribed"
        elif _is_sounding(samples, start_ms, end_ms, loudest_db):
            kind = "music"
        gaps.append(Gap(start_ms, end_ms, kind))
    return tuple(gaps)


def _holes(spans: Sequence[tuple[int, int]], duration_ms: int) -> Iterator[tuple[int, int]]:
    latest_ms = 0
    for start_ms, end_ms in (*spans, (duration_ms, duration_ms)):
        if start_ms - latest_ms > _SHORTEST_MS:
            yield latest_ms, start_ms
        latest_ms = max(latest_ms, end_ms)


def _is_sounding(samples: Samples, start_ms: int, end_ms: int, loudest_db: float) -> bool:
    return float((_cells_db(samples, start_ms, end_ms) > loudest_db + _QUIET_DB).mean()) > (
        _SOUND_SHARE
    )


def _loudest_db(samples: Samples) -> float:
    """Loudness in dB of loud moments: one in ten stretches of 10 s holds a louder one."""
    loudest = [
        float(_cells_db(samples, at, at + 10_000).max(initial=-100.0))
        for at in range(0, samples.duration_ms, 10_000)
    ]
    return float(np.percentile(loudest or [-100.0], 90))


def _cells_db(samples: Samples, start_ms: int, end_ms: int) -> npt.NDArray[np.float64]:
    """Power in dB of full scale of each 50 ms."""
    values = samples.read_ms(start_ms, end_ms)
    size = _CELL_MS * SAMPLE_RATE_HZ // 1000
    cells = values[: len(values) // size * size].reshape(-1, size).astype(np.float64)
    power: npt.NDArray[np.float64] = 10 * np.log10(np.maximum((cells**2).mean(axis=1), 1e-10))
    return power
