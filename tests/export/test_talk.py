import json
from dataclasses import replace

import pytest

from pipeline.align.records import Alignment, TimedWord
from pipeline.export.report import render_report
from pipeline.export.rttm import speaker_turns
from pipeline.export.talk import talk_of
from pipeline.speakers.records import Attribution, DoubtedTurn, NamedBy, UnmarkedChange
from pipeline.subtitles.styles import load_style
from tests.support import ELON, LEX, episode_of


def timed(*spans: tuple[int, int]) -> Alignment:
    return Alignment(tuple(TimedWord(*s, 1.0, "aligned") for s in spans), (), 60_000, 1.0)


def test_talk_time_turns_interruptions_and_rate() -> None:
    episode = episode_of(
        ["- [Lex] one two", "- [Elon] three", "- [Lex] four"],
        alignment=timed((0, 1000), (1200, 2000), (1900, 3000), (5000, 6000)),
    )
    assert list(speaker_turns(episode))[:2] == [("lex", 0, 2000), ("elon", 1900, 3000)]
    lex, elon = talk_of(episode)
    assert (lex.speaker, lex.talk_ms, lex.turns, lex.interruptions, lex.words) == (
        "lex",
        3000,
        2,
        0,
        3,
    )
    assert (elon.talk_ms, elon.turns, elon.interruptions) == (1100, 1, 1)
    assert lex.share == pytest.approx(3000 / 4100)
    assert elon.words_per_minute == pytest.approx(60_000 / 1100)


def test_a_silent_speaker_has_no_rate() -> None:
    episode = episode_of(["- [Lex] one"], alignment=timed((0, 1000)))
    assert talk_of(episode)[1].words_per_minute is None


def test_the_report_tells_what_decided_and_what_is_doubtful() -> None:
    episode = episode_of(
        ["- [Lex] one", "- [Elon] two", "three"],
        alignment=timed((0, 1000), (1500, 2000), (2000, 3000)),
        speakers=(LEX, replace(ELON, role=None)),
    )
    attribution = Attribution(
        episode.speakers,
        ("lex", "elon", "lex"),
        named_by=(NamedBy("lex", "label", 0.98765),),
        doubted=(DoubtedTurn(1, 1, "elon", "lex", "label", 0.9),),
        unmarked=(UnmarkedChange(2, "elon", "lex", 0.8),),
    )
    report = json.loads(render_report(episode, load_style("netflix"), {}, attribution))
    lex, elon = report["speakers"]
    assert (lex["name"], lex["named_by"], lex["name_score"]) == ("Lex Fridman", "label", 0.9877)
    assert (elon["named_by"], elon["name_score"]) == (None, None)
    assert report["doubted_turns"] == [
        {
            "word": 1,
            "line": 1,
            "start_ms": 1500,
            "start": "0:00:01.500",
            "text": "- [Elon] two",
            "last_word": 1,
            "speaker": "elon",
            "voice": "lex",
            "reason": "label",
            "probability": 0.9,
        }
    ]
    (change,) = report["unmarked_changes"]
    assert (change["word"], change["before"], change["after"]) == (2, "elon", "lex")
    assert "doubted_turns" not in json.loads(render_report(episode, load_style("netflix"), {}))
