"""`python -m bench.speakers`: how often the right speaker is found.

The times are the aligner's, as in `run`; `--times truth` gives the true ones with an error. Either
episodes with their truth, as `python -m bench.synth` writes them, or recordings of one voice each
(`--cut-together`), which are cut at pauses and joined to a conversation. Where each of them has its
text beside it, as FILE.txt, that is the conversation's; otherwise words are made up, 300 ms each,
and their times are given.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import tempfile
import wave
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import linear_sum_assignment

from pipeline.align.records import Alignment, TimedWord
from pipeline.align.registry import load_aligner
from pipeline.audio.decode import stream_samples
from pipeline.episode import Speaker
from pipeline.evaluate.diarization import diarization_errors
from pipeline.evaluate.records import SpeakerTurn
from pipeline.evaluate.rttm import read_rttm
from pipeline.progress import SilentProgress
from pipeline.speakers.records import Attribution
from pipeline.speakers.registry import load_diarizer
from pipeline.transcript.parse import read_transcript
from pipeline.transcript.records import (
    Place,
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
RATE_HZ = 16000
WORD_MS = 300
PLACE = Place(1, 1)


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
        names = sorted({word["speaker"] for word in truth["words"]})
        transcript = read_transcript(folder / "transcript.txt", [n.capitalize() for n in names])
        speakers = tuple(Speaker(n, n.capitalize(), (n.capitalize(),)) for n in names)
        order = {word["speaker"]: None for word in truth["words"]}
        speakers = tuple(sorted(speakers, key=lambda s: list(order).index(s.key)))
        measure(folder.name, transcript, truth, speakers, folder / "episode.wav", options)
    if options.cut_together:
        with tempfile.TemporaryDirectory() as folder:
            audio = Path(folder) / "conversation.wav"
            transcript, truth = cut_together(options.cut_together, audio, options.seed)
            speakers = tuple(
                Speaker(key, key.capitalize(), (key.capitalize(),))
                for key in dict.fromkeys(word["speaker"] for word in truth["words"])
            )
            measure("cut together", transcript, truth, speakers, audio, options)


def measure(
    name: str,
    transcript: Transcript,
    truth: dict[str, Any],
    speakers: tuple[Speaker, ...],
    audio: Path,
    options: argparse.Namespace,
) -> None:
    right = [word["speaker"] for word in truth["words"]]
    if options.times == "truth" or "made_up" in truth:
        alignment = true_times(truth, options.jitter_ms, options.seed)
    else:  # which does not look at dashes and labels
        alignment = load_aligner("hmm").align(transcript, audio, SilentProgress())
    for variant in VARIANTS:
        text = strip_marks(transcript, variant, np.random.default_rng(options.seed))
        diarizer = load_diarizer(options.diarizer)
        begun = cpu_s()
        found = diarizer.assign(text, alignment, speakers, audio, SilentProgress())
        spent_s = cpu_s() - begun
        print(row(name, variant, found, right, spent_s), flush=True)


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
    same = np.mean([a == b for a, b in zip(found.words, right, strict=True)])
    keys, people = sorted({str(key) for key in found.words}), sorted(set(right))
    counts = np.zeros((len(keys), len(people)))
    for key, person in zip(found.words, right, strict=True):
        counts[keys.index(str(key)), people.index(person)] += 1
    paired = counts[linear_sum_assignment(-counts)].sum() / len(right)
    return (
        f"| {name} | {variant} | {100 * same:.2f} % | {100 * paired:.2f} % "
        f"| {len(found.doubted)} | {len(found.unmarked)} | {spent_s:.1f} |"
    )


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


@dataclass(frozen=True, slots=True)
class Piece:
    """float32 samples at 16 kHz, and the words in them: text, start and end in ms."""

    samples: np.ndarray  # type: ignore[type-arg]
    words: tuple[tuple[str, float, float], ...]


def cut_together(
    voices: Sequence[Sequence[Path]], audio: Path, seed: int
) -> tuple[Transcript, dict[str, Any]]:
    rng = np.random.default_rng(seed)
    made_up = not all(file.with_suffix(".txt").is_file() for files in voices for file in files)
    cut = pieces_of_sound if made_up else pieces_of_text
    left = {f"v{n}": [p for file in files for p in cut(file)] for n, files in enumerate(voices)}
    parts, words, lines = [], [], []
    at_ms, before = 0.0, ""
    while any(left.values()):
        others = [key for key in left if left[key] and key != before]
        speaker = str(rng.choice(others or [key for key in left if left[key]]))
        for number in range(rng.integers(1, 4)):
            if not left[speaker]:
                break
            piece = left[speaker].pop(0)
            words += [
                {"speaker": speaker, "start_ms": at_ms + a, "end_ms": at_ms + b}
                for _, a, b in piece.words
            ]
            mark = () if number else (TurnMark(speaker.capitalize(), 0, PLACE),)
            written = tuple(WrittenWord(text, PLACE) for text, _, _ in piece.words)
            said = " ".join(text for text, _, _ in piece.words)
            lines.append(TranscriptLine(said, written, (), mark, PLACE))
            pause = np.zeros(16 * int(rng.integers(0, 200)), np.float32)
            parts += [piece.samples, pause]
            at_ms += (len(piece.samples) + len(pause)) / 16
        before = speaker
    with wave.open(str(audio), "wb") as file:
        file.setparams((1, 2, RATE_HZ, 0, "NONE", "not compressed"))
        file.writeframes(np.concatenate(parts).clip(-32000, 32000).astype("<i2").tobytes())
    chapter = TranscriptChapter(1, "Chapter 1", tuple(lines), 0, PLACE)
    truth = {"words": words, "duration_ms": at_ms}
    return Transcript((chapter,)), truth | ({"made_up": True} if made_up else {})


def samples_of(path: Path) -> np.ndarray:  # type: ignore[type-arg]
    """All recordings equally loud."""
    samples = np.concatenate(list(stream_samples(path))).astype(np.float32)
    return samples * np.float32(1500 / np.sqrt(np.mean(samples**2) + 1))


def pieces_of_sound(path: Path) -> list[Piece]:
    """Cut at pauses, at least every 3 s."""
    samples = samples_of(path)
    frames = samples[: len(samples) // 160 * 160].reshape(-1, 160)
    level_db = 10 * np.log10(np.mean(frames**2, axis=1) + 1)
    loud = np.flatnonzero(level_db > np.percentile(level_db, 90) - 20)
    found = []
    for run in np.split(loud, np.flatnonzero(np.diff(loud) > 14) + 1):
        if len(run) and run[-1] - run[0] > 40:
            cut = samples[max(0, run[0] - 5) * 160 : (run[-1] + 5) * 160]
            found += np.array_split(cut, max(1, round(len(cut) / RATE_HZ / 3)))
    return [Piece(cut, made_up_words(len(cut) / 16)) for cut in found]


def made_up_words(length_ms: float) -> tuple[tuple[str, float, float], ...]:
    edges = np.linspace(50, length_ms - 50, max(2, round(length_ms / WORD_MS)))
    texts = ["word"] * (len(edges) - 2) + ["end."]
    return tuple((t, *span) for t, span in zip(texts, itertools.pairwise(edges), strict=True))


def pieces_of_text(path: Path) -> list[Piece]:
    """Cut in pauses between words, or after 3 s; words that were not found there are left out."""
    samples = samples_of(path)
    transcript = read_transcript(path.with_suffix(".txt"))
    timed = load_aligner("hmm").align(transcript, path, SilentProgress()).words
    words = [
        (written.text, float(word.start_ms), float(word.end_ms))
        for written, word in zip(transcript.words, timed, strict=True)
        if word.start_ms is not None and word.end_ms is not None
    ]
    found: list[Piece] = []
    first, begin_ms = 0, 0.0
    for after in range(1, len(words) + 1):
        last = after == len(words)
        end_ms = len(samples) / 16 if last else (words[after - 1][2] + words[after][1]) / 2
        pause_ms = np.inf if last else words[after][1] - words[after - 1][2]
        length_ms = end_ms - begin_ms
        if last or (pause_ms >= 140 and length_ms > 500) or (pause_ms > 0 and length_ms > 3000):
            inside = tuple((t, a - begin_ms, b - begin_ms) for t, a, b in words[first:after])
            found.append(Piece(samples[int(begin_ms * 16) : int(end_ms * 16)], inside))
            first, begin_ms = after, end_ms
    return found


if __name__ == "__main__":
    main()
