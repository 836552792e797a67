from pathlib import Path

import pytest

from pipeline.speakers.registry import DIARIZERS
from tests.support import FakeAligner


@pytest.fixture
def aligner(monkeypatch: pytest.MonkeyPatch) -> FakeAligner:
    """Stands in for every aligner, as the real one takes seconds, and nobody listens to voices."""
    fake = FakeAligner()
    monkeypatch.setitem(DIARIZERS, "transcript", DIARIZERS["text"])
    monkeypatch.setattr("pipeline.run._load_aligner", lambda name, settings: fake)
    return fake


@pytest.fixture
def inputs(tmp_path: Path) -> tuple[Path, Path]:
    """An audio file (never decoded here) and a transcript."""
    audio, transcript = tmp_path / "talk.mp3", tmp_path / "talk.txt"
    audio.write_bytes(b"not really audio")
    transcript.write_text(
        "# Chapter 1\n\n- Hello there.\n\n- [Elon] Yeah. - Fine.\n\n"
        "# Chapter 2\n\n(laughing)\n\n- [Joe] So it goes.\n",
        encoding="utf-8",
    )
    return audio, transcript
