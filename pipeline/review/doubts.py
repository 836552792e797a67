"""The passages that a person should look at first. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.episode import Episode, Line

__all__ = ["Doubt", "find_doubts"]

DOUBTFUL = 0.5
LONGEST_LINES = 12
MAX_DOUBTS = 500


@dataclass(frozen=True, slots=True)
class Doubt:
    """Lines `first_line` to `last_line`, both included, with what is wrong about them.

    Attributes:
        score: the number of words that are probably wrong, each by how much.
        absent: words that the audio lacks.
        doubtful: words of low confidence or with inferred times.
        before_ms: how long speech that the transcript lacks lies right before; 0 if none.
    """

    first_line: int
    last_line: int
    score: float
    absent: int
    doubtful: int
    before_ms: int


def find_doubts(episode: Episode) -> tuple[Doubt, ...]:
    """All doubtful passages, worst first, at most `MAX_DOUBTS`."""
    runs: list[list[Line]] = []
    untranscribed = _untranscribed_before(episode)
    for line in episode.lines:
        if not (_wrong(episode, line) or line.index in untranscribed):
            continue
        joins = runs and runs[-1][-1].index == line.index - 1 and len(runs[-1]) < LONGEST_LINES
        if joins and line.index not in untranscribed:
            runs[-1].append(line)
        else:
            runs.append([line])
    found = []
    for run in runs:
        wrong = [at for line in run for at in _wrong(episode, line)]
        absent = sum(episode.words[at].status == "absent" for at in wrong)
        before_ms = untranscribed.get(run[0].index, 0)
        # Speech has some two and a half words a second.
        score = sum(1 - episode.words[at].confidence for at in wrong) + before_ms / 400
        found.append(
            Doubt(
                run[0].index, run[-1].index, round(score, 3), absent, len(wrong) - absent, before_ms
            )
        )
    found.sort(key=lambda doubt: (-doubt.score, doubt.first_line))
    return tuple(found[:MAX_DOUBTS])


def _wrong(episode: Episode, line: Line) -> list[int]:
    return [
        at
        for at in range(line.first_word, line.last_word + 1)
        if episode.words[at].confidence < DOUBTFUL or episode.words[at].status != "aligned"
    ]


def _untranscribed_before(episode: Episode) -> dict[int, int]:
    """Line by the length of the unwritten speech between it and the line before."""
    found: dict[int, int] = {}
    for gap in episode.gaps:
        if gap.kind != "untranscribed":
            continue
        after = next(
            (
                line.index
                for line in episode.lines
                if line.start_ms is not None and line.start_ms >= gap.start_ms
            ),
            len(episode.lines) - 1,
        )
        if after >= 0:
            found[after] = found.get(after, 0) + gap.end_ms - gap.start_ms
    return found
