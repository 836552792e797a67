from pathlib import Path

import pytest

from bench.subtitles import Figures, episode_from_truth, measure, measure_naive, table
from pipeline.episode import Episode
from pipeline.subtitles.breaks import Boundary
from pipeline.subtitles.check import count_by_rule
from pipeline.subtitles.styles import STYLES

DEMO = Path(__file__).parents[2] / "seeds" / "demo"


@pytest.fixture(scope="module")
def episode() -> Episode:
    return episode_from_truth(DEMO / "transcript.txt", DEMO / "truth.json", ["Maya", "Tom"])


@pytest.fixture(scope="module")
def netflix(episode: Episode) -> Figures:
    return measure(episode, STYLES["netflix"])


def test_the_demo_keeps_the_style(netflix: Figures) -> None:
    assert {rule: n for rule, n in count_by_rule(netflix.violations).items() if n} == {}
    assert netflix.avoidable == ()


def test_the_demo_is_broken_at_phrases(netflix: Figures) -> None:
    assert netflix.breaks.total > 20
    assert netflix.breaks.counts[Boundary.FORBIDDEN] == 0
    assert netflix.breaks.share(Boundary.PLAIN, Boundary.POOR) < 0.15


def test_no_line_ends_in_a_word_that_wants_another(netflix: Figures) -> None:
    # Judged without the program's own rules of grammar.
    ends = {cue_line.tokens[-1].text.lower() for cue in netflix.cues for cue_line in cue.lines}
    assert ends.isdisjoint({"a", "an", "the", "to", "my", "your", "i", "he", "she", "we", "they"})


def test_everything_is_shown(netflix: Figures, episode: Episode) -> None:
    words = [word for cue in netflix.cues for line in cue.lines for word in line.words]
    assert words == [word.index for word in episode.words]


def test_one_caption_a_line_is_worse(episode: Episode, netflix: Figures) -> None:
    by_line = measure_naive(episode, STYLES["netflix"])
    assert len(by_line.violations) > len(netflix.violations)
    lines = table([netflix, by_line]).splitlines()
    assert lines[0] == "|  | netflix | one line, one caption |"
    assert len({row.count("|") for row in lines}) == 1
