"""Aligned anew on real sound: what is heard between the pins."""

import json
from pathlib import Path

import pytest

from pipeline.align.records import Alignment, TimedWord
from pipeline.assemble import assemble
from pipeline.episode import Episode
from pipeline.progress import SilentProgress
from pipeline.review.apply import apply_corrections
from pipeline.review.realign import plan_regions, realign
from pipeline.review.records import Corrections, LineCorrection
from pipeline.speakers.turns import TurnDiarizer
from pipeline.transcript.parse import read_transcript
from pipeline.transcript.records import Transcript
from tests.support import alignment_of, episode_of, header_of, timed, transcript_of

DEMO = Path(__file__).parents[2] / "seeds" / "demo"
WRONG = (14, 15, 16)


def line_texts() -> list[str]:
    return ["- One two three four.", "- Five six seven eight.", "- Nine ten eleven twelve."]


def plain() -> Episode:
    return episode_of(line_texts(), alignment=alignment_of(transcript_of(line_texts())))


def test_nothing_is_planned_where_nothing_moved() -> None:
    episode = plain()
    line = episode.lines[1]
    assert line.start_ms is not None
    checked = LineCorrection(1, line.text, checked=True)
    trimmed = LineCorrection(1, line.text, start_ms=line.start_ms - 100)
    for correction in (checked, trimmed):
        made = apply_corrections(episode, Corrections("demo", "a" * 64, (correction,)))
        assert made.held == (1,)
        assert plan_regions(episode, made) == ()


def test_regions_lie_between_the_pins() -> None:
    episode = plain()
    line = episode.lines[1]
    assert line.start_ms is not None and line.end_ms is not None
    pin = (line.start_ms + 900, line.end_ms + 900)
    made = apply_corrections(
        episode,
        Corrections("demo", "a" * 64, (LineCorrection(1, line.text, *pin),)),
    )
    held, right = plan_regions(episode, made)
    assert (held.words, held.start_ms, held.end_ms, held.held) == ((4, 5, 6, 7), *pin, True)
    assert right.start_ms == pin[1] and right.words[0] == 8
    # A line that a person has found right bounds them, too.
    both = (LineCorrection(1, line.text, *pin), LineCorrection(2, line_texts()[2], checked=True))
    made = apply_corrections(episode, Corrections("demo", "a" * 64, both))
    assert [(r.words[0], r.held) for r in plan_regions(episode, made)] == [(4, True), (8, True)]


@pytest.fixture(scope="module")
def demo() -> Episode:
    """The demo with its true times, but for three lines that an aligner has crammed together."""
    truth = json.loads((DEMO / "truth.json").read_text(encoding="utf-8"))["words"]
    transcript = read_transcript(DEMO / "transcript.txt")
    assert [word["text"] for word in truth] == [word.text for word in transcript.words]
    words = [timed(round(word["start_ms"]), round(word["end_ms"]), 0.95) for word in truth]
    made = _assembled(transcript, words)
    first, last = made.lines[WRONG[0]].first_word, made.lines[WRONG[-1]].last_word
    low_ms, high_ms = words[first].start_ms or 0, words[last].end_ms or 0
    for at in range(first, last + 1):
        start_ms, end_ms = words[at].start_ms or 0, words[at].end_ms or 0
        words[at] = timed(
            high_ms - (high_ms - start_ms) * 3 // 10, high_ms - (high_ms - end_ms) * 3 // 10, 0.4
        )
    assert low_ms < (words[first].start_ms or 0) - 3000
    return _assembled(transcript, words)


def _assembled(transcript: Transcript, words: list[TimedWord]) -> Episode:
    alignment = Alignment(tuple(words), (), 173_000, 1.0)
    attribution = TurnDiarizer().assign(
        transcript, alignment, (), Path("demo.mp3"), SilentProgress()
    )
    return assemble(transcript, alignment, attribution, header_of())


def test_one_pin_brings_the_words_around_it_back(demo: Episode) -> None:
    truth = json.loads((DEMO / "truth.json").read_text(encoding="utf-8"))["words"]
    line = demo.lines[WRONG[1]]
    pin = (
        round(truth[line.first_word]["start_ms"]),
        round(truth[line.last_word]["end_ms"]),
    )
    correction = LineCorrection(line.index, line.text, *pin)
    made = apply_corrections(demo, Corrections("demo", "a" * 64, (correction,)))
    assert made.misfits == ()
    heard = realign(demo, made, DEMO / "demo.mp3")
    assert (heard.lines[line.index].start_ms, heard.lines[line.index].end_ms) == pin
    first, last = demo.lines[WRONG[0]].first_word, demo.lines[WRONG[-1]].last_word
    errors = []
    for at in range(first, last + 1):
        word = heard.words[at]
        assert word.status == "aligned" and word.start_ms is not None
        errors.append(abs(word.start_ms - truth[at]["start_ms"]))
    assert max(errors) < 200 and sorted(errors)[len(errors) // 2] < 40
    # Proportional times were much worse, and all else is as it was.
    before = [abs((made.episode.words[at].start_ms or 0) - truth[at]["start_ms"])
              for at in range(first, last + 1)]  # fmt: skip
    assert max(before) > 1000
    outside = [w for w in heard.words if not first - 20 <= w.index <= last + 20]
    assert outside == [w for w in demo.words if not first - 20 <= w.index <= last + 20]
