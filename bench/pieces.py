"""Conversations whose truth is known, of recordings of one voice each: cut at pauses and joined.

Where each recording has its text beside it, as FILE.txt, that is the conversation's; otherwise
words are made up, 300 ms each.
"""

from __future__ import annotations

import itertools
import wave
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.align.registry import load_aligner
from pipeline.audio.decode import stream_samples
from pipeline.progress import SilentProgress
from pipeline.transcript.parse import read_transcript
from pipeline.transcript.records import (
    Place,
    Transcript,
    TranscriptChapter,
    TranscriptLine,
    TurnMark,
    WrittenWord,
)

RATE_HZ = 16000
WORD_MS = 300
PLACE = Place(1, 1)


@dataclass(frozen=True, slots=True)
class Piece:
    """float32 samples at 16 kHz, and the words in them: text, start and end in ms."""

    samples: np.ndarray  # type: ignore[type-arg]
    words: tuple[tuple[str, float, float], ...]


def pieces_of_people(people: Mapping[str, Sequence[Path]]) -> dict[str, list[Piece]]:
    """Cut each person's recordings, by their texts if all have one."""
    cut = pieces_of_text if have_texts(people) else pieces_of_sound
    return {
        name: [piece for file in files for piece in cut(file)] for name, files in people.items()
    }


def have_texts(people: Mapping[str, Sequence[Path]]) -> bool:
    return all(file.with_suffix(".txt").is_file() for files in people.values() for file in files)


def join(
    people: Mapping[str, Sequence[Piece]], audio: Path, rng: np.random.Generator
) -> tuple[Transcript, dict[str, Any]]:
    """Write a conversation in turns of one to three pieces; the transcript and the truth."""
    left = {name: list(pieces) for name, pieces in people.items()}
    parts, words, lines = [], [], []
    at_ms, before = 0.0, ""
    while any(left.values()):
        others = [name for name in left if left[name] and name != before]
        others = others or [name for name in left if left[name]]
        counts = np.array([len(left[name]) for name in others])
        speaker = str(rng.choice(others, p=counts / counts.sum()))
        for number in range(rng.integers(1, 4)):
            if not left[speaker]:
                break
            piece = left[speaker].pop(0)
            words += [
                {"speaker": speaker, "start_ms": at_ms + a, "end_ms": at_ms + b}
                for _, a, b in piece.words
            ]
            goes_on = number > 0 or speaker == before
            mark = () if goes_on else (TurnMark(speaker.capitalize(), 0, PLACE),)
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
    return Transcript((chapter,)), {"words": words, "duration_ms": at_ms}


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
