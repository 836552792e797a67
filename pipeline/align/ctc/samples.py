"""A recording's samples, kept on disk and read by the window."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from pipeline.audio.decode import stream_samples
from pipeline.audio.features import SAMPLE_RATE_HZ
from pipeline.audio.spool import FrameSpool
from pipeline.audio.tracks import Audio

__all__ = ["Samples"]


class Samples(FrameSpool):
    """Samples at 16 kHz, mono."""

    def __init__(self) -> None:
        """Open an empty recording."""
        super().__init__(1, np.float32)

    def fill(self, audio: Audio, advance: Callable[[float], None]) -> None:
        """Append the audio of a file; tells the seconds done.

        Raises:
            InputError: the file cannot be read.
        """
        for block in stream_samples(audio):
            self.append(block[:, None])
            advance(self.frames / SAMPLE_RATE_HZ)

    @property
    def duration_ms(self) -> int:
        """Length in whole milliseconds."""
        return self.frames * 1000 // SAMPLE_RATE_HZ

    def read_ms(self, start_ms: int, end_ms: int) -> npt.NDArray[np.float32]:
        """Samples from `start_ms` to `end_ms`, from -1 to 1, shape (samples,)."""
        per_ms = SAMPLE_RATE_HZ // 1000
        values = self.read(start_ms * per_ms, min(self.frames, end_ms * per_ms))[:, 0]
        scaled: npt.NDArray[np.float32] = np.multiply(values, 1 / 32768, dtype=np.float32)
        return scaled
