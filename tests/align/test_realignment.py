from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pipeline.align.acoustic_model import load_acoustic_model
from pipeline.align.phone_decoder import DecodedPhones
from pipeline.align.realignment import between_neighbours, realignment_windows
from pipeline.align.stretches import plan_stretches
from pipeline.align.text_breaks import TextBreak

MODEL = load_acoustic_model()
FRAMES = 10_000

Words = list[tuple[int, int] | None]


def heard(*speech: tuple[int, int]) -> DecodedPhones:
    """A vowel from each beginning to its end, silence around."""
    edges = np.array([0, *(edge for span in speech for edge in span), FRAMES], np.int32)
    phones = [MODEL.silence, MODEL.phone_index["AA"]] * len(speech) + [MODEL.silence]
    return DecodedPhones(np.array(phones, np.int32), edges[:-1], edges[1:])


def windows(
    words: Words,
    *speech: tuple[int, int],
    unsure: tuple[int, ...] = (),
    lost: tuple[int, ...] = (),
    sentence_before: tuple[int, ...] = (),
) -> Words:
    starts, ends = np.array([word or (-1, -1) for word in words], np.int32).T
    is_found = starts >= 0
    is_found[list(lost)] = False
    is_anchored = is_found.copy()
    is_anchored[list(unsure)] = False
    breaks = np.zeros(len(words) + 1, np.int8)
    breaks[[0, -1]] = TextBreak.EDGE
    breaks[list(sentence_before)] = TextBreak.SENTENCE
    found = realignment_windows(starts, ends, is_found, is_anchored, breaks, heard(*speech), MODEL)
    rows = np.stack(found, axis=1).tolist()
    return [None if begin < 0 else (begin, end) for begin, end in rows]


def test_missing_words_may_be_anywhere_between_their_neighbours() -> None:
    words: Words = [(0, 30), None, None, (200, 230)]
    assert windows(words) == [(0, 30), (30, 200), (30, 200), (200, 230)]


def test_missing_words_may_be_beside_music_and_silence() -> None:
    words: Words = [(0, 30), None, None, (4000, 4030)]
    assert windows(words, (30, 200)) == [(0, 30), *[(30, 4000)] * 2, (4000, 4030)]


def test_words_are_looked_for_beside_an_advertisement_not_within() -> None:
    words: Words = [(0, 30), None, None, (4000, 4030)]
    before, after = windows(words, (100, 3900), sentence_before=(2,))[1:3]
    assert before is not None and before[0] == 30 and before[1] < 500
    assert after is not None and after[0] > 3500 and after[1] == 4000


def test_a_sentence_stays_on_one_side_of_an_advertisement() -> None:
    words: Words = [(0, 30), None, None, (4000, 4030)]
    for first, is_left in ((1, False), (3, True)):
        for window in windows(words, (100, 3900), sentence_before=(first,))[1:3]:
            assert window is not None
            assert (window[0] == 30) is is_left


def test_the_first_words_are_looked_for_just_before_the_others() -> None:
    words: Words = [(100, 130), (900, 920), (4000, 4030), (4030, 4060)]
    found = windows(words, (50, 3900), lost=(0, 1))
    assert found[0] == found[1] is not None
    assert found[0] is not None and found[0][0] > 3500 and found[0][1] == 4000


def test_many_words_may_fit_a_long_interval() -> None:
    words: Words = [(0, 30), *[None] * 60, (1900, 1930)]
    assert windows(words, (30, 1900))[1] == (30, 1900)
    words = [(0, 30), *[None] * 60, (500, 530)]
    assert windows(words, (30, 500))[1] is None


def test_unsure_words_move_with_the_missing_ones_beside_them() -> None:
    words: Words = [(0, 30), None, (100, 110), None, (200, 230)]
    assert windows(words, unsure=(2,))[1:4] == [(30, 200)] * 3
    assert windows(words)[1:4] == [(30, 100), (100, 110), (110, 200)]


@given(st.lists(st.tuples(st.integers(0, 3000), st.integers(1, 60), st.booleans()), max_size=60))
def test_windows_ascend_and_hold_what_was_found(words: list[tuple[int, int, bool]]) -> None:
    at = 0
    rows: Words = []
    for pause, length, is_there in words:
        rows.append((at + pause, at + pause + length) if is_there else None)
        at += pause + length if is_there else 0
    if not rows:
        return
    found = windows(rows, (0, FRAMES))
    for before, after in zip(rows, found, strict=True):
        if before is not None:
            assert after is not None
            assert after[0] <= before[0] < before[1] <= after[1]
    edges = [window for window in found if window is not None]
    assert [begin for begin, _ in edges] == sorted(begin for begin, _ in edges)
    assert [end for _, end in edges] == sorted(end for _, end in edges)


def test_silence_may_follow_a_word_early_in_its_interval() -> None:
    found = windows([(0, 30), None, (500, 530)])
    begin, end = np.array(found, np.int32).T
    (stretch,) = plan_stretches(begin, end, 600)
    # The silence before a word belongs to it.
    assert (stretch.last_word[70 - stretch.start : 500 - stretch.start] == 2).all()


def test_words_that_must_be_there_are_between_their_neighbours() -> None:
    starts = np.array([0, -1, 60, -1, -1, 200, 230, -1], np.int32)
    ends = np.array([30, -1, 90, -1, -1, 220, 260, -1], np.int32)
    (stretch,) = between_neighbours(starts, ends, starts < 0, 300)
    assert stretch.words.tolist() == [0, 1, 2, 3, 4, 5]
    assert (stretch.start, stretch.stop) == (0, 220)
    wanted = np.zeros(8, np.bool_)
    wanted[4] = True
    (stretch,) = between_neighbours(starts, ends, wanted, 300)
    assert stretch.words.tolist() == [2, 4, 5]
    assert (stretch.start, stretch.stop) == (60, 220)


def test_no_word_must_be_in_an_advertisement() -> None:
    starts, ends = np.array([0, -1, 9000], np.int32), np.array([30, -1, 9030], np.int32)
    assert not list(between_neighbours(starts, ends, starts < 0, FRAMES))
