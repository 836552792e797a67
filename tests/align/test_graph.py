from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.align.acoustic_model import load_acoustic_model
from pipeline.align.graph import Graph, build_graph
from pipeline.align.triphone_graph import TriphoneGraph, TriphoneGraphBuilder
from pipeline.lexicon.records import SpokenForm
from tests.align.phones import forms_of_a_word, word

MODEL = load_acoustic_model()
texts = st.lists(forms_of_a_word, min_size=1, max_size=3)
SPELL = tuple[tuple[str, ...], float]


def spellings(forms: Sequence[SpokenForm]) -> set[SPELL]:
    """All ways to say a word: its phones, and what they cost."""
    found: set[SPELL] = set()
    for form in forms:
        ways: list[SPELL] = [((), 0.0)]
        for spoken in form:
            ways = [
                ((*phones, *p.phones), cost + p.cost)
                for phones, cost in ways
                for p in spoken.pronunciations
            ]
        found.update(ways)
    return found


def paths(graph: Graph | TriphoneGraph, start: int, end: int) -> list[list[int]]:
    """The arcs of all paths between two nodes, loops left out."""
    leaving: dict[int, list[int]] = {}
    for arc in range(len(graph.phone)):
        if graph.source[arc] != graph.target[arc]:
            leaving.setdefault(int(graph.source[arc]), []).append(arc)
    found: list[list[int]] = []
    waiting: list[tuple[int, list[int]]] = [(start, [])]
    while waiting:
        node, arcs = waiting.pop()
        if node == end:
            found.append(arcs)
            continue
        for arc in leaving.get(node, []):
            waiting.append((int(graph.target[arc]), [*arcs, arc]))
    return found


def spelled(graph: Graph | TriphoneGraph, arcs: list[int]) -> SPELL:
    names = tuple(MODEL.phones[p] for p in graph.phone[arcs])
    return names, float(graph.cost[arcs].sum())


@given(texts)
@settings(max_examples=60, deadline=None)
def test_between_two_junctions_lie_the_words_spoken_forms(text: list) -> None:
    graph = build_graph(text, MODEL)
    assert graph.words == len(text)
    for number, forms in enumerate(text):
        low, high = graph.junction[number], graph.junction[number + 1]
        found = paths(graph, low, high)
        assert {spelled(graph, arcs) for arcs in found} == spellings(forms)
        for arcs in found:
            assert (graph.word[arcs] == number).all()


@given(texts)
@settings(max_examples=40, deadline=None)
def test_silence_may_stand_at_every_junction_and_between_spoken_words(text: list) -> None:
    graph = build_graph(text, MODEL)
    loops = graph.source == graph.target
    assert (graph.phone[loops] == MODEL.silence).all()
    assert (graph.phone[~loops] != MODEL.silence).all()
    inside = sum(len(form) - 1 for forms in text for form in forms)
    assert loops.sum() == len(text) + 1 + inside
    assert set(graph.junction.tolist()) <= set(graph.source[loops].tolist())


@given(texts, st.data())
@settings(max_examples=60, deadline=None)
def test_a_part_is_the_graph_of_the_part(text: list, data: st.DataObject) -> None:
    low = data.draw(st.integers(0, len(text)))
    high = data.draw(st.integers(low, len(text)))
    part, alone = build_graph(text, MODEL).between(low, high), build_graph(text[low:high], MODEL)
    for name in (*Graph.__dataclass_fields__,):
        np.testing.assert_array_equal(getattr(part, name), getattr(alone, name), name)


def test_shared_forms_are_templates() -> None:
    the, cat = word("DH", "AH"), word("K", "AE", "T")
    graph = build_graph([the, cat, the], MODEL)
    assert len(graph.phone) == 2 + 3 + 2 + 4
    assert np.diff(graph.first_arc).tolist() == [3, 4, 3, 1]


@given(texts)
@settings(max_examples=60, deadline=None)
def test_paths_through_triphones_spell_the_words(text: list) -> None:
    graph = TriphoneGraphBuilder(MODEL).build(text)
    start, end = graph.first_node[0], graph.first_node[-1]
    expected: set[SPELL] = {((), 0.0)}
    for forms in text:
        expected = {
            ((*phones, *more), cost + extra)
            for phones, cost in expected
            for more, extra in spellings(forms)
        }
    assert {spelled(graph, arcs) for arcs in paths(graph, start, end)} == expected


@given(texts)
@settings(max_examples=40, deadline=None)
def test_contexts_are_those_of_the_neighbours(text: list) -> None:
    """Across words exactly; silence counts as a neighbour where it may stand."""
    text = [tuple(form[:1] for form in forms) for forms in text]
    graph = TriphoneGraphBuilder(MODEL).build(text)
    loops = graph.source == graph.target
    pauses = set(graph.source[loops].tolist())
    for arcs in paths(graph, graph.first_node[0], graph.first_node[-1]):
        for at, arc in enumerate(arcs):
            quiet_before = int(graph.source[arc]) in pauses
            quiet_after = int(graph.target[arc]) in pauses
            word_of = graph.word[arc]
            begins = at == 0 or graph.word[arcs[at - 1]] != word_of
            ends = at == len(arcs) - 1 or graph.word[arcs[at + 1]] != word_of
            left = MODEL.silence if quiet_before else graph.phone[arcs[at - 1]]
            right = MODEL.silence if quiet_after else graph.phone[arcs[at + 1]]
            position = {(0, 0): 0, (1, 0): 1, (0, 1): 2, (1, 1): 3}[int(begins), int(ends)]
            context = np.array([[graph.phone[arc], left, right, position]], dtype=np.int32)
            np.testing.assert_array_equal(graph.senones[arc], MODEL.senones_of(context)[0])


@given(texts)
@settings(max_examples=40, deadline=None)
def test_triphone_graphs_are_ordered_by_word(text: list) -> None:
    graph = TriphoneGraphBuilder(MODEL).build(text)
    words = len(text)
    assert graph.first_arc[0] == 0
    assert graph.first_arc[-1] == len(graph.phone)
    for number in range(words + 1):
        part = slice(graph.first_arc[number], graph.first_arc[number + 1])
        assert (graph.word[part] == number).all()
        assert (graph.source[part] >= graph.first_node[number]).all()
        assert (graph.target[part] < graph.last_node[number]).all()
    for node in graph.first_node:
        at_node = (graph.source == node) & (graph.target == node)
        assert MODEL.silence in graph.phone[at_node]


def test_the_builder_remembers_without_mixing_up() -> None:
    builder = TriphoneGraphBuilder(MODEL)
    cat, dog = word("K", "AE", "T"), word("D", "AO", "G")
    first = builder.build([cat, dog])
    builder.build([dog, dog, cat])
    again = builder.build([cat, dog])
    for name in TriphoneGraph.__dataclass_fields__:
        np.testing.assert_array_equal(getattr(first, name), getattr(again, name), name)
