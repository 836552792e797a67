"""The aligners by name. A new one is one module and one line here."""

from __future__ import annotations

import importlib

from pipeline.align.records import Aligner
from pipeline.engine_settings import DEFAULT_ENGINE_SETTINGS, EngineSettings
from pipeline.errors import InputError
from pipeline.suggest import did_you_mean

__all__ = ["ALIGNERS", "ENGLISH_ONLY", "load_aligner"]

ALIGNERS = {
    "hmm": "pipeline.align.hmm:HmmAligner",
    "whisperx": "pipeline.align.ctc.aligner:WhisperxAligner",
    "both": "pipeline.align.both:BothAligner",
}
"""Name to `module:class`; the class is made by its `configured(settings)`."""

ENGLISH_ONLY = frozenset(("hmm",))
"""Those that know no other language."""


def load_aligner(name: str, settings: EngineSettings = DEFAULT_ENGINE_SETTINGS) -> Aligner:
    """Import and make the aligner called `name` with these settings.

    Raises:
        InputError: there is none of that name, or it cannot do what the settings ask.
    """
    if name not in ALIGNERS:
        raise InputError(f"there is no aligner {name}", remedy=did_you_mean(name, ALIGNERS))
    module, _, attribute = ALIGNERS[name].partition(":")
    aligner: Aligner = getattr(importlib.import_module(module), attribute).configured(settings)
    return aligner
