"""The default aligner: HMM forced alignment of the whole episode, in two passes.

The recording is scored and its phones are recognised; anchors tie the text to them; between the
anchors a search that copes with differences finds every word roughly; a second pass in triphones
places the boundaries.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from pipeline.align.acoustic_model import AcousticModel, load_acoustic_model
from pipeline.align.anchors import find_anchors
from pipeline.align.first_pass import RoughTimes, search_regions
from pipeline.align.first_scores import COLUMNS, score_recording
from pipeline.align.graph import build_graph
from pipeline.align.phone_decoder import DecodedPhones, PhoneBigram
from pipeline.align.records import Alignment, TimedWord
from pipeline.align.regions import plan_regions
from pipeline.align.scores import Mixtures
from pipeline.align.second_pass import align_stretch
from pipeline.align.stretches import Stretch, plan_stretches
from pipeline.align.triphone_graph import TriphoneGraphBuilder
from pipeline.audio.decode import stream_samples
from pipeline.audio.features import FRAME_MS, cepstra_blocks
from pipeline.audio.recording import Recording
from pipeline.audio.spool import FrameSpool
from pipeline.errors import InputError
from pipeline.lexicon.lexicon import load_lexicon
from pipeline.lexicon.pronounce import pronounce_words
from pipeline.lexicon.records import SpokenForm
from pipeline.progress import Progress
from pipeline.transcript.records import Transcript

__all__ = ["HmmAligner"]

_FEWEST_FRAMES_PER_WORD = 3


@dataclass(frozen=True, eq=False)
class _Text:
    """The transcript as the aligner sees it.

    Attributes:
        forms: the spoken forms of each word.
        phones: int32: the usual phones of the text in order.
        word_of_phone: int32, same shape: the word that each belongs to.
    """

    forms: Sequence[tuple[SpokenForm, ...]]
    phones: npt.NDArray[np.int32]
    word_of_phone: npt.NDArray[np.int32]


class HmmAligner:
    """Aligns US English on the acoustic model of the pocketsphinx wheel; see the module."""

    def __init__(self, threads: int | None = None) -> None:
        """Use so many threads, by default one for each processor; results do not depend on it."""
        self._threads = threads or len(os.sched_getaffinity(0))

    def align(self, transcript: Transcript, audio: Path, progress: Progress) -> Alignment:
        """Align the whole episode; see `pipeline.align.records.Aligner`."""
        model = load_acoustic_model()
        progress.start("Reading words")
        text = _read_words(transcript, model)
        progress.finish()
        with Recording() as recording, ThreadPoolExecutor(self._threads) as executor:
            _listen(audio, recording, progress)
            _check_length(audio, recording.frames, len(text.forms))
            rough = _find_words(recording, text, model, executor, progress)
            starts, ends = _place_words(recording, text, rough, model, executor, progress)
        return _alignment(starts, ends, recording.frames)


def _read_words(transcript: Transcript, model: AcousticModel) -> _Text:
    forms = pronounce_words([word.text for word in transcript.words], load_lexicon())
    phones = []
    words = []
    for word, ways in enumerate(forms):
        for spoken in ways[0]:
            for name in spoken.pronunciations[0].phones:
                phones.append(model.phone_index[name])
                words.append(word)
    return _Text(forms, np.array(phones, dtype=np.int32), np.array(words, dtype=np.int32))


def _listen(audio: Path, recording: Recording, progress: Progress) -> None:
    progress.start("Decoding")
    for frames in recording.fill(cepstra_blocks(stream_samples(audio))):
        progress.advance(frames)
    progress.finish()


def _check_length(audio: Path, frames: int, words: int) -> None:
    if frames < _FEWEST_FRAMES_PER_WORD * words:
        raise InputError(
            f"{frames / 100:.0f} s of audio cannot hold the transcript's {words} words",
            path=audio,
            remedy="check that this is the audio of this transcript",
        )


def _find_words(
    recording: Recording,
    text: _Text,
    model: AcousticModel,
    executor: Executor,
    progress: Progress,
) -> RoughTimes:
    bigram = PhoneBigram.of(model, text.phones)
    with FrameSpool(COLUMNS, np.uint8) as spool:
        progress.start("Listening", recording.frames)
        parts = []
        for heard in score_recording(recording, model, bigram, spool, executor):
            parts.append(heard)
            progress.advance(spool.frames)
        progress.finish()
        heard = DecodedPhones.joined(parts)
        progress.start("Finding words", recording.frames)
        anchors = find_anchors(text.phones, heard, model.silence)
        regions = plan_regions(anchors, text.word_of_phone, len(text.forms), recording.frames)
        graph = build_graph(text.forms, model)
        rough = RoughTimes.unknown(len(text.forms))
        for region in search_regions(regions, spool, graph, model, executor, rough):
            progress.advance(region.core_stop)
        progress.finish()
    return rough


def _place_words(
    recording: Recording,
    text: _Text,
    rough: RoughTimes,
    model: AcousticModel,
    executor: Executor,
    progress: Progress,
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    builder = TriphoneGraphBuilder(model)
    mixtures = Mixtures.of(model)
    starts, ends = rough.starts.copy(), rough.ends.copy()

    def place(stretch: Stretch) -> tuple[npt.NDArray[np.int32], ...] | None:
        graph = builder.build([text.forms[word] for word in stretch.words])
        features = recording.features(stretch.start, stretch.stop)
        path = align_stretch(
            features, graph, stretch.first_word, stretch.last_word, model, mixtures
        )
        if path is None:
            return None
        spoken = graph.source[path.arcs] != graph.target[path.arcs]
        word = graph.word[path.arcs[spoken]]
        bounds = path.bounds[spoken] + stretch.start
        first = np.append(True, word[1:] != word[:-1])
        last = np.append(word[1:] != word[:-1], True)
        return stretch.words[word[first]], bounds[first, 0], bounds[last, 3]

    progress.start("Placing words", recording.frames)
    stretches = list(plan_stretches(rough.starts, rough.ends, recording.frames))
    for stretch, placed in zip(stretches, executor.map(place, stretches), strict=True):
        if placed is not None:
            words, begin, end = placed
            starts[words] = begin
            ends[words] = end
        progress.advance(stretch.stop)
    progress.finish()
    return starts, ends


def _alignment(
    starts: npt.NDArray[np.int32], ends: npt.NDArray[np.int32], frames: int
) -> Alignment:
    words = tuple(
        TimedWord(start * FRAME_MS, end * FRAME_MS, 0.9, "aligned")
        if start >= 0
        else TimedWord(None, None, 0.0, "absent")
        for start, end in zip(starts.tolist(), ends.tolist(), strict=True)
    )
    found = sum(word.status == "aligned" for word in words)
    return Alignment(words, (), frames * FRAME_MS, found / max(1, len(words)))
