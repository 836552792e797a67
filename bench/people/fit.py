"""Fits the model of presence: `python -m bench.people.fit PEOPLE CASE_DIR …`.

PEOPLE is a folder of recordings of real people, of which half is used (see `bench.people.cases`);
each CASE_DIR is a case made by `python -m bench.synth`. Writes the weights of the features into
`pipeline/align/presence.toml`; the rates and lengths above them there are not fitted but set.

The weights are those of a logistic regression in which all else that the model says of a word, its
log odds without the word's own evidence, is an offset; so both are made once more, until nothing
changes.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.people.cases import cases, half_of
from bench.people.episodes import write_episode
from bench.people.recordings import read_recordings
from pipeline.align import presence as presence_module
from pipeline.align.acoustic_model import load_acoustic_model
from pipeline.align.hmm import HmmAligner
from pipeline.align.phone_decoder import DecodedPhones
from pipeline.align.presence import PresenceModel, log_odds, presence, presence_model
from pipeline.align.text_breaks import text_breaks
from pipeline.align.word_features import BAD_SIGNS, FEATURES, GOOD_SIGNS
from pipeline.align.word_finder import Evidence
from pipeline.audio.recording import Recording
from pipeline.errors import InputError
from pipeline.progress import SilentProgress
from pipeline.transcript.parse import read_transcript

START_RIGHT_MS = 100.0
END_RIGHT_MS = 200.0  # where a word ends before a pause is vague
LINE_MS = 200.0
RIDGE = 2.0
ROUNDS = 8
STEP = 0.6  # of the way to the new weights: the offset depends on the old ones
MOST_OFFSET = 15.0
DEPARTURE = 0.25
MOST_WORDS = 12_000  # of a folder; more count for less
SEED = 1


@dataclass(frozen=True, eq=False)
class Observed:
    """The evidence of a case, whether each word is right, as float64, and the case's folder."""

    evidence: Evidence
    breaks: NDArray[np.int8]
    heard: DecodedPhones
    right: NDArray[np.float64]
    group: str


Reference = dict[str, tuple[float, float]]
"""Of a word of a recording, by its name, start and end from the line's start, where found there."""


def observe(
    folder: Path, group: str, reference: Reference, departures: set[str]
) -> Observed | None:
    """Align a case; None if it is refused.

    Lines of a faithful case of which a quarter is not found are taken for departures from the
    script: nobody can say what is right about them, there and in the cases made of them.
    """
    transcript = read_transcript(folder / "transcript.txt")
    audio = next(folder.glob("episode.*"))
    try:
        with Recording() as recording:
            found, heard = HmmAligner().find(transcript, audio, recording, SilentProgress())
    except InputError as error:
        print(f"{folder.name}: refused: {error}", flush=True)
        return None
    truth = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    evidence = found.evidence
    times_ms = 10.0 * np.stack([evidence.starts, evidence.ends], axis=1)
    if "insertions" in truth:
        lines = np.array([word["line"] for word in truth["words"]])
        if _is_faithful(truth):
            absent = np.bincount(lines, found.placed.starts < 0) / np.bincount(lines)
            departures |= {truth["lines"][n]["name"] for n in np.flatnonzero(absent > DEPARTURE)}
        right = _right_of_people(times_ms, truth, reference)
        right[[truth["lines"][line]["name"] in departures for line in lines]] = np.nan
    else:
        right = _right_of_synthetic(times_ms, truth)
    return Observed(evidence, text_breaks(transcript), heard, right, group)


def _is_faithful(truth: dict[str, Any]) -> bool:
    borders = all(line["borders_ms"] for line in truth["lines"])
    return borders and not truth["insertions"] and all(w["said"] for w in truth["words"])


def _right_of_people(
    times_ms: NDArray[np.float64], truth: dict[str, Any], reference: Reference
) -> NDArray[np.float64]:
    """Whether each word is where its right text has it, else within its line, else spoken at all.

    The times of a faithful case are the reference of those made of it, which follow.
    """
    faithful = _is_faithful(truth)
    right = np.zeros(len(times_ms))
    for n, word in enumerate(truth["words"]):
        borders = truth["lines"][word["line"]]["borders_ms"]
        if word["said"] is None or borders is None:
            continue
        start_ms, end_ms = times_ms[n]
        if start_ms < 0:
            right[n] = 1.0
            continue
        within = start_ms > borders[0] - LINE_MS and end_ms < borders[1] + LINE_MS
        usual = reference.get(word["said"])
        if usual is not None:
            late_ms = abs(start_ms - borders[0] - usual[0]), abs(end_ms - borders[0] - usual[1])
            within = late_ms[0] <= START_RIGHT_MS and late_ms[1] <= END_RIGHT_MS
        elif faithful and within:
            reference[word["said"]] = (start_ms - borders[0], end_ms - borders[0])
        right[n] = within
    return right


