"""Excerpts of a recording, decoded in one go."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from pipeline.audio.decode import stream_samples
from pipeline.audio.features import SAMPLE_RATE_HZ
from pipeline.audio.tracks import Audio

__all__ = ["excerpts"]

_SAMPLES_PER_MS = SAMPLE_RATE_HZ // 1000


def excerpts(
    audio: Audio, spans_ms: Sequence[tuple[int, int]]
) -> Iterator[tuple[int, npt.NDArray[np.float32]]]:
    """Decode a file once and yield each span's number and its samples, as soon as they are there.

    Args:
        audio: any file that ffmpeg reads, or a track of one.
        spans_ms: from and to, by the clock that the aligner goes by, in any order. What lies after
            the audio is cut off; a span without audio is left out.

    Raises:
        InputError: the audio cannot be decoded.
    """
    waiting = sorted(range(len(spans_ms)), key=lambda number: spans_ms[number])
    parts: dict[int, list[npt.NDArray[np.float32]]] = {}
    done = 0
    for block in stream_samples(audio):
        stop = done + len(block)
        for number in list(waiting):
            first, last = (_SAMPLES_PER_MS * time_ms for time_ms in spans_ms[number])
            if first >= stop:
                break
            parts.setdefault(number, []).append(block[max(0, first - done) : last - done].copy())
            if last <= stop:
                waiting.remove(number)
                yield number, np.concatenate(parts.pop(number))
        done = stop
    for number in waiting:
        if number in parts:
            yield number, np.concatenate(parts[number])
