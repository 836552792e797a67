import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.align.records import Alignment, TimedWord
from pipeline.assemble import MAX_EVENT_MS, assemble
from pipeline.export.episode_check import find_fault
from pipeline.speakers.records import Attribution
from tests.support import DEMO, alignment_of, episode_of, header_of, timed, transcript_of


def test_lines_chapters_and_words_belong_together() -> None:
    episode = episode_of(*DEMO, repeated_lines=20)
    assert find_fault(episode) is None
    assert [word.text for word in episode.words[5:9]] == ["Yeah.", "Kind", "of,", "24/7."]
    assert [(c.first_line, c.last_line, c.repeated_lines) for c in episode.chapters] == [
        (0, 2, 0),
        (3, 5, 20),
        (6, 6, 20),
    ]
    whistling = episode.lines[1]
    assert (whistling.first_word, whistling.last_word, whistling.speaker) == (5, 4, None)
    assert [word.speaker for word in episode.words[4:7]] == ["lex", "elon", "lex"]


def test_chapters_begin_with_their_first_line_and_end_where_the_next_begins() -> None:
    episode = episode_of(*DEMO)
    first_words = [episode.lines[chapter.first_line].first_word for chapter in episode.chapters]
    assert [c.start_ms for c in episode.chapters] == [
        episode.words[number].start_ms for number in first_words
    ]
    ends = [chapter.end_ms for chapter in episode.chapters]
    assert ends == [*[c.start_ms for c in episode.chapters[1:]], episode.duration_ms]


def test_chapter_that_is_not_there_has_no_length() -> None:
    transcript = transcript_of(["a"], ["b c"], ["d"], [])
    episode = episode_of(
        ["a"], ["b c"], ["d"], [], alignment=alignment_of(transcript, absent=(1, 2))
    )
    assert [(c.start_ms, c.end_ms) for c in episode.chapters] == [
        (1000, 1400),
        (1400, 1400),
        (1400, 3800),
        (3800, 3800),
    ]
    assert (episode.lines[1].start_ms, episode.lines[1].end_ms) == (None, None)
    assert find_fault(episode) is None


def test_events_lie_between_their_neighbours() -> None:
    episode = episode_of(["(music)", "a (one) (two) b", "(end)"])
    spans = [(event.start_ms, event.end_ms) for event in episode.events]
    assert spans == [(0, 1000), (1350, 1375), (1375, 1400), (1750, 3750 + 50)]
    assert (episode.lines[0].start_ms, episode.lines[0].end_ms) == (0, 1000)
    assert episode.lines[2].start_ms == 1750


def test_events_do_not_fill_long_gaps() -> None:
    words = (timed(300_000, 300_400), timed(600_000, 600_400))
    episode = episode_of(["(music) a", "(music) b"], alignment=Alignment(words, (), 700_000, 1.0))
    assert [(event.start_ms, event.end_ms) for event in episode.events] == [
        (300_000 - MAX_EVENT_MS, 300_000),
        (300_400, 300_400 + MAX_EVENT_MS),
    ]


def test_events_of_a_missing_passage_are_missing_but_for_those_at_its_edges() -> None:
    words = (timed(10_000, 10_400), *(timed(None, None),) * 10, timed(300_000, 300_400))
    lines = ["a (one) b c d e f (two) g h i j k (three) l"]
    episode = episode_of(lines, alignment=Alignment(words, (), 400_000, 0.2))
    assert [(event.start_ms, event.end_ms) for event in episode.events] == [
        (10_400, 10_400 + MAX_EVENT_MS),
        (None, None),
        (300_000 - MAX_EVENT_MS, 300_000),
    ]
    assert find_fault(episode) is None


def test_a_chapter_whose_beginning_is_missing_begins_with_its_first_word() -> None:
    words = (*(timed(None, None),) * 9, timed(300_000, 300_400))
    lines = ["a b c d", "(laughing)", "e f g h i", "j"]
    episode = episode_of(lines, alignment=Alignment(words, (), 400_000, 0.1))
    assert episode.chapters[0].start_ms == 300_000
    assert episode.lines[1].start_ms is None


def test_nothing_found() -> None:
    transcript = transcript_of(["(x) a"])
    episode = episode_of(["(x) a"], alignment=alignment_of(transcript, absent=(0,)))
    assert episode.events[0].start_ms is None
    assert find_fault(episode) is None


@given(
    st.lists(
        st.one_of(
            st.just(timed(None, None)),
            st.builds(
                lambda start, length, confidence, status: TimedWord(
                    start, start + length, confidence, status
                ),
                st.integers(-500, 20_000),
                st.integers(-100, 2000),
                st.floats(-1, 2),
                st.sampled_from(["aligned", "interpolated"]),
            ),
        ),
        min_size=6,
        max_size=6,
    ),
    st.integers(1, 15_000),
)
def test_whatever_the_aligner_says_the_contract_holds(
    words: list[TimedWord], duration_ms: int
) -> None:
    episode = episode_of(
        ["(x) - a b (y)", "(z)"],
        ["- [Joe] c", "d (w) e"],
        ["- f"],
        alignment=Alignment(tuple(words), (), duration_ms, 0.5),
    )
    assert find_fault(episode) is None
    assert all(0 <= (word.end_ms or 0) <= duration_ms for word in episode.words)


def test_parts_of_different_length_are_a_fault_of_ours() -> None:
    transcript = transcript_of(["a b"])
    with pytest.raises(ValueError, match="2 words in the transcript, 2 aligned, 1 attributed"):
        assemble(transcript, alignment_of(transcript), Attribution((), (None,)), header_of())
