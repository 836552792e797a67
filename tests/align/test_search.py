"""The search against synthetic shortfalls with known paths, and against a slow reference."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.align.acoustic_model import load_acoustic_model
from pipeline.align.first_scores import COLUMNS, OFF_COLUMN, SHORTFALL_STEP
from pipeline.align.graph import Graph, build_graph
from pipeline.align.search import OFF_TRANSCRIPT, Penalties, Segmentation, search
from pipeline.lexicon.records import SpokenForm
from tests.align.phones import forms_of_a_word, word

MODEL = load_acoustic_model()
PENALTIES = Penalties(
    off_frame=3,
    off_enter=60,
    long_off_frame=2.8,
    long_off_enter=160,
    skip_open=40,
    skip_word=3,
    beam=3000,
)
WORDS = [
    word("HH", "EH", "L", "OW"),
    word("W", "ER", "L", "D"),
    word("DH", "IH", "S"),
    word("IH", "Z"),
    word("AA", "N", "L", "IY"),
    word("T", "EH", "S", "T", "IH", "NG"),
    word("F", "AO", "R"),
    word("Y", "UW"),
]


class Sound:
    """Shortfalls, built up piece by piece; each piece says where it began."""

    def __init__(self) -> None:
        self.rows: list[npt.NDArray[np.uint8]] = []

    def say(self, names: Sequence[str], frames: int = 9) -> tuple[int, int]:
        start = len(self.rows)
        for name in names:
            for state in range(3):
                row = np.full(COLUMNS, 10.0 / SHORTFALL_STEP, np.uint8)
                row[3 * MODEL.phone_index[name] + state] = 0
                row[OFF_COLUMN] = 0
                self.rows += [row] * (frames // 3)
        return start, len(self.rows)

    def word(self, forms: tuple[SpokenForm, ...]) -> tuple[int, int]:
        return self.say(forms[0][0].pronunciations[0].phones)

    def foreign(self, frames: int) -> tuple[int, int]:
        """Sounds that are none of the text's phones."""
        start = len(self.rows)
        self.say(["ZH", "OY"], frames // 2)
        return start, len(self.rows)

    def segment(
        self, text: Sequence[tuple[SpokenForm, ...]], penalties: Penalties = PENALTIES
    ) -> Segmentation:
        rows = np.stack(self.rows) if self.rows else np.zeros((0, COLUMNS), np.uint8)
        return search(rows, build_graph(text, MODEL), MODEL, penalties)


def as_rows(segmentation: Segmentation) -> list[tuple[int, int, int]]:
    columns = (segmentation.words, segmentation.starts, segmentation.ends)
    return [tuple(row) for row in np.stack(columns, axis=1).tolist()]


def test_words_are_found_where_they_are() -> None:
    sound = Sound()
    wanted = []
    for number, forms in enumerate(WORDS):
        if number % 3 == 0:
            sound.say(["SIL"], 30)
        wanted.append((number, *sound.word(forms)))
    sound.say(["SIL"], 30)
    found = sound.segment(WORDS)
    assert found.complete
    assert as_rows(found) == wanted


@pytest.mark.parametrize("frames", [60, 600, 6000])
@pytest.mark.parametrize("at", [0, 4, 8])
def test_foreign_speech_is_off_the_transcript(frames: int, at: int) -> None:
    sound = Sound()
    wanted = []
    for number in range(len(WORDS) + 1):
        if number == at:
            wanted.append((OFF_TRANSCRIPT, *sound.foreign(frames)))
        if number < len(WORDS):
            wanted.append((number, *sound.word(WORDS[number])))
    found = sound.segment(WORDS)
    assert found.complete
    assert as_rows(found) == wanted


@pytest.mark.parametrize(("first", "behind"), [(0, 1), (0, 5), (2, 3), (2, 6), (5, 8), (7, 8)])
def test_missing_words_are_skipped(first: int, behind: int) -> None:
    sound = Sound()
    wanted = []
    for number, forms in enumerate(WORDS):
        if not first <= number < behind:
            wanted.append((number, *sound.word(forms)))
    found = sound.segment(WORDS)
    assert found.complete
    assert as_rows(found) == wanted


def test_foreign_speech_in_place_of_words() -> None:
    sound = Sound()
    wanted = [(n, *sound.word(WORDS[n])) for n in range(3)]
    wanted.append((OFF_TRANSCRIPT, *sound.foreign(300)))
    wanted += [(n, *sound.word(WORDS[n])) for n in range(5, 8)]
    assert as_rows(sound.segment(WORDS)) == wanted


def test_no_word_at_all_is_there() -> None:
    sound = Sound()
    sound.foreign(600)
    found = sound.segment(WORDS)
    assert found.complete
    assert as_rows(found) == [(OFF_TRANSCRIPT, 0, 600)]


def test_silence_alone() -> None:
    sound = Sound()
    sound.say(["SIL"], 300)
    found = sound.segment(WORDS)
    assert found.complete
    assert as_rows(found) == []


def test_no_words() -> None:
    sound = Sound()
    sound.foreign(300)
    found = sound.segment([])
    assert found.complete
    assert as_rows(found) == [(OFF_TRANSCRIPT, 0, 300)]


def test_no_frames() -> None:
    assert as_rows(Sound().segment(WORDS)) == []


def test_another_spoken_form_is_heard() -> None:
    both = (WORDS[0][0], WORDS[5][0])
    text = [WORDS[3], both, WORDS[3]]
    for spoken in (WORDS[0], WORDS[5]):
        sound = Sound()
        wanted = [(n, *sound.word(w)) for n, w in enumerate([WORDS[3], spoken, WORDS[3]])]
        assert as_rows(sound.segment(text)) == wanted


def test_traceback_records_do_not_run_out() -> None:
    """Hundreds of words spoken thousands of frames long fill the records more than once."""
    rng = np.random.default_rng(0)
    order = rng.integers(0, len(WORDS), 500)
    text = [WORDS[n] for n in order]
    sound = Sound()
    wanted = [(n, *sound.word(forms)) for n, forms in enumerate(text)]
    found = sound.segment(text)
    assert found.complete
    assert as_rows(found) == wanted


def reference_score(
    graph: Graph,
    rows: npt.NDArray[np.uint8],
    penalties: Penalties,
    segments: list[tuple[int, int, int]] | None = None,
) -> float:
    """Score of the best path, or of the best one with the given segments; nothing is pruned."""
    frames, words = len(rows), graph.words
    cost = rows.astype(float) * float(SHORTFALL_STEP)
    off = np.concatenate([[0], np.cumsum(cost[:, OFF_COLUMN])])
    stay, leave = MODEL.log_stay.astype(float), MODEL.log_leave.astype(float)

    def spans(arcs: Sequence[int], first: int, last: int, start: int) -> npt.NDArray[np.float64]:
        """Best score of leaving node `first` at `start` and reaching `last` at each frame."""
        nodes = {first: 0.0}
        states = {a: [-np.inf] * 3 for a in arcs}
        reached = np.full(frames + 1, -np.inf)
        for t in range(start, frames):
            new_nodes: dict[int, float] = {}
            for a in arcs:
                p, old = graph.phone[a], states[a]
                entering = nodes.get(int(graph.source[a]), -np.inf) - graph.cost[a]
                states[a] = [
                    max(old[0] + stay[p, 0], entering) - cost[t, 3 * p],
                    max(old[1] + stay[p, 1], old[0] + leave[p, 0]) - cost[t, 3 * p + 1],
                    max(old[2] + stay[p, 2], old[1] + leave[p, 1]) - cost[t, 3 * p + 2],
                ]
                n = int(graph.target[a])
                new_nodes[n] = max(new_nodes.get(n, -np.inf), states[a][2] + leave[p, 2])
            reached[t + 1] = new_nodes.get(last, -np.inf)
            nodes = new_nodes
        return reached

    quiet = np.stack([spans([int(graph.first_arc[0])], 0, 0, start) for start in range(frames + 1)])
    np.fill_diagonal(quiet, 0.0)
    said = np.stack(
        [
            [
                spans(
                    range(graph.first_arc[w] + 1, graph.first_arc[w + 1]),
                    int(graph.junction[w]), int(graph.junction[w + 1]), start,
                )
                for start in range(frames + 1)
            ]
            for w in range(words)
        ]
    )  # fmt: skip

    def skipped(count: int) -> float:
        return penalties.skip_open + count * penalties.skip_word if count else 0.0

    def left(start: int, end: int) -> float:
        short = penalties.off_enter + (end - start) * penalties.off_frame
        long = penalties.long_off_enter + (end - start) * penalties.long_off_frame
        return min(short, long) + float(off[end] - off[start])

    if segments is not None:
        at, now, score = 0, 0, 0.0
        for number, start, end in segments:
            score += quiet[now, start]
            if number == OFF_TRANSCRIPT:
                score -= left(start, end)
            else:
                score += said[number, start, end] - skipped(number - at)
                at = number + 1
            now = end
        return score + quiet[now, frames] - skipped(words - at)

    best = np.full((frames + 1, words + 1), -np.inf)
    best[0] = [-skipped(w) for w in range(words + 1)]
    for t in range(1, frames + 1):
        for w in range(words + 1):
            for s in range(t):
                best[t, w] = max(
                    best[t, w],
                    best[s, w] + quiet[s, t],
                    best[s, w] - left(s, t),
                    best[s, w - 1] + said[w - 1, s, t] if w else -np.inf,
                )
        for w in range(words, 0, -1):
            best[t, w] = max(best[t, w], *(best[t, v] - skipped(w - v) for v in range(w)))
    return float(best[frames, words])


@given(
    st.lists(forms_of_a_word, min_size=1, max_size=2),
    st.integers(3, 16),
    st.integers(0, 2**32 - 1),
    st.sampled_from([20, 60, 255]),
    st.sampled_from([1, 4, 30]),
    st.builds(
        Penalties,
        off_frame=st.sampled_from([0.5, 3.0]),
        off_enter=st.sampled_from([1.0, 10.0, 60.0]),
        long_off_frame=st.sampled_from([0.25, 2.0]),
        long_off_enter=st.sampled_from([5.0, 20.0, 60.0]),
        skip_open=st.sampled_from([1.0, 10.0, 60.0]),
        skip_word=st.sampled_from([0.5, 3.0]),
        beam=st.just(1e6),
    ),
)
@settings(max_examples=150, deadline=None)
def test_the_best_path_is_found(
    text: list, frames: int, seed: int, most: int, easier: int, penalties: Penalties
) -> None:
    rows = np.random.default_rng(seed).integers(0, most, (frames, COLUMNS)).astype(np.uint8)
    rows[:, OFF_COLUMN] //= easier
    graph = build_graph(text, MODEL)
    found = search(rows, graph, MODEL, penalties)
    assert found.complete
    segments = as_rows(found)
    for before, after in itertools.pairwise(segments):
        assert before[2] <= after[1]
    best = reference_score(graph, rows, penalties)
    assert reference_score(graph, rows, penalties, segments) == pytest.approx(best, abs=0.05)


@given(st.integers(0, 2**32 - 1), st.floats(1, 200))
@settings(max_examples=40, deadline=None)
def test_whatever_the_beam_segments_are_in_order(seed: int, beam: float) -> None:
    rng = np.random.default_rng(seed)
    rows = rng.integers(0, 120, (200, COLUMNS)).astype(np.uint8)
    text = [WORDS[n] for n in rng.integers(0, len(WORDS), 12)]
    segmentation = search(
        rows, build_graph(text, MODEL), MODEL, Penalties(1, 20, 0.8, 40, 20, 3, beam)
    )
    words = [w for w, _, _ in as_rows(segmentation) if w != OFF_TRANSCRIPT]
    assert words == sorted(set(words))
    edges = [edge for _, start, end in as_rows(segmentation) for edge in (start, end)]
    assert edges == sorted(edges)
    assert all(start < end for _, start, end in as_rows(segmentation))
    assert edges == [] or (edges[0] >= 0 and edges[-1] <= 200)
