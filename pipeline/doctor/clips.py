"""Short clips of the places that the doctor suggests to listen to, through pydub."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from pipeline.audio.excerpts import excerpts
from pipeline.audio.features import SAMPLE_RATE_HZ
from pipeline.audio.tracks import Audio
from pipeline.doctor.records import Suggestion
from pipeline.errors import OutputError
from pipeline.files import write_outputs

__all__ = ["CLIPS_SUFFIX", "clip_name", "write_clips"]

CLIPS_SUFFIX = ".clips"
_BEFORE_MS = 700
_AFTER_MS = 700
_FADE_MS = 20


def clip_name(number: int, suggestion: Suggestion) -> str:
    """Name of the clip of the suggestion `number` (from 1): `001-missing-1h02m03s.wav`."""
    whole_s = suggestion.start_ms // 1000
    hours, minutes, seconds = whole_s // 3600, whole_s // 60 % 60, whole_s % 60
    return f"{number:03}-{suggestion.kind}-{hours}h{minutes:02}m{seconds:02}s.wav"


def write_clips(suggestions: Sequence[Suggestion], audio: Audio, folder: Path) -> tuple[Path, ...]:
    """Write a clip of each suggestion, with a little before and after it: 16 kHz mono WAV.

    The audio is decoded once, by the clock that the aligner went by. Clips of an earlier run in
    the same folder disappear.

    Raises:
        InputError: the audio cannot be decoded.
        OutputError: the clips cannot be written.
    """
    if folder.is_symlink():
        raise OutputError("this folder is a link", path=folder, remedy="remove the link")
    spans = [(max(0, one.start_ms - _BEFORE_MS), one.end_ms + _AFTER_MS) for one in suggestions]
    files = {}
    for number, samples in excerpts(audio, spans):
        files[clip_name(number + 1, suggestions[number])] = _wav(samples)
    stale = [
        path.name
        for path in folder.glob("[0-9][0-9][0-9]-*-*h*m*s.wav")
        if path.name not in files and path.is_file()
    ]
    write_outputs(folder, dict(sorted(files.items())), stale)
    return tuple(folder / name for name in sorted(files))


def _wav(samples: np.ndarray[tuple[int, ...], np.dtype[np.float32]]) -> bytes:
    import io
    import warnings

    with warnings.catch_warnings():
        # It looks for ffmpeg on PATH, which writing WAV does not need.
        warnings.simplefilter("ignore")
        from pydub import AudioSegment

    segment = AudioSegment(
        np.clip(np.rint(samples), -32768, 32767).astype("<i2").tobytes(),
        sample_width=2,
        frame_rate=SAMPLE_RATE_HZ,
        channels=1,
    )
    out = io.BytesIO()
    segment.fade_in(_FADE_MS).fade_out(_FADE_MS).export(out, format="wav")
    return out.getvalue()
