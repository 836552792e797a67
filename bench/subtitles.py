"""What captions look like by numbers: `python -m bench.subtitles --transcript T --truth J`.

Times are the truth's, so that only the captions are judged. Prints a table in Markdown.
"""

from __future__ import annotations

import argparse
import itertools
import json
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.align.records import Alignment, TimedWord
from pipeline.assemble import EpisodeHeader, assemble
from pipeline.episode import Engine, Episode, SourceFile, Speaker
from pipeline.speakers.records import Attribution
from pipeline.subtitles.breaks import Boundary, boundary
from pipeline.subtitles.check import Violation, captions_of, check_captions
from pipeline.subtitles.cues import Cue, CueLine, make_cues
from pipeline.subtitles.styles import STYLES, Style
from pipeline.transcript.parse import read_transcript

__all__ = ["Breaks", "Figures", "count_breaks", "episode_from_truth", "measure"]


@dataclass(frozen=True, slots=True)
class Breaks:
    """How many line ends inside turns are of each kind, and shares of the good ones."""

    counts: dict[Boundary, int]

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    def share(self, *kinds: Boundary) -> float:
        return sum(self.counts[kind] for kind in kinds) / max(1, self.total)


@dataclass(frozen=True, slots=True)
class Figures:
    """All figures about the captions of one style."""

    style: str
    seconds: float
    cues: tuple[Cue, ...]
    violations: tuple[Violation, ...]
    breaks: Breaks
    """All line ends, ends of captions included."""
    inner_breaks: Breaks
    """Those inside captions."""
    avoidable: tuple[Violation, ...]
    """Captions that are too fast although they could stay longer."""

    def of_rule(self, rule: str) -> tuple[Violation, ...]:
        return tuple(violation for violation in self.violations if violation.rule == rule)


def episode_from_truth(transcript: Path, truth: Path, labels: Sequence[str]) -> Episode:
    """A timed episode whose words have exactly the times and speakers of the truth."""
    parsed = read_transcript(transcript, labels)
    values = json.loads(truth.read_text(encoding="utf-8"))
    words = values["words"]
    keys = list(dict.fromkeys(word["speaker"] for word in words))
    duration_ms = round(values["duration_ms"])
    timed = tuple(
        TimedWord(round(word["start_ms"]), round(word["end_ms"]), 1.0, "aligned") for word in words
    )
    return assemble(
        parsed,
        Alignment(timed, (), duration_ms, 1.0),
        Attribution(
            tuple(Speaker(key, key.title()) for key in keys),
            tuple(word["speaker"] for word in words),
        ),
        EpisodeHeader(
            id=transcript.stem,
            title=transcript.stem,
            audio=SourceFile("audio", "0" * 64),
            transcript=SourceFile(transcript.name, "0" * 64),
            engine=Engine("truth", "truth", "0"),
        ),
    )


def measure(episode: Episode, style: Style) -> Figures:
    """Make captions and judge them."""
    begin_s = time.perf_counter()
    cues = make_cues.__wrapped__(episode, style)
    spent_s = time.perf_counter() - begin_s
    violations = check_captions(captions_of(cues), style)
    lines = [line for cue in cues for line in cue.lines]
    return Figures(
        style=style.name,
        seconds=spent_s,
        cues=cues,
        violations=violations,
        breaks=count_breaks(lines),
        inner_breaks=_added(count_breaks(cue.lines) for cue in cues),
        avoidable=tuple(_avoidable(cues, violations, style)),
    )


def count_breaks(lines: Sequence[CueLine]) -> Breaks:
    """Judge the breaks between neighbouring lines of the same turn."""
    counts: Counter[Boundary] = Counter()
    for one, two in itertools.pairwise(lines):
        last = one.tokens[-1]
        if last.turn == two.tokens[0].turn:
            earlier = one.tokens[-2].text if len(one.tokens) > 1 else ""
            counts[boundary(last.text, two.tokens[0].text, earlier)] += 1
    return Breaks({kind: counts[kind] for kind in Boundary})


