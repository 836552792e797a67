"""The acoustic model, and features of the demo's beginning; each loaded once a worker."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from pipeline.align.acoustic_model import AcousticModel, load_acoustic_model
from pipeline.align.first_pass import RoughTimes
from pipeline.align.first_scores import COLUMNS, score_recording
from pipeline.align.phone_decoder import DecodedPhones, PhoneBigram
from pipeline.align.scores import Mixtures
from pipeline.audio.decode import stream_samples
from pipeline.audio.features import cepstra_blocks
from pipeline.audio.recording import Recording
from pipeline.audio.spool import FrameSpool
from pipeline.lexicon.lexicon import load_lexicon
from pipeline.lexicon.pronounce import pronounce_words
from pipeline.lexicon.records import SpokenForm

ROOT = Path(__file__).parents[2]
DEMO = ROOT / "seeds" / "demo"


@pytest.fixture(scope="session")
def model() -> AcousticModel:
    return load_acoustic_model()


@dataclass
class Beginning:
    """The demo's first 38 s: what is heard, and where its words truly are."""

    recording: Recording
    shortfalls: FrameSpool
    heard: DecodedPhones
    forms: Sequence[tuple[SpokenForm, ...]]
    starts: npt.NDArray[np.int32]
    ends: npt.NDArray[np.int32]


@pytest.fixture(scope="module")
def beginning(model: AcousticModel) -> Iterator[Beginning]:
    truth = json.loads((DEMO / "truth.json").read_text(encoding="utf-8"))
    words = [word for word in truth["words"] if word["end_ms"] < 38000]
    forms = pronounce_words([word["text"] for word in words], load_lexicon())
    phones = [p for ways in forms for spoken in ways[0] for p in spoken.pronunciations[0].phones]
    text = np.array([model.phone_index[p] for p in phones], dtype=np.int32)
    stream = stream_samples(DEMO / "demo.mp3")
    with (
        Recording() as recording,
        FrameSpool(COLUMNS, np.uint8) as shortfalls,
        ThreadPoolExecutor(1) as executor,
    ):
        list(recording.fill(cepstra_blocks([next(stream), next(stream)])))
        stream.close()
        bigram, mixtures = PhoneBigram.of(model, text), Mixtures.of(model)
        parts = list(score_recording(recording, model, bigram, mixtures, 2, shortfalls, executor))
        yield Beginning(
            recording, shortfalls, DecodedPhones.joined(parts), forms,
            np.array([round(word["start_ms"] / 10) for word in words], dtype=np.int32),
            np.array([round(word["end_ms"] / 10) for word in words], dtype=np.int32),
        )  # fmt: skip


def jittered(beginning: Beginning) -> RoughTimes:
    """True times, up to 80 ms off, still in order."""
    rng = np.random.default_rng(0)
    middles = (beginning.starts + beginning.ends) // 2
    starts = beginning.starts + rng.integers(-8, 9, len(middles))
    ends = beginning.ends + rng.integers(-8, 9, len(middles))
    starts = np.maximum.accumulate(np.minimum(starts, middles))
    ends = np.maximum(np.minimum(ends, np.append(starts[1:], 10**6)), starts + 1)
    return RoughTimes(starts.astype(np.int32), ends.astype(np.int32))
