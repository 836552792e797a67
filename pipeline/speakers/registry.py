"""The diarizers by name. A new one is one module and one line here."""

from __future__ import annotations

import importlib

from pipeline.errors import InputError
from pipeline.speakers.records import Diarizer
from pipeline.suggest import did_you_mean

__all__ = ["DIARIZERS", "load_diarizer"]

DIARIZERS = {
    "transcript": "pipeline.speakers.turns:TurnDiarizer",
}
"""Name to `module:class`; the class is made without arguments."""


def load_diarizer(name: str) -> Diarizer:
    """Import and make the diarizer called `name`.

    Raises:
        InputError: there is none of that name.
    """
    if name not in DIARIZERS:
        raise InputError(f"there is no diarizer {name}", remedy=did_you_mean(name, DIARIZERS))
    module, _, attribute = DIARIZERS[name].partition(":")
    diarizer: Diarizer = getattr(importlib.import_module(module), attribute)()
    return diarizer
