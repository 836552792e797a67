"""Which episodes are made of the recordings of a folder, and how each is called.

Half of the recordings are there to fit to, half to measure with: every second one of each folder.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Literal

import numpy as np

from bench.people.episodes import (
    Episode,
    Piece,
    corrupted,
    cut_out,
    inserted,
    joined,
    of_recording,
    paraphrased,
)
from bench.people.recordings import RATE_HZ, Recording
from bench.synth import sound

__all__ = ["Half", "cases", "half_of"]

Half = Literal["fit", "measure"]

_JOINED_S = 480.0
_LONG_S = 180.0


def half_of(
    recordings: Mapping[str, Sequence[Recording]], half: Half
) -> dict[str, list[Recording]]:
    """Every second recording of each folder, from the first or from the second on."""
    first = 0 if half == "fit" else 1
    return {name: list(some[first::2]) for name, some in recordings.items()}


def cases(
    recordings: Mapping[str, Sequence[Recording]], seed: int
) -> Iterator[tuple[str, Episode]]:
    """Name and episode of all cases.

    Faithful ones come first; those with faults are made of them.
    """
    rng = np.random.default_rng(seed)
    faithful = dict(_faithful(recordings, rng))
    for name, episode in faithful.items():
        yield f"faithful/{name}", episode
    long = {name: e for name, e in faithful.items() if _seconds(e) >= _LONG_S}
    names = list(long)
    for n, (name, episode) in enumerate(long.items()):
        others = [other for other in names if other.split("-")[0] != name.split("-")[0]] or names
        foreign = [long[others[(n + k) % len(others)]] for k in range(2)]
        yield f"adverts/{name}", _with_adverts(episode, foreign, rng)
        yield f"words/{name}", corrupted(episode, 0.1, rng)
        if n % 2:
            yield f"paraphrased/{name}", paraphrased(episode, 0.5, rng)
            yield f"missing/{name}", _with_cuts(episode, 3, rng)
            yield f"adverts-mp3/{name}", _coded(_with_adverts(episode, foreign[::-1], rng))
        else:
            yield (
                f"adverts-words/{name}",
                corrupted(_with_adverts(episode, foreign[::-1], rng), 0.05, rng),
            )
            yield f"noise/{name}", _noisy(episode, 15.0, rng)


def _faithful(
    recordings: Mapping[str, Sequence[Recording]], rng: np.random.Generator
) -> Iterator[tuple[str, Episode]]:
    for folder, some in recordings.items():
        alone = [r for r in some if len(r.lines) > 1 and _in_turn(r)]
        single = [r for r in some if len(r.lines) == 1]
        for recording in alone:
            yield f"{folder}-{recording.name}", of_recording(recording)
        together: list[Recording] = []
        number = 0
        for recording in single:
            together.append(recording)
            if sum(r.lines[0].end_s for r in together) >= _JOINED_S:
                yield f"{folder}-{number}", joined(together, rng)
                together, number = [], number + 1
        if together:
            yield f"{folder}-{number}", joined(together, rng)


def _in_turn(recording: Recording) -> bool:
    """Whether no line begins before the one before it has ended."""
    lines = recording.lines
    return all(a.end_s <= b.start_s + 0.05 for a, b in itertools.pairwise(lines))


def _seconds(episode: Episode) -> float:
    return sum(len(piece.samples) for piece in episode) / RATE_HZ


def _some(episode: Episode, seconds: float, rng: np.random.Generator) -> Episode:
    """Pieces that follow each other, from a random place, of so many seconds at least."""
    first = int(rng.integers(len(episode)))
    taken: list[Piece] = []
    for n in range(len(episode)):
        taken.append(episode[(first + n) % len(episode)])
        if _seconds(tuple(taken)) >= seconds:
            break
    return tuple(taken)


def _with_adverts(
    episode: Episode, foreign: Sequence[Episode], rng: np.random.Generator
) -> Episode:
    """Foreign speech first and twice among the lines, and a passage cut out."""
    size = len(episode)
    cut = int(rng.integers(size // 5, size // 3))
    episode = cut_out(episode, cut, cut + int(rng.integers(5, 15)))
    for place in (0.75, 0.5):
        at = int(size * place)
        episode = inserted(episode, at, _some(foreign[at % 2], rng.uniform(15, 90), rng))
    return inserted(episode, 0, _some(foreign[0], rng.uniform(60, 200), rng))


def _with_cuts(episode: Episode, cuts: int, rng: np.random.Generator) -> Episode:
    size = len(episode)
    for n in range(cuts):
        first = int(size * (n + 0.5) / cuts)
        episode = cut_out(episode, first, min(size, first + int(rng.integers(2, 12))))
    return episode


def _changed(episode: Episode, change: Callable[[sound.Signal], sound.Signal]) -> Episode:
    """The same in other sound, sample by sample."""
    whole = np.concatenate([piece.samples for piece in episode])
    after = sound.to_int16(change(sound.to_float(whole)))
    pieces, at = [], 0
    for piece in episode:
        pieces.append(replace(piece, samples=after[at : at + len(piece.samples)]))
        at += len(piece.samples)
    return tuple(pieces)


def _coded(episode: Episode) -> Episode:
    return _changed(episode, sound.mp3_round_trip)


def _noisy(episode: Episode, snr_db: float, rng: np.random.Generator) -> Episode:
    noise = rng.normal(0, 1, 37 * RATE_HZ).astype(np.float32)
    return _changed(episode, lambda signal: sound.add_noise(signal, noise, snr_db))
