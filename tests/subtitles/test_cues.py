import itertools
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.align.records import Alignment, TimedWord
from pipeline.episode import Episode
from pipeline.subtitles.cues import Cue, make_cues
from pipeline.subtitles.styles import STYLES, Style
from pipeline.subtitles.text import display_length
from pipeline.subtitles.tokens import unreadable_events
from tests.support import DEMO, alignment_of, episode_of, timed, transcript_of

NETFLIX = STYLES["netflix"]
BY_LINE = STYLES["transcript"]


def shown(cue: Cue) -> list[str]:
    return [line.marked_text for line in cue.lines]


def cues_of(
    style: Style, lines: list[str], *words: TimedWord, duration_ms: int = 60_000
) -> tuple[Cue, ...]:
    alignment = Alignment(words, (), duration_ms, 1.0)
    return make_cues(episode_of(lines, alignment=alignment), style)


def spoken(style: Style, *lines: str, word_ms: int = 300) -> list[list[str]]:
    """Captions of lines that are spoken evenly."""
    alignment = alignment_of(transcript_of(list(lines)), word_ms=word_ms)
    return [shown(cue) for cue in make_cues(episode_of(list(lines), alignment=alignment), style)]


def test_lines_are_grouped_and_broken_at_phrases() -> None:
    assert spoken(
        NETFLIX,
        "- So I was just thinking about the",
        "Roman Empire. It is one of the greatest stories in all of history.",
    ) == [
        ["So I was just thinking", "about the Roman Empire."],
        ["It is one of the greatest stories", "in all of history."],
    ]


def test_one_line_where_it_is_enough() -> None:
    assert spoken(NETFLIX, "There is", "no limit to it.") == [["There is no limit to it."]]


def test_short_answers_share_a_caption_with_a_dash_each() -> None:
    assert spoken(NETFLIX, "- Is it?", "- Yes.", word_ms=200) == [["-Is it?", "-Yes."]]
    assert spoken(STYLES["bbc"], "- Is it?", "- Yes.", word_ms=200) == [["- Is it?", "- Yes."]]


def test_styles_with_one_speaker_a_caption_keep_them_apart() -> None:
    lines = ("- [Lex] Is it? Is that so?", "- [Elon] Yes. It is. It is.")
    assert spoken(STYLES["podcast"], *lines) == [
        ["Lex Fridman: Is it? Is that so?"],
        ["Elon Musk: Yes. It is. It is."],
    ]
    assert spoken(STYLES["youtube"], *lines) == [
        [">> Is it? Is that so?"],
        [">> Yes. It is. It is."],
    ]


def test_a_long_name_is_shortened_to_the_first() -> None:
    style = replace(STYLES["podcast"], max_chars_per_line=20)
    assert spoken(style, "- [Lex] Is it?")[0] == ["Lex: Is it?"]


def test_no_caption_over_a_long_pause() -> None:
    cues = cues_of(NETFLIX, ["a b"], timed(0, 400), timed(5000, 5400))
    assert [(cue.start_ms, cue.end_ms) for cue in cues] == [(0, 900), (5000, 5900)]


def test_close_captions_are_chained() -> None:
    line = "This is the first sentence of nearly all of them. This one is the second one of them."
    alignment = alignment_of(transcript_of([line]), word_ms=300)
    one, two = make_cues(episode_of([line], alignment=alignment), NETFLIX)
    assert two.start_ms - one.end_ms == NETFLIX.min_gap_ms


def test_held_for_reading() -> None:
    line = "Extraordinarily incomprehensible."
    (cue,) = cues_of(NETFLIX, [line], timed(0, 200), timed(200, 500))
    assert cue.end_ms == pytest.approx(len(line) * 50, abs=2)


