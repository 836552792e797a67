"""Episodes made of real recordings: foreign people before and among the lines, passages cut out of
the audio, words of the text changed.

The truth of a line is where its own recording lies; of a word, that it is spoken within its line or
not at all.
"""

from __future__ import annotations

import json
import wave
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.people.recordings import RATE_HZ, Recording, SpokenLine, samples_of

__all__ = [
    "Episode",
    "Piece",
    "Token",
    "corrupted",
    "cut_out",
    "inserted",
    "joined",
    "of_recording",
    "paraphrased",
    "write_episode",
]

_HISS = 3.0  # steps of 16 bits


@dataclass(frozen=True, slots=True)
class Token:
    """A word of the transcript; `said` is which word of its line is spoken for it, if any is."""

    text: str
    said: int | None


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of sound, int16 at 16 kHz, and what the transcript has for it.

    Attributes:
        samples: the sound; none at all for a line that was cut out.
        tokens: the words that the transcript has; none for what it lacks.
        speaker: who is heard, where that is known.
        name: which recording and line it is, the same wherever it is used.
        line_s: where in the samples its own recording begins and ends, in seconds.
    """

    samples: NDArray[np.int16]
    tokens: tuple[Token, ...] = ()
    speaker: str = ""
    name: str = ""
    line_s: tuple[float, float] = (0.0, 0.0)


Episode = tuple[Piece, ...]


def _tokens(text: str) -> tuple[Token, ...]:
    return tuple(Token(word, n) for n, word in enumerate(text.split()))


def of_recording(recording: Recording) -> Episode:
    """All of a recording as it is: each piece is a line, from the middle of the pause before it."""
    samples = samples_of(recording.audio)
    edges = [0.0]
    for before, after in zip(recording.lines, recording.lines[1:], strict=False):
        edges.append((before.end_s + after.start_s) / 2)
    edges.append(len(samples) / RATE_HZ)
    return tuple(
        _piece(recording, number, line, samples, edges[number], edges[number + 1])
        for number, line in enumerate(recording.lines)
    )


def _piece(
    recording: Recording,
    number: int,
    line: SpokenLine,
    samples: NDArray[np.int16],
    low_s: float,
    high_s: float,
) -> Piece:
    return Piece(
        samples[round(low_s * RATE_HZ) : round(high_s * RATE_HZ)],
        _tokens(line.text),
        line.speaker,
        f"{recording.name}:{number}",
        (max(0.0, line.start_s - low_s), min(line.end_s, high_s) - low_s),
    )


def joined(recordings: Sequence[Recording], rng: np.random.Generator) -> Episode:
    """Recordings one after the other, with 0.2 to 1 s of faint noise between."""
    pieces: list[Piece] = []
    for recording in recordings:
        pieces += of_recording(recording)
        pieces.append(_pause(rng.uniform(0.2, 1.0), rng))
    return tuple(pieces)


def _pause(seconds: float, rng: np.random.Generator) -> Piece:
    hiss = rng.normal(0, _HISS, round(seconds * RATE_HZ))
    return Piece(np.round(hiss).astype(np.int16))


def inserted(episode: Episode, at: int, foreign: Episode) -> Episode:
    """What is heard in other recordings, before the piece `at`, without its text."""
    silent = tuple(replace(piece, tokens=(), line_s=(0.0, 0.0)) for piece in foreign)
    return (*episode[:at], *silent, *episode[at:])


def cut_out(episode: Episode, first: int, last: int) -> Episode:
    """The sound of the pieces `first` to `last` is missing; the transcript keeps them."""
    nothing = np.zeros(0, np.int16)
    gone = tuple(
        replace(
            piece,
            samples=nothing,
            tokens=tuple(replace(token, said=None) for token in piece.tokens),
        )
        for piece in episode[first:last]
    )
    return (*episode[:first], *gone, *episode[last:])


def corrupted(episode: Episode, share: float, rng: np.random.Generator) -> Episode:
    """One word in `1 / share` of the text replaced, dropped or added."""
    other = _other_words(episode, rng)

    def edit(token: Token, near: Sequence[str]) -> list[Token]:
        if rng.random() >= share:
            return [token]
        strange = Token(other(near), None)
        return ([strange], [], [token, strange])[int(rng.integers(3))]

    return _edited(episode, edit)


def paraphrased(episode: Episode, share: float, rng: np.random.Generator) -> Episode:
    """So many of the lines reworded: about half of their words stay."""
    other = _other_words(episode, rng)

    def edit(token: Token, near: Sequence[str]) -> list[Token]:
        if rng.random() < 0.45:
            return [token]
        return [Token(other(near), None) for _ in range(int(rng.choice([0, 1, 1, 2])))]

    return tuple(
        _edited((piece,), edit)[0] if len(piece.tokens) >= 5 and rng.random() < share else piece
        for piece in episode
    )


def _edited(episode: Episode, edit: Callable[[Token, Sequence[str]], list[Token]]) -> Episode:
    pieces = []
    for piece in episode:
        words = [token.text for token in piece.tokens]
        tokens: list[Token] = []
        for n, token in enumerate(piece.tokens):
            tokens += edit(token, words[max(0, n - 2) : n + 3])
        pieces.append(replace(piece, tokens=tuple(tokens or piece.tokens)))
    return tuple(pieces)


def _bare(word: str) -> str:
    return "".join(c for c in word.lower() if c.isalpha())


def _other_words(episode: Episode, rng: np.random.Generator) -> Callable[[Sequence[str]], str]:
    """Draws words of the episode's own vocabulary that begin unlike those around."""
    words = {_bare(token.text) for piece in episode for token in piece.tokens}
    vocabulary = sorted(word for word in words if len(word) >= 3)

    def draw(near: Sequence[str]) -> str:
        heads = {_bare(word)[:2] for word in near}
        for _ in range(50):
            word = vocabulary[int(rng.integers(len(vocabulary)))]
            if word[:2] not in heads:
                return word
        return "something"

    return draw


