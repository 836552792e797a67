"""Places the words that the first pass found, and gathers the evidence for each of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipeline.ahead import map_on
from pipeline.align.acoustic_model import AcousticModel
from pipeline.align.adaptation import Statistics
from pipeline.align.first_pass import RoughTimes
from pipeline.align.phone_decoder import DecodedPhones
from pipeline.align.records import TimedWords
from pipeline.align.scores import Mixtures
from pipeline.align.second_pass import LocalPenalties, align_stretch
from pipeline.align.stretches import Stretch
from pipeline.align.triphone_graph import TriphoneGraphBuilder
from pipeline.align.word_evidence import WordEvidence, word_evidence
from pipeline.audio.recording import Recording
from pipeline.lexicon.records import SpokenForm

__all__ = ["PlacedWords", "place_words", "timed_words"]


@dataclass(frozen=True, eq=False)
class PlacedWords:
    """Exact times and what speaks for them, one entry a word; see `PlacedWords.of`.

    Attributes:
        starts: int32: first frame, -1 if the word is absent.
        ends: int32: frame after the last, -1 if absent.
        start_shifts: float32: how many frames later it is expected to begin.
        end_shifts: float32: how many frames later it is expected to end.
        excess: float32: how much worse its phones fit than the phones recognised freely at the
            same place, nats a frame; NaN where not measured.
        worst_excess: float32: the same of its worst phone.
        hurried: float32: the share of its phones as short as can be.
        lengths: its phones and how long they are, empty where unknown; see
            `pipeline.align.phone_lengths`.
    """

    starts: npt.NDArray[np.int32]
    ends: npt.NDArray[np.int32]
    start_shifts: npt.NDArray[np.float32]
    end_shifts: npt.NDArray[np.float32]
    excess: npt.NDArray[np.float32]
    worst_excess: npt.NDArray[np.float32]
    hurried: npt.NDArray[np.float32]
    lengths: list[bytes]

    @classmethod
    def of(cls, rough: RoughTimes) -> PlacedWords:
        """Begin with the rough times and no evidence."""
        words = len(rough.starts)
        return cls(
            rough.starts.copy(),
            rough.ends.copy(),
            start_shifts=np.zeros(words, np.float32),
            end_shifts=np.zeros(words, np.float32),
            excess=np.full(words, np.nan, np.float32),
            worst_excess=np.full(words, np.nan, np.float32),
            hurried=np.full(words, np.nan, np.float32),
            lengths=[b""] * words,
        )

    def edges(self) -> npt.NDArray[np.int32]:
        """First frames and frames after the last, int32, shape (2, words)."""
        return np.stack([self.starts, self.ends])

    def copy(self) -> PlacedWords:
        """The same words, to be placed otherwise."""
        return self.with_those_of(self, np.zeros(len(self.starts), np.bool_))

    def forget(self, words: npt.NDArray[np.bool_]) -> None:
        """Take the places of words marked in bool, shape (words,)."""
        self.starts[words] = self.ends[words] = -1

    def with_those_of(self, other: PlacedWords, where: npt.NDArray[np.bool_]) -> PlacedWords:
        """The same, with another's where a word is marked in bool, shape (words,)."""
        return PlacedWords(
            np.where(where, other.starts, self.starts),
            np.where(where, other.ends, self.ends),
            np.where(where, other.start_shifts, self.start_shifts),
            np.where(where, other.end_shifts, self.end_shifts),
            np.where(where, other.excess, self.excess),
            np.where(where, other.worst_excess, self.worst_excess),
            np.where(where, other.hurried, self.hurried),
            [b if w else a for a, b, w in zip(self.lengths, other.lengths, where, strict=True)],
        )

    def place(self, words: npt.NDArray[np.int32], found: WordEvidence, start: int) -> None:
        """Fill in `words`, of which those not found are absent; frames count from `start`."""
        self.starts[words] = self.ends[words] = -1
        at = words[found.words]
        self.starts[at] = found.starts + start
        self.ends[at] = found.ends + start
        self.start_shifts[at] = found.start_shifts
        self.end_shifts[at] = found.end_shifts
        self.excess[at] = found.excess
        self.worst_excess[at] = found.worst_excess
        self.hurried[at] = found.hurried
        for word, lengths in zip(at.tolist(), found.lengths, strict=True):
            self.lengths[word] = lengths


def place_words(
    recording: Recording,
    forms: Sequence[tuple[SpokenForm, ...]],
    stretches: Iterable[Stretch],
    placed: PlacedWords,
    model: AcousticModel,
    mixtures: Mixtures,
    heard: DecodedPhones,
    penalties: LocalPenalties,
    executor: Executor,
    on_progress: Callable[[int], None],
    statistics: Statistics | None = None,
) -> None:
    """Place the words of some stretches.

    Args:
        recording: the features.
        forms: the spoken forms of every word of the text.
        stretches: the words, and where each of them may be.
        placed: gets where they are.
        model: the acoustic model.
        mixtures: its mixtures, or adapted ones.
        heard: the phones recognised in the recording.
        penalties: what leaving the text costs.
        executor: its threads share the stretches; the result does not depend on their number.
        on_progress: told the frame up to which words are placed.
        statistics: the frames of all words are counted into it, to adapt the mixtures by.
    """
    builder = TriphoneGraphBuilder(model)

    def place(stretch: Stretch) -> tuple[Stretch, WordEvidence | None, Statistics | None]:
        graph = builder.build([forms[word] for word in stretch.words])
        features = recording.features(stretch.start, stretch.stop)
        path = align_stretch(
            features,
            graph,
            stretch.first_word,
            stretch.last_word,
            model,
            mixtures,
            heard.of_frames(stretch.start, stretch.stop, model.silence),
            penalties,
        )
        if path is None:
            return stretch, None, None
        counted = None
        if statistics is not None:
            counted = Statistics.empty(model)
            of_arcs = np.where(path.arcs[:, None] >= 0, graph.senones[path.arcs], -1)
            senones = np.repeat(of_arcs.ravel(), np.diff(path.bounds).ravel()).astype(np.int32)
            counted.add(features, senones, model, mixtures)
        return stretch, word_evidence(graph, path), counted

    for stretch, found, counted in map_on(executor, place, stretches):
        if found is not None:
            placed.place(stretch.words, found, stretch.start)
        if statistics is not None and counted is not None:
            statistics.merge(counted)
        on_progress(stretch.stop)


def timed_words(
    starts_ms: npt.NDArray[np.int32],
    ends_ms: npt.NDArray[np.int32],
    confidence: npt.NDArray[np.float64],
    is_interpolated: npt.NDArray[np.bool_] | None = None,
) -> TimedWords:
    """Times as records; a word whose start is negative is absent."""
    times_ms = np.stack([starts_ms, ends_ms], axis=1).astype(np.int32)
    if is_interpolated is None:
        is_interpolated = np.zeros(len(confidence), np.bool_)
    return TimedWords(times_ms, np.round(confidence, 3), is_interpolated)
