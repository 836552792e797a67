"""How right the program is on real people: `python -m bench.people FOLDER`.

Episodes are made of the recordings in the folders below FOLDER (see `recordings`): as they are,
with other people before and among the lines and passages cut out, with words of the text changed,
in noise. Those of the half that the model of presence is not fitted to are measured; a table says
how many words that are spoken are called absent, stand outside their own line or in what the
transcript lacks, and how well words that nobody says are told.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Collection
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.people.cases import Half, cases, half_of
from bench.people.episodes import write_episode
from bench.people.recordings import read_recordings
from bench.people.score import PeopleScore, score_people

SEED = 2
COLUMNS = (
    "kind",
    "spoken words",
    "called absent",
    "outside their line",
    "in insertions",
    "lines off",
    "first captions off",
    "absent: precision",
    "recall",
    "interpolated",
    "insertions / gaps",
    "reported",
    "calibration error",
)


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(prog="python -m bench.people", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--half", choices=["fit", "measure"], default="measure")
    parser.add_argument("--kind", action="append", help="only these: faithful, adverts, words, …")
    options = parser.parse_args()
    print(table(measure(options.folder, options.half, options.kind or ())))


def measure(
    folder: Path, half: Half = "measure", kinds: Collection[str] = ()
) -> dict[str, PeopleScore]:
    """Align all episodes of a folder, or those of some kinds; scores of each kind, and in parts."""
    totals: dict[str, PeopleScore] = {}
    recordings = half_of(read_recordings(folder), half)
    for name, episode in cases(recordings, SEED):
        kind, _, rest = name.partition("/")
        if kinds and kind not in kinds:
            continue
        with TemporaryDirectory() as work:
            truth = write_episode(episode, Path(work))
            timed = _run(Path(work))
        if timed is None:
            print(f"{name}: refused", file=sys.stderr, flush=True)
            continue
        score = score_people(timed, truth)
        told = f"{name}: {score.lost} of {score.spoken} spoken words called absent"
        print(told, file=sys.stderr, flush=True)
        for key in (kind, f"{kind}, {rest.split('-')[0]}"):
            totals[key] = totals[key] + score if key in totals else score
    return totals


def _run(folder: Path) -> dict[str, object] | None:
    command = [sys.executable, "-m", "pipeline", "align", "--quiet", "--id", "episode"]
    command += ["--audio", str(folder / "episode.wav")]
    command += ["--transcript", str(folder / "transcript.txt"), "--out", str(folder)]
    if subprocess.run(command, stdin=subprocess.DEVNULL, check=False).returncode != 0:
        return None
    text = (folder / "episode.episode.json").read_text(encoding="utf-8")
    timed: dict[str, object] = json.loads(text)
    return timed


def table(totals: dict[str, PeopleScore]) -> str:
    """Markdown, a row a kind."""
    rows = [COLUMNS, tuple("---" if n == 0 else "--:" for n in range(len(COLUMNS)))]
    for kind in sorted(totals):
        score = totals[kind]
        rows.append(
            (
                kind,
                f"{score.spoken:,}",
                _percent(score.lost, score.spoken),
                _percent(score.outside, score.spoken),
                str(score.in_insertions),
                f"{score.lines_off} of {score.lines}",
                str(score.first_caption_off),
                _percent(score.rightly_absent, score.absent),
                _percent(score.rightly_absent, score.unspoken),
                str(score.interpolated),
                f"{score.insertions} / {score.gaps}",
                _percent(score.reported_ms, score.inserted_ms),
                f"{score.calibration_error:.3f}",
            )
        )
    return "\n".join(f"| {' | '.join(row)} |" for row in rows) + "\n"


def _percent(part: float, whole: float) -> str:
    return f"{100 * part / whole:.2f} %" if whole else "–"


if __name__ == "__main__":
    main()