def test_short_captions_borrow_time_from_their_neighbours() -> None:
    style = replace(NETFLIX, speakers_per_cue=1)
    one, two = cues_of(style, ["- a", "- b"], timed(2000, 2100), timed(2300, 4000))
    assert one.end_ms - one.start_ms == style.min_duration_ms
    assert two.start_ms - one.end_ms == style.min_gap_ms
    assert one.start_ms < 2000 < 2300 < two.start_ms


def test_last_one_ends_with_the_audio() -> None:
    assert cues_of(NETFLIX, ["a"], timed(900, 950), duration_ms=1000)[0].end_ms == 1000


def test_frames() -> None:
    style = replace(NETFLIX, frame_rate="29.97")
    (cue,) = cues_of(style, ["a"], timed(1000, 1300))
    # Frame 29 is the one shown at 1 s; 25 frames are the shortest caption; times are rounded up.
    assert (cue.start_ms, cue.end_ms) == (968, 1802)


def test_absent_words_are_left_out_or_kept() -> None:
    transcript = transcript_of(["a b c", "d e"])
    episode = episode_of(["a b c", "d e"], alignment=alignment_of(transcript, absent=(1, 3, 4)))
    assert [shown(cue) for cue in make_cues(episode, NETFLIX)] == [["a c"]]
    kept = make_cues(episode, replace(NETFLIX, absent_words="keep"))
    assert " ".join(text for cue in kept for text in shown(cue)) == "a b c d e"


def test_events_of_absent_lines_stay() -> None:
    transcript = transcript_of(["a", "b (laughing)"])
    episode = episode_of(["a", "b (laughing)"], alignment=alignment_of(transcript, absent=(1,)))
    assert "(laughing)" in " ".join(cue.text for cue in make_cues(episode, NETFLIX))


def test_events_in_square_brackets() -> None:
    style = replace(NETFLIX, sound_events="square")
    assert spoken(style, "No f(x). (Elon laughing)")[0] == ["No f(x). [Elon laughing]"]


def test_a_note_longer_than_a_line_is_shown_as_long_as_it_takes_to_read() -> None:
    note = "(" + "music is playing and " * 8 + "loudly)"
    words = (timed(0, 400), timed(500, 900))
    long = Alignment(words, (), 30_000, 1.0)
    episode = episode_of(["Hello there.", note], alignment=long)
    cues = make_cues(episode, NETFLIX)
    assert " ".join(" ".join(shown(cue)) for cue in cues) == f"Hello there. {note}"
    assert not unreadable_events(episode, NETFLIX)
    assert len(cues) <= 5
    for cue in cues[1:]:
        assert cue.end_ms - cue.start_ms >= NETFLIX.min_duration_ms
    # Nobody could read it in a tenth of a second, and what is spoken stays where it is.
    short = Alignment(words, (), 1000, 1.0)
    episode = episode_of(["Hello there.", note], alignment=short)
    assert [shown(cue) for cue in make_cues(episode, NETFLIX)] == [["Hello there."]]
    assert unreadable_events(episode, NETFLIX) == (note,)


def test_turns_have_their_speakers() -> None:
    lines = [line for cue in make_cues(episode_of(*DEMO), NETFLIX) for line in cue.lines]
    assert [(line.speaker, line.text) for line in lines][:4] == [
        ("lex", "The following is a talk."),
        (None, "(Elon whistling)"),
        ("elon", "Yeah."),
        ("lex", "Kind of, 24/7."),
    ]


# Mode transcript


def test_one_for_each_line_at_its_time() -> None:
    cues = cues_of(BY_LINE, ["a b", "c"], timed(0, 400), timed(500, 2000), timed(3000, 4000))
    assert [(cue.start_ms, cue.end_ms, shown(cue)) for cue in cues] == [
        (0, 2000, ["a b"]),
        (3000, 4000, ["c"]),
    ]


def test_crowded_lines_share_a_caption() -> None:
    cues = cues_of(BY_LINE, ["a", "- b"], timed(0, 40), timed(50, 900))
    assert [(cue.start_ms, cue.end_ms, shown(cue)) for cue in cues] == [(0, 900, ["a", "- b"])]


