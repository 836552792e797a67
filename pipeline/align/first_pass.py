"""First pass: where every word is, roughly, and what text and audio do not share."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipeline.align.acoustic_model import AcousticModel
from pipeline.align.graph import Graph
from pipeline.align.regions import Region
from pipeline.align.search import OFF_TRANSCRIPT, Penalties, Segmentation, search
from pipeline.audio.spool import FrameSpool

__all__ = ["RoughTimes", "search_regions"]

_OFF_FRAME = 3.0
_OFF_ENTER = 60.0
_SKIP_OPEN = 40.0
_SKIP_WORD = 1.0
_BEAM = 1500.0
_WIDEST_BEAM = 4000.0


@dataclass(frozen=True, eq=False)
class RoughTimes:
    """What the first pass found.

    Attributes:
        starts: int32, shape (words,): first frame of each word, -1 if the audio lacks it.
        ends: int32, shape (words,): frame after the last of each word, -1 if absent.
    """

    starts: npt.NDArray[np.int32]
    ends: npt.NDArray[np.int32]

    @classmethod
    def unknown(cls, words: int) -> RoughTimes:
        """No word found yet."""
        return cls(np.full(words, -1, np.int32), np.full(words, -1, np.int32))


def _penalties(words: int) -> Penalties:
    # All words of a region may be missing from the audio; the beam must let that through.
    beam = min(_WIDEST_BEAM, _BEAM + _SKIP_WORD * words)
    return Penalties(_OFF_FRAME, _OFF_ENTER, _SKIP_OPEN, _SKIP_WORD, beam)


def search_regions(
    regions: Sequence[Region],
    spool: FrameSpool,
    graph: Graph,
    model: AcousticModel,
    executor: Executor,
    found: RoughTimes,
) -> Iterator[Region]:
    """Search all regions and fill `found`; yield each region when done, in order.

    Args:
        regions: in order, their cores covering text and audio.
        spool: shortfalls of the whole recording.
        graph: the whole text.
        model: for the transition probabilities.
        executor: its threads share the regions; the result does not depend on their number.
        found: `starts` and `ends`, filled with -1, to be filled in.
    """

    def search_region(region: Region) -> Segmentation:
        part = graph.between(region.first_word, region.last_word)
        shortfalls = spool.read(region.start, region.stop)
        return search(shortfalls, part, model, _penalties(part.words))

    for region, segmentation in zip(regions, executor.map(search_region, regions), strict=True):
        spoken = segmentation.words != OFF_TRANSCRIPT
        words = segmentation.words[spoken] + region.first_word
        core = (words >= region.first_core_word) & (words < region.last_core_word)
        found.starts[words[core]] = segmentation.starts[spoken][core] + region.start
        found.ends[words[core]] = segmentation.ends[spoken][core] + region.start
        yield region
