from pipeline.align.both import merge
from pipeline.align.ctc.words import HeardWord
from pipeline.align.records import Alignment
from tests.support import timed


def _first(count: int) -> Alignment:
    words = tuple(timed(400 * at, 400 * at + 380, 0.9) for at in range(count))
    return Alignment(words, (), 400 * count, 1.0)


def _heard(first: Alignment, late_ms: int = 0, score: float = 0.9) -> dict[int, HeardWord]:
    return {
        at: HeardWord(word.start_ms + late_ms, word.end_ms + late_ms, score, True)
        for at, word in enumerate(first.words)
        if word.start_ms is not None and word.end_ms is not None
    }


def test_where_they_agree_times_are_the_default_aligners_and_confidence_rises() -> None:
    first = _first(30)
    both = merge(first, _heard(first, late_ms=20))
    assert [(w.start_ms, w.end_ms) for w in both.words] == [
        (w.start_ms, w.end_ms) for w in first.words
    ]
    assert all(word.confidence == 0.95 for word in both.words)
    assert both.second_opinion is not None
    assert all(opinion.agrees for opinion in both.second_opinion.opinions)


def test_a_constant_lag_is_no_difference() -> None:
    first = _first(30)
    both = merge(first, _heard(first, late_ms=130))
    assert both.second_opinion is not None
    assert both.second_opinion.lag_start_ms == 130
    assert all(opinion.agrees for opinion in both.second_opinion.opinions)


def test_a_difference_of_more_than_100_ms_lowers_confidence_and_is_flagged() -> None:
    first = _first(30)
    heard = _heard(first)
    heard[7] = HeardWord(heard[7].start_ms + 101, heard[7].end_ms, 0.9, True)
    heard[9] = HeardWord(heard[9].start_ms + 99, heard[9].end_ms, 0.9, True)
    both = merge(first, heard)
    assert both.second_opinion is not None
    assert [o.word for o in both.second_opinion.opinions if not o.agrees] == [7]
    assert both.words[7].confidence < 0.5
    assert both.words[9].confidence > 0.9


def test_what_the_network_does_not_hear_says_less() -> None:
    first = _first(30)
    heard = _heard(first)
    heard[7] = HeardWord(heard[7].start_ms + 300, heard[7].end_ms + 300, 0.1, True)
    assert 0.5 < merge(first, heard).words[7].confidence < 0.6


def test_absent_and_unheard_words_are_left_alone() -> None:
    words = (timed(0, 300), timed(None, None), timed(300, 600))
    first = Alignment(words, (), 1000, 2 / 3)
    both = merge(first, {0: HeardWord(0, 300, 0.9, True)})
    assert both.words[1:] == words[1:]


def test_the_end_before_a_pause_is_not_compared() -> None:
    words = (timed(0, 300, 0.9), timed(2000, 2300, 0.9))
    both = merge(Alignment(words, (), 3000, 1.0), {0: HeardWord(10, 900, 0.9, True)})
    assert both.second_opinion is not None
    assert both.second_opinion.opinions[0].agrees
