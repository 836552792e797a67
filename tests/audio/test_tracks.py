"""Which track of a file is heard, and both of its channels."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from pipeline.audio.decode import stream_samples, stream_stereo
from pipeline.audio.tracks import Audio, AudioTrack
from pipeline.errors import InputError
from tests.audio.conftest import RATE_HZ, encode, noise, tone, write_wav


def syllables(seconds: float) -> npt.NDArray[np.int16]:
    """Bursts of noise, four in a second."""
    loud = (np.arange(round(seconds * RATE_HZ)) // (RATE_HZ // 8)) % 2
    return (noise(seconds) * loud).astype(np.int16)


def level(audio: Audio) -> float:
    return float(np.sqrt(np.mean(np.square(np.concatenate(list(stream_samples(audio)))))))


def two_tracks(folder: Path, flags: tuple[str, str], suffix: str = "mkv") -> Path:
    """The first track is even noise at some 300 steps, the second speech-like at some 2000."""
    first = write_wav(folder / "first.wav", noise(8, 300.0))
    second = write_wav(folder / "second.wav", syllables(8))
    made = folder / f"two.{suffix}"
    encode(
        *("-i", first, "-i", second, "-map", "0:a", "-map", "1:a", "-c:a", "flac"),
        *("-disposition:a:0", flags[0], "-disposition:a:1", flags[1], made),
    )
    return made


@pytest.mark.parametrize(
    ("flags", "is_second"),
    [(("default", "0"), False), (("0", "default"), True), (("0", "0"), True),
     (("default", "default"), True)],
)  # fmt: skip
def test_the_flagged_track_else_the_spoken_one(
    tmp_path: Path, flags: tuple[str, str], is_second: bool
) -> None:
    assert (level(two_tracks(tmp_path, flags)) > 1000) == is_second


def test_the_first_of_tracks_alike(tmp_path: Path) -> None:
    one = write_wav(tmp_path / "one.wav", syllables(8))
    two = write_wav(tmp_path / "two.wav", (syllables(8) // 4).astype(np.int16))
    made = tmp_path / "two.mkv"
    encode(
        *("-i", one, "-i", two, "-map", "0:a", "-map", "1:a", "-c:a", "flac"),
        *("-disposition:a:0", "0", "-disposition:a:1", "0", made),
    )
    assert level(made) == pytest.approx(level(one), rel=0.01)


@pytest.mark.parametrize(("number", "is_second"), [(1, False), (2, True)])
def test_a_chosen_track(tmp_path: Path, number: int, is_second: bool) -> None:
    made = two_tracks(tmp_path, ("default", "0"))
    assert (level(AudioTrack(made, number)) > 1000) == is_second


@pytest.mark.parametrize("number", [0, 3, 99])
def test_a_track_that_is_not_there(tmp_path: Path, number: int) -> None:
    made = two_tracks(tmp_path, ("default", "0"))
    with pytest.raises(InputError, match=f"no audio track {number}") as caught:
        list(stream_samples(AudioTrack(made, number)))
    message = str(caught.value)
    assert "\n" not in message
    assert "1: flac 16000 Hz mono; 2: flac 16000 Hz mono" in message


@pytest.mark.parametrize(
    ("left", "right"), [(1.0, -1.0), (1.0, -0.6), (-0.5, 1.0)], ids=["alike", "softer", "louder"]
)
def test_opposite_channels_do_not_cancel(tmp_path: Path, left: float, right: float) -> None:
    sound = tone(3)
    pair = np.stack([left * sound, right * sound], axis=1).astype(np.int16)
    made = write_wav(tmp_path / "a.wav", pair)
    assert level(made) > 0.5 * np.sqrt(np.mean(np.square(sound.astype(float))))
    stereo = np.concatenate(list(stream_stereo(made)))
    assert (stereo[:, 0] * stereo[:, 1]).min() >= 0
    np.testing.assert_allclose(stereo.mean(axis=1), np.concatenate(list(stream_samples(made))))


def test_a_channel_is_turned_over_only_while_it_must_be(tmp_path: Path) -> None:
    sound = np.concatenate([tone(2), noise(2), tone(2)])
    other = np.concatenate([tone(2), -noise(2), tone(2)])
    made = write_wav(tmp_path / "a.wav", np.stack([sound, other], axis=1))
    np.testing.assert_allclose(np.concatenate(list(stream_samples(made))), sound, atol=1)


def test_channels_that_differ_are_mixed_plainly(tmp_path: Path) -> None:
    pair = np.stack([noise(25, seed=1), noise(25, seed=2)], axis=1)
    made = write_wav(tmp_path / "a.wav", pair)
    mix = np.concatenate(list(stream_samples(made)))
    np.testing.assert_allclose(mix, pair.astype(float).mean(axis=1), atol=0.51)