def test_event_with_room_is_a_caption_of_its_own_and_without_it_is_not() -> None:
    lines = ["a", "(laughing)", "b"]
    cues = cues_of(BY_LINE, lines, timed(0, 1000), timed(3000, 4000))
    assert [(cue.start_ms, shown(cue)) for cue in cues] == [
        (0, ["a"]), (1000, ["(laughing)"]), (3000, ["b"]),
    ]  # fmt: skip
    cues = cues_of(BY_LINE, lines, timed(0, 1000), timed(1100, 2000))
    assert [shown(cue) for cue in cues] == [["a"], ["(laughing)", "b"]]


# Properties

WORDS = st.sampled_from(
    ["a", "the", "Well,", "yes.", "Elon", "Musk", "don't", "24/7.", "and", "of", "po-", "“So”",
     "extraordinarily", "e\u0301te\u0301", "x" * 60, "שלום", "&", "<b>", "-->", "I’m", "…"]
)  # fmt: skip
PIECES = st.lists(
    st.one_of(WORDS, st.sampled_from(["(laughing)", "(Elon whistling)"])), min_size=1, max_size=14
)


@st.composite
def episodes(draw: st.DrawFn) -> tuple[Episode, list[str]]:
    """An episode, and the text that captions must have, mark for mark."""
    lines, expected = [], []
    for pieces in draw(st.lists(PIECES, min_size=1, max_size=8)):
        dash = draw(st.sampled_from(["", "- ", "- [Lex] ", "- [Elon] "]))
        lines.append(dash + " ".join(pieces))
        expected += pieces
    transcript = transcript_of(lines)
    words = []
    now_ms = 0
    for _ in transcript.words:
        now_ms += draw(st.sampled_from([0, 1, 80, 250, 400, 400, 900, 3000]))
        words.append(timed(now_ms, now_ms + draw(st.integers(0, 700))))
    alignment = Alignment(tuple(words), (), now_ms + draw(st.integers(0, 3000)), 1.0)
    if not words:
        expected = []
    return episode_of(lines, alignment=alignment), " ".join(expected).split()


@settings(max_examples=150, deadline=None)
@given(episodes(), st.sampled_from(sorted(STYLES)), st.sampled_from(["none", "23.976", "25"]))
def test_nothing_is_lost_invented_or_overlapping(
    given_episode: tuple[Episode, list[str]], name: str, frame_rate: str
) -> None:
    episode, expected = given_episode
    style = replace(STYLES[name], frame_rate=frame_rate)
    cues = make_cues(episode, style)
    lines = [line for cue in cues for line in cue.lines]
    assert " ".join(line.text for line in lines).split() == expected
    numbers = [word for line in lines for word in line.words]
    assert numbers == [word.index for word in episode.words] if numbers else True
    for one, two in itertools.pairwise(cues):
        assert one.end_ms <= two.start_ms
    for cue in cues:
        assert 0 <= cue.start_ms < cue.end_ms
        assert cue.lines
        assert cue.end_ms - cue.start_ms <= style.max_duration_ms + 1
    if style.mode == "cues":
        for cue in cues:
            assert len(cue.lines) <= style.max_lines
            assert len({line.tokens[0].turn for line in cue.lines if line.speaker}) <= (
                style.speakers_per_cue
            )
            for line in cue.lines:
                fits = display_length(line.marked_text) <= style.max_chars_per_line
                assert fits or len(line.tokens) == 1


@settings(max_examples=30, deadline=None)
@given(episodes())
def test_words_are_shown_while_they_are_heard(given_episode: tuple[Episode, list[str]]) -> None:
    episode, _ = given_episode
    for cue in make_cues(episode, NETFLIX):
        first = cue.lines[0].tokens[0]
        # Captions move for the sake of others, by little unless everything is heard at once.
        if len({word.start_ms for word in episode.words}) == len(episode.words):
            assert cue.start_ms >= first.start_ms - 500
