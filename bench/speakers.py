"""`python -m bench.speakers`: how often the right speaker is found.

The times are the aligner's, as in `run`; `--times truth` gives the true ones with an error. Either
episodes with their truth, as `python -m bench.synth` writes them, or recordings of one voice each
(`--cut-together`), which are cut at pauses and joined to a conversation (bench/pieces.py); where
their words are made up, true times are given.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import linear_sum_assignment

from bench.pieces import PLACE, WORD_MS, have_texts, join, pieces_of_people
from pipeline.align.records import Alignment, TimedWord
from pipeline.align.registry import load_aligner
from pipeline.episode import Speaker
from pipeline.evaluate.diarization import diarization_errors
from pipeline.evaluate.records import SpeakerTurn
from pipeline.evaluate.rttm import read_rttm
from pipeline.progress import SilentProgress
from pipeline.speakers.records import Attribution
from pipeline.speakers.registry import load_diarizer
from pipeline.transcript.parse import read_transcript
from pipeline.transcript.records import (
    Transcript,
    TranscriptChapter,
    TranscriptLine,
    TurnMark,
    WrittenWord,
)

VARIANTS = {
    "all marks": "dashes and labels as they are",
    "first labels": "no label but the first of each speaker",
    "half the dashes": "the same, and every dash without a label left out at even odds",
    "no marks": "neither dashes nor labels",
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.speakers", description=__doc__)
    parser.add_argument("episodes", type=Path, nargs="*", help="folders made by bench.synth")
    parser.add_argument(
        "--cut-together",
        type=Path,
        nargs="+",
        action="append",
        default=[],
        metavar="FILE",
        help="recordings of one voice; give it once for each voice",
    )
    parser.add_argument(
        "--meeting",
        type=Path,
        nargs=2,
        metavar=("AUDIO", "RTTM"),
        help="audio without text: words are made up wherever the reference has speech",
    )
    parser.add_argument("--diarizer", default="transcript")
    parser.add_argument("--times", choices=("aligner", "truth"), default="aligner")
    parser.add_argument("--jitter-ms", type=float, default=20.0)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    if options.meeting:
        print(meeting(*options.meeting, options.diarizer))
        return
    print("| episode | text | words right | up to naming | doubted | unmarked | CPU s |")
    print("|---|---|---|---|---|---|---|")
    for folder in options.episodes:
        truth = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
        speakers = speakers_of(truth)
        transcript = read_transcript(folder / "transcript.txt", [s.name for s in speakers])
        measure(folder.name, transcript, truth, speakers, folder / "episode.wav", options)
    if options.cut_together:
        with tempfile.TemporaryDirectory() as folder:
            audio = Path(folder) / "conversation.wav"
            people = {f"v{n}": files for n, files in enumerate(options.cut_together)}
            pieces = pieces_of_people(people)
            transcript, truth = join(pieces, audio, np.random.default_rng(options.seed))
            if not have_texts(people):
                options.times = "truth"
            measure("cut together", transcript, truth, speakers_of(truth), audio, options)


def measure(
    name: str,
    transcript: Transcript,
    truth: dict[str, Any],
    speakers: tuple[Speaker, ...],
    audio: Path,
    options: argparse.Namespace,
) -> None:
    right = [word["speaker"] for word in truth["words"]]
    alignment = times_of(transcript, truth, audio, options)
    for variant in VARIANTS:
        text = strip_marks(transcript, variant, np.random.default_rng(options.seed))
        diarizer = load_diarizer(options.diarizer)
        begun = cpu_s()
        found = diarizer.assign(text, alignment, speakers, audio, SilentProgress())
        spent_s = cpu_s() - begun
        print(row(name, variant, found, right, spent_s), flush=True)


def speakers_of(truth: dict[str, Any]) -> tuple[Speaker, ...]:
    """A config's speakers, in the order in which they first speak."""
    return tuple(
        Speaker(key, key.capitalize(), (key.capitalize(),))
        for key in dict.fromkeys(word["speaker"] for word in truth["words"])
    )


def times_of(
    transcript: Transcript, truth: dict[str, Any], audio: Path, options: argparse.Namespace
) -> Alignment:
    if options.times == "truth":
        return true_times(truth, options.jitter_ms, options.seed)
    # The aligner does not look at dashes and labels: one alignment does for all variants.
    return load_aligner("hmm").align(transcript, audio, SilentProgress())


