"""The small network, trained once and kept outside the checkout; an episode that it can hear."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import platform
import shutil
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from bench.synth.flite import available, speak
from pipeline.align.ctc.model import AlignModel, load_align_model
from pipeline.engine_settings import EngineSettings
from pipeline.progress import SilentProgress
from tests.audio.conftest import write_wav

if importlib.util.find_spec("whisperx") is None:
    collect_ignore_glob = ["test_*.py"]

# Set before anything is imported that reads it: these tests reach no network.
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["PYANNOTE_METRICS_ENABLED"] = "0"

# On busy cores threads wait for each other longer than they work.
os.environ.setdefault("OMP_NUM_THREADS", "1")

RATE_HZ = 16_000


@dataclass(frozen=True)
class SpokenEpisode:
    """An audio file, its text, and start and end of each written word in ms."""

    audio: Path
    transcript: Path
    truth_ms: npt.NDArray[np.float64]
    speakers: tuple[str, ...]


@pytest.fixture(scope="session")
def tiny_model() -> Path:
    """Folder of the trained network; trained anew when its code or PyTorch change."""
    if not available():
        pytest.skip("flite is not installed, and the network is taught by it")
    from tests.whisperx import tiny_model

    code = Path(tiny_model.__file__).read_bytes()
    about = json.dumps([version("torch"), version("transformers"), platform.machine()])
    key = hashlib.sha256(code + about.encode()).hexdigest()[:16]
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = cache / "episode-subtitles" / f"tiny-wav2vec2-{key}"
    if not folder.is_dir():
        aside = folder.with_suffix(f".{os.getpid()}")
        tiny_model.make_model(aside)
        try:
            aside.rename(folder)
        except OSError:  # another run was quicker
            shutil.rmtree(aside)
    return folder


Said = tuple[str, str, str]
"""Who, the text as written, and what is said."""

DIALOGUE: tuple[Said, ...] = (
    ("slt", "We went to the river, twenty people!", "we went to the river twenty people"),
    ("rms", "- Yes. 24/7 a machine walked under", "yes twenty four seven a machine walked under"),
    ("slt", "- the village window, the 1984", "the village window the nineteen eighty four"),
    ("rms", "- never yellow, always purple... 90%", "never yellow always purple ninety percent"),
    ("slt", "- I don't travel over summer mountain", "i don't travel over summer mountain"),
    ("rms", "- maybe $40 of music, doctor?", "maybe forty dollars of music doctor"),
)


def spoken_episode(folder: Path, rounds: int = 3) -> SpokenEpisode:
    """The dialogue, several times in other orders, with pauses between the turns."""
    draw = np.random.default_rng(7)
    pieces: list[npt.NDArray[np.int16]] = [np.zeros(RATE_HZ // 2, np.int16)]
    lines, truth, speakers = [], [], []
    at = len(pieces[0])
    for _ in range(rounds):
        for number in draw.permutation(len(DIALOGUE)).tolist():
            voice, text, said = DIALOGUE[number]
            spoken = speak(said, voice)
            times = spoken.times_s * 1000 + at * 1000 / RATE_HZ
            truth += _by_written_word(text, said, times)
            speakers += [voice] * len(_written(text))
            lines.append(text if text.startswith("-") else f"- {text}")
            pause = np.zeros(int(draw.uniform(0.1, 0.8) * RATE_HZ), np.int16)
            pieces += [spoken.samples, pause]
            at += len(spoken.samples) + len(pause)
    folder.mkdir(parents=True, exist_ok=True)
    audio = write_wav(folder / "talk.wav", np.concatenate(pieces))
    transcript = folder / "talk.txt"
    transcript.write_text("\n\n".join(lines) + "\n", encoding="utf-8")
    return SpokenEpisode(audio, transcript, np.array(truth), tuple(speakers))


def _written(text: str) -> list[str]:
    return [token for token in text.split() if any(c.isalnum() for c in token)]


SPOKEN_LENGTH = {"24/7": 3, "1984": 3, "90%": 2, "$40": 2}


def _by_written_word(
    text: str, said: str, times: npt.NDArray[np.float64]
) -> list[tuple[float, float]]:
    found = []
    at = 0
    for token in _written(text):
        length = SPOKEN_LENGTH.get(token, 1)
        found.append((times[at, 0], times[at + length - 1, 1]))
        at += length
    assert at == len(said.split())
    return found


@pytest.fixture(scope="session")
def episode(tmp_path_factory: pytest.TempPathFactory) -> SpokenEpisode:
    if not available():
        pytest.skip("flite is not installed")
    return spoken_episode(tmp_path_factory.mktemp("spoken"))


@pytest.fixture(scope="session")
def network(tiny_model: Path) -> AlignModel:
    """The network as the aligner loads it."""
    return load_align_model(EngineSettings(model=str(tiny_model)), SilentProgress())
