from __future__ import annotations

import itertools
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from pipeline.align.acoustic_model import AcousticModel
from pipeline.align.first_pass import RoughTimes, search_regions
from pipeline.align.first_scores import COLUMNS
from pipeline.align.graph import build_graph
from pipeline.align.regions import Region
from pipeline.audio.spool import FrameSpool
from tests.align.test_search import WORDS, Sound


@pytest.mark.parametrize("threads", [1, 3])
def test_regions_are_searched_and_joined(model: AcousticModel, threads: int) -> None:
    """Four regions with margins give each word once, where it is; foreign speech is passed."""
    order = np.random.default_rng(0).integers(0, len(WORDS), 80)
    text = [WORDS[n] for n in order]
    sound, spans = Sound(), []
    for number, forms in enumerate(text):
        if number == 50:
            sound.foreign(900)
        spans.append(sound.word(forms))
    starts, ends = np.array(spans).T
    frames = len(sound.rows)
    edges = [0, 20, 40, 60, 80]
    at = [0, *(int(starts[w]) for w in edges[1:-1]), frames]
    regions = [
        Region(
            max(0, low - 5), min(80, high + 5),
            int(starts[max(0, low - 5)]), int(ends[min(79, high + 4)]) if high < 80 else frames,
            low, high, at[number], at[number + 1],
        )
        for number, (low, high) in enumerate(itertools.pairwise(edges))
    ]  # fmt: skip
    found = RoughTimes.unknown(80)
    with FrameSpool(COLUMNS, np.uint8) as spool, ThreadPoolExecutor(threads) as executor:
        spool.append(np.stack(sound.rows))
        graph = build_graph(text, model)
        done = list(search_regions(regions, spool, graph, model, 0.4, executor, found))
    assert done == regions
    np.testing.assert_array_equal(found.starts, starts)
    np.testing.assert_array_equal(found.ends, ends)


def test_contradicting_regions_leave_times_in_order(model: AcousticModel) -> None:
    text = [WORDS[n % len(WORDS)] for n in range(16)]
    sound = Sound()
    for _ in range(2):
        for forms in WORDS:
            sound.word(forms)
    frames = len(sound.rows)
    # The first region is told to look in the second half and the other way round.
    half = frames // 2
    regions = [
        Region(0, 8, half, frames, 0, 8, half, frames),
        Region(8, 16, 0, half, 8, 16, 0, half),
    ]
    found = RoughTimes.unknown(16)
    with FrameSpool(COLUMNS, np.uint8) as spool, ThreadPoolExecutor(2) as executor:
        spool.append(np.stack(sound.rows))
        list(search_regions(regions, spool, build_graph(text, model), model, 0.4, executor, found))
    present = found.starts >= 0
    assert present.sum() == 8
    assert (np.diff(found.starts[present]) > 0).all()
    assert (found.ends[present][:-1] <= found.starts[present][1:]).all()
    assert (found.ends[~present] == -1).all()
