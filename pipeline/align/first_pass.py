"""First pass: where every word is, roughly, and what text and audio do not share."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from pipeline.align.acoustic_model import AcousticModel
from pipeline.align.graph import Graph
from pipeline.align.regions import Region
from pipeline.align.search import OFF_TRANSCRIPT, Penalties, Segmentation, search
from pipeline.audio.spool import FrameSpool

__all__ = ["RoughTimes", "search_regions"]

_OFF_FRAME = 2.83
_OFF_FRAME_PER_EXCESS = 0.7
_OFF_ENTER = 60.0
_LONG_OFF_FRAME = 2.63
_LONG_OFF_ENTER = 160.0
_SKIP_OPEN = 40.0
_SKIP_WORD = 3.0
_NARROW_BEAM = 100.0
_LONGEST_FILLER = 100
_BEAM = 600.0
_WIDE_BEAM = 1500.0
_WIDE_BEAM_WORDS = 600
_WIDE_BEAM_CELLS = 40_000_000  # words times frames: ten minutes of text beside four of speech


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


def _search(
    shortfalls: npt.NDArray[np.uint8], part: Graph, model: AcousticModel, usual_excess: float
) -> Segmentation:
    """Search narrowly; where text and audio differ, widely.

    A narrow path that has every word and at most a filler between them was also the widest
    beam's in every region compared (docs/accuracy.md), at a tenth of its cost.
    """
    wide = _penalties(part.words, len(shortfalls), usual_excess)
    path = search(shortfalls, part, model, replace(wide, beam=_NARROW_BEAM))
    spoken = path.words != OFF_TRANSCRIPT
    has_every_word = path.complete and np.count_nonzero(spoken) == part.words
    off_frames = (path.ends - path.starts)[~spoken]
    if has_every_word and off_frames.max(initial=0) <= _LONGEST_FILLER:
        return path
    return search(shortfalls, part, model, wide)


def _penalties(words: int, frames: int, usual_excess: float) -> Penalties:
    # Much speech without text beside few words takes a wide beam, which costs little there; all
    # words of a region may be missing from the audio, and the beam must let that through.
    wide = _WIDE_BEAM + _SKIP_WORD * words
    beam = wide if words <= _WIDE_BEAM_WORDS or words * frames <= _WIDE_BEAM_CELLS else _BEAM
    of_recording = _OFF_FRAME_PER_EXCESS * usual_excess
    return Penalties(
        off_frame=_OFF_FRAME + of_recording,
        off_enter=_OFF_ENTER,
        long_off_frame=_LONG_OFF_FRAME + of_recording,
        long_off_enter=_LONG_OFF_ENTER,
        skip_open=_SKIP_OPEN,
        skip_word=_SKIP_WORD,
        beam=beam,
    )


def search_regions(
    regions: Sequence[Region],
    spool: FrameSpool,
    graph: Graph,
    model: AcousticModel,
    usual_excess: float,
    executor: Executor,
    found: RoughTimes,
) -> Iterator[Region]:
    """Search all regions and fill `found`; yield each region when done, in order.

    Args:
        regions: in order, their cores covering text and audio.
        spool: shortfalls of the whole recording.
        graph: the whole text.
        model: for the transition probabilities.
        usual_excess: how badly right words fit in this recording; see `PlacedWords.excess`.
        executor: its threads share the regions; the result does not depend on their number.
        found: `starts` and `ends`, filled with -1, to be filled in.
    """

    def search_region(region: Region) -> Segmentation:
        part = graph.between(region.first_word, region.last_word)
        shortfalls = spool.read(region.start, region.stop)
        return _search(shortfalls, part, model, usual_excess)

    for region, segmentation in zip(regions, executor.map(search_region, regions), strict=True):
        spoken = segmentation.words != OFF_TRANSCRIPT
        words = segmentation.words[spoken] + region.first_word
        core = (words >= region.first_core_word) & (words < region.last_core_word)
        found.starts[words[core]] = segmentation.starts[spoken][core] + region.start
        found.ends[words[core]] = segmentation.ends[spoken][core] + region.start
        yield region
    _drop_disorder(found)


def _drop_disorder(found: RoughTimes) -> None:
    """Make times ascend: where regions contradict each other, the fewest words are given up."""
    present = np.flatnonzero(found.starts >= 0)
    starts = found.starts[present].tolist()
    tails: list[int] = []  # smallest last start of an ascending run of each length
    tail_at: list[int] = []
    before = [-1] * len(starts)
    for at, start in enumerate(starts):
        length = bisect_right(tails, start)
        before[at] = tail_at[length - 1] if length else -1
        if length == len(tails):
            tails.append(start)
            tail_at.append(at)
        else:
            tails[length] = start
            tail_at[length] = at
    kept = np.zeros(len(starts), dtype=np.bool_)
    at = tail_at[-1] if tail_at else -1
    while at >= 0:
        kept[at] = True
        at = before[at]
    found.starts[present[~kept]] = -1
    found.ends[present[~kept]] = -1
    kept_words = present[kept]
    found.ends[kept_words[:-1]] = np.minimum(
        found.ends[kept_words[:-1]],
        np.maximum(found.starts[kept_words[1:]], found.starts[kept_words[:-1]] + 1),
    )
