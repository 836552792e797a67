"""Corrections onto episodes: pins hold, the rest makes room, nothing is lost in silence."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.episode import Episode
from pipeline.export.episode_check import find_fault
from pipeline.review.apply import apply_corrections
from pipeline.review.records import Applied, Corrections, LineCorrection, MarkedGap, WordCorrection
from tests.support import DEMO, alignment_of, episode_of, transcript_of

EPISODE = episode_of(*DEMO)
PLAIN = episode_of(["- One two three.", "Four five six.", "Seven eight nine.", "Ten, eleven."])


def corrected(
    episode: Episode, *lines: LineCorrection, gaps: tuple[MarkedGap, ...] = ()
) -> Applied:
    return apply_corrections(episode, Corrections(episode.id, episode.audio.sha256, lines, gaps))


def at(episode: Episode, line: int, **values: object) -> LineCorrection:
    return replace(LineCorrection(line, episode.lines[line].text), **values)  # type: ignore[arg-type]


def times(episode: Episode, line: int) -> list[tuple[int | None, int | None]]:
    found = episode.lines[line]
    return [
        (word.start_ms, word.end_ms)
        for word in episode.words[found.first_word : found.last_word + 1]
    ]


@pytest.mark.parametrize("episode", [EPISODE, PLAIN])
def test_no_corrections_change_nothing(episode: Episode) -> None:
    assert corrected(episode) == Applied(episode, ())
    checked = [at(episode, line.index, checked=True) for line in episode.lines]
    held = tuple(line.index for line in episode.lines if line.last_word >= line.first_word)
    assert corrected(episode, *checked) == Applied(episode, (), held)


def test_a_moved_line_squeezes_only_what_it_runs_over() -> None:
    # Words are 350 ms long, one every 400 ms from 1000 ms on: line 1 is 2200 to 3350.
    found = corrected(PLAIN, at(PLAIN, 1, start_ms=1900))
    assert found.misfits == ()
    assert times(found.episode, 0) == [(1000, 1350), (1400, 1750), (1800, 1900)]
    assert times(found.episode, 1)[0][0] == 1900
    assert times(found.episode, 1)[-1] == times(PLAIN, 1)[-1]
    assert times(found.episode, 2) == times(PLAIN, 2)
    assert {word.status for word in found.episode.words} == {"aligned"}


def test_a_line_moved_away_takes_its_words_with_it() -> None:
    found = corrected(PLAIN, at(PLAIN, 3, start_ms=6000, end_ms=6750))
    assert times(found.episode, 3) == [(6000, 6350), (6400, 6750)]
    assert {word.status for word in found.episode.words[-2:]} == {"interpolated"}
    assert times(found.episode, 2) == times(PLAIN, 2)


def test_a_line_moved_over_others_pushes_them_aside() -> None:
    found = corrected(PLAIN, at(PLAIN, 2, start_ms=1300, end_ms=2000))
    assert found.misfits == ()
    line = found.episode.lines[2]
    assert (line.start_ms, line.end_ms) == (1300, 2000)
    before = [word for word in found.episode.words if word.line < 2]
    assert all((word.end_ms or 0) <= 1300 for word in before)
    assert {word.status for word in before if word.line == 1} == {"interpolated"}
    assert max(word.confidence for word in before if word.line == 1) <= 0.5


def test_contradicting_pins_are_told() -> None:
    first, second = at(PLAIN, 1, start_ms=4000, end_ms=5000), at(PLAIN, 2, start_ms=2000)
    found = corrected(PLAIN, first, second)
    assert found.episode.lines[1].start_ms == 4000
    assert len(found.misfits) == 1 and "line 3" in found.misfits[0]


def test_a_lost_line_gets_its_words_from_two_pins() -> None:
    lines = ("- One two.", "Three four.", "Five.")
    transcript = transcript_of(lines)
    episode = episode_of(lines, alignment=alignment_of(transcript, absent=(2, 3)))
    found = corrected(episode, at(episode, 1, start_ms=1750, end_ms=1800))
    assert times(found.episode, 1) == [(1750, 1775), (1775, 1800)]
    assert {word.status for word in found.episode.words[2:4]} == {"interpolated"}
    alone = corrected(episode, at(episode, 1, start_ms=1750))
    assert alone.episode == episode and "both a start and an end" in alone.misfits[0]


def test_speaker_text_absence_and_gap() -> None:
    found = corrected(
        EPISODE,
        at(EPISODE, 0, speaker="elon", text="- The following was a <b>long</b> talk."),
        at(EPISODE, 3, absent=True),
        at(EPISODE, 5, words=(WordCorrection(1, "35", True),)),
        gaps=(MarkedGap(0, 500, "music"),),
    )
    assert found.misfits == ()
    episode = found.episode
    words = episode.words[: episode.lines[0].last_word + 1]
    assert [word.text for word in words] == ["The", "following", "was", "a", "<b>long</b>", "talk."]
    assert {word.speaker for word in words} == {"elon"} == {episode.lines[0].speaker}
    assert times(episode, 0)[1] == times(EPISODE, 0)[1]
    assert words[4].status == "interpolated"
    assert times(episode, 3) == [(None, None)] * 3
    assert [w.status for w in episode.words if w.line == 5] == ["aligned", "absent"]
    assert episode.gaps[0].kind == "music"


def test_a_wholly_new_text_stays_where_the_old_one_was() -> None:
    found = corrected(PLAIN, at(PLAIN, 1, text="Quite different."))
    assert found.misfits == ()
    old, new = PLAIN.lines[1], found.episode.lines[1]
    assert (new.start_ms, new.end_ms) == (old.start_ms, old.end_ms)
    assert [word.text for word in found.episode.words[3:5]] == ["Quite", "different."]


def test_a_word_that_is_there_after_all() -> None:
    episode = episode_of(["- One two three."], alignment=alignment_of(
        transcript_of(["- One two three."]), absent=(1,)))  # fmt: skip
    found = corrected(episode, at(episode, 0, words=(WordCorrection(1, "two", False),)))
    assert found.misfits == ()
    assert all(word.start_ms is not None for word in found.episode.words)


def test_a_changed_transcript() -> None:
    moved = episode_of(["- Hello.", *DEMO[0]], *DEMO[1:])
    found = corrected(moved, at(EPISODE, 0, speaker="elon"), at(EPISODE, 1, checked=True))
    assert found.misfits == ()
    assert [line.speaker for line in found.episode.lines[:2]] == [moved.lines[0].speaker, "elon"]
    gone = corrected(PLAIN, at(EPISODE, 0, speaker="elon"), at(PLAIN, 1, speaker="nobody"))
    assert gone.episode == PLAIN
    assert ["talk" in text for text in gone.misfits] == [True, False]
    assert "no speaker nobody" in gone.misfits[1]


def test_another_audio_file_keeps_no_times() -> None:
    other = Corrections(
        "x", "f" * 64, (at(PLAIN, 1, start_ms=1900, speaker="elon"),), (MarkedGap(0, 9, "music"),)
    )
    found = apply_corrections(PLAIN, other)
    assert found.episode.lines[1].speaker == "elon"
    assert found.episode.lines[1].start_ms == PLAIN.lines[1].start_ms
    assert found.episode.gaps == PLAIN.gaps and "another audio" in found.misfits[0]


TIMES = st.none() | st.integers(0, 9000)
TEXTS = st.none() | st.sampled_from(["- New words here.", "(bang)", "a", "", "GPT 35 x (laughing)"])


@st.composite
def line_corrections(draw: st.DrawFn) -> tuple[LineCorrection, ...]:
    chosen = draw(st.sets(st.integers(0, len(EPISODE.lines) - 1), max_size=5))
    found = []
    for number in sorted(chosen):
        start_ms, end_ms = draw(TIMES), draw(TIMES)
        if start_ms is not None and end_ms is not None and end_ms <= start_ms:
            end_ms = start_ms + 1
        line = EPISODE.lines[number]
        count = line.last_word - line.first_word + 1
        words = tuple(
            WordCorrection(place, EPISODE.words[line.first_word + place].text, draw(st.booleans()))
            for place in draw(st.sets(st.integers(0, count - 1)) if count else st.just(set()))
        )
        speaker, text = draw(st.sampled_from([None, "lex"])), draw(TEXTS)
        values = (start_ms, end_ms, speaker, text, draw(st.booleans()), False, words)
        found.append(LineCorrection(number, line.text, *values))
    return tuple(found)


@given(line_corrections())
def test_whatever_is_corrected_the_episode_stays_sound(lines: tuple[LineCorrection, ...]) -> None:
    found = corrected(EPISODE, *lines)
    assert find_fault(found.episode) is None
    if found.misfits:
        return
    for line in lines:
        own = found.episode.lines[line.line]
        if line.absent or own.last_word < own.first_word:
            continue
        assert line.start_ms is None or own.start_ms == line.start_ms
        assert line.end_ms is None or own.end_ms == line.end_ms
