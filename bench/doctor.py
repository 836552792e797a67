"""`python -m bench.doctor`: how many planted word errors the doctor finds, and how soon.

Speaks a transcript, plants errors in its text (seeded), runs the whole pipeline and counts the
planted errors among the first suggestions: a suggestion counts if it points at the word at fault
or at one beside it. Writes bench/DOCTOR.md.
"""

from __future__ import annotations

import argparse
import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bench.synth.cases import CASES, make_case
from bench.synth.episode import join, write_wav
from bench.synth.invent import invent_transcript
from bench.synth.plant import KINDS, Planted, plant_errors
from bench.synth.script import Script, read_script, render_script
from pipeline.doctor.records import Suggestion
from pipeline.job import make_job
from pipeline.progress import SilentProgress
from pipeline.run import time_episode

ROOT = Path(__file__).resolve().parents[1]
DEPTHS = (100, 200, 400)


@dataclass(frozen=True, slots=True)
class Outcome:
    """Planted errors found among the first so many suggestions, and by kind among the first 400."""

    what: str
    seed: int
    planted: int
    suggestions: int
    found: tuple[int, ...]
    by_kind: dict[str, tuple[int, int]]


def hits(planted: Sequence[Planted], suggestions: Sequence[Suggestion]) -> dict[int, int]:
    """Planted error by the number of the first suggestion that points at it."""
    found: dict[int, int] = {}
    for number, suggestion in enumerate(suggestions):
        reach = range(suggestion.first_word - 1, suggestion.last_word + 2)
        if suggestion.kind == "missing":
            reach = range(suggestion.first_word - 1, suggestion.first_word + 2)
        for error in planted:
            if error.word in reach:
                found.setdefault(error.word, number)
    return found


def outcome(
    what: str, seed: int, planted: Sequence[Planted], suggestions: Sequence[Suggestion]
) -> Outcome:
    """Count."""
    found = hits(planted, suggestions)
    kinds = Counter(error.kind for error in planted)
    got = Counter(e.kind for e in planted if found.get(e.word, DEPTHS[-1]) < DEPTHS[-1])
    return Outcome(
        what,
        seed,
        len(planted),
        len(suggestions),
        tuple(sum(at < depth for at in found.values()) for depth in DEPTHS),
        {kind: (got[kind], kinds[kind]) for kind in KINDS},
    )


def run(script: Script, case: str, voices: str, count: int, seed: int, cache: Path) -> Outcome:
    """Speak, plant, align, count."""
    folder = cache / "doctor" / f"{case}-{voices.replace(',', '-')}-{seed}"
    take = make_case(case, script, voices.split(","), cache_dir=cache)
    write_wav(folder / "episode.wav", join(take.segments))
    text, planted = plant_errors(take.script, count, np.random.default_rng(seed))
    (folder / "transcript.txt").write_text(render_script(text), encoding="utf-8")
    job = make_job(
        folder / "episode.wav",
        folder / "transcript.txt",
        folder,
        overrides={"diarizer": "text"},
    )
    timed = time_episode(job, SilentProgress())
    (folder / "episode.wav").unlink()
    if len(timed.episode.words) != len(text.words):
        raise SystemExit("the pipeline reads other words than the benchmark")
    return outcome(f"{case}, {voices}", seed, planted, timed.suggestions)


def table(outcomes: Sequence[Outcome]) -> str:
    """Markdown."""
    head = ["case", "seed", "suggestions", *(f"first {depth}" for depth in DEPTHS), *KINDS]
    rows = [head, ["---"] * len(head)]
    for one in outcomes:
        shares = [f"{100 * found / one.planted:.1f} %" for found in one.found]
        kinds = [f"{got} of {count}" for got, count in one.by_kind.values()]
        rows.append([one.what, str(one.seed), str(one.suggestions), *shares, *kinds])
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(prog="python -m bench.doctor", description=__doc__)
    parser.add_argument(
        "--transcript", type=Path, default=os.environ.get("LEX400_TRANSCRIPT"),
        help="default: $LEX400_TRANSCRIPT, else one made up",
    )  # fmt: skip
    parser.add_argument("--minutes", type=float, help="only so many minutes of it")
    parser.add_argument("--errors", type=int, default=200)
    parser.add_argument("--case", action="append", choices=list(CASES), help="default: clean")
    parser.add_argument("--voices", action="append", help="default: rms,slt")
    parser.add_argument("--seed", type=int, action="append", help="default: 1")
    parser.add_argument("--cache", type=Path, default=ROOT / ".cache" / "bench")
    parser.add_argument("--results", type=Path, help="append the table to this file")
    options = parser.parse_args()
    path = options.transcript
    if path is None:
        path = options.cache / "invented-0.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(invent_transcript(options.minutes or 120, seed=0), encoding="utf-8")
    script = read_script(path, minutes=options.minutes)
    outcomes = []
    for case in options.case or ["clean"]:
        for voices in options.voices or ["rms,slt"]:
            for seed in options.seed or [1]:
                outcomes.append(run(script, case, voices, options.errors, seed, options.cache))
                print(table(outcomes[-1:]), flush=True)
    if options.results:
        with options.results.open("a", encoding="utf-8") as file:
            file.write(table(outcomes))


if __name__ == "__main__":
    main()
