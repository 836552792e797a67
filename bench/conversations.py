"""`python -m bench.conversations FOLDER`: the right speaker in many conversations of real voices.

FOLDER holds a folder of recordings for each person. They are cut at pauses and joined
(bench/pieces.py): every pair of people, 60 s each, and of those with much to say 150 s each, and
240 and 40 s; every third triple, every fourth four. Where every recording has its text beside it
the times are the aligner's; otherwise words are made up, and their true times given with an error.
Those below 97 % of words are listed, then all summed up.
"""

from __future__ import annotations

import argparse
import itertools
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from bench.pieces import RATE_HZ, Piece, have_texts, join, pieces_of_people
from bench.speakers import VARIANTS, shares_right, speakers_of, strip_marks, times_of
from pipeline.progress import SilentProgress
from pipeline.speakers.registry import load_diarizer

GOAL = 0.97
MUCH_S = 100.0


class Case(NamedTuple):
    """Who talks, and for how many seconds at most."""

    people: tuple[str, ...]
    lengths_s: tuple[float, ...]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.conversations", description=__doc__)
    parser.add_argument("folder", type=Path, help="a folder of recordings for each person")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0])
    parser.add_argument("--diarizer", default="transcript")
    parser.add_argument("--times", choices=("aligner", "truth"))
    parser.add_argument("--jitter-ms", type=float, default=20.0)
    options = parser.parse_args()
    people = {
        folder.name: sorted(file for file in folder.iterdir() if file.suffix != ".txt")
        for folder in sorted(options.folder.iterdir())
        if folder.is_dir()
    }
    options.times = options.times or ("aligner" if have_texts(people) else "truth")
    pieces = pieces_of_people(people)
    shares: dict[str, list[tuple[float, float]]] = {variant: [] for variant in VARIANTS}
    for seed in options.seeds:
        options.seed = seed
        for number, case in enumerate(cases_of(pieces)):
            found = measure(pieces, case, number, options)
            for variant, share in found.items():
                shares[variant].append(share)
            if any(up_to_naming < GOAL or plain < GOAL for plain, up_to_naming in found.values()):
                said = ", ".join(f"{100 * a:.1f} ({100 * b:.1f})" for a, b in found.values())
                print(f"seed {seed}, {number}: {' '.join(case.people)}: {said}", flush=True)
    print(table({variant: np.array(found) for variant, found in shares.items()}))


def cases_of(pieces: Mapping[str, Sequence[Piece]]) -> Iterator[Case]:
    people = list(pieces)
    for pair in itertools.combinations(people, 2):
        yield Case(pair, (60, 60))
    for pair in itertools.combinations((p for p in people if length_s(pieces[p]) > MUCH_S), 2):
        yield Case(pair, (150, 150))
        yield Case(pair, (240, 40))
    for triple in itertools.islice(itertools.combinations(people, 3), 0, None, 3):
        yield Case(triple, (60, 40, 30))
    for four in itertools.islice(itertools.combinations(people, 4), 0, None, 4):
        yield Case(four, (60, 50, 40, 30))


def measure(
    pieces: Mapping[str, Sequence[Piece]], case: Case, number: int, options: argparse.Namespace
) -> dict[str, tuple[float, float]]:
    """For each variant the shares of words right, and right up to naming."""
    rng = np.random.default_rng(options.seed * 1000 + number)
    chosen = {
        name: some_of(pieces[name], seconds, rng)
        for name, seconds in zip(case.people, case.lengths_s, strict=True)
    }
    with tempfile.TemporaryDirectory() as folder:
        audio = Path(folder) / "conversation.wav"
        transcript, truth = join(chosen, audio, rng)
        right = [word["speaker"] for word in truth["words"]]
        alignment = times_of(transcript, truth, audio, options)
        found = {}
        for variant in VARIANTS:
            text = strip_marks(transcript, variant, np.random.default_rng(options.seed))
            diarizer = load_diarizer(options.diarizer)
            attribution = diarizer.assign(
                text, alignment, speakers_of(truth), audio, SilentProgress()
            )
            found[variant] = shares_right(attribution, right)
    return found


def some_of(pieces: Sequence[Piece], seconds: float, rng: np.random.Generator) -> list[Piece]:
    """Pieces in order from anywhere on, round the end to the beginning, until it is enough."""
    first = int(rng.integers(len(pieces)))
    found: list[Piece] = []
    for piece in [*pieces[first:], *pieces[:first]]:
        if length_s(found) >= seconds:
            break
        found.append(piece)
    return found


def length_s(pieces: Sequence[Piece]) -> float:
    return sum(len(piece.samples) for piece in pieces) / RATE_HZ


def table(shares: Mapping[str, np.ndarray]) -> str:  # type: ignore[type-arg]
    """Of shares, shape (conversations, 2): mean, how many reach the goal, worst."""

    def cells(name: str, text: str) -> str:
        return f"| {name} | {text} |"

    count = len(next(iter(shares.values())))
    rows = {
        "mean of words right": lambda a: f"{100 * a.mean():.2f} %",
        f"at least {100 * GOAL:.0f} %": lambda a: f"{(a >= GOAL).sum()} of {count}",
        "worst": lambda a: f"{100 * a.min():.1f} %",
    }
    lines = [cells("", " | ".join(shares)), "|---" * (len(shares) + 1) + "|"]
    for name, figure in rows.items():
        pairs = [(figure(a[:, 0]), figure(a[:, 1])) for a in shares.values()]
        said = (a if a == b else f"{a} (up to naming {b})" for a, b in pairs)
        lines.append(cells(name, " | ".join(said)))
    return "\n".join(lines)


if __name__ == "__main__":
    main()
