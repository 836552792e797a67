"""Places words again in short passages whose bounds are known, as corrections pin them.

The search of the second pass, on the model as it is: for a few seconds of audio there is nothing
to adapt to. Words keep to the bounds, to the frame.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipeline.align.acoustic_model import AcousticModel, load_acoustic_model
from pipeline.align.first_pass import RoughTimes
from pipeline.align.pause_edges import edges_at_pauses
from pipeline.align.phone_decoder import DecodedPhones, PhoneBigram, decode_phones
from pipeline.align.placing import PlacedWords, timed_words
from pipeline.align.presence import probability_alone
from pipeline.align.records import TimedWord
from pipeline.align.scores import Mixtures, SenoneGroups, group_senones, score_frames
from pipeline.align.second_pass import LocalPenalties, align_stretch
from pipeline.align.triphone_graph import TriphoneGraphBuilder
from pipeline.align.word_evidence import word_evidence
from pipeline.audio.excerpts import excerpts
from pipeline.audio.features import FRAME_MS
from pipeline.audio.hearing import hear
from pipeline.audio.recording import Recording
from pipeline.audio.tracks import Audio
from pipeline.lexicon.lexicon import load_lexicon
from pipeline.lexicon.pronounce import pronounce_words
from pipeline.lexicon.records import SpokenForm
from pipeline.lexicon.reductions import ReducedLexicon

__all__ = ["Passage", "align_passages"]

_PENALTIES = LocalPenalties(off_enter=60.0, off_frame=2.0, skip_word=120.0, replace_word=np.inf)
_AROUND_MS = 10_000  # what the mean of the features is taken over
_LEAST_REACH_FRAMES = 400
_REACH_SHARE = 0.3


@dataclass(frozen=True, slots=True)
class Passage:
    """Words that are spoken between two moments, and roughly when each of them begins."""

    words: tuple[str, ...]
    rough_starts_ms: tuple[int, ...]
    start_ms: int
    end_ms: int


def align_passages(audio: Audio, passages: Sequence[Passage]) -> tuple[Sequence[TimedWord], ...]:
    """Find the words of each passage; words that are not found are absent.

    Raises:
        InputError: the audio cannot be decoded.
    """
    model = load_acoustic_model()
    mixtures = Mixtures.of(model)
    lexicon = ReducedLexicon(load_lexicon())
    builder = TriphoneGraphBuilder(model)
    groups = group_senones(model.ci_senones.ravel(), model.senone_phone)
    found: list[Sequence[TimedWord]] = [
        tuple(TimedWord(None, None, 0.0, "absent") for _ in passage.words) for passage in passages
    ]
    # On whole frames, so that they are those of the whole recording.
    spans = [
        (
            max(0, passage.start_ms - _AROUND_MS) // FRAME_MS * FRAME_MS,
            passage.end_ms + _AROUND_MS,
        )
        for passage in passages
    ]
    for number, samples in excerpts(audio, spans):
        passage, offset = passages[number], spans[number][0] // FRAME_MS
        with Recording() as recording:
            for _ in hear(recording, lambda: [samples]):  # noqa: B023 called at once
                pass
            start = -(-passage.start_ms // FRAME_MS) - offset
            stop = min(recording.frames, passage.end_ms // FRAME_MS - offset)
            if stop <= start:
                continue
            features = recording.features(start, stop)
            forms = pronounce_words(passage.words, lexicon)
            placed, heard = _place(passage, features, forms, model, mixtures, builder, groups)
            starts = np.where(placed.starts >= 0, placed.starts + start, -1).astype(np.int32)
            starts_ms, ends_ms = edges_at_pauses(
                starts, placed.ends + start, placed.start_shifts, placed.end_shifts, recording
            )
        offset_ms = offset * FRAME_MS
        starts_ms = np.where(starts_ms >= 0, starts_ms + offset_ms, -1)
        found[number] = timed_words(
            starts_ms, ends_ms + offset_ms, probability_alone(placed, heard, model)
        )
    return tuple(found)


def _place(
    passage: Passage,
    features: npt.NDArray[np.float32],
    forms: Sequence[tuple[SpokenForm, ...]],
    model: AcousticModel,
    mixtures: Mixtures,
    builder: TriphoneGraphBuilder,
    groups: SenoneGroups,
) -> tuple[PlacedWords, DecodedPhones]:
    words, frames = len(forms), len(features)
    placed = PlacedWords.of(RoughTimes.unknown(words))
    phones = [
        model.phone_index[name]
        for ways in forms
        for spoken in ways[0]
        for name in spoken.pronunciations[0].phones
    ]
    scores = score_frames(features, mixtures, groups)
    heard = decode_phones(scores, model, PhoneBigram.of(model, np.array(phones, dtype=np.int32)))
    heard_phone = np.repeat(heard.phones, heard.ends - heard.starts).astype(np.int32)
    if len(heard_phone) != frames:
        return placed, heard
    graph = builder.build(forms)
    first_word, last_word = _windows(passage, words, frames)
    path = align_stretch(
        features, graph, first_word, last_word, model, mixtures, heard_phone, _PENALTIES
    )
    if path is None:
        return placed, heard
    placed.place(np.arange(words, dtype=np.int32), word_evidence(graph, path), 0)
    return placed, heard


def _windows(
    passage: Passage, words: int, frames: int
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    """The first and the last word that each frame may belong to."""
    reach = max(_LEAST_REACH_FRAMES, round(_REACH_SHARE * frames))
    rough = (np.array(passage.rough_starts_ms) - passage.start_ms) // FRAME_MS
    rough = np.clip(np.maximum.accumulate(rough), 0, frames)
    opens = np.append(rough - reach, frames - 2 * reach)
    opens = np.minimum.accumulate(opens[::-1])[::-1]
    closes = np.append(rough[1:], frames) + reach
    t = np.arange(frames)
    first = np.minimum(np.searchsorted(closes, t, side="right"), words)
    last = np.maximum(np.searchsorted(opens, t, side="right") - 1, first)
    last[-1] = words
    return first.astype(np.int32), last.astype(np.int32)
