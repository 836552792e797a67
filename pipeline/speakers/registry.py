"""The diarizers by name. A new one is one module and one line here."""

from __future__ import annotations

import importlib
from pathlib import Path

from pipeline.engine_settings import DEFAULT_ENGINE_SETTINGS, EngineSettings
from pipeline.errors import InputError
from pipeline.speakers.records import Diarizer
from pipeline.suggest import did_you_mean

__all__ = ["DIARIZERS", "load_diarizer"]

DIARIZERS = {
    "transcript": "pipeline.speakers.voices:VoiceDiarizer",
    "text": "pipeline.speakers.turns:TurnDiarizer",
    "pyannote": "pipeline.speakers.pyannote:PyannoteDiarizer",
}
"""Name to `module:class`; made by its `configured(voices, settings)`."""


def load_diarizer(
    name: str,
    voices: Path | None = None,
    settings: EngineSettings = DEFAULT_ENGINE_SETTINGS,
) -> Diarizer:
    """Import and make the diarizer called `name`; `voices` is a voices file, if any.

    Raises:
        InputError: there is none of that name, or it cannot use the voices file.
    """
    if name not in DIARIZERS:
        raise InputError(f"there is no diarizer {name}", remedy=did_you_mean(name, DIARIZERS))
    module, _, attribute = DIARIZERS[name].partition(":")
    made_by = getattr(importlib.import_module(module), attribute).configured
    diarizer: Diarizer = made_by(voices, settings)
    return diarizer
