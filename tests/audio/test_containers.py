"""When a sound is heard: where a player plays it, in every container and behind every joint."""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from pipeline.audio.decode import stream_samples
from tests.audio.conftest import encode, noise, tone, write_wav

RATE_HZ = 16000
BEEPS_S = (1.0, 3.0, 5.5)
LENGTH_S = 7.0
OTHER_BEEPS_S = (1.0, 3.0)
VIDEO = ("-f", "lavfi", "-i", "color=c=blue:s=64x64:r=10:d=9")
WITHIN_S = 0.01
AAC_S = 0.024  # the coder's delay, which formats that cannot tell it show
JOINT_S = 0.09  # each joined part brings its coder's delay and its header, which are played


def beeping(path: Path, beeps_s: Sequence[float], length_s: float) -> Path:
    samples = noise(length_s, 20.0)
    for start_s in beeps_s:
        samples[round(start_s * RATE_HZ) :][: RATE_HZ // 10] += tone(0.1, 1000.0)
    return write_wav(path, samples)


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return beeping(tmp_path_factory.mktemp("beeps") / "one.wav", BEEPS_S, LENGTH_S)


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return beeping(tmp_path_factory.mktemp("beeps") / "other.wav", OTHER_BEEPS_S, 4.0)


def heard_s(path: Path) -> npt.NDArray[np.float64]:
    """When each beep begins."""
    loud = np.flatnonzero(np.abs(np.concatenate(list(stream_samples(path)))) > 2000)
    return loud[np.diff(loud, prepend=-RATE_HZ) > RATE_HZ // 5] / RATE_HZ


def assert_heard(path: Path, beeps_s: Sequence[float], within_s: float = WITHIN_S) -> None:
    found = heard_s(path)
    assert len(found) == len(beeps_s), found
    np.testing.assert_allclose(found, beeps_s, rtol=0, atol=within_s)


@pytest.mark.parametrize(
    ("name", "options", "late_s"),
    [
        ("a.mp3", ["-ar", "44100"], 0.0),
        ("a.mp3", ["-ar", "22050"], 0.0),
        ("a.m4a", ["-c:a", "aac", "-ar", "48000"], 0.0),
        ("a.opus", ["-ar", "48000"], 0.0),
        ("a.ogg", ["-c:a", "libvorbis"], 0.0),
        ("a.flac", [], 0.0),
        ("a.wav", ["-ar", "44100", "-c:a", "pcm_s24le"], 0.0),
        ("a.aiff", [], 0.0),
        ("a.caf", [], 0.0),
        ("a.w64", [], 0.0),
        ("a.mka", ["-c:a", "flac"], 0.0),
        ("a.webm", ["-c:a", "libopus", "-ar", "48000"], 0.0),
        ("a.aac", ["-ar", "44100"], AAC_S),
        ("a.ts", ["-c:a", "aac", "-ar", "44100"], AAC_S),
        ("a.flv", ["-c:a", "aac", "-ar", "44100"], AAC_S),
        ("a.avi", ["-c:a", "pcm_s16le"], 0.0),
        ("hours.ts", ["-c:a", "aac", "-ar", "44100", "-output_ts_offset", "7200"], AAC_S),
    ],
)
def test_containers(
    source: Path, tmp_path: Path, name: str, options: list[str], late_s: float
) -> None:
    encode("-i", source, *options, tmp_path / name)
    assert_heard(tmp_path / name, [beep + late_s for beep in BEEPS_S])


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("a.mp4", ["-c:a", "aac", "-ar", "48000"]),
        ("a.mov", ["-c:a", "pcm_s16le"]),
        ("a.mkv", ["-c:a", "flac"]),
        ("a.ts", ["-c:a", "mp2", "-ar", "48000"]),
        ("hours.ts", ["-c:a", "mp2", "-ar", "48000", "-output_ts_offset", "7200"]),
    ],
)
def test_audio_that_begins_after_the_video(
    source: Path, tmp_path: Path, name: str, options: list[str]
) -> None:
    made = tmp_path / name
    encode(
        *(*VIDEO, "-itsoffset", "0.8", "-i", source, "-c:v", "mpeg4", *options),
        *("-map", "0:v", "-map", "1:a", made),
    )
    assert_heard(made, [beep + 0.8 for beep in BEEPS_S], 0.02)


