from __future__ import annotations

import numpy as np
import numpy.typing as npt
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.align.acoustic_model import load_acoustic_model
from pipeline.align.phone_decoder import DecodedPhones
from pipeline.align.stretches import plan_stretches, second_chances

MODEL = load_acoustic_model()
FRAMES = 10_000
NO_STRAYS = np.zeros(0, np.int64)

seeds = st.integers(0, 2**32 - 1)


def heard(*speech: tuple[int, int]) -> DecodedPhones:
    """A vowel from each beginning to its end, silence around."""
    edges = np.array([0, *(edge for span in speech for edge in span), FRAMES], np.int32)
    phones = [MODEL.silence, MODEL.phone_index["AA"]] * len(speech) + [MODEL.silence]
    return DecodedPhones(np.array(phones, np.int32), edges[:-1], edges[1:])


def rough_times(
    rng: np.random.Generator, words: int, absent: float, pause: float
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32], int]:
    """Ascending times of words with pauses between them; the frame count."""
    lengths = rng.integers(1, 60, words)
    pauses = rng.integers(1, 400, words) * (rng.random(words) < pause)
    ends = np.cumsum(lengths + pauses)
    starts = ends - lengths
    gone = rng.random(words) < absent
    return (
        np.where(gone, -1, starts).astype(np.int32),
        np.where(gone, -1, ends).astype(np.int32),
        int(ends[-1] + rng.integers(0, 300)) if words else 100,
    )


@given(seeds, st.integers(0, 400), st.sampled_from([0, 0.1, 0.6, 1]), st.sampled_from([0, 0.1, 1]))
@settings(max_examples=80, deadline=None)
def test_every_word_found_is_in_one_stretch(
    seed: int, words: int, absent: float, pause: float
) -> None:
    starts, ends, frames = rough_times(np.random.default_rng(seed), words, absent, pause)
    stretches = list(plan_stretches(starts, ends, frames))
    planned = [word for stretch in stretches for word in stretch.words.tolist()]
    assert planned == np.flatnonzero(starts >= 0).tolist()
    before = 0
    for stretch in stretches:
        assert before <= stretch.start < stretch.stop <= frames
        before = stretch.stop


@given(seeds, st.integers(1, 400), st.sampled_from([0, 0.3]), st.sampled_from([0, 0.1, 1]))
@settings(max_examples=80, deadline=None)
def test_windows_ascend_and_hold_the_rough_times(
    seed: int, words: int, absent: float, pause: float
) -> None:
    starts, ends, frames = rough_times(np.random.default_rng(seed), words, absent, pause)
    for stretch in plan_stretches(starts, ends, frames):
        length = stretch.stop - stretch.start
        assert stretch.first_word.shape == stretch.last_word.shape == (length,)
        assert (np.diff(stretch.first_word) >= 0).all()
        assert (np.diff(stretch.last_word[:-1]) >= 0).all()
        assert (stretch.first_word <= stretch.last_word).all()
        assert stretch.first_word[0] == 0
        assert stretch.last_word[-1] == len(stretch.words)
        assert (stretch.first_word >= 0).all()
        assert (stretch.last_word <= len(stretch.words)).all()
        for place, word in enumerate(stretch.words):
            inside = slice(starts[word] - stretch.start, ends[word] - stretch.start)
            assert (stretch.first_word[inside] <= place).all()
            assert (stretch.last_word[inside] >= place).all()


@given(seeds, st.integers(300, 2000))
@settings(max_examples=20, deadline=None)
def test_speech_without_pauses_is_split_too(seed: int, words: int) -> None:
    starts, ends, frames = rough_times(np.random.default_rng(seed), words, 0, 0)
    lengths = [s.stop - s.start for s in plan_stretches(starts, ends, frames)]
    assert max(lengths) <= 60 * 100


def test_long_pauses_split() -> None:
    starts = np.array([100, 140, 900, 940], np.int32)
    stretches = list(plan_stretches(starts, starts + 30, 1200))
    assert [s.words.tolist() for s in stretches] == [[0, 1], [2, 3]]
    assert stretches[0].stop < 600 < stretches[1].start


def test_words_looked_for_in_one_long_hole_stay_together() -> None:
    begin = np.array([0, *[30] * 9, 6000], np.int32)
    end = np.array([30, *[6000] * 9, 6030], np.int32)
    stretches = plan_stretches(begin, end, 6100)
    (stretch,) = [stretch for stretch in stretches if 5 in stretch.words]
    assert set(range(1, 10)) <= set(stretch.words.tolist())
    assert stretch.stop - stretch.start == len(stretch.first_word) >= 5970


