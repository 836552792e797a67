"""The default aligner: HMM forced alignment of the whole episode, in two passes.

The recording is scored and its phones are recognised; anchors tie the text to them; between the
anchors a search that copes with differences finds every word roughly; a second pass in triphones
places the boundaries.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import CancelledError, Executor, ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Self

import numpy as np
import numpy.typing as npt

from pipeline.align.acoustic_model import AcousticModel, load_acoustic_model
from pipeline.align.anchors import find_anchors
from pipeline.align.copies import first_copies
from pipeline.align.first_pass import RoughTimes, search_regions
from pipeline.align.first_scores import COLUMNS, score_recording
from pipeline.align.gaps import find_gaps
from pipeline.align.graph import build_graph
from pipeline.align.noise_compensation import compensate_for
from pipeline.align.pause_edges import edges_at_pauses
from pipeline.align.phone_decoder import DecodedPhones, PhoneBigram
from pipeline.align.placing import timed_words
from pipeline.align.pooling import pooled
from pipeline.align.quotations import foreign_passages
from pipeline.align.recording_adaptation import adapt_to
from pipeline.align.records import Alignment, HeardPhones, TimedWords
from pipeline.align.regions import plan_regions
from pipeline.align.scores import Mixtures
from pipeline.align.search import is_compiled
from pipeline.align.second_pass import LocalPenalties
from pipeline.align.text_breaks import text_breaks
from pipeline.align.word_finder import FoundWords, WordFinder
from pipeline.audio.decode import stream_samples
from pipeline.audio.features import FRAME_MS
from pipeline.audio.hearing import hear
from pipeline.audio.recording import Recording
from pipeline.audio.spool import FrameSpool
from pipeline.audio.tracks import Audio, path_of
from pipeline.engine_settings import EngineSettings
from pipeline.episode import Gap
from pipeline.errors import InputError
from pipeline.lexicon.lexicon import load_lexicon
from pipeline.lexicon.pronounce import pronounce_forms
from pipeline.lexicon.records import Pronunciation, SpokenForm
from pipeline.lexicon.reductions import ReducedLexicon
from pipeline.lexicon.spoken import spoken_forms
from pipeline.processors import usual_threads
from pipeline.progress import Progress
from pipeline.transcript.records import Transcript

__all__ = ["HmmAligner"]

_FEWEST_FRAMES_PER_WORD = 3
_MOST_ROUNDS = 2
_NOISY_ROUNDS = 3
_FIRST_STEP = 2  # where speech is clear, every second frame says as much as all of them
# A word said oddly is better placed, and judged by its evidence, than lost.
_LENIENT = LocalPenalties(off_enter=32.0, off_frame=1.6, skip_word=64.0, replace_word=36.0)
_REPLACE_WORD_PER_EXCESS = 40.0
_LEAST_COVERAGE = 0.25
_FEWEST_SOUNDS = 8  # different phones that even a sentence has
_MOST_WORDS_UNANCHORED = 200
_MOST_FRAMES_UNANCHORED = 6000
_MOST_ADRIFT = 0.1
_CLEAN_EXCESS = -0.46
_CLEAR_EXCESS = 0.25


@dataclass(frozen=True, eq=False)
class _Text:
    """The transcript as the aligner sees it.

    Attributes:
        forms: the spoken forms of each word, reductions of fast speech included.
        careful_forms: the same without reductions, which the first pass does not need.
        phones: int32: the usual phones of the text in order.
        word_of_phone: int32, same shape: the word that each belongs to.
        foreign_passages: see `pipeline.align.quotations`.
    """

    forms: Sequence[tuple[SpokenForm, ...]]
    careful_forms: Sequence[tuple[SpokenForm, ...]]
    phones: npt.NDArray[np.int32]
    word_of_phone: npt.NDArray[np.int32]
    foreign_passages: Sequence[range]


class HmmAligner:
    """Aligns US English on the acoustic model of the pocketsphinx wheel; see the module."""

    def __init__(self, threads: int | None = None) -> None:
        """Use so many threads, by default one for each processor; results do not depend on it."""
        self._threads = threads or usual_threads()

    @classmethod
    def configured(cls, settings: EngineSettings) -> Self:
        """Make it as the registry does.

        Raises:
            InputError: another language is asked for.
        """
        if settings.language != "en":
            raise InputError(
                f"the default aligner knows English only, not the language {settings.language}",
                remedy="use --aligner whisperx with --first-pass none",
            )
        return cls()

    @cached_property
    def _model(self) -> AcousticModel:
        return load_acoustic_model()

    def align(self, transcript: Transcript, audio: Audio, progress: Progress) -> Alignment:
        """Align the whole episode; see `pipeline.align.records.Aligner`."""
        if not is_compiled():
            progress.warn("compiling the aligner, once on this machine; about 20 s")
        with Recording() as recording:
            found, heard = self.find(transcript, audio, recording, progress)
            _check_coverage(audio, found, heard)
            placed = found.placed
            starts_ms, ends_ms = edges_at_pauses(
                placed.starts, placed.ends, placed.start_shifts, placed.end_shifts, recording
            )
            has_place = placed.starts >= 0
            gaps = find_gaps(
                starts_ms[has_place] // FRAME_MS,
                -(-ends_ms[has_place] // FRAME_MS),
                heard,
                recording,
                self._model,
            )
            words = timed_words(starts_ms, ends_ms, found.confidence, found.is_interpolated)
            return _alignment(words, gaps, recording.frames, _spoken_phones(heard, self._model))

    def find(
        self, transcript: Transcript, audio: Audio, recording: Recording, progress: Progress
    ) -> tuple[FoundWords, DecodedPhones]:
        """Fill `recording` and find the words in it; also return the phones recognised."""
        with (
            FrameSpool(COLUMNS, np.uint8) as shortfalls,
            ThreadPoolExecutor(self._threads) as executor,
        ):
            # Of a transcript of something else, long and full of words to be guessed, the rest
            # need not be read.
            unwanted = threading.Event()
            reading = executor.submit(_read_words, transcript, self._model, unwanted)
            try:
                _listen(audio, recording, progress)
                _check_length(audio, recording.frames, len(transcript.words))
            except BaseException:
                unwanted.set()
                raise
            progress.start("Reading words")
            text = reading.result()
            progress.finish()
            noise = compensate_for(self._model, recording, text.phones)
            model = noise.model
            mixtures = pooled(Mixtures.of(model), model, noise.pooled_share)
            usual_excess = _CLEAN_EXCESS
            rounds = _NOISY_ROUNDS if noise.is_noisy else _MOST_ROUNDS
            for attempt in range(rounds):
                step = _FIRST_STEP if attempt < rounds - 1 else 1
                heard = _hear(
                    recording, text, model, mixtures, step, shortfalls, executor, progress
                )
                rough, is_anchored = _find_words(
                    recording.frames,
                    shortfalls,
                    heard,
                    text,
                    model,
                    usual_excess,
                    executor,
                    progress,
                )
                mixtures, usual_excess = adapt_to(
                    recording, text.forms, rough, heard, noise, mixtures, executor, progress
                )
                # A recording that was hard to hear is heard better by what was learnt.
                if attempt == 0 and is_anchored and usual_excess < _CLEAR_EXCESS:
                    break
            rough = first_copies(rough, heard, model)
            finder = WordFinder(
                recording,
                text.forms,
                text_breaks(transcript),
                text.foreign_passages,
                model,
                mixtures,
                heard,
                _lenient(usual_excess),
                executor,
                progress,
            )
            return finder.find(rough), heard


class _InterruptibleLexicon:
    """Pronounces words until they are unwanted."""

    def __init__(self, unwanted: threading.Event) -> None:
        self._lexicon = load_lexicon()
        self._unwanted = unwanted

    def pronounce(self, word: str) -> tuple[Pronunciation, ...]:
        if self._unwanted.is_set():
            raise CancelledError
        return self._lexicon.pronounce(word)

    def knows(self, word: str) -> bool:
        """Whether a word, in lower case, is in the dictionary."""
        return word in self._lexicon


def _read_words(transcript: Transcript, model: AcousticModel, unwanted: threading.Event) -> _Text:
    lexicon = _InterruptibleLexicon(unwanted)
    written = [word.text for word in transcript.words]
    as_said = spoken_forms(written)
    careful_forms = pronounce_forms(as_said, lexicon)
    forms = pronounce_forms(as_said, ReducedLexicon(lexicon))
    phones = []
    words = []
    for word, ways in enumerate(careful_forms):
        for spoken in ways[0]:
            for name in spoken.pronunciations[0].phones:
                phones.append(model.phone_index[name])
                words.append(word)
    return _Text(
        forms,
        careful_forms,
        np.array(phones, dtype=np.int32),
        np.array(words, dtype=np.int32),
        foreign_passages(written, lexicon.knows),
    )


def _listen(audio: Audio, recording: Recording, progress: Progress) -> None:
    progress.start("Decoding")
    for frames in hear(recording, lambda: stream_samples(audio)):
        progress.advance(frames)
    progress.finish()


def _check_length(audio: Audio, frames: int, words: int) -> None:
    if frames < _FEWEST_FRAMES_PER_WORD * words:
        raise InputError(
            f"{frames / 100:.0f} s of audio cannot hold the transcript's {words} words",
            path=path_of(audio),
            remedy="check that this is the audio of this transcript",
        )


def _hear(
    recording: Recording,
    text: _Text,
    model: AcousticModel,
    mixtures: Mixtures,
    step: int,
    shortfalls: FrameSpool,
    executor: Executor,
    progress: Progress,
) -> DecodedPhones:
    progress.start("Listening", recording.frames)
    shortfalls.clear()
    bigram = PhoneBigram.of(model, text.phones)
    parts = []
    for heard in score_recording(recording, model, bigram, mixtures, step, shortfalls, executor):
        parts.append(heard)
        progress.advance(shortfalls.frames)
    progress.finish()
    return DecodedPhones.joined(parts)


def _find_words(
    frames: int,
    shortfalls: FrameSpool,
    heard: DecodedPhones,
    text: _Text,
    model: AcousticModel,
    usual_excess: float,
    executor: Executor,
    progress: Progress,
) -> tuple[RoughTimes, bool]:
    """Rough times, and whether anchors were dense enough to trust them."""
    progress.start("Finding words", frames)
    anchors = find_anchors(text.phones, heard, model.silence)
    regions = plan_regions(anchors, text.word_of_phone, len(text.forms), frames)
    graph = build_graph(text.careful_forms, model)
    rough = RoughTimes.unknown(len(text.forms))
    for region in search_regions(regions, shortfalls, graph, model, usual_excess, executor, rough):
        progress.advance(region.core_stop)
    progress.finish()
    words_adrift = sum(
        region.last_core_word - region.first_core_word
        for region in regions
        if region.last_core_word - region.first_core_word > _MOST_WORDS_UNANCHORED
        and region.core_stop - region.core_start > _MOST_FRAMES_UNANCHORED
    )
    return rough, words_adrift <= _MOST_ADRIFT * len(text.forms)


def _lenient(usual_excess: float) -> LocalPenalties:
    """What is hard to hear fits its words less than those recognised in their place."""
    excess = max(0.0, usual_excess - _CLEAN_EXCESS)
    own = _LENIENT.replace_word + _REPLACE_WORD_PER_EXCESS * excess
    return replace(_LENIENT, replace_word=own)


def _check_coverage(audio: Audio, found: FoundWords, heard: DecodedPhones) -> None:
    coverage = float(np.mean(found.placed.starts >= 0))
    if coverage >= _LEAST_COVERAGE:
        return
    if len(np.unique(heard.phones)) < _FEWEST_SOUNDS:
        raise InputError(
            "no speech was found in this audio",
            path=path_of(audio),
            remedy="listen to it; of several audio tracks, choose one with --audio-track",
        )
    raise InputError(
        f"only {100 * coverage:.0f} % of the transcript's words were found in this audio",
        path=path_of(audio),
        remedy="check that transcript and audio are of the same episode",
    )


def _alignment(
    words: TimedWords,
    gaps: tuple[Gap, ...],
    frames: int,
    heard: HeardPhones,
) -> Alignment:
    found = int(((words.times_ms[:, 0] >= 0) & ~words.is_interpolated).sum())
    return Alignment(words, gaps, frames * FRAME_MS, found / max(1, len(words)), heard)


def _spoken_phones(heard: DecodedPhones, model: AcousticModel) -> HeardPhones:
    """All phones recognised but silence and noises."""
    kept = model.is_speech[heard.phones]
    times = np.stack([heard.starts[kept], heard.ends[kept]], axis=1)
    return HeardPhones(
        tuple(model.phones), heard.phones[kept].astype(np.int16), times * np.int32(FRAME_MS)
    )
