"""The acoustic model, and features of the demo's beginning; each loaded once a worker."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.align.acoustic_model import AcousticModel, load_acoustic_model

ROOT = Path(__file__).parents[2]
DEMO = ROOT / "seeds" / "demo"


@pytest.fixture(scope="session")
def model() -> AcousticModel:
    return load_acoustic_model()
