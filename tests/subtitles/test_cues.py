import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.align.records import Alignment, TimedWord
from pipeline.errors import InputError
from pipeline.subtitles.cues import Cue, make_cues
from pipeline.subtitles.styles import STYLES, Style, load_style
from tests.support import DEMO, alignment_of, episode_of, timed, transcript_of

STYLE = Style("test", min_duration_ms=800)


def texts(cue: Cue) -> list[str]:
    return [" ".join(turn.text for turn in row) for row in cue.rows]


def cues_of(lines: list[str], *words: TimedWord, duration_ms: int = 60_000) -> tuple[Cue, ...]:
    alignment = Alignment(words, (), duration_ms, 1.0)
    return make_cues(episode_of(lines, alignment=alignment), STYLE)


def test_one_for_each_line_at_its_time() -> None:
    cues = cues_of(["a b", "c"], timed(0, 400), timed(500, 2000), timed(3000, 4000))
    assert [(cue.start_ms, cue.end_ms, texts(cue)) for cue in cues] == [
        (0, 2000, ["a b"]),
        (3000, 4000, ["c"]),
    ]


def test_short_ones_are_held_but_not_over_the_next_nor_over_a_gap() -> None:
    cues = cues_of(["a", "b", "c"], timed(0, 100), timed(500, 600), timed(9000, 9100))
    assert [(cue.start_ms, cue.end_ms) for cue in cues] == [
        (0, 500),
        (500, 1300),
        (9000, 9800),
    ]


def test_last_one_ends_with_the_audio() -> None:
    assert cues_of(["a"], timed(900, 950), duration_ms=1000)[0].end_ms == 1000


def test_overlap_is_cut() -> None:
    cues = cues_of(["a", "b"], timed(0, 900), timed(700, 1600))
    assert [(cue.start_ms, cue.end_ms) for cue in cues] == [(0, 700), (700, 1600)]


def test_crowded_ones_share_a_caption() -> None:
    cues = cues_of(["a", "- b"], timed(0, 40), timed(50, 900))
    assert [(cue.start_ms, cue.end_ms, texts(cue)) for cue in cues] == [(0, 900, ["a", "b"])]


def test_event_without_room_joins_the_line_after_it_and_keeps_its_start() -> None:
    cues = cues_of(["a", "(laughing)", "b"], timed(0, 1000), timed(1100, 2000))
    assert [(cue.start_ms, texts(cue)) for cue in cues] == [(0, ["a"]), (1100, ["(laughing)", "b"])]


def test_event_with_room_is_a_caption_of_its_own() -> None:
    cues = cues_of(["a", "(laughing)", "b"], timed(0, 1000), timed(3000, 4000))
    assert [(cue.start_ms, cue.end_ms, texts(cue)) for cue in cues] == [
        (0, 1000, ["a"]),
        (1000, 3000, ["(laughing)"]),
        (3000, 4000, ["b"]),
    ]


def test_absent_words_and_lines_are_left_out() -> None:
    transcript = transcript_of(["a b c", "d e"])
    episode = episode_of(["a b c", "d e"], alignment=alignment_of(transcript, absent=(1, 3, 4)))
    assert [texts(cue) for cue in make_cues(episode, STYLE)] == [["a c"]]


def test_turns_have_their_speakers() -> None:
    cue = make_cues(episode_of(*DEMO), STYLE)[1]
    assert [(turn.speaker, turn.dash, turn.text) for turn in cue.rows[-1]] == [
        ("elon", True, "Yeah."),
        ("lex", True, "Kind of, 24/7."),
    ]


WORD = st.one_of(
    st.just(timed(None, None)),
    st.builds(
        lambda start, length: timed(start, start + length),
        st.integers(0, 8000),
        st.integers(0, 900),
    ),
)


@given(st.lists(WORD, min_size=7, max_size=7), st.integers(0, 9000))
def test_never_overlapping_never_empty(words: list[TimedWord], duration_ms: int) -> None:
    lines = ["(x)", "a b", "- c (y)", "(z)", "d - [Joe] e", "f", "g", "(v)"]
    words.sort(key=lambda word: word.start_ms or 0)
    cues = cues_of(lines, *words, duration_ms=duration_ms)
    for cue in cues:
        assert cue.end_ms > cue.start_ms >= 0
        assert all(turn.text for row in cue.rows for turn in row)
    for one, two in itertools.pairwise(cues):
        assert one.end_ms <= two.start_ms
    shown = " ".join(text for cue in cues for text in texts(cue)).split()
    expected = [
        name for name, word in zip("abcdefg", words, strict=True) if word.status != "absent"
    ]
    assert [word for word in shown if len(word) == 1] == expected


def test_styles_by_name() -> None:
    assert {load_style(name).name for name in STYLES} == {"netflix", "bbc", "podcast"}
    with pytest.raises(InputError, match="no style netfix; did you mean netflix"):
        load_style("netfix")
