"""What whisperx hears without a text: where there is speech, and which words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from pipeline.align.ctc.model import AlignModel
from pipeline.align.ctc.samples import Samples
from pipeline.align.ctc.spelling import spell_words
from pipeline.audio.features import SAMPLE_RATE_HZ
from pipeline.engine_settings import EngineSettings
from pipeline.errors import InputError
from pipeline.neural import explain, hushed, provide_weights
from pipeline.progress import Progress
from pipeline.weights import transcription_weights, voice_activity_weights

__all__ = [
    "CtcRecogniser",
    "HeardSpeech",
    "Recogniser",
    "SpeechSpan",
    "WhisperRecogniser",
    "find_speech",
    "load_recogniser",
]

_ONSET = 0.5
_OFFSET = 0.363
_CHUNK_S = 30

SpeechSpan = tuple[int, int]
"""Start and end of speech in ms."""


@dataclass(frozen=True, slots=True)
class HeardSpeech:
    """A word that was recognised; `text` is in letters of the network's alphabet."""

    text: str
    start_ms: int
    end_ms: int


class Recogniser(Protocol):
    """Recognises the words of stretches of speech."""

    def recognise(
        self, chunks: Sequence[SpeechSpan], samples: Samples, progress: Progress
    ) -> Iterable[HeardSpeech]:
        """The words of all `chunks` (of at most 30 s each), in order."""


def find_speech(
    samples: Samples, device: str, progress: Progress
) -> tuple[tuple[SpeechSpan, ...], tuple[SpeechSpan, ...]]:
    """Find speech by whisperx's own voice activity detection.

    Returns:
        Chunks of at most 30 s, cut in pauses, and the spans of speech that they consist of.
    """
    provide_weights(voice_activity_weights(), download=False, progress=progress)
    progress.start("Finding speech")
    with hushed():
        import torch
        from whisperx.vads import Pyannote

        detector = Pyannote(torch.device(device), vad_onset=_ONSET, vad_offset=_OFFSET)
        waveform = Pyannote.preprocess_audio(samples.read_ms(0, samples.duration_ms))
        scores = detector({"waveform": waveform, "sample_rate": SAMPLE_RATE_HZ})
        found = Pyannote.merge_chunks(scores, _CHUNK_S, onset=_ONSET, offset=_OFFSET)
    progress.finish()
    chunks = tuple(_span(one["start"], one["end"]) for one in found)
    spans = tuple(_span(*span) for one in found for span in one["segments"])
    return chunks, spans


def _span(start_s: float, end_s: float) -> SpeechSpan:
    return round(1000 * start_s), round(1000 * end_s)


def load_recogniser(settings: EngineSettings, model: AlignModel, progress: Progress) -> Recogniser:
    """The recogniser that the settings name.

    Raises:
        InputError: its weights are missing or damaged.
    """
    if settings.transcriber == "ctc":
        return CtcRecogniser(model)
    return WhisperRecogniser(settings, model, progress)


class CtcRecogniser:
    """The alignment network itself: of each frame the likeliest letter."""

    def __init__(self, model: AlignModel) -> None:
        """Use this network."""
        self._model = model

    def recognise(
        self, chunks: Sequence[SpeechSpan], samples: Samples, progress: Progress
    ) -> Iterable[HeardSpeech]:
        """See `Recogniser`."""
        progress.start("Recognising words", len(chunks))
        found: list[HeardSpeech] = []
        for number, (start_ms, end_ms) in enumerate(chunks):
            logits = self._model.logits(samples.read_ms(start_ms, end_ms))
            found += self._words(logits, start_ms, (end_ms - start_ms) / len(logits))
            progress.advance(number + 1)
        progress.finish()
        return found

    def _words(
        self, logits: npt.NDArray[np.float32], start_ms: int, frame_ms: float
    ) -> list[HeardSpeech]:
        tokens = {number: token for token, number in self._model.metadata["dictionary"].items()}
        letters = self._model.alphabet.letters
        likeliest = logits.argmax(axis=1)
        changes = np.flatnonzero(np.diff(likeliest, prepend=-1))
        words: list[HeardSpeech] = []
        is_open = False
        for frame in changes.tolist():
            token = tokens.get(int(likeliest[frame]), "")
            at_ms = round(start_ms + frame * frame_ms)
            if token in letters:
                until_ms = round(at_ms + frame_ms)
                if is_open and self._model.divider:
                    last = words[-1]
                    words[-1] = HeardSpeech(last.text + token, last.start_ms, until_ms)
                else:
                    words.append(HeardSpeech(token, at_ms, until_ms))
                is_open = True
            elif token in ("|", " "):
                is_open = False
        return words


