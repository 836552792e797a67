from __future__ import annotations

from pathlib import Path

import pytest

from bench.synth import flite
from bench.synth.cases import make_case
from bench.synth.episode import Take
from bench.synth.script import Script, read_script

DEMO = Path(__file__).parents[2] / "seeds" / "demo"


@pytest.fixture(scope="session")
def demo_script() -> Script:
    return read_script(DEMO / "transcript.txt")


@pytest.fixture(scope="session")
def clean_take(demo_script: Script) -> Take:
    if not flite.available():
        pytest.skip("flite is not installed (Debian and Ubuntu: apt install libflite1)")
    return make_case("clean", demo_script, ["rms", "slt"])
