"""The aligners by name. A new one is one module and one line here."""

from __future__ import annotations

import importlib

from pipeline.align.records import Aligner
from pipeline.errors import InputError
from pipeline.suggest import did_you_mean

__all__ = ["ALIGNERS", "load_aligner"]

ALIGNERS = {
    "hmm": "pipeline.align.hmm:HmmAligner",
}
"""Name to `module:class`; the class is made without arguments."""


def load_aligner(name: str) -> Aligner:
    """Import and make the aligner called `name`.

    Raises:
        InputError: there is none of that name.
    """
    if name not in ALIGNERS:
        raise InputError(f"there is no aligner {name}", remedy=did_you_mean(name, ALIGNERS))
    module, _, attribute = ALIGNERS[name].partition(":")
    aligner: Aligner = getattr(importlib.import_module(module), attribute)()
    return aligner
