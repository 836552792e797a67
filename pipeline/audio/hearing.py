"""Fills a recording with the features of samples, faint ones amplified."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator

import numpy as np
import numpy.typing as npt

from pipeline.audio.features import C0_PER_DB, cepstra_blocks
from pipeline.audio.recording import Recording

__all__ = ["hear"]

_FAINT_C0 = 50.0
"""c0 of loud speech at - 40 dB: in fainter one the noise beneath everything covers weak sounds."""

_USUAL_C0 = 75.0
_MOST_TIMES = 3
"""What lies wholly beneath that noise, as 32-bit files may, shows its level when it is louder."""


def hear(
    recording: Recording, open_samples: Callable[[], Iterable[npt.NDArray[np.float32]]]
) -> Iterator[int]:
    """Fill a recording; yield the count of its frames after each block.

    If speech turns out to be faint, all is heard once more, amplified: samples have fractions, so
    that it is as good as loud speech.

    Args:
        recording: an empty one.
        open_samples: gives the samples, each time from the start; see `cepstra_blocks`.
    """
    gain_db = 0.0
    for _ in range(_MOST_TIMES):
        before_c0 = recording.loud_c0
        recording.clear()
        factor = np.float32(math.exp(gain_db * math.log(10) / 20))
        samples = open_samples() if not gain_db else (part * factor for part in open_samples())
        yield from recording.fill(cepstra_blocks(samples))
        if recording.loud_c0 >= _FAINT_C0 or (gain_db and recording.loud_c0 <= before_c0):
            break
        gain_db += (_USUAL_C0 - recording.loud_c0) / C0_PER_DB
    if gain_db and not recording.is_lively:
        # Faint noise and nothing else: louder it would only be taken for more than it is.
        recording.clear()
        yield from recording.fill(cepstra_blocks(open_samples()))
