from pathlib import Path

import numpy as np
import pytest

from pipeline.align.records import Alignment, TimedWord
from pipeline.arrays import load_arrays
from pipeline.errors import InputError
from pipeline.speakers import voice_encoder
from pipeline.speakers.embeddings import windows_of
from pipeline.speakers.voice_encoder import MEL_SIZE, WINDOW_FRAMES, embed, mel_energies

RATE_HZ = 16000


def windows(count: int) -> np.ndarray:
    rng = np.random.default_rng(4)
    return rng.gamma(0.3, size=(count, WINDOW_FRAMES, MEL_SIZE)).astype(np.float32)


def test_points_have_length_one_and_do_not_depend_on_company_or_level() -> None:
    some = windows(70)
    points = embed(some)
    assert points.shape == (70, 256)
    assert np.linalg.norm(points, axis=1) == pytest.approx(np.ones(70), abs=1e-5)
    assert embed(some[66:67])[0] == pytest.approx(points[66], abs=1e-4)
    assert embed(100 * some[:1])[0] == pytest.approx(points[0], abs=1e-4)
    assert embed(some[:0]).shape == (0, 256)


def test_lstm_is_that_of_the_textbooks() -> None:
    rng = np.random.default_rng(5)
    rows = rng.normal(size=(45, 3, 4)).astype(np.float32)
    into, hidden = rng.normal(size=(4, 24)), rng.normal(size=(6, 24))
    bias = rng.normal(size=24)

    def gate(x: np.ndarray) -> np.ndarray:
        return 1 / (1 + np.exp(-x))

    h, c = np.zeros((3, 6)), np.zeros((3, 6))
    for row in rows:
        i, f, g, o = np.split(row @ into + h @ hidden + bias, 4, axis=1)
        c = gate(f) * c + gate(i) * np.tanh(g)
        h = gate(o) * np.tanh(c)
    weights = (part.astype(np.float32) for part in (into, hidden, bias))
    assert voice_encoder._lstm(rows, *weights)[-1] == pytest.approx(h, abs=2e-3)


@pytest.mark.parametrize("hertz", [300, 1000, 4000])
def test_a_tone_is_in_its_band(hertz: float) -> None:
    tone = 8000 * np.sin(2 * np.pi * hertz * np.arange(RATE_HZ) / RATE_HZ)
    energies = mel_energies(tone.astype(np.float32), np.array([3, 50]))
    # Slaney's scale: 40 bands between 0 and 8 kHz, 45.245 of its units.
    units = hertz * 3 / 200 if hertz < 1000 else 15 + 27 * np.log(hertz / 1000) / np.log(6.4)
    band = units / 45.245 * 41 - 1
    assert np.abs(energies.argmax(axis=1) - band).max() <= 1
    assert energies[0] == pytest.approx(energies[1], rel=1e-2, abs=1e-6)


def test_windows_are_the_middles_of_segments_long_enough() -> None:
    def word(start_ms: int | None, end_ms: int | None) -> TimedWord:
        return TimedWord(start_ms, end_ms, 1.0, "aligned" if end_ms else "absent")

    spans = ((0, 1000), (1000, 3000), (None, None), (5000, 5390), (6000, None), (7000, 8000))
    timed = tuple(word(start, end) for start, end in spans)
    cuts = np.array([0, 2, 3, 4, 6])
    found = windows_of(cuts, Alignment(timed, (), 9000, 1.0))
    assert found.segment.tolist() == [0, 3]
    assert found.begin.tolist() == [70, 700] and found.end.tolist() == [230, 800]
    assert np.flatnonzero(found.frames(900)).tolist() == [*range(70, 230), *range(700, 800)]


def test_of_very_many_segments_some_are_chosen_from_all_over() -> None:
    timed = tuple(TimedWord(1000 * n, 1000 * n + 900, 1.0, "aligned") for n in range(1000))
    found = windows_of(np.arange(1001), Alignment(timed, (), 1_000_000, 1.0))
    assert len(found.segment) == 300
    assert np.diff(found.segment).max() <= 4


def test_damaged_weights_are_told(tmp_path: Path) -> None:
    content = Path(voice_encoder.__file__).with_name("voice_encoder.npz").read_bytes()
    arrays = load_arrays(content)
    path = tmp_path / "voice_encoder.npz"
    flipped = bytearray(content)
    flipped[len(content) // 2] ^= 1
    for damaged in (b"", content[:-100], bytes(flipped), b"\x80\x04."):
        path.write_bytes(damaged)
        with pytest.raises(InputError, match=r"the voice encoder cannot be read .*; install"):
            voice_encoder._read_weights(path)
    for name, array in (
        ("out_b", arrays["out_b"] * np.float16("nan")),
        ("out", arrays["out"][:-1]),
        ("b_0", arrays["b_0"].astype(np.float64)),
        ("more", arrays["b_0"]),
    ):
        np.savez(path, **{**arrays, name: array})
        with pytest.raises(InputError, match="the voice encoder cannot be read"):
            voice_encoder._read_weights(path)
    with pytest.raises(InputError, match="cannot be read"):
        voice_encoder._read_weights(tmp_path / "nothing")