def _added(parts: Iterator[Breaks]) -> Breaks:
    counts: Counter[Boundary] = Counter()
    for part in parts:
        counts.update(part.counts)
    return Breaks({kind: counts[kind] for kind in Boundary})


def _avoidable(
    cues: Sequence[Cue], violations: Sequence[Violation], style: Style
) -> Iterator[Violation]:
    for violation in violations:
        if violation.rule != "reading-speed" or violation.cue == len(cues):
            continue
        cue, after = cues[violation.cue - 1], cues[violation.cue]
        room_ms = after.start_ms - style.min_gap_ms - cue.end_ms
        if room_ms > 0 and cue.end_ms - cue.start_ms < style.max_duration_ms:
            yield violation


def table(figures: Sequence[Figures]) -> str:
    """Render the figures in Markdown."""
    rules = ("line-length", "lines", "min-duration", "max-duration", "gap", "overlap")
    rows = [
        ("", *(f.style for f in figures)),
        ("--", *("--:" for _ in figures)),
        ("captions", *(str(len(f.cues)) for f in figures)),
        ("seconds to make them", *(f"{f.seconds:.2f}" for f in figures)),
        *((f"violations: {rule}", *(str(len(f.of_rule(rule))) for f in figures)) for rule in rules),
        (
            "too fast to read",
            *(
                f"{len(f.of_rule('reading-speed'))} "
                f"({len(f.of_rule('reading-speed')) / len(f.cues):.2%})"
                for f in figures
            ),
        ),
        ("of these, with room left", *(str(len(f.avoidable)) for f in figures)),
        ("line ends inside turns", *(str(f.breaks.total) for f in figures)),
        *(
            (f"- {name}", *(f"{f.breaks.share(*kinds):.1%}" for f in figures))
            for name, kinds in (
                ("after punctuation", (Boundary.SENTENCE, Boundary.CLAUSE)),
                ("before a conjunction", (Boundary.CONJUNCTION,)),
                ("before a preposition", (Boundary.PREPOSITION,)),
                ("elsewhere", (Boundary.PLAIN,)),
                ("poor", (Boundary.POOR,)),
            )
        ),
        ("- forbidden splits", *(str(f.breaks.counts[Boundary.FORBIDDEN]) for f in figures)),
    ]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def naive(style: Style) -> Style:
    """One caption a line, judged by the limits of `style`."""
    by_line = STYLES["transcript"]
    return replace(
        style,
        name="one line, one caption",
        mode="transcript",
        dashes=by_line.dashes,
        dash=by_line.dash,
        min_duration_ms=1,
        max_duration_ms=by_line.max_duration_ms,
        min_gap_ms=0,
        chain_below_ms=0,
        linger_ms=0,
        max_chars_per_second=by_line.max_chars_per_second,
    )


def measure_naive(episode: Episode, style: Style) -> Figures:
    """What a caption for each line from its first word to its last would be."""
    made = measure(episode, naive(style))
    violations = check_captions(captions_of(made.cues), style)
    return replace(made, violations=violations)


def main() -> None:
    """Read the arguments, measure, print."""
    parser = argparse.ArgumentParser(prog="python -m bench.subtitles", description=__doc__)
    parser.add_argument("--transcript", type=Path, default=Path("seeds/demo/transcript.txt"))
    parser.add_argument("--truth", type=Path, default=Path("seeds/demo/truth.json"))
    parser.add_argument("--labels", default="Maya,Tom,Lex,Elon", help="speakers' labels")
    options = parser.parse_args()
    episode = episode_from_truth(options.transcript, options.truth, options.labels.split(","))
    figures = [measure(episode, STYLES[name]) for name in ("netflix", "bbc", "youtube", "podcast")]
    netflix = STYLES["netflix"]
    print(table([*figures, measure_naive(episode, netflix)]))
    print("\nCaptions in the style netflix that are too fast to read:\n")
    for violation in figures[0].of_rule("reading-speed"):
        text = figures[0].cues[violation.cue - 1].text.replace("\n", " / ")
        print(f"- {violation.cue}: {violation.value:.1f} characters a second: {text}")


if __name__ == "__main__":
    main()