def write_episode(episode: Episode, folder: Path) -> dict[str, Any]:
    """Write `episode.wav`, `transcript.txt` and `truth.json`; return the truth.

    The truth has `words` (the line's number, its borders in ms or none, the recording's own word),
    `lines`, and `insertions`, the borders of what the transcript lacks, in ms.
    """
    folder.mkdir(parents=True, exist_ok=True)
    at, texts = 0, list[str]()
    words: list[dict[str, Any]] = []
    lines: list[dict[str, Any]] = []
    insertions: list[list[float]] = []
    for piece in episode:
        start_ms, length_ms = 1000 * at / RATE_HZ, 1000 * len(piece.samples) / RATE_HZ
        at += len(piece.samples)
        if not piece.tokens:
            if piece.name:
                if insertions and start_ms - insertions[-1][1] < 1500:
                    insertions[-1][1] = start_ms + length_ms
                else:
                    insertions.append([start_ms, start_ms + length_ms])
            continue
        texts.append(" ".join(token.text for token in piece.tokens))
        is_heard = length_ms > 0
        borders = [start_ms + 1000 * s for s in piece.line_s] if is_heard else None
        lines.append({"name": piece.name, "borders_ms": borders, "speaker": piece.speaker})
        for token in piece.tokens:
            if any(c.isalnum() for c in token.text):
                own = None if token.said is None else f"{piece.name}:{token.said}"
                words.append({"text": token.text, "line": len(lines) - 1, "said": own})
    truth = {
        "duration_ms": 1000 * at / RATE_HZ,
        "words": words,
        "lines": lines,
        "insertions": insertions,
    }
    with wave.open(str(folder / "episode.wav"), "wb") as handle:
        handle.setparams((1, 2, RATE_HZ, 0, "NONE", ""))
        handle.writeframes(np.concatenate([p.samples for p in episode]).astype("<i2").tobytes())
    (folder / "transcript.txt").write_text("\n".join(texts) + "\n", encoding="utf-8")
    (folder / "truth.json").write_text(json.dumps(truth), encoding="utf-8")
    return truth
