"""Diarizer `pyannote`: who speaks when by a neural pipeline, its clusters named by the text.

`whisperx.diarize` runs the pipeline and knows nothing of the text. Each word goes to the cluster
that speaks over most of it, a change near a dash to the dash. The clusters get their names as the
voices of the default diarizer do: by labels, clips, a voices file, or the order of speaking.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple, Self

import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits

from pipeline.align.ctc.samples import Samples
from pipeline.align.records import Alignment
from pipeline.audio.tracks import Audio
from pipeline.engine_settings import EngineSettings
from pipeline.episode import Speaker
from pipeline.errors import InputError
from pipeline.neural import choose_device, explain, hushed, provide_weights, require_whisperx
from pipeline.progress import Progress, SilentProgress
from pipeline.speakers.boundaries import Boundary, read_cues
from pipeline.speakers.hearing import listen
from pipeline.speakers.records import Attribution
from pipeline.speakers.turns import known_labels
from pipeline.speakers.voice_model import describe_voices
from pipeline.speakers.voice_sample import read_voices
from pipeline.speakers.voices import Naming, by_text, known_samples
from pipeline.transcript.records import Transcript
from pipeline.weights import diarization_weights

__all__ = ["ClusterTurn", "PyannoteDiarizer", "clusters_of_words", "snap_to_dashes"]

_SNAP_WORDS = 2
_SNAP_MS = 600


class ClusterTurn(NamedTuple):
    """A cluster speaks from `start_ms` to `end_ms`."""

    start_ms: int
    end_ms: int
    cluster: int


class PyannoteDiarizer:
    """See the module."""

    def __init__(self, voices: Path | None, settings: EngineSettings) -> None:
        """Read the voices file, if any; nothing else is loaded yet.

        Raises:
            InputError: it cannot be read.
        """
        self._samples = () if voices is None else read_voices(voices)
        self._settings = settings

    @classmethod
    def configured(cls, voices: Path | None, settings: EngineSettings) -> Self:
        """Make it as the registry does.

        Raises:
            InputError: the extra is missing, or the voices file cannot be read.
        """
        require_whisperx("the diarizer pyannote", download=settings.download)
        weights = diarization_weights(settings.diarization_model)
        if weights.path is None and not settings.download:
            provide_weights(weights, download=False, progress=SilentProgress())
        return cls(voices, settings)

    def assign(
        self,
        transcript: Transcript,
        alignment: Alignment,
        speakers: tuple[Speaker, ...],
        audio: Audio,
        progress: Progress,
    ) -> Attribution:
        """Attribute each word; says what it is in doubt about.

        Raises:
            InputError: the audio, a clip or the pipeline cannot be read, or weights are missing.
        """
        cues = read_cues(transcript, alignment)
        samples = known_samples(self._samples, speakers)
        everyone, owners = known_labels(cues.label, speakers, progress)
        turns = self._diarize(audio, len(speakers), progress)
        path = clusters_of_words(turns, alignment)
        if path is None:
            progress.warn("pyannote hears nobody: speakers are told by the text only")
            return by_text(transcript, alignment, speakers, audio, progress)
        path = snap_to_dashes(path, cues.boundary == Boundary.DASH, _starts(alignment))
        _, path = np.unique(path, return_inverse=True)
        with threadpool_limits(limits=1, user_api="blas"), listen(cues, alignment, audio) as heard:
            if heard is None:
                progress.warn(
                    "too little speech to know voices by: speakers are told by the text only"
                )
                return by_text(transcript, alignment, speakers, audio, progress)
            fit = describe_voices(heard.evidence, path.astype(np.int64), int(path.max()) + 1)
            naming = Naming(heard, cues, everyone, owners, speakers, samples, progress)
            return naming.name_only(fit)

    def _diarize(self, audio: Audio, expected: int, progress: Progress) -> list[ClusterTurn]:
        pipeline = self._load(progress)
        with Samples() as samples:
            progress.start("Decoding")
            samples.fill(audio, progress.advance)
            progress.finish()
            waveform = samples.read_ms(0, samples.duration_ms)
        progress.start("Diarizing", 100.0)
        with hushed():
            found = pipeline(
                waveform,
                # At least the speakers that are known: too few are found more often than too many.
                min_speakers=expected or None,
                progress_callback=progress.advance,
            )
        progress.finish()
        names = {name: number for number, name in enumerate(sorted(set(found["speaker"])))}
        return [
            ClusterTurn(round(1000 * start_s), round(1000 * end_s), names[name])
            for start_s, end_s, name in zip(
                found["start"], found["end"], found["speaker"], strict=True
            )
        ]

    def _load(self, progress: Progress) -> Any:
        settings = self._settings
        weights = diarization_weights(settings.diarization_model)
        weights = provide_weights(weights, download=settings.download, progress=progress)
        device = choose_device(settings.device)
        progress.start("Loading pyannote")
        try:
            with hushed():
                from whisperx.diarize import DiarizationPipeline

                pipeline = DiarizationPipeline(model_name=str(weights.path), device=device)
        except Exception as error:  # whatever its many parts raise, the pipeline is not usable
            raise InputError(
                f"this diarization pipeline cannot be loaded ({explain(error)})",
                path=weights.path,
                remedy="give --diarization-model a folder with config.yaml and all that it names, "
                "or a config.yaml whose models are local files",
            ) from error
        progress.finish()
        return pipeline


def clusters_of_words(
    turns: Sequence[ClusterTurn], alignment: Alignment
) -> npt.NDArray[np.int64] | None:
    """The cluster that speaks over most of each word, else the nearest; None if there is none.

    Words without times have that of the word before.

    Returns:
        int64, shape (words,).
    """
    if not turns:
        return None
    start = np.array([turn.start_ms for turn in turns])
    end = np.array([turn.end_ms for turn in turns])
    cluster = np.array([turn.cluster for turn in turns], dtype=np.int64)
    longest = int((end - start).max())
    order = np.argsort(start, kind="stable")
    start, end, cluster = start[order], end[order], cluster[order]
    path = np.full(len(alignment.words), -1, np.int64)
    for number, word in enumerate(alignment.words):
        if word.start_ms is None or word.end_ms is None:
            continue
        low = int(np.searchsorted(start, word.start_ms - longest))
        high = int(np.searchsorted(start, word.end_ms))
        overlap = np.minimum(end[low:high], word.end_ms) - np.maximum(
            start[low:high], word.start_ms
        )
        heard = np.bincount(cluster[low:high], np.maximum(overlap, 0))
        if heard.size and heard.max() > 0:
            path[number] = int(heard.argmax())
            continue
        away = np.maximum(start - word.end_ms, word.start_ms - end)
        path[number] = cluster[int(away.argmin())]
    known = np.flatnonzero(path >= 0)
    if len(known) == 0:
        return np.zeros(len(path), np.int64)
    before = np.maximum(np.searchsorted(known, np.arange(len(path)), side="right") - 1, 0)
    filled: npt.NDArray[np.int64] = path[known[before]]
    return filled


def snap_to_dashes(
    path: npt.NDArray[np.int64],
    is_dash: npt.NDArray[np.bool_],
    start_ms: npt.NDArray[np.float64],
) -> npt.NDArray[np.int64]:
    """Move changes of cluster to a dash within two words and 600 ms: the text knows the word.

    Args:
        path: int64, shape (words,): the cluster of each word.
        is_dash: shape (words,): whether the text marks a change before the word.
        start_ms: shape (words,): when each begins; NaN where that is unknown.
    """
    snapped = path.copy()
    for change in (np.flatnonzero(path[1:] != path[:-1]) + 1).tolist():
        low, high = max(1, change - _SNAP_WORDS), min(len(path), change + _SNAP_WORDS + 1)
        near = [
            word
            for word in range(low, high)
            if is_dash[word] and abs(start_ms[word] - start_ms[change]) <= _SNAP_MS
        ]
        if not near or is_dash[change]:
            continue
        dash = min(near, key=lambda word: abs(word - change))
        if dash < change:
            snapped[dash:change] = path[change]
        else:
            snapped[change:dash] = path[change - 1]
    return snapped


def _starts(alignment: Alignment) -> npt.NDArray[np.float64]:
    return np.array(
        [np.nan if word.start_ms is None else word.start_ms for word in alignment.words]
    )
