"""The small network is right by itself: what the other tests build upon."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from bench.synth.flite import speak
from pipeline.align.ctc.model import AlignModel, load_align_model
from pipeline.engine_settings import EngineSettings
from pipeline.progress import SilentProgress
from tests.whisperx.tiny_model import VOICES, sentences


def test_held_out_sentences_are_aligned_within_40_ms(network: AlignModel) -> None:
    """Median over both edges of all words, straight from `whisperx.align`."""
    errors = []
    for number, text in enumerate(sentences(24, seed=4711)):
        spoken = speak(text, VOICES[number % len(VOICES)])
        audio = spoken.samples.astype(np.float32) / 32768
        network.prepare([audio])
        [letters] = network.align([text], [audio])
        at = 0
        for word, (start_s, end_s) in zip(text.split(), spoken.times_s, strict=True):
            last = at + len(word) - 1
            errors += [letters[at][0] - start_s, letters[last][1] - end_s]
            at = last + 2
    assert np.median(np.abs(errors)) <= 0.040


def test_audio_too_short_for_its_text_has_no_way_through(network: AlignModel) -> None:
    audio = np.zeros(1600, np.float32)
    network.prepare([audio])
    assert network.align(["a village under the mountain"], [audio]) == [[]]


def test_the_networks_output_is_computed_once_a_window(network: AlignModel) -> None:
    audio = [np.full(16_000, level, np.float32) for level in (0.0, 0.1)]
    network.prepare(audio)
    network.align(["never", "always"], audio)
    outputs = dict(network._heard)
    assert len(outputs) == 2
    network.align(["always", "never"], audio)
    assert all(network._heard[key] is output for key, output in outputs.items())


def test_batched_output_is_that_of_single_windows(tiny_model: Path) -> None:
    """As on a GPU: windows of different lengths padded to one."""
    network = load_align_model(EngineSettings(model=str(tiny_model)), SilentProgress())
    draw = np.random.default_rng(3)
    audio = [draw.normal(0, 0.1, length).astype(np.float32) for length in (16_000, 23_000, 30_011)]
    single = [network.logits(samples) for samples in audio]
    network.batch_size = 2
    network.prepare(audio)
    assert len(network._heard) == 3
    for samples, alone in zip(audio, single, strict=True):
        batched = network._heard[network.key_of(samples)][0].numpy()
        assert batched.shape == alone.shape
        assert np.abs(batched - alone).max() < 1e-2
