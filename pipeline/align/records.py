"""What an aligner hands on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple, Protocol, TypeVar, overload

import numpy as np
import numpy.typing as npt

from pipeline.audio.tracks import Audio
from pipeline.episode import Gap, WordStatus
from pipeline.progress import Progress
from pipeline.transcript.records import Transcript

__all__ = [
    "Aligner",
    "Alignment",
    "HeardPhone",
    "HeardPhones",
    "Opinion",
    "SecondOpinion",
    "TimedWord",
    "TimedWords",
]


_Record = TypeVar("_Record")


class _Records(Sequence[_Record]):
    """Records that are kept as arrays: the same as any sequence of equal ones."""

    def __eq__(self, other: object) -> bool:
        """Whether the other has the same records, in whatever kind of sequence."""
        return isinstance(other, Sequence) and tuple(self) == tuple(other)

    def __hash__(self) -> int:
        """A hash like that of the tuple of all records."""
        return hash(tuple(self))


@dataclass(frozen=True, slots=True)
class TimedWord:
    """When a written word is spoken; both times are None if and only if it is absent."""

    start_ms: int | None
    end_ms: int | None
    confidence: float
    status: WordStatus


@dataclass(frozen=True, eq=False)
class TimedWords(_Records[TimedWord]):
    """Many timed words in a tenth of the memory that the records would take.

    Attributes:
        times_ms: int32, shape (words, 2): start and end of each, -1 where it is absent.
        confidence: float64, shape (words,), 0 to 1.
        is_interpolated: bool, shape (words,): of those with times.
    """

    times_ms: npt.NDArray[np.int32]
    confidence: npt.NDArray[np.float64]
    is_interpolated: npt.NDArray[np.bool_]

    def __len__(self) -> int:
        """How many they are."""
        return len(self.confidence)

    @overload
    def __getitem__(self, at: int) -> TimedWord: ...
    @overload
    def __getitem__(self, at: slice) -> TimedWords: ...
    def __getitem__(self, at: int | slice) -> TimedWord | TimedWords:
        """One of them, or those of a slice."""
        if isinstance(at, slice):
            return TimedWords(self.times_ms[at], self.confidence[at], self.is_interpolated[at])
        start_ms, end_ms = self.times_ms[at].tolist()
        sure = float(self.confidence[at])
        if start_ms < 0:
            return TimedWord(None, None, sure, "absent")
        status: WordStatus = "interpolated" if self.is_interpolated[at] else "aligned"
        return TimedWord(start_ms, end_ms, sure, status)


class HeardPhone(NamedTuple):
    """A phone recognised in the audio, whatever the text says; `name` is its ARPAbet symbol."""

    name: str
    start_ms: int
    end_ms: int


@dataclass(frozen=True, eq=False)
class HeardPhones(_Records[HeardPhone]):
    """Many heard phones, in order, in a tenth of the memory that the records would take.

    Attributes:
        names: the ARPAbet symbols that `symbols` point to.
        symbols: int16, shape (phones,).
        times_ms: int32, shape (phones, 2): start and end of each.
    """

    names: tuple[str, ...]
    symbols: npt.NDArray[np.int16]
    times_ms: npt.NDArray[np.int32]

    def __len__(self) -> int:
        """How many they are."""
        return len(self.symbols)

    @overload
    def __getitem__(self, at: int) -> HeardPhone: ...
    @overload
    def __getitem__(self, at: slice) -> HeardPhones: ...
    def __getitem__(self, at: int | slice) -> HeardPhone | HeardPhones:
        """One of them, or those of a slice."""
        if isinstance(at, slice):
            return HeardPhones(self.names, self.symbols[at], self.times_ms[at])
        start_ms, end_ms = self.times_ms[at].tolist()
        return HeardPhone(self.names[self.symbols[at]], start_ms, end_ms)


@dataclass(frozen=True, slots=True)
class Opinion:
    """What two aligners say about the word number `word`; `other_` is the second one's."""

    word: int
    start_ms: int
    end_ms: int
    other_start_ms: int
    other_end_ms: int
    agrees: bool


@dataclass(frozen=True, slots=True)
class SecondOpinion:
    """A second aligner's opinions on the words that both place, in order.

    `lag_start_ms` and `lag_end_ms` are how much later the second one usually begins and ends a
    word; they are already taken from its times.
    """

    opinions: tuple[Opinion, ...]
    lag_start_ms: int
    lag_end_ms: int


@dataclass(frozen=True, slots=True)
class Alignment:
    """One `TimedWord` for each word of the transcript, in order, and the audio's gaps.

    `coverage` is the share of the transcript's words that are aligned, 0 to 1. `heard` are the
    phones of speech recognised in the whole audio, in order; empty if the aligner does not listen
    that way. `second_opinion` is there if two aligners were asked.
    """

    words: Sequence[TimedWord]
    gaps: tuple[Gap, ...]
    duration_ms: int
    coverage: float
    heard: Sequence[HeardPhone] = ()
    second_opinion: SecondOpinion | None = None

    def in_tuples(self) -> Alignment:
        """The same with plain tuples of records, as they are kept and read back."""
        return replace(self, words=tuple(self.words), heard=tuple(self.heard))


class Aligner(Protocol):
    """Finds the times of a transcript's words in an audio file."""

    def align(self, transcript: Transcript, audio: Audio, progress: Progress) -> Alignment:
        """Align the whole episode.

        Raises:
            InputError: the audio cannot be read, holds no speech, or the transcript is not of it.
        """
