"""Tests of the edges of words at pauses, on recordings of made-up levels."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np

from pipeline.align.pause_edges import edges_at_pauses
from pipeline.audio.features import CEPSTRA
from pipeline.audio.recording import Recording

SILENT, WEAK, LOUD = 5.0, 30.0, 70.0


@contextmanager
def recording(*levels: tuple[float, int]) -> Iterator[Recording]:
    """A recording of (c0, frames)."""
    c0 = np.concatenate([np.full(frames, level) for level, frames in levels])
    cepstra = np.zeros((len(c0), CEPSTRA), np.float32)
    cepstra[:, 0] = c0
    with Recording() as made:
        for _ in made.fill([cepstra]):
            pass
        yield made


def edges(
    made: Recording,
    *words: tuple[int, int],
    start_shifts: Sequence[float] | None = None,
    end_shifts: Sequence[float] | None = None,
) -> Sequence[tuple[int, int]]:
    starts, ends = np.array(words, dtype=np.int32).T
    shifts = (
        np.zeros(len(words), np.float32) if given is None else np.array(given, dtype=np.float32)
        for given in (start_shifts, end_shifts)
    )
    found = edges_at_pauses(starts, ends, *shifts, made)
    return [(int(a), int(b)) for a, b in zip(*found, strict=True)]


def test_where_words_join_both_move_to_where_the_boundary_is_expected() -> None:
    with recording((SILENT, 50), (LOUD, 60), (SILENT, 50)) as made:
        found = edges(made, (50, 80), (80, 110), start_shifts=[0, 1.26], end_shifts=[1.26, 0])
    assert found == [(508, 808), (808, 1090)]


def test_beside_silence_the_level_tells_more_than_what_is_expected() -> None:
    with recording((SILENT, 50), (LOUD, 60), (SILENT, 50)) as made:
        assert edges(made, (50, 110), start_shifts=[0.4], end_shifts=[-0.7]) == [(508, 1090)]


def test_beside_a_loud_pause_what_is_expected_counts() -> None:
    with recording((LOUD - 10, 50), (LOUD, 60), (LOUD - 10, 50)) as made:
        assert edges(made, (50, 110), start_shifts=[0.4], end_shifts=[-0.7]) == [(504, 1093)]


def test_beside_silence_edges_move_inwards_and_between_words_together() -> None:
    with recording((SILENT, 50), (LOUD, 60), (SILENT, 50)) as made:
        assert edges(made, (50, 80), (80, 110)) == [(508, 795), (795, 1090)]


def test_a_short_weak_onset_is_the_words() -> None:
    with recording((SILENT, 50), (WEAK, 6), (LOUD, 60), (SILENT, 50)) as made:
        assert edges(made, (56, 116)) == [(508, 1150)]


def test_a_breath_is_not() -> None:
    with recording((SILENT, 50), (WEAK, 30), (LOUD, 60), (SILENT, 50)) as made:
        assert edges(made, (80, 140)) == [(808, 1390)]


def test_where_the_pause_is_loud_nothing_moves() -> None:
    with recording((LOUD - 10, 50), (LOUD, 60), (LOUD - 10, 50)) as made:
        assert edges(made, (50, 110)) == [(500, 1100)]


def test_absent_words_have_no_edges_and_are_no_pause() -> None:
    with recording((SILENT, 50), (LOUD, 60), (SILENT, 50)) as made:
        found = edges(made, (50, 80), (-1, -1), (80, 110))
    assert found == [(508, 795), (-1, -1), (795, 1090)]


def test_no_words() -> None:
    with recording((SILENT, 50)) as made:
        nothing = np.full(3, -1, dtype=np.int32)
        no_shifts = np.zeros(3, np.float32)
        starts, ends = edges_at_pauses(nothing, nothing, no_shifts, no_shifts, made)
    assert starts.tolist() == ends.tolist() == [-1, -1, -1]
