"""Expected boundaries against all paths written out, on made-up scores of two words."""

from __future__ import annotations

import itertools

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.align import soft_boundaries
from pipeline.align.acoustic_model import AcousticModel
from pipeline.align.soft_boundaries import boundary_shifts
from pipeline.align.stretch_scores import StretchScores
from pipeline.align.triphone_graph import TriphoneGraph

SCALE = float(soft_boundaries._SCALE)


def two_phones(phones: tuple[int, int], words: tuple[int, int]) -> TriphoneGraph:
    """One arc behind the other."""
    first_arc = {(0, 1): [0, 1, 2, 2], (0, 0): [0, 2, 2, 2]}[words]
    return TriphoneGraph(
        phone=np.array(phones, dtype=np.int32),
        senones=np.zeros((2, 3), np.int32),
        source=np.array([0, 1], dtype=np.int32),
        target=np.array([1, 2], dtype=np.int32),
        cost=np.zeros(2, np.float32),
        word=np.array(words, dtype=np.int32),
        first_arc=np.array(first_arc, dtype=np.int32),
        first_node=np.array([0, 1, 2], dtype=np.int32),
        last_node=np.array([1, 2, 3], dtype=np.int32),
        usual_frames=np.array([8, 8], dtype=np.float32),
    )


def shift(
    states: npt.NDArray[np.float32],
    bounds: npt.NDArray[np.int32],
    model: AcousticModel,
    phones: tuple[int, int] = (5, 9),
    words: tuple[int, int] = (0, 1),
) -> npt.NDArray[np.float32]:
    frames = len(states)
    return boundary_shifts(
        StretchScores(states, *np.zeros((2, frames), np.float32)),
        two_phones(phones, words),
        np.zeros(frames, np.int32),
        np.ones(frames, np.int32),
        np.array([0, 1], dtype=np.int32),
        bounds,
        model,
    )


def written_out(
    states: npt.NDArray[np.float32], model: AcousticModel, phones: tuple[int, int]
) -> float:
    """The expected first frame of the second phone, by going over every path."""
    frames = len(states)
    places, weights = [], []
    for cuts in itertools.combinations(range(1, frames), 5):
        total = 0.0
        edges = [0, *cuts, frames]
        for q, (begin, end) in enumerate(itertools.pairwise(edges)):
            phone, state = phones[q // 3], q % 3
            total += float(states[begin:end, q // 3, state].sum())
            total += (end - begin - 1) * float(model.log_stay[phone, state])
            total += float(model.log_leave[phone, state]) if q < 5 else 0.0
        places.append(cuts[2])
        weights.append(SCALE * total)
    likelihoods = np.exp(np.array(weights) - max(weights))
    return float((likelihoods * places).sum() / likelihoods.sum())


@given(st.integers(0, 2**32 - 1), st.integers(7, 12))
@settings(max_examples=40, deadline=None)
def test_as_if_all_paths_were_written_out(model: AcousticModel, seed: int, frames: int) -> None:
    rng = np.random.default_rng(seed)
    states = rng.normal(-50, 10, (frames, 2, 3)).astype(np.float32)
    phones = (int(rng.integers(3, 30)), int(rng.integers(3, 30)))
    cut = int(rng.integers(3, frames - 2))
    bounds = np.array([[0, 1, 2, cut], [cut, cut + 1, cut + 2, frames]], dtype=np.int32)
    found = shift(states, bounds, model, phones)
    expected = written_out(states, model, phones) - cut
    least, most = (1 - cut) / 2, (frames - cut - 1) / 2
    assert found.tolist() == [0, pytest.approx(min(max(expected, least), most), abs=1e-3), 0]


def test_a_clear_boundary_stays(model: AcousticModel) -> None:
    states = np.full((20, 2, 3), -200.0, np.float32)
    states[:10, 0] = states[10:, 1] = 0.0
    bounds = np.array([[0, 1, 2, 10], [10, 11, 12, 20]], dtype=np.int32)
    assert abs(float(shift(states, bounds, model)[1])) < 0.01


def test_between_two_frames_that_say_little_it_lies_in_the_middle(model: AcousticModel) -> None:
    states = np.full((20, 2, 3), -400.0, np.float32)
    states[:12, 0] = states[8:, 1] = 0.0  # in frames 8 to 11 either phone fits
    bounds = np.array([[0, 1, 2, 8], [8, 9, 10, 20]], dtype=np.int32)
    assert 1.5 < float(shift(states, bounds, model, (5, 5))[1]) < 2.5


def test_inside_a_word_nothing_is_asked(model: AcousticModel) -> None:
    states = np.random.default_rng(0).normal(-50, 10, (12, 2, 3)).astype(np.float32)
    bounds = np.array([[0, 1, 2, 6], [6, 7, 8, 12]], dtype=np.int32)
    assert not shift(states, bounds, model, words=(0, 0)).any()


def test_scores_outside_the_window_of_a_frame_are_not_looked_at(model: AcousticModel) -> None:
    states = np.random.default_rng(1).normal(-50, 10, (12, 2, 3)).astype(np.float32)
    bounds = np.array([[0, 1, 2, 6], [6, 7, 8, 12]], dtype=np.int32)
    graph = two_phones((5, 9), (0, 1))
    last_word = np.array([0] * 6 + [1] * 6, dtype=np.int32)
    found = []
    for nonsense in (1e6, np.nan):
        states[:6, 1] = nonsense
        scores = StretchScores(states, *np.zeros((2, 12), np.float32))
        arcs = np.array([0, 1], dtype=np.int32)
        zeros = np.zeros(12, np.int32)
        found.append(boundary_shifts(scores, graph, zeros, last_word, arcs, bounds, model))
    np.testing.assert_array_equal(*found)
    assert found[0][1] >= 0
