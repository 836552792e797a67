import os
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.align.records import Alignment, HeardPhone, TimedWord
from pipeline.doctor.suggest import MOST_SUGGESTIONS, find_suggestions
from pipeline.doctor.suggestions_json import read_suggestions, suggestion_values
from pipeline.episode import Episode
from pipeline.export.report import render_report
from pipeline.subtitles.styles import STYLES
from tests.support import DEMO, alignment_of, episode_of, timed, transcript_of

TEXT = ["- One two three four five six seven eight nine ten."]


def episode_with(*words: TimedWord, text: list[str] = TEXT) -> Episode:
    return episode_of(text, alignment=Alignment(words, (), 20_000, 1.0))


def good(count: int, start_ms: int = 1000, word_ms: int = 400) -> list[TimedWord]:
    return [
        timed(start_ms + word_ms * at, start_ms + word_ms * (at + 1), 0.99) for at in range(count)
    ]


def phones(names: str, start_ms: int, each_ms: int = 80) -> list[HeardPhone]:
    return [
        HeardPhone(name, start_ms + each_ms * at, start_ms + each_ms * (at + 1))
        for at, name in enumerate(names.split())
    ]


def test_nothing_to_say_about_a_right_transcript() -> None:
    episode = episode_with(*good(10))
    assert find_suggestions(episode, phones("W AH N", 1000)) == ()


def test_a_word_with_something_else_in_its_place_is_substituted() -> None:
    words = good(10)
    words[3] = timed(None, None)
    (found,) = find_suggestions(episode_with(*words), phones("B AA R", 2230))
    assert (found.kind, found.first_word, found.last_word) == ("substituted", 3, 3)
    assert (found.text, found.heard) == ("four", ("B", "AA", "R"))
    assert (found.start_ms, found.end_ms) == (2230, 2470)


def test_a_word_with_nothing_in_its_place_is_extra() -> None:
    words = [*good(3), timed(None, None), *good(6, 2200)]
    (found,) = find_suggestions(episode_with(*words), phones("TH R IY F AY V", 1800))
    assert (found.kind, found.text, found.heard) == ("extra", "four", ())
    assert (found.start_ms, found.end_ms) == (2200, 2200)


def test_a_word_that_stands_twice_is_repeated() -> None:
    text = ["- One two two three."]
    words = [*good(2), timed(None, None), *good(1, 1800)]
    (found,) = find_suggestions(episode_with(*words, text=text))
    assert (found.kind, found.first_word, found.text) == ("repeated", 2, "two")
    squeezed = [*good(1), timed(1400, 1430, 0.85), timed(1430, 1800, 0.97), *good(1, 1800)]
    (found,) = find_suggestions(episode_with(*squeezed, text=text))
    assert (found.kind, found.first_word) == ("repeated", 1)


def test_speech_between_two_words_is_missing_from_the_text() -> None:
    words = good(5) + good(5, 3600)
    heard = phones("F AY V", 2700) + phones("P L IY Z", 3050) + phones("S IH K S", 3650)
    (found,) = find_suggestions(episode_with(*words), heard)
    assert (found.kind, found.first_word, found.last_word) == ("missing", 5, 4)
    assert (found.heard, found.text) == (("P", "L", "IY", "Z"), "")
    assert (found.start_ms, found.end_ms) == (3050, 3370)


def test_a_phone_alone_at_a_pause_is_a_breath() -> None:
    words = good(5) + good(5, 3600)
    assert find_suggestions(episode_with(*words), phones("HH", 3100, 400)) == ()
    (found,) = find_suggestions(episode_with(*words), phones("HH AY", 3100, 200))
    assert found.kind == "missing"


def test_a_pause_alone_is_nothing() -> None:
    assert find_suggestions(episode_with(*good(5), *good(5, 9000))) == ()


def test_a_missing_passage_is_one_suggestion_and_the_worst_come_first() -> None:
    words = good(2) + [timed(None, None)] * 6 + good(2, 1900)
    words[9] = timed(2300, 2700, 0.6)
    found = find_suggestions(episode_with(*words))
    assert [(one.kind, one.first_word, one.last_word) for one in found] == [
        ("extra", 2, 7),
        ("substituted", 9, 9),
    ]


def test_no_more_than_so_many() -> None:
    text = [f"- {' '.join(f'w{n}' for n in range(2000))}"]
    words = [timed(at * 10, at * 10 + 5, 0.5) for at in range(2000)]
    assert len(find_suggestions(episode_with(*words, text=text))) == MOST_SUGGESTIONS


@given(
    st.lists(
        st.tuples(st.booleans(), st.integers(0, 500), st.integers(0, 500), st.floats(0, 1)),
        min_size=1,
        max_size=12,
    ),
    st.lists(st.tuples(st.integers(0, 300), st.integers(10, 200)), max_size=30),
)
def test_suggestions_fit_the_episode_and_do_not_touch(
    spans: list[tuple[bool, int, int, float]], heard: list[tuple[int, int]]
) -> None:
    words, now_ms = [], 0
    for absent, pause_ms, length_ms, confidence in spans:
        now_ms += pause_ms
        words.append(timed(None, None) if absent else timed(now_ms, now_ms + length_ms, confidence))
        now_ms += 0 if absent else length_ms
    recognised, at_ms = [], 0
    for pause_ms, length_ms in heard:
        recognised.append(HeardPhone("AA", at_ms + pause_ms, at_ms + pause_ms + length_ms))
        at_ms += pause_ms + length_ms
    text = [f"- {' '.join(f'w{n}' for n in range(len(words)))}"]
    episode = episode_with(*words, text=text)
    found = find_suggestions(episode, recognised)
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)
    pointed = [at for one in found for at in range(one.first_word, one.last_word + 1)]
    assert len(pointed) == len(set(pointed))
    for one in found:
        assert 0 <= one.first_word <= one.last_word + 1 <= len(words)
        assert 0 <= one.start_ms <= one.end_ms and 0 < one.score <= 1


def test_the_report_holds_them_and_gives_them_back(tmp_path: Path) -> None:
    transcript = transcript_of(TEXT)
    episode = episode_of(TEXT, alignment=alignment_of(transcript, absent=(3, 4)))
    found = find_suggestions(episode, phones("B AA R", 2230))
    assert found
    report = tmp_path / "demo.report.json"
    report.write_text(
        render_report(
            episode, STYLES["netflix"], {}, suspected_errors=suggestion_values(found, episode)
        )
    )
    assert read_suggestions(report, episode) == found
    # Of another text, damaged, or missing: none.
    other = replace(episode, words=tuple(replace(w, text="x") for w in episode.words))
    assert read_suggestions(report, other) == ()
    report.write_text('{"suspected_errors": {"suggestions": [{"kind": 1}]}}')
    assert read_suggestions(report, episode) == ()
    assert read_suggestions(tmp_path / "none.json", episode) == ()
    report.write_text("[" * 100_000)
    assert read_suggestions(report, episode) == ()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes on this system")
def test_a_pipe_is_no_report(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert read_suggestions(tmp_path / "pipe", episode_of(*DEMO)) == ()
