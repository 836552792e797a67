import numpy as np

from pipeline.align.records import Alignment, TimedWord
from pipeline.speakers.boundaries import Boundary, read_cues, segments_of
from tests.support import transcript_of


def timed(*spans: tuple[int, int] | None) -> Alignment:
    words = tuple(
        TimedWord(None, None, 0.0, "absent") if s is None else TimedWord(*s, 1.0, "aligned")
        for s in spans
    )
    return Alignment(words, (), 100_000, 1.0)


def test_what_stands_before_each_word() -> None:
    transcript = transcript_of(["- One two. Three", "(laughing) four", "- [Ann] five.”", "six"])
    cues = read_cues(
        transcript, timed((0, 100), (100, 200), (600, 700), (700, 800), (800, 900), (1200, 1300))
    )
    assert [Boundary(kind) for kind in cues.boundary] == [
        Boundary.DASH,
        Boundary.INSIDE,
        Boundary.SENTENCE_PAUSE,
        Boundary.EVENT,
        Boundary.DASH,
        Boundary.SENTENCE_PAUSE,
    ]
    assert cues.turn.tolist() == [1, 1, 1, 1, 2, 2]
    assert cues.label == (None, None, "Ann")


def test_a_silent_turn_lets_anyone_go_on() -> None:
    cues = read_cues(transcript_of(["- a", "- (laughing)", "- b"]), timed((0, 100), (100, 200)))
    assert cues.boundary[1] == Boundary.EVENT


def test_segments_end_at_boundaries_and_stay_short() -> None:
    spans = [(n * 1000, n * 1000 + 1000) for n in range(6)]
    alignment = timed(*spans)
    cues = read_cues(transcript_of(["- a b c d. e f"]), alignment)
    cuts = segments_of(cues, alignment)
    assert cuts.tolist() == [0, 2, 4, 6]
    assert np.all(np.diff(cuts) > 0)


def test_words_without_times_do_not_cut() -> None:
    alignment = timed((0, 200), None, None, (300, 500))
    cues = read_cues(transcript_of(["a b c d"]), alignment)
    assert segments_of(cues, alignment).tolist() == [0, 4]