def _right_of_synthetic(
    times_ms: NDArray[np.float64], truth: dict[str, Any]
) -> NDArray[np.float64]:
    real = [(word.get("start_ms"), word.get("end_ms")) for word in truth["words"]]
    true = np.array([(np.nan, np.nan) if a is None else (a, b) for a, b in real])
    true[truth["absent"]] = np.nan
    near = np.all(np.abs(times_ms - true) < (START_RIGHT_MS, END_RIGHT_MS), axis=1)
    near |= (times_ms[:, 0] < 0) & ~np.isnan(true[:, 0])
    right = near.astype(np.float64)
    right[truth.get("ambiguous_words", [])] = np.nan
    return right


def fit(seen: Sequence[Observed], model: PresenceModel) -> PresenceModel:
    """The model with new weights."""
    acoustic_model = load_acoustic_model()
    words: Counter[str] = Counter()
    for case in seen:
        words[case.group] += len(case.right)
    for number in range(ROUNDS):
        features, right, offsets, weights = [], [], [], []
        for case in seen:
            evidence = case.evidence
            odds = log_odds(evidence.features, model)
            probability = presence(
                evidence.starts,
                evidence.ends,
                odds,
                evidence.lengths_s,
                case.breaks,
                case.heard,
                acoustic_model,
                model,
            ).probability
            judged = ~np.isnan(case.right)
            likely = np.clip(probability, 1e-9, 1 - 1e-9)
            offset = np.clip(np.log(likely / (1 - likely)) - odds, -MOST_OFFSET, MOST_OFFSET)
            features.append(evidence.features[judged])
            right.append(case.right[judged])
            offsets.append(offset[judged])
            share = min(1.0, MOST_WORDS / words[case.group])
            weights.append(np.full(np.count_nonzero(judged), share))
        x, y, offset, weight = map(np.concatenate, (features, right, offsets, weights))
        p = 1 / (1 + np.exp(-(x @ model.weights + offset)))
        likelihood = np.average(np.log(np.where(y > 0, p, 1 - p) + 1e-12), weights=weight)
        print(f"round {number}: mean log likelihood {likelihood:.5f}", flush=True)
        new = constrained(x, y, offset, weight, model.weights)
        model = replace(model, weights=(1 - STEP) * model.weights + STEP * new)
    return model


def constrained(
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    offset: NDArray[np.float64],
    weight: NDArray[np.float64],
    weights: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Logistic regression in which no bad sign raises the odds, and no good one lowers them."""
    free = np.ones(len(weights), dtype=bool)
    while True:
        new = np.zeros(len(weights))
        new[free] = newton(x[:, free], y, offset, weight, weights[free])
        wrong = (new > 0) & np.isin(FEATURES, BAD_SIGNS)
        wrong |= (new < 0) & np.isin(FEATURES, GOOD_SIGNS)
        if not wrong.any():
            return new
        free &= ~wrong


def newton(
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    offset: NDArray[np.float64],
    weight: NDArray[np.float64],
    weights: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Logistic regression by Newton's method, slightly regularised."""
    w = weights.copy()
    ridge = RIDGE * np.eye(x.shape[1])
    for _ in range(50):
        p = 1 / (1 + np.exp(-(x @ w + offset)))
        hessian = (x * (weight * p * (1 - p))[:, None]).T @ x + ridge
        gradient = x.T @ (weight * (y - p)) - ridge @ w
        w += np.clip(np.linalg.solve(hessian, gradient), -1.0, 1.0)
    return w


def write_weights(model: PresenceModel) -> None:
    """Write them where the program reads them."""
    path = Path(presence_module.__file__).with_name("presence.toml")
    head, mark, _ = path.read_text(encoding="utf-8").partition("[weights]\n")
    rows = zip(FEATURES, model.weights, strict=True)
    lines = [f'"{name}" = {weight:.3f}\n' for name, weight in rows]
    path.write_text(head + mark + "".join(lines), encoding="utf-8")


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(prog="python -m bench.people.fit", description=__doc__)
    parser.add_argument("people", type=Path)
    parser.add_argument("cases", nargs="*", type=Path)
    options = parser.parse_args()
    seen: list[Observed] = []
    reference: Reference = {}
    departures: set[str] = set()

    def add(name: str, group: str, folder: Path) -> None:
        observed = observe(folder, group, reference, departures)
        if observed is not None:
            seen.append(observed)
            share = np.nanmean(observed.right)
            print(f"{name}: {len(observed.right)} words, {share:.4f} right", flush=True)

    half = half_of(read_recordings(options.people), "fit")
    for name, episode in cases(half, SEED):
        with TemporaryDirectory() as folder:
            write_episode(episode, Path(folder))
            add(name, name.partition("/")[2].partition("-")[0], Path(folder))
    for folder in options.cases:
        add(folder.name, "synthetic", folder)
    write_weights(fit(seen, presence_model()))


if __name__ == "__main__":
    main()
