"""The second pass on features made from the model's own means."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from pipeline.align.acoustic_model import AcousticModel
from pipeline.align.scores import Mixtures
from pipeline.align.second_pass import LocalPenalties, PhonePath, align_stretch
from pipeline.align.stretch_scores import score_stretch
from pipeline.align.triphone_graph import TriphoneGraph, TriphoneGraphBuilder
from tests.align.phones import typical, word
from tests.align.test_graph import paths
from tests.align.test_search import WORDS


def spoken(
    graph: TriphoneGraph, rng: np.random.Generator, model: AcousticModel
) -> tuple[list[int], npt.NDArray[np.int64], npt.NDArray[np.float32]]:
    """Arcs from start to end, the bounds of their states, and features of them."""
    arcs = paths(graph, graph.first_node[0], graph.first_node[-1])[0]
    lengths = rng.integers(2, 7, (len(arcs), 3))
    ends = np.cumsum(lengths).reshape(-1, 3)
    bounds = np.concatenate([(ends[:, 0] - lengths[:, 0])[:, None], ends], axis=1)
    senones = np.repeat(graph.senones[arcs].ravel(), lengths.ravel())
    return arcs, bounds, typical(senones, model)


def anywhere(frames: int, words: int) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    return np.zeros(frames, np.int32), np.full(frames, words, np.int32)


HELLO = word("HH", "EH", "L", "OW")
HELLO_OTHERWISE = word("HH", "SH", "L", "OW")
TO_THE_LETTER = LocalPenalties(1e6, 1e3, 1e6, 1e6)
LENIENT = LocalPenalties(30.0, 1.0, 30.0, 1e6)
WORD_FOR_WORD = LocalPenalties(1e6, 1.0, 1e6, 30.0)


def unheard(frames: int, model: AcousticModel) -> npt.NDArray[np.int32]:
    return np.full(frames, model.silence, np.int32)


def words_of(path: PhonePath, graph: TriphoneGraph) -> set[int]:
    arcs = path.arcs[path.arcs >= 0]
    return set(graph.word[arcs[graph.source[arcs] != graph.target[arcs]]].tolist())


def assert_sound(path: PhonePath, graph: TriphoneGraph, frames: int) -> None:
    """From start to end without a hole."""
    assert path.bounds[0, 0] == 0
    assert path.bounds[-1, 3] == frames
    np.testing.assert_array_equal(path.bounds[1:, 0], path.bounds[:-1, 3])
    assert (np.diff(path.bounds, axis=1) >= 1).all()
    np.testing.assert_array_equal(graph.source[path.arcs[1:]], graph.target[path.arcs[:-1]])
    assert graph.source[path.arcs[0]] == graph.first_node[0]
    assert graph.target[path.arcs[-1]] == graph.first_node[-1]


@pytest.mark.parametrize("seed", range(5))
def test_words_are_placed_where_they_are(model: AcousticModel, seed: int) -> None:
    rng = np.random.default_rng(seed)
    graph = TriphoneGraphBuilder(model).build([WORDS[n] for n in rng.permutation(len(WORDS))])
    arcs, bounds, features = spoken(graph, rng, model)
    windows = anywhere(len(features), len(WORDS))
    path = align_stretch(
        features,
        graph,
        *windows,
        model,
        Mixtures.of(model),
        unheard(len(features), model),
        TO_THE_LETTER,
    )
    assert path is not None
    assert_sound(path, graph, len(features))
    is_word = graph.source[path.arcs] != graph.target[path.arcs]
    np.testing.assert_array_equal(graph.phone[path.arcs[is_word]], graph.phone[arcs])
    off_by = np.abs(path.bounds[is_word] - bounds)
    assert np.median(off_by) <= 1
    assert (off_by <= 3).mean() > 0.95


def test_windows_are_kept(model: AcousticModel) -> None:
    rng = np.random.default_rng(0)
    graph = TriphoneGraphBuilder(model).build(WORDS[:3])
    _, _, features = spoken(graph, rng, model)
    frames = len(features)
    first, last = anywhere(frames, 3)
    # Word 1 may not begin before three quarters are over, whatever it sounds like.
    last[: frames * 3 // 4] = 0
    path = align_stretch(
        features,
        graph,
        first,
        last,
        model,
        Mixtures.of(model),
        unheard(frames, model),
        TO_THE_LETTER,
    )
    assert path is not None
    word = graph.word[path.arcs]
    assert path.bounds[word == 1, 0].min() >= frames * 3 // 4


def test_words_are_skipped_where_there_are_too_few_frames(model: AcousticModel) -> None:
    graph = TriphoneGraphBuilder(model).build(WORDS[:2])
    features = np.zeros((15, 3, 13), np.float32)
    path = align_stretch(
        features,
        graph,
        *anywhere(15, 2),
        model,
        Mixtures.of(model),
        unheard(15, model),
        TO_THE_LETTER,
    )
    assert path is not None
    assert words_of(path, graph) < {0, 1}


@pytest.mark.parametrize("missing", [0, 1, 2])
def test_a_word_that_the_audio_lacks_is_skipped(model: AcousticModel, missing: int) -> None:
    rng = np.random.default_rng(missing)
    builder = TriphoneGraphBuilder(model)
    said = [word for at, word in enumerate(WORDS[:3]) if at != missing]
    _, _, features = spoken(builder.build(said), rng, model)
    graph = builder.build(WORDS[:3])
    path = align_stretch(
        features,
        graph,
        *anywhere(len(features), 3),
        model,
        Mixtures.of(model),
        unheard(len(features), model),
        LENIENT,
    )
    assert path is not None
    assert words_of(path, graph) == {0, 1, 2} - {missing}


def test_speech_that_the_text_lacks_is_left_out(model: AcousticModel) -> None:
    rng = np.random.default_rng(0)
    builder = TriphoneGraphBuilder(model)
    _, bounds, features = spoken(builder.build(WORDS[:2]), rng, model)
    parts = [bounds[0, 0], bounds[-1, 3]]
    foreign_phone = model.phone_index["ZH"]
    foreign = typical(np.repeat(model.ci_senones[foreign_phone], 20), model)
    heard = np.concatenate(
        [unheard(len(features), model), np.full(len(foreign), foreign_phone, np.int32)]
    )
    graph = builder.build(WORDS[:2])
    features = np.concatenate([features[parts[0] : parts[1]], foreign])
    path = align_stretch(
        features,
        graph,
        *anywhere(len(features), 2),
        model,
        Mixtures.of(model),
        heard,
        LENIENT,
    )
    assert path is not None
    assert words_of(path, graph) == {0, 1}
    away = path.bounds[path.arcs < 0]
    assert (away[:, 3] - away[:, 0]).sum() >= 50
    assert away[:, 0].min() >= parts[1] - 5


@pytest.mark.parametrize("before", [1, 5])
def test_a_word_stands_where_others_in_place_of_those_around_it_leave_it(
    model: AcousticModel, before: int
) -> None:
    rng = np.random.default_rng(0)
    builder = TriphoneGraphBuilder(model)
    kept, other = WORDS[:2]
    once = builder.build([kept])
    arcs, bounds, features = spoken(once, rng, model)
    foreign_phone = model.phone_index["ZH"]
    length = int(builder.build([other]).usual_frames[0])
    foreign = typical(np.repeat(model.ci_senones[foreign_phone], length)[::3], model)
    parts = [foreign, features, *[foreign] * 3, features, foreign]
    heard = [np.full(len(part), foreign_phone, np.int32) for part in parts]
    heard[1] = heard[5] = np.repeat(once.phone[arcs], bounds[:, 3] - bounds[:, 0])
    graph = builder.build([*[other] * before, kept, *[other] * (6 - before)])
    frames = sum(map(len, parts))
    path = align_stretch(
        np.concatenate(parts),
        graph,
        *anywhere(frames, 7),
        model,
        Mixtures.of(model),
        np.concatenate(heard),
        WORD_FOR_WORD,
    )
    assert path is not None
    assert words_of(path, graph) == {before}
    is_kept = (path.arcs >= 0) & (graph.word[path.arcs] == before)
    begin = sum(map(len, parts[:before]))
    assert path.bounds[is_kept, 0].min() == pytest.approx(begin, abs=10)


def test_a_word_stays_of_which_one_phone_is_said_otherwise(model: AcousticModel) -> None:
    rng = np.random.default_rng(0)
    builder = TriphoneGraphBuilder(model)
    graph, said = builder.build([HELLO]), builder.build([HELLO_OTHERWISE])
    arcs, bounds, features = spoken(said, rng, model)
    heard = np.repeat(said.phone[arcs], bounds[:, 3] - bounds[:, 0])
    longer = np.where(heard == model.phone_index["SH"], 2, 1)
    features, heard = np.repeat(features, longer, axis=0), np.repeat(heard, longer)
    windows = anywhere(len(features), 1)
    mixtures = Mixtures.of(model)
    scores = score_stretch(features, graph, *windows, model, mixtures, heard)
    lacking = heard == model.phone_index["SH"]
    shortfall = (scores.heard - scores.states.max(axis=(1, 2)))[lacking]
    penalties = LocalPenalties(60.0, 1.6, 60.0, 60.0)
    leaving = penalties.off_enter + penalties.off_frame * len(features)
    assert np.minimum(shortfall, 8.0).sum() < leaving < shortfall.sum()
    path = align_stretch(features, graph, *windows, model, mixtures, heard, penalties)
    assert path is not None
    assert words_of(path, graph) == {0}
    assert path.excess.max() == 8.0


def test_a_misheard_phone_does_not_speak_for_the_text(model: AcousticModel) -> None:
    rng = np.random.default_rng(1)
    graph = TriphoneGraphBuilder(model).build(WORDS)
    _, _, features = spoken(graph, rng, model)
    frames, mixtures = len(features), Mixtures.of(model)
    windows = anywhere(frames, len(WORDS))
    misheard = unheard(frames, model)
    scores = score_stretch(features, graph, *windows, model, mixtures, misheard)
    best = scores.states.max(axis=(1, 2))
    assert (scores.heard < best - 2.0).any()
    np.testing.assert_array_equal(scores.off, np.maximum(scores.heard, best - np.float32(2.0)))
    path = align_stretch(features, graph, *windows, model, mixtures, misheard, TO_THE_LETTER)
    assert path is not None
    assert path.excess.min() == -2.0
