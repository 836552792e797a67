import numpy as np
import pytest

from pipeline.speakers.voice_features import voice_frames

NONE = np.zeros(5000, np.bool_)

RATE_HZ = 16000


def stereo(mono: np.ndarray) -> np.ndarray:
    return np.stack([mono, mono], axis=1).astype(np.int16)


def sawtooth(f0_hz: float, seconds: float = 2.0) -> np.ndarray:
    return 8000 * ((np.arange(int(seconds * RATE_HZ)) * f0_hz / RATE_HZ) % 1 - 0.5)


@pytest.mark.parametrize("f0_hz", [70, 95, 130, 180, 250, 340])
def test_pitch_of_a_sawtooth(f0_hz: float) -> None:
    frames = voice_frames([stereo(sawtooth(f0_hz))], np.ones(200, np.bool_), NONE)
    voiced = frames.log_f0[5:-5]
    assert np.all(voiced > 0)
    assert np.exp(voiced) == pytest.approx(f0_hz, rel=0.02)


def test_noise_has_no_pitch() -> None:
    noise = np.random.default_rng(1).normal(size=2 * RATE_HZ) * 3000
    frames = voice_frames([stereo(noise)], np.ones(200, np.bool_), NONE)
    assert np.mean(frames.log_f0 > 0) < 0.1


def test_blocks_of_any_length_give_the_same_frames() -> None:
    noise = np.random.default_rng(2).normal(size=50 * RATE_HZ) * 3000
    wanted = np.random.default_rng(3).random(5000) < 0.6
    whole = voice_frames([stereo(noise)], wanted, NONE)
    cut = voice_frames(np.split(stereo(noise), [1, 5000, 5001, 400_000]), wanted, NONE)
    np.testing.assert_array_equal(whole.frame, cut.frame)
    np.testing.assert_array_equal(whole.envelope, cut.envelope)
    np.testing.assert_array_equal(whole.log_f0, cut.log_f0)
    assert np.all(wanted[whole.frame])


def test_silence_and_frames_not_wanted_are_left_out() -> None:
    sound = sawtooth(120, 3.0)
    sound[RATE_HZ : 2 * RATE_HZ] = 0
    wanted = np.ones(400, np.bool_)
    wanted[:50] = False
    frames = voice_frames([stereo(sound)], wanted, NONE).frame
    assert frames.min() == 50
    assert not np.any((frames > 103) & (frames < 197))
    assert frames.max() <= 300


def test_side_is_the_difference_of_levels() -> None:
    sound = sawtooth(120)
    both = np.stack([sound, sound / 10], axis=1).astype(np.int16)
    frames = voice_frames([both], np.ones(200, np.bool_), NONE)
    assert frames.side_db[5:-5] == pytest.approx(20, abs=0.5)
    assert not voice_frames([stereo(sound)], np.ones(200, np.bool_), NONE).side_db.any()
    assert len(voice_frames([], np.ones(9, np.bool_), NONE).frame) == 0