@pytest.mark.parametrize("name", ["cut.mp4", "cut.m4a"])
def test_edit_lists(source: Path, tmp_path: Path, name: str) -> None:
    whole = tmp_path / f"whole{Path(name).suffix}"
    encode("-i", source, "-c:a", "aac", "-ar", "48000", whole)
    encode("-ss", "2", "-i", whole, "-c", "copy", tmp_path / name)
    assert_heard(tmp_path / name, [1.0, 3.5])


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("hole.mkv", ["-c:a", "pcm_s16le"]),
        ("hole.mp4", ["-c:a", "aac", "-ar", "48000"]),
        ("hole.ts", ["-c:a", "mp2", "-ar", "48000"]),
    ],
)
def test_holes_stay(source: Path, tmp_path: Path, name: str, options: list[str]) -> None:
    lossy = ["-af", "aselect='not(between(t,3.5,5))'"]
    encode("-i", source, *lossy, *options, tmp_path / name)
    assert_heard(tmp_path / name, BEEPS_S, 0.02)


@pytest.mark.parametrize("suffix", ["mp3", "aac", "ts"])
@pytest.mark.parametrize(
    ("options", "more"),
    [(["-ar", "22050"], []), (["-ar", "44100"], ["-ac", "2"]), (["-ar", "48000"], ["-ac", "2"])],
)
def test_joined_files(
    source: Path, other: Path, tmp_path: Path, suffix: str, options: list[str], more: list[str]
) -> None:
    if suffix == "ts" and options != ["-ar", "44100"]:
        pytest.skip("a stream of another rate is another programme")
    coder = ["-c:a", "libmp3lame" if suffix == "mp3" else "aac"]
    one, two, three = (tmp_path / f"{name}.{suffix}" for name in ("one", "two", "joined"))
    encode("-i", source, *coder, "-ar", "44100", one)
    encode("-i", other, *coder, *options, *more, two)
    three.write_bytes(one.read_bytes() + two.read_bytes() + one.read_bytes())
    beeps_s = [*BEEPS_S, *(7.0 + b for b in OTHER_BEEPS_S), *(11.0 + b for b in BEEPS_S)]
    found = heard_s(three)
    assert len(found) == len(beeps_s), found
    late_s = found - beeps_s
    assert late_s.min() > -WITHIN_S
    assert late_s.max() < 2 * JOINT_S
    samples = sum(len(block) for block in stream_samples(three))
    assert samples / RATE_HZ == pytest.approx(18, abs=0.3)


def test_chained_ogg(source: Path, other: Path, tmp_path: Path) -> None:
    one, two = tmp_path / "one.ogg", tmp_path / "two.ogg"
    encode("-i", source, "-c:a", "libvorbis", "-serial_offset", "1", one)
    encode("-i", other, "-c:a", "libvorbis", "-serial_offset", "9", two)
    joined = tmp_path / "joined.ogg"
    joined.write_bytes(one.read_bytes() + two.read_bytes())
    assert_heard(joined, [*BEEPS_S, *(7.0 + beep for beep in OTHER_BEEPS_S)], 0.03)


def _wav_length(length: int) -> Callable[[bytes], bytes]:
    return lambda data: data[:40] + struct.pack("<I", length) + data[44:]


@pytest.mark.parametrize("told", [0, 0xFFFFFFFF, 10_000_000], ids=["none", "unknown", "too long"])
def test_wrong_length_of_wav(source: Path, tmp_path: Path, told: int) -> None:
    made = tmp_path / "a.wav"
    made.write_bytes(_wav_length(told)(source.read_bytes()))
    assert_heard(made, BEEPS_S)


@pytest.mark.parametrize("frames", [100, 100_000])
def test_wrong_length_of_mp3(source: Path, tmp_path: Path, frames: int) -> None:
    made = tmp_path / "a.mp3"
    encode("-i", source, "-ar", "44100", made)
    data = bytearray(made.read_bytes())
    at = max(data.find(b"Info"), data.find(b"Xing"))
    data[at + 8 : at + 12] = struct.pack(">I", frames)
    made.write_bytes(bytes(data))
    assert_heard(made, BEEPS_S, 0.03)
