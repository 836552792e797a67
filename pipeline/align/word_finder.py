"""Finds where each word is, decides which are there, and looks again for the others."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from pipeline.align.acoustic_model import AcousticModel
from pipeline.align.first_pass import RoughTimes
from pipeline.align.phone_decoder import DecodedPhones
from pipeline.align.placing import PlacedWords, place_words
from pipeline.align.presence import Presence, log_odds, presence, presence_model
from pipeline.align.quotations import made_whole
from pipeline.align.realignment import between_neighbours, realignment_windows
from pipeline.align.scores import Mixtures
from pipeline.align.second_pass import LocalPenalties
from pipeline.align.stretches import Stretch, plan_stretches
from pipeline.align.word_features import word_features
from pipeline.audio.features import FRAME_MS
from pipeline.audio.recording import Recording
from pipeline.lexicon.records import SpokenForm
from pipeline.progress import Progress

__all__ = ["Evidence", "FoundWords", "WordFinder"]

_THERE = 0.5
_ANCHORED = 0.9
_ROUNDS = 2
_PHONE_FRAMES = 8.0
_OFF_ENTER_FORCED = 150.0  # nats: a word spreads over what is said there rather than hide in it


@dataclass(frozen=True, eq=False)
class Evidence:
    """What it was decided by which words are there.

    Attributes:
        starts: int32, shape (words,): first frame of each word, -1 if it had no place.
        ends: int32, same shape: frame after the last.
        features: float64, shape (words, features): see `pipeline.align.word_features`.
        lengths_s: float64, shape (words,): how long each word usually is here, in seconds.
    """

    starts: npt.NDArray[np.int32]
    ends: npt.NDArray[np.int32]
    features: npt.NDArray[np.float64]
    lengths_s: npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class FoundWords:
    """Where the words are, and how sure that is.

    Attributes:
        placed: the words; those that are absent have no place.
        is_interpolated: bool, shape (words,): whether a word was not heard clearly, but must be
            between its neighbours.
        confidence: float64, shape (words,): that each is there, within 100 ms.
        evidence: what that was decided by; benchmarks fit the weights to it.
    """

    placed: PlacedWords
    is_interpolated: npt.NDArray[np.bool_]
    confidence: npt.NDArray[np.float64]
    evidence: Evidence


@dataclass(frozen=True, eq=False)
class WordFinder:
    """Finds the words of a text in a recording.

    Attributes:
        recording: the features.
        forms: the spoken forms of every word of the text.
        breaks: int8, shape (words + 1,): see `pipeline.align.text_breaks`.
        foreign_passages: see `pipeline.align.quotations`.
        model: the acoustic model.
        mixtures: its mixtures as adapted to the recording.
        heard: the phones recognised in the recording.
        penalties: what leaving the text costs.
        executor: its threads share the work; the result does not depend on their number.
        progress: told how far each round is.
    """

    recording: Recording
    forms: Sequence[tuple[SpokenForm, ...]]
    breaks: npt.NDArray[np.int8]
    foreign_passages: Sequence[range]
    model: AcousticModel
    mixtures: Mixtures
    heard: DecodedPhones
    penalties: LocalPenalties
    executor: Executor
    progress: Progress

    def find(self, rough: RoughTimes) -> FoundWords:
        """Find all words, from where they are roughly.

        Words that are not there where they were found, and those not found, are looked for again
        between the others, in two rounds.
        """
        placed = PlacedWords.of(rough)
        is_found = is_anchored = placed.starts >= 0
        penalties = self.penalties
        tried = np.full((2, len(self.forms)), -2)
        for number in range(1 + _ROUNDS):
            windows = self._windows(placed, is_found, is_anchored)
            # A word that keeps its place, or that was looked for there before, calls for nothing.
            is_new = ((windows != placed.edges()) & (windows != tried)).any(axis=0) | (number == 0)
            if not is_new.any():
                break
            tried = windows
            stretches = plan_stretches(windows[0], windows[1], self.recording.frames)
            self.progress.start("Placing words", self.recording.frames)
            self._align(
                placed,
                (part for part in stretches if is_new[part.words].any()),
                penalties,
            )
            self.progress.finish()
            evidence = self._weigh(placed)
            judged = self._judge(evidence)
            probability = judged.probability
            penalties = _by_rate(self.penalties, judged.missing)
            is_found = (placed.starts >= 0) & (probability >= _THERE)
            is_anchored = probability >= _ANCHORED
        if (is_found != (placed.starts >= 0)).any():
            # What was rejected may be there all the same, between the others.
            placed.forget(~is_found)
            probability = self._judge(self._weigh(placed)).probability
        return self._decide(placed, probability, evidence)

    def _windows(
        self,
        placed: PlacedWords,
        is_found: npt.NDArray[np.bool_],
        is_anchored: npt.NDArray[np.bool_],
    ) -> npt.NDArray[np.int32]:
        return np.stack(
            realignment_windows(
                placed.starts,
                placed.ends,
                is_found,
                is_anchored,
                self.breaks,
                self.heard,
                self.model,
            )
        )

    def _align(
        self, placed: PlacedWords, stretches: Iterable[Stretch], penalties: LocalPenalties
    ) -> None:
        place_words(
            self.recording,
            self.forms,
            stretches,
            placed,
            self.model,
            self.mixtures,
            self.heard,
            penalties,
            self.executor,
            self.progress.advance,
        )

    def _forced(self, placed: PlacedWords, is_wanted: npt.NDArray[np.bool_]) -> PlacedWords:
        """The same with words that have no place where they are if they must be somewhere."""
        forced = placed.copy()
        stretches = between_neighbours(placed.starts, placed.ends, is_wanted, self.recording.frames)
        required = replace(
            self.penalties, skip_word=np.inf, replace_word=np.inf, off_enter=_OFF_ENTER_FORCED
        )
        self._align(forced, stretches, required)
        return forced

    def _weigh(self, placed: PlacedWords) -> Evidence:
        forced = self._forced(placed, placed.starts < 0)
        features = word_features(placed, forced, self.heard, self.model)
        return Evidence(
            placed.starts.copy(), placed.ends.copy(), features, self._usual_lengths_s(placed)
        )

    @cached_property
    def _phones(self) -> npt.NDArray[np.float64]:
        """How many phones each word usually has."""
        return np.array([_count_phones(ways[0]) for ways in self.forms], np.float64)

    def _usual_lengths_s(self, placed: PlacedWords) -> npt.NDArray[np.float64]:
        """By the number of phones, and how long one usually is in the words placed."""
        is_placed = placed.starts >= 0
        frames = (placed.ends - placed.starts)[is_placed].sum()
        pace = frames / self._phones[is_placed].sum() if is_placed.any() else _PHONE_FRAMES
        return self._phones * pace * FRAME_MS / 1000

    def _judge(self, evidence: Evidence) -> Presence:
        model = presence_model()
        odds = log_odds(evidence.features, model)
        return presence(
            evidence.starts,
            evidence.ends,
            odds,
            evidence.lengths_s,
            self.breaks,
            self.heard,
            self.model,
            model,
        )

    def _decide(
        self, placed: PlacedWords, probability: npt.NDArray[np.float64], evidence: Evidence
    ) -> FoundWords:
        """Place what must be there although it was not found, and give up the rest."""
        is_there = probability >= _THERE
        is_there, in_pieces = made_whole(is_there, self.foreign_passages)
        is_interpolated = is_there & ((placed.starts < 0) | in_pieces)
        placed.forget(~is_there | in_pieces)
        final = self._forced(placed, is_interpolated)
        is_interpolated &= final.starts >= 0
        interpolated = presence_model().interpolated
        confidence = np.where(is_interpolated, probability * interpolated, probability)
        return FoundWords(final, is_interpolated, confidence, evidence)


def _count_phones(form: SpokenForm) -> int:
    return max(1, sum(len(word.pronunciations[0].phones) for word in form))


def _by_rate(penalties: LocalPenalties, missing: float) -> LocalPenalties:
    """What leaving words out costs where they are missing at such a rate."""
    factor = np.log(missing) / np.log(presence_model().missing_usual)
    return replace(
        penalties,
        skip_word=penalties.skip_word * factor,
        replace_word=penalties.replace_word * factor,
    )
