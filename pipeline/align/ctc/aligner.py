"""Aligner `whisperx`: wav2vec2 through whisperx, on windows that a first pass places.

The first pass is the default aligner, or, for a language it does not know, whisperx's own voice
activity detection and what a network recognises there, matched to the text.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Self

from pipeline.align.ctc.confidence import LEAST_SCORE, confidence_of
from pipeline.align.ctc.first_places import find_places
from pipeline.align.ctc.holes import name_holes, trim_gaps
from pipeline.align.ctc.model import AlignModel, load_align_model
from pipeline.align.ctc.places import FirstPlaces, places_of
from pipeline.align.ctc.samples import Samples
from pipeline.align.ctc.spelling import spell_words
from pipeline.align.ctc.windows import RoughTime, plan_windows
from pipeline.align.ctc.words import HeardWord, align_windows
from pipeline.align.records import Alignment, TimedWord
from pipeline.audio.tracks import Audio
from pipeline.engine_settings import DEFAULT_ENGINE_SETTINGS, EngineSettings
from pipeline.episode import WordStatus
from pipeline.errors import InputError
from pipeline.neural import require_whisperx
from pipeline.progress import Progress
from pipeline.transcript.records import Transcript

__all__ = ["WhisperxAligner", "hear_words", "read_samples"]

_SHORTEST_WORD_MS = 20


class WhisperxAligner:
    """See the module."""

    def __init__(self, settings: EngineSettings = DEFAULT_ENGINE_SETTINGS) -> None:
        """Remember the settings; nothing is loaded yet."""
        self._settings = settings

    @classmethod
    def configured(cls, settings: EngineSettings) -> Self:
        """Make it as the registry does.

        Raises:
            InputError: the extra is missing.
        """
        require_whisperx("the aligner whisperx", download=settings.download)
        return cls(settings)

    def align(self, transcript: Transcript, audio: Audio, progress: Progress) -> Alignment:
        """Align the whole episode; see `pipeline.align.records.Aligner`.

        Raises:
            InputError: as there, and if the extra, the device or weights are missing.
        """
        # Before the first pass: what is missing is better told at once.
        model = load_align_model(self._settings, progress)
        with Samples() as samples:
            if self._settings.is_placed_by_hmm:
                places = places_of(_first_pass(transcript, audio, self._settings, progress))
                read_samples(samples, audio, progress)
            else:
                read_samples(samples, audio, progress)
                places = find_places(transcript, audio, samples, model, self._settings, progress)
            heard = hear_words(transcript, places, samples, model, progress)
            return _alignment(places, heard, samples)


def _first_pass(
    transcript: Transcript, audio: Audio, settings: EngineSettings, progress: Progress
) -> Alignment:
    from pipeline.align.registry import load_aligner

    return load_aligner("hmm", settings).align(transcript, audio, progress)


def read_samples(samples: Samples, audio: Audio, progress: Progress) -> None:
    """Fill `samples`, with progress."""
    progress.start("Decoding")
    samples.fill(audio, progress.advance)
    progress.finish()


def hear_words(
    transcript: Transcript,
    places: FirstPlaces,
    samples: Samples,
    model: AlignModel,
    progress: Progress,
) -> Mapping[int, HeardWord]:
    """What the network hears of each word, by number; nothing of words in windows that fail."""
    tokens = [word.text for word in transcript.words]
    spellings = spell_words(tokens, model.alphabet, model.language)
    windows = plan_windows(places.rough, places.gaps, samples.duration_ms)
    progress.start("Aligning with whisperx", len(windows))
    heard: dict[int, HeardWord] = {}
    for number, (_, words) in enumerate(align_windows(windows, spellings, samples, model)):
        heard |= words
        progress.advance(number + 1)
    progress.finish()
    return heard


def _alignment(places: FirstPlaces, heard: Mapping[int, HeardWord], samples: Samples) -> Alignment:
    words = [
        _timed(rough, heard.get(number), is_doubtful=number in places.doubtful)
        for number, rough in enumerate(places.rough)
    ]
    found = sum(word.status == "aligned" for word in words)
    if not found:
        raise InputError(
            "the network hears none of the transcript's words",
            remedy="check --language and --model, and that audio and transcript belong together",
        )
    ordered = _in_order(words, samples.duration_ms)
    if places.speech is None:
        gaps = trim_gaps(places.gaps, ordered)
    else:
        gaps = name_holes(ordered, places.speech, samples)
    return Alignment(ordered, gaps, samples.duration_ms, found / max(1, len(words)))


def _timed(rough: RoughTime, heard: HeardWord | None, *, is_doubtful: bool) -> TimedWord:
    if rough is None:
        return TimedWord(None, None, 0.0, "absent")
    if heard is None:
        # The first pass knows a place, the network none.
        return TimedWord(*rough, 0.3, "interpolated")
    if is_doubtful and heard.score < LEAST_SCORE:
        return TimedWord(None, None, 0.0, "absent")
    sure = round(confidence_of(heard), 3)
    status: WordStatus = "aligned" if heard.is_spelled else "interpolated"
    return TimedWord(
        heard.start_ms, max(heard.end_ms, heard.start_ms + _SHORTEST_WORD_MS), sure, status
    )


def _in_order(words: Sequence[TimedWord], duration_ms: int) -> tuple[TimedWord, ...]:
    """Starts that never decrease, within the audio."""
    ordered = []
    latest_ms = 0
    for word in words:
        if word.start_ms is None or word.end_ms is None:
            ordered.append(word)
            continue
        latest_ms = min(max(latest_ms, word.start_ms), duration_ms)
        end_ms = min(max(latest_ms, word.end_ms), duration_ms)
        ordered.append(TimedWord(latest_ms, end_ms, word.confidence, word.status))
    return tuple(ordered)