def chances(
    words: list[tuple[int, int] | None], strays: list[int], *speech: tuple[int, int]
) -> list[tuple[int, int] | None]:
    known = [(-1, -1) if word is None else word for word in words]
    starts, ends = np.array(known, np.int32).T
    found = second_chances(starts, ends, np.array(strays, np.int64), heard(*speech), MODEL)
    rows = np.stack(found, axis=1).tolist()
    return [None if begin < 0 else (begin, end) for begin, end in rows]


def test_missing_words_may_be_anywhere_in_a_hole() -> None:
    words = [(0, 30), None, None, (200, 230)]
    assert chances(words, []) == [(0, 30), (30, 200), (30, 200), (200, 230)]


def test_words_are_not_looked_for_in_an_advertisement() -> None:
    words = [(0, 30), None, None, (4000, 4030)]
    assert chances(words, [], (500, 2500)) == words


def test_words_are_looked_for_beside_music_and_silence() -> None:
    words = [(0, 30), None, None, (4000, 4030)]
    assert chances(words, [], (30, 200)) == [(0, 30), *[(30, 4000)] * 2, (4000, 4030)]


def test_many_words_may_fit_a_long_hole() -> None:
    words = [(0, 30), *[None] * 60, (1900, 1930)]
    assert chances(words, [], (30, 1900))[1] == (30, 1900)
    words = [(0, 30), *[None] * 60, (500, 530)]
    assert chances(words, [], (30, 500))[1] is None


def test_strays_are_looked_for_where_they_were_found_or_in_the_hole() -> None:
    words = [(0, 30), None, (100, 110), None, (200, 230)]
    assert chances(words, [2])[1:4] == [(30, 200)] * 3
    words = [(0, 30), None, (2000, 2010), None, (4000, 4030)]
    assert chances(words, [2], (30, 2000), (2010, 4000)) == words


@given(st.lists(st.tuples(st.integers(0, 3000), st.integers(1, 60), st.booleans()), max_size=60))
def test_chances_ascend_and_hold_what_was_found(words: list[tuple[int, int, bool]]) -> None:
    at = 0
    starts, ends = [], []
    for pause, length, is_there in words:
        starts.append(at + pause if is_there else -1)
        ends.append(at + pause + length if is_there else -1)
        at += pause + length if is_there else 0
    before = np.array(starts, dtype=np.int32), np.array(ends, dtype=np.int32)
    after = second_chances(*before, NO_STRAYS, heard((0, FRAMES)), MODEL)
    found = before[0] >= 0
    assert (after[0][found] <= before[0][found]).all()
    assert (after[1][found] >= before[1][found]).all()
    looked_for = after[0] >= 0
    for edges in after:
        assert (np.diff(edges[looked_for]) >= 0).all()


def test_few_words_amid_missing_ones_are_looked_for_again() -> None:
    firm = [(at, at + 30) for at in range(0, 300, 30)]
    words = [*firm, None, (320, 350), (360, 390), None, (520, 550)]
    assert chances(words, []) == [*firm, *[(300, 520)] * 4, (520, 550)]
    words = [*firm, None, *[(at, at + 20) for at in range(320, 500, 20)], None, (520, 550)]
    assert chances(words, [])[11:20] == words[11:20]


def test_few_words_beside_speech_that_the_text_lacks_are_looked_for_again() -> None:
    firm = [(at, at + 30) for at in range(0, 300, 30)]
    words = [*firm, (400, 420), None, (450, 480)]
    assert chances(words, [], (320, 340)) == [*firm, *[(300, 450)] * 2, (450, 480)]
    assert chances(words, [])[10] == (400, 420)
    words = [*firm, (360, 390), (450, 480)]
    assert chances(words, [], (310, 330), (400, 430)) == [*firm, (300, 450), (450, 480)]
    assert chances(words, [], (310, 330)) == words
    words = [*firm, *[(at, at + 20) for at in range(340, 420, 20)], None, (450, 480)]
    assert chances(words, [], (310, 330))[10:14] == words[10:14]


def test_silence_may_follow_a_word_early_in_its_hole() -> None:
    starts, ends = np.array([0, -1, 500], np.int32), np.array([30, -1, 530], np.int32)
    found = second_chances(starts, ends, NO_STRAYS, heard(), MODEL)
    (stretch,) = plan_stretches(*found, 600)
    # The silence before a word belongs to it.
    assert (stretch.last_word[70 - stretch.start : 500 - stretch.start] == 2).all()
