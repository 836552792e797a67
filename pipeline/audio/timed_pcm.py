"""Samples with the times that ffmpeg gives them, read from a pipe; and put on one clock.

ffmpeg sets its filters up anew wherever rate or channels change inside a file, and whatever these
had learnt of the file's clock is lost. So it only decodes, and says when each piece is played: in
Matroska (RFC 9559), which holds raw samples in blocks, each with its time in milliseconds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import numpy as np
import numpy.typing as npt

from pipeline.audio.features import SAMPLE_RATE_HZ

__all__ = ["Part", "on_one_clock", "timed_parts"]

Part = tuple[int, npt.NDArray[np.float32]]
"""When it is played, in ms from the start of the file, and samples, shape (samples, channels)."""

_SEGMENT, _CLUSTER, _GROUP = 0x18538067, 0x1F43B675, 0xA0
_TIMESTAMP, _SIMPLE_BLOCK, _BLOCK = 0xE7, 0xA3, 0xA1
_ENTERED = (_SEGMENT, _CLUSTER, _GROUP)
_BLOCK_HEAD = 4
"""Bytes before the samples: the track in one byte, the time in two, flags."""

_PIPE_BYTES = 1 << 20
_SAMPLES_PER_MS = SAMPLE_RATE_HZ // 1000
_HOLE_SAMPLES = SAMPLE_RATE_HZ // 10
"""Clocks of recorders jitter; ffmpeg, too, leaves less alone."""

_OVERLAP_SAMPLES = SAMPLE_RATE_HZ
"""A clock that is slower than the samples is made up for a little at a time; if it goes back by
more, another recording begins behind the first one."""


def timed_parts(read: Callable[[int], bytes], channels: int) -> Iterator[Part]:
    """Read what ffmpeg writes as Matroska with one track of 32-bit floats.

    Args:
        read: gives so many bytes; fewer at the end only.
        channels: how many there are.
    """
    data, at, cluster_ms = read(_PIPE_BYTES), 0, 0
    while True:
        # A head has 4 + 8 bytes at most; nothing that is read has more than a block of samples.
        if len(data) - at < 12:
            data, at = data[at:] + read(_PIPE_BYTES), 0
            if not data:
                return
        name_bytes = 9 - data[at].bit_length()
        name = int.from_bytes(data[at : at + name_bytes])
        at += name_bytes
        if at >= len(data):
            return
        size_bytes = 9 - data[at].bit_length()
        size = int.from_bytes(data[at : at + size_bytes]) & ((1 << 7 * size_bytes) - 1)
        at += size_bytes
        if name in _ENTERED:
            continue
        while len(data) - at < size:
            more = read(max(_PIPE_BYTES, size - (len(data) - at)))
            if not more:
                return
            data, at = data[at:] + more, 0
        if name == _TIMESTAMP:
            cluster_ms = int.from_bytes(data[at : at + size])
        elif name in (_SIMPLE_BLOCK, _BLOCK):
            late_ms = int.from_bytes(data[at + 1 : at + 3], signed=True)
            values = (size - _BLOCK_HEAD) // 4
            samples = np.frombuffer(data, "<f4", values, at + _BLOCK_HEAD)
            yield cluster_ms + late_ms, samples.reshape(-1, channels)
        at += size


def on_one_clock(
    parts: Iterable[Part], channels: int, block: int
) -> Iterator[npt.NDArray[np.float32]]:
    """Put the parts where they are played, and silence between them.

    The first part stands where its time says; later ones follow each other unless there is a hole.
    What is to be played before the part ahead has ended is cut off by so much; but where the times
    begin again, as in files that were joined, the parts go on behind those before.

    Args:
        parts: in the order of the file.
        channels: how many there are.
        block: samples of each array that is yielded; the last one may be shorter.

    Yields:
        float32, shape (samples, channels).
    """
    kept: list[npt.NDArray[np.float32]] = []
    held = 0
    for samples in _without_holes(parts, channels, block):
        kept.append(samples)
        held += len(samples)
        if held >= block:
            joined = np.concatenate(kept)
            for at in range(0, held - block + 1, block):
                yield joined[at : at + block]
            kept = [joined[held // block * block :]]
            held = len(kept[0])
    if held:
        yield np.concatenate(kept)


def _without_holes(
    parts: Iterable[Part], channels: int, most: int
) -> Iterator[npt.NDArray[np.float32]]:
    done = 0  # samples
    begun = 0  # where the clock's zero lies, in samples
    overlap = 0  # samples that are yet to be cut off
    before_ms = -1
    for time_ms, samples in parts:
        # ffmpeg lets no time go back: until the times pass it, it repeats the last one.
        if time_ms > before_ms and not overlap:
            hole = begun + time_ms * _SAMPLES_PER_MS - done
            if hole > _HOLE_SAMPLES or (hole > 0 and not done):
                for at in range(0, hole, most):
                    yield np.zeros((min(most, hole - at), channels), np.float32)
                done += hole
            elif hole < -_OVERLAP_SAMPLES:
                begun -= hole
            elif hole < -_HOLE_SAMPLES:
                overlap = -hole
        before_ms = max(before_ms, time_ms)
        heard = samples[overlap:]
        overlap -= len(samples) - len(heard)
        done += len(heard)
        yield heard