class WhisperRecogniser:
    """A Whisper model through whisperx; its words get their times as whisperx gives them."""

    def __init__(self, settings: EngineSettings, model: AlignModel, progress: Progress) -> None:
        """Load the Whisper model.

        Raises:
            InputError: its weights are missing or damaged.
        """
        self._model = model
        self._language = settings.language
        weights = transcription_weights(settings.transcriber)
        weights = provide_weights(weights, download=settings.download, progress=progress)
        kind, _, number = model.device.partition(":")
        try:
            with hushed():
                import whisperx.asr

                self._whisper = whisperx.asr.WhisperModel(
                    str(weights.path),
                    device="cuda" if kind == "cuda" else "cpu",
                    device_index=int(number or 0),
                    compute_type="float16" if kind == "cuda" else "float32",
                    local_files_only=True,
                )
        except (OSError, ValueError, RuntimeError) as error:
            raise InputError(
                f"these weights cannot be loaded as a Whisper model ({explain(error)})",
                path=weights.path,
                remedy="they must be in the format of faster-whisper (CTranslate2)",
            ) from error

    def recognise(
        self, chunks: Sequence[SpeechSpan], samples: Samples, progress: Progress
    ) -> Iterable[HeardSpeech]:
        """See `Recogniser`."""
        with hushed():
            import whisperx.asr

            pipeline = whisperx.asr.load_model(
                "",
                self._model.device,
                language=self._language,
                model=self._whisper,
                vad_model=_given(chunks),
            )
        batch_size = 1 if self._model.device == "cpu" else 16
        progress.start("Recognising words", 100.0)
        with hushed():
            audio = samples.read_ms(0, samples.duration_ms)
            segments = pipeline.transcribe(
                audio, batch_size=batch_size, progress_callback=progress.advance
            )["segments"]
        progress.finish()
        return self._timed([segment["text"] for segment in segments], chunks, samples)

    def _timed(
        self, texts: Sequence[str], chunks: Sequence[SpeechSpan], samples: Samples
    ) -> list[HeardSpeech]:
        found: list[HeardSpeech] = []
        for text, (start_ms, end_ms) in zip(texts, chunks, strict=True):
            tokens = text.split() if self._model.divider else list(text.replace(" ", ""))
            spelled = spell_words(tokens, self._model.alphabet, self._language)
            words = [word for ways in spelled for word in ways[0] if word.strip()]
            if not words:
                continue
            [letters] = self._model.align(
                [self._model.divider.join(words)], [samples.read_ms(start_ms, end_ms)]
            )
            found += _words_of(words, letters, len(self._model.divider), start_ms, end_ms)
        return found


def _words_of(
    words: Sequence[str],
    letters: Sequence[tuple[float, float, float]],
    divider: int,
    start_ms: int,
    end_ms: int,
) -> list[HeardSpeech]:
    """Times from those of the letters; spread evenly where there are none."""
    total = sum(len(word) + divider for word in words)
    found = []
    at = 0
    for word in words:
        last = at + len(word) - 1
        if letters:
            first_s, last_s = letters[at][0], letters[last][1]
        else:
            first_s, last_s = ((end_ms - start_ms) / 1000 * part / total for part in (at, last + 1))
        found.append(
            HeardSpeech(word, start_ms + round(1000 * first_s), start_ms + round(1000 * last_s))
        )
        at = last + 1 + divider
    return found


def _given(chunks: Sequence[SpeechSpan]) -> Any:
    """Chunks that were found before, as a detector that whisperx can ask."""
    from whisperx.vads.vad import Vad

    class Given(Vad):  # type: ignore[misc]  # untyped base
        @staticmethod
        def preprocess_audio(audio: object) -> object:
            return audio

        def __call__(self, audio: object, **options: object) -> object:
            return None

        @staticmethod
        def merge_chunks(segments: object, chunk_size: int, **options: float) -> Any:
            return [{"start": start / 1000, "end": end / 1000} for start, end in chunks]

    return Given(_ONSET)
