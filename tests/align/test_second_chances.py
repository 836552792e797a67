"""Missing words are looked for again only where they may fit."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pipeline.align.stretches import second_chances


@given(st.lists(st.tuples(st.integers(0, 3000), st.integers(1, 60), st.booleans()), max_size=60))
def test_words_that_were_found_keep_their_times(words: list[tuple[int, int, bool]]) -> None:
    at = 0
    starts, ends = [], []
    for pause, length, is_there in words:
        starts.append(at + pause if is_there else -1)
        ends.append(at + pause + length if is_there else -1)
        at += pause + length if is_there else 0
    before = np.array(starts, dtype=np.int32), np.array(ends, dtype=np.int32)
    after = second_chances(*before)
    found = before[0] >= 0
    for old, new in zip(before, after, strict=True):
        np.testing.assert_array_equal(new[found], old[found])
    given_back = (after[0] >= 0) & ~found
    for word in np.flatnonzero(given_back):
        earlier, later = found[:word].nonzero()[0][-1], word + found[word:].nonzero()[0][0]
        assert after[0][word] == before[1][earlier]
        assert after[1][word] == before[0][later]


def test_a_hole_of_minutes_gives_no_second_chance() -> None:
    starts = np.array([0, -1, 30000], dtype=np.int32)
    ends = np.array([50, -1, 30050], dtype=np.int32)
    assert second_chances(starts, ends)[0][1] == -1
    starts[2] = 150
    assert second_chances(starts, ends)[0][1] == 50
