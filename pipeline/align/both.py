"""Aligner `both`: the default aligner and whisperx, each asked about every word.

Where they agree, the times are the default aligner's, the more precise of the two by all published
measurements (docs/aligners.md), and the word is surer than either alone. Where they differ, one of
them is wrong: the word is doubted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Self

import numpy as np

from pipeline.align.ctc.aligner import hear_words, read_samples
from pipeline.align.ctc.confidence import confidence_of
from pipeline.align.ctc.model import load_align_model
from pipeline.align.ctc.places import places_of
from pipeline.align.ctc.samples import Samples
from pipeline.align.ctc.words import HeardWord
from pipeline.align.hmm import HmmAligner
from pipeline.align.records import Alignment, Opinion, SecondOpinion, TimedWord
from pipeline.audio.tracks import Audio
from pipeline.engine_settings import DEFAULT_ENGINE_SETTINGS, EngineSettings
from pipeline.errors import InputError
from pipeline.neural import require_whisperx
from pipeline.progress import Progress
from pipeline.transcript.records import Transcript

__all__ = ["DIFFERENCE_MS", "BothAligner", "merge"]

DIFFERENCE_MS = 100
"""Two opinions on an edge that are further apart differ."""

_SURE = 0.8
_FEWEST_SURE = 20
_MOST_LAG_MS = 200
_AGREED_DOUBT = 0.5
_DIFFERING = 0.45
_HEARD_NOWHERE = 0.6


class BothAligner:
    """See the module."""

    def __init__(self, settings: EngineSettings = DEFAULT_ENGINE_SETTINGS) -> None:
        """Remember the settings; nothing is loaded yet."""
        self._settings = settings

    @classmethod
    def configured(cls, settings: EngineSettings) -> Self:
        """Make it as the registry does.

        Raises:
            InputError: the settings leave out the default aligner, or the extra is missing.
        """
        if not settings.is_placed_by_hmm:
            raise InputError(
                "the aligner both asks the default aligner, which knows English only",
                remedy="use --aligner whisperx with --first-pass none",
            )
        require_whisperx("the aligner both", download=settings.download)
        return cls(settings)

    def align(self, transcript: Transcript, audio: Audio, progress: Progress) -> Alignment:
        """Align the whole episode twice; see `pipeline.align.records.Aligner`.

        Raises:
            InputError: as there, and if the extra, the device or weights are missing.
        """
        model = load_align_model(self._settings, progress)
        first = HmmAligner.configured(self._settings).align(transcript, audio, progress)
        with Samples() as samples:
            read_samples(samples, audio, progress)
            heard = hear_words(transcript, places_of(first), samples, model, progress)
        return merge(first, heard)


def merge(first: Alignment, heard: Mapping[int, HeardWord]) -> Alignment:
    """Join the default aligner's times with what whisperx hears of each word.

    The network's letters are known to come late or early by a constant: the usual difference over
    surely aligned words is left out of the comparison. An edge of a word before a pause is not
    compared: the network has no letter for the end of speech.

    Args:
        first: the default aligner's alignment.
        heard: whisperx's words by number.
    """
    lag_start_ms, lag_end_ms = _lags(first, heard)
    words = []
    opinions = []
    for number, word in enumerate(first.words):
        other = heard.get(number)
        if word.start_ms is None or word.end_ms is None or other is None or not other.is_spelled:
            words.append(word)
            continue
        start_ms, end_ms = other.start_ms - lag_start_ms, other.end_ms - lag_end_ms
        apart_ms = abs(start_ms - word.start_ms)
        if _is_followed(first, number):
            apart_ms = max(apart_ms, abs(end_ms - word.end_ms))
        agrees = apart_ms <= DIFFERENCE_MS
        opinions.append(
            Opinion(number, word.start_ms, word.end_ms, start_ms, max(start_ms, end_ms), agrees)
        )
        words.append(_joined(word, other, agrees=agrees))
    second = SecondOpinion(tuple(opinions), round(lag_start_ms), round(lag_end_ms))
    return replace(first, words=tuple(words), second_opinion=second)


def _lags(first: Alignment, heard: Mapping[int, HeardWord]) -> tuple[int, int]:
    """How much later than the default aligner whisperx usually begins and ends a word, in ms."""
    differences = [
        (other.start_ms - word.start_ms, other.end_ms - word.end_ms)
        for number, word in enumerate(first.words)
        if word.start_ms is not None
        and word.end_ms is not None
        and word.confidence >= _SURE
        and (other := heard.get(number)) is not None
        and other.is_spelled
        and _is_followed(first, number)
    ]
    if len(differences) < _FEWEST_SURE:
        return 0, 0
    start_ms, end_ms = np.median(np.array(differences), axis=0)
    if max(abs(start_ms), abs(end_ms)) > _MOST_LAG_MS:
        return 0, 0
    return round(float(start_ms)), round(float(end_ms))


def _is_followed(first: Alignment, number: int) -> bool:
    """Whether the next word follows at once, so that the end of this one is heard."""
    if number + 1 >= len(first.words):
        return False
    end_ms, next_ms = first.words[number].end_ms, first.words[number + 1].start_ms
    return end_ms is not None and next_ms is not None and next_ms - end_ms <= DIFFERENCE_MS


def _joined(word: TimedWord, other: HeardWord, *, agrees: bool) -> TimedWord:
    if agrees:
        # Both would have to be wrong alike.
        sure = 1.0 - (1.0 - word.confidence) * _AGREED_DOUBT
    else:
        sure = word.confidence * _DIFFERING
        if confidence_of(other) < word.confidence * _HEARD_NOWHERE:
            # The network hears the word nowhere: its place says less.
            sure = word.confidence * _HEARD_NOWHERE
    return TimedWord(word.start_ms, word.end_ms, round(sure, 3), word.status)