def meeting(audio: Path, rttm: Path, diarizer: str) -> str:
    """Diarization errors where speech is given, speakers are not."""
    reference = read_rttm(rttm)
    speech = np.zeros(max(turn.end_ms for turn in reference), np.bool_)
    for turn in reference:
        speech[turn.start_ms : turn.end_ms] = True
    edges = np.flatnonzero(np.diff(speech.astype(int), prepend=0, append=0)).reshape(-1, 2)
    spans = [
        (round(a), round(b))
        for start, end in edges
        for a, b in itertools.pairwise(
            np.linspace(start, end, max(1, round((end - start) / WORD_MS)) + 1)
        )
    ]
    words = tuple(WrittenWord("word", PLACE) for _ in spans)
    line = TranscriptLine("", words, (), (), PLACE)
    text = Transcript((TranscriptChapter(1, "Chapter 1", (line,), 0, PLACE),))
    timed = tuple(TimedWord(a, b, 1.0, "aligned") for a, b in spans)
    # As many speakers as there are, unlike their names, is something that a user knows.
    people = tuple(Speaker(key, key) for key in sorted({turn.speaker for turn in reference}))
    found = load_diarizer(diarizer).assign(
        text, Alignment(timed, (), len(speech), 1.0), people, audio, SilentProgress()
    )
    turns = [SpeakerTurn(str(k), *span) for k, span in zip(found.words, spans, strict=True)]
    errors = diarization_errors(reference, turns)
    return (
        f"{len(set(found.words))} speakers, diarization error rate {errors.error_rate:.1%} "
        f"(missed {errors.missed:.1%}, confusion {errors.confusion:.1%}), with collar "
        f"{errors.error_rate_with_collar:.1%}, Jaccard {errors.jaccard_error_rate:.1%}"
    )


def row(name: str, variant: str, found: Attribution, right: Sequence[str], spent_s: float) -> str:
    plain, up_to_naming = shares_right(found, right)
    return (
        f"| {name} | {variant} | {100 * plain:.2f} % | {100 * up_to_naming:.2f} % "
        f"| {len(found.doubted)} | {len(found.unmarked)} | {spent_s:.1f} |"
    )


def shares_right(found: Attribution, right: Sequence[str]) -> tuple[float, float]:
    """Shares of words with the right name, and with the right voice whatever its name."""
    plain = float(np.mean([a == b for a, b in zip(found.words, right, strict=True)]))
    keys, people = sorted({str(key) for key in found.words}), sorted(set(right))
    counts = np.zeros((len(keys), len(people)))
    for key, person in zip(found.words, right, strict=True):
        counts[keys.index(str(key)), people.index(person)] += 1
    return plain, float(counts[linear_sum_assignment(-counts)].sum() / len(right))


def cpu_s() -> float:
    """Processor time so far, ffmpeg's included; other work on the machine does not count."""
    return sum(os.times()[:4])


def true_times(truth: dict[str, Any], jitter_ms: float, seed: int) -> Alignment:
    rng = np.random.default_rng(seed)
    words: list[TimedWord] = []
    earliest_ms = 0
    for word in truth["words"]:
        if word["start_ms"] is None:
            words.append(TimedWord(None, None, 0.0, "absent"))
            continue
        start_ms = max(earliest_ms, round(word["start_ms"] + jitter_ms * rng.normal()))
        end_ms = max(start_ms + 20, round(word["end_ms"] + jitter_ms * rng.normal()))
        words.append(TimedWord(start_ms, end_ms, 1.0, "aligned"))
        earliest_ms = start_ms
    return Alignment(tuple(words), (), int(truth["duration_ms"]), 1.0)


def strip_marks(transcript: Transcript, variant: str, rng: np.random.Generator) -> Transcript:
    if variant == "all marks":
        return transcript
    seen: set[str] = set()

    def kept(mark: TurnMark) -> Iterator[TurnMark]:
        label = mark.label if mark.label not in seen else None
        if label is not None:
            seen.add(label)
        dropped = variant == "half the dashes" and label is None and rng.random() < 0.5
        if variant != "no marks" and not dropped:
            yield replace(mark, label=label)

    return _with_turns(transcript, lambda line: tuple(m for t in line.turns for m in kept(t)))


def _with_turns(
    transcript: Transcript, turns: Callable[[TranscriptLine], tuple[TurnMark, ...]]
) -> Transcript:
    return replace(
        transcript,
        chapters=tuple(
            replace(
                chapter, lines=tuple(replace(line, turns=turns(line)) for line in chapter.lines)
            )
            for chapter in transcript.chapters
        ),
    )


if __name__ == "__main__":
    main()
