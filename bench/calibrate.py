"""Fits the aligner's confidence: `python -m bench.calibrate CASE_DIR …`.

Each folder is a case made by `python -m bench.synth`. Prints the weights for
`pipeline/align/confidence.py`, and the expected calibration error with every third case held out.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.align.acoustic_model import AcousticModel, load_acoustic_model
from pipeline.align.confidence import BAD_SIGNS, FEATURES, GOOD_SIGNS, evidence
from pipeline.align.hmm import HmmAligner
from pipeline.audio.recording import Recording
from pipeline.progress import SilentProgress
from pipeline.transcript.parse import read_transcript

START_RIGHT_MS = 100.0
END_RIGHT_MS = 200.0  # where a word ends before a pause is vague
RIDGE = 3.0


def observe(
    folder: Path, model: AcousticModel
) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Evidence of the words found in a case, and which of them are right."""
    truth = json.loads((folder / "truth.json").read_text())
    transcript = read_transcript(folder / "transcript.txt")
    with Recording() as recording:
        placed, heard = HmmAligner().place(
            transcript, next(folder.glob("episode.*")), recording, SilentProgress()
        )
    times = [(w.get("start_ms"), w.get("end_ms")) for w in truth["words"]]
    true = np.array([(np.nan, np.nan) if a is None else (a, b) for a, b in times])
    true[truth["absent"]] = np.nan
    ours = 10.0 * np.stack([placed.starts, placed.ends], axis=1)
    right = np.all(np.abs(ours - true) < (START_RIGHT_MS, END_RIGHT_MS), axis=1)
    judged = placed.starts >= 0
    skip = np.zeros(len(judged), dtype=bool)
    skip[truth.get("ambiguous_words", [])] = True
    return evidence(placed, heard, model)[~skip[judged]], right[judged & ~skip]


def fit(x: np.ndarray[Any, Any], y: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Logistic regression in which no bad sign may raise the odds, and no good one lower them."""
    free = np.ones(x.shape[1], dtype=bool)
    weights = np.zeros(x.shape[1])
    while True:
        weights[free] = newton(x[:, free], y)
        wrong = (weights > 0) & np.isin(FEATURES, BAD_SIGNS)
        wrong |= (weights < 0) & np.isin(FEATURES, GOOD_SIGNS)
        if not wrong.any():
            return weights
        free &= ~wrong
        weights[wrong] = 0.0


def newton(x: np.ndarray[Any, Any], y: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Logistic regression by Newton's method, slightly regularised."""
    w = np.zeros(x.shape[1])
    ridge = RIDGE * np.eye(x.shape[1])
    for _ in range(50):
        p = 1 / (1 + np.exp(-x @ w))
        hessian = (x * (p * (1 - p))[:, None]).T @ x + ridge
        w += np.linalg.solve(hessian, x.T @ (y - p) - ridge @ w)
    return w


def calibration_error(p: np.ndarray[Any, Any], y: np.ndarray[Any, Any]) -> float:
    bins = np.minimum(9, (p * 10).astype(int))
    return float(
        sum(abs(p[bins == b].sum() - y[bins == b].sum()) for b in range(10)) / max(1, len(p))
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cases", nargs="+", type=Path)
    seen = []
    model = load_acoustic_model()
    for folder in parser.parse_args().cases:
        seen.append(observe(folder, model))
        print(
            f"{folder.name}: {len(seen[-1][1])} words, {seen[-1][1].mean():.4f} right", flush=True
        )
    for held_out in range(3):
        fitted = fit(
            np.concatenate([x for i, (x, _) in enumerate(seen) if i % 3 != held_out]),
            np.concatenate([y for i, (_, y) in enumerate(seen) if i % 3 != held_out]),
        )
        x = np.concatenate([x for i, (x, _) in enumerate(seen) if i % 3 == held_out])
        y = np.concatenate([y for i, (_, y) in enumerate(seen) if i % 3 == held_out])
        error = calibration_error(1 / (1 + np.exp(-x @ fitted)), y)
        print(f"held out {held_out}: expected calibration error {error:.4f}")
    x, y = (np.concatenate(part) for part in zip(*seen, strict=True))
    weights = fit(x, y)
    p = 1 / (1 + np.exp(-x @ weights))
    print(f"all: {calibration_error(p, y):.4f}; separation (AUC) {auc(p, y):.4f}")
    print("WEIGHTS = (" + ", ".join(f"{w:.3f}" for w in weights) + ")")
    for name, weight in zip(FEATURES, weights, strict=True):
        print(f"  {name:24} {weight:7.3f}")


def auc(p: np.ndarray[Any, Any], y: np.ndarray[Any, Any]) -> float:
    order = np.argsort(p)
    ranks = np.empty(len(p))
    ranks[order] = np.arange(1, len(p) + 1)
    positives = y.sum()
    return float(
        (ranks[y].sum() - positives * (positives + 1) / 2) / (positives * (len(y) - positives))
    )


if __name__ == "__main__":
    main()
