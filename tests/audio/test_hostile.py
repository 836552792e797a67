"""Audio files from strangers: nothing in them reaches another file, hangs or fills the machine."""

import os
import subprocess
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.audio import pcm
from pipeline.audio.decode import stream_samples
from pipeline.audio.ffmpeg import ffmpeg_executable, input_arguments
from pipeline.audio.protection import is_encrypted
from pipeline.errors import InputError
from tests.audio.conftest import encode, write_wav


def read(path: Path) -> int:
    return sum(len(block) for block in stream_samples(path))


@pytest.fixture
def secret(tmp_path: Path, tone_wav: Path) -> Path:
    path = tmp_path / "secret.ts"
    encode("-i", tone_wav, "-c:a", "aac", "-f", "mpegts", path)
    assert read(path) > 0
    return path


@pytest.mark.parametrize("name", ["list.m3u8", "list.mp3", "list.wav"])
@pytest.mark.parametrize("kind", ["hls", "concat"])
def test_playlists_reach_no_other_file(tmp_path: Path, secret: Path, kind: str, name: str) -> None:
    text = {
        "hls": f"#EXTM3U\n#EXT-X-TARGETDURATION:3\n#EXTINF:3,\nfile:{secret}\n#EXT-X-ENDLIST\n",
        "concat": f"ffconcat version 1.0\nfile {secret.name}\n",
    }[kind]
    (tmp_path / name).write_text(text)
    with pytest.raises(InputError):
        read(tmp_path / name)
    done = subprocess.run(
        [ffmpeg_executable(), *input_arguments(tmp_path / name), "-f", "null", "-"],
        stdin=subprocess.DEVNULL, capture_output=True, check=False,
    )  # fmt: skip
    assert done.returncode != 0


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes on this system")
def test_pipes_and_devices_are_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.wav")
    for path in (tmp_path / "pipe.wav", Path(os.devnull)):
        with pytest.raises(InputError, match="no plain file"):
            read(path)


@pytest.mark.skipif(os.name != "posix", reason="file names are bytes on POSIX only")
@pytest.mark.parametrize("name", [b"\xff\xfe.wav", b"-i\n.wav", b"a:b|c%d.wav", b"'\"$(x).wav"])
def test_any_name(tmp_path: Path, tone_wav: Path, name: bytes) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name))
    try:
        path.write_bytes(tone_wav.read_bytes())
    except OSError:
        pytest.skip("this file system takes text only")
    assert read(path) == read(tone_wav)


def test_longest_audio(tmp_path: Path, tone_wav: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pcm, "LONGEST_AUDIO_S", 2)
    with pytest.raises(InputError, match="longer than"):
        read(tone_wav)
    monkeypatch.setattr(pcm, "LONGEST_AUDIO_S", 3)
    assert read(tone_wav) == 48000


@pytest.mark.parametrize("rate_hz", [1, 100, 384_000, 2_000_000])
def test_absurd_sample_rates(tmp_path: Path, rate_hz: int) -> None:
    path = write_wav(tmp_path / "a.wav", np.zeros(1000, np.int16), rate_hz)
    try:
        read(path)
    except InputError as error:
        assert "\n" not in str(error)


def test_many_channels_and_values_that_are_no_numbers(tmp_path: Path) -> None:
    write_wav(tmp_path / "many.wav", np.zeros((16000, 24), np.int16))
    values = np.full(16000, np.nan, np.float32)
    values[::3], values[1::3] = np.inf, -1e30
    soundfile.write(tmp_path / "nan.wav", values, 16000, subtype="FLOAT")
    for name in ("many.wav", "nan.wav"):
        try:
            assert read(tmp_path / name) == 16000
        except InputError as error:
            assert "\n" not in str(error)


def test_complaints_do_not_quote_addresses_in_memory(tmp_path: Path) -> None:
    head = write_wav(tmp_path / "a.wav", np.zeros((100, 2), np.int16)).read_bytes()
    for at, number in ((22, 255), (22, 65535), (24, 0xFFFF)):
        damaged = head[:at] + number.to_bytes(2, "little") + head[at + 2 :]
        (tmp_path / "b.wav").write_bytes(damaged)
        try:
            read(tmp_path / "b.wav")
        except InputError as error:
            assert "0x" not in str(error)


def test_encrypted_audio(tmp_path: Path, tone_wav: Path) -> None:
    key = ["-encryption_scheme", "cenc-aes-ctr", "-encryption_key", "ab" * 16]
    path = tmp_path / "locked.mp4"
    encode("-i", tone_wav, "-c:a", "aac", *key, "-encryption_kid", "cd" * 16, path)
    with pytest.raises(InputError, match=r"locked.mp4: the audio is encrypted \(DRM\).*; use a"):
        read(path)
    encode("-i", tone_wav, "-c:a", "aac", tmp_path / "open.m4a")
    assert read(tmp_path / "open.m4a") > 0
    content = (tmp_path / "open.m4a").read_bytes()
    for entry in (b"drms", b"aavd"):
        # FairPlay, and Audible's AAX.
        path.write_bytes(content.replace(b"mp4a", entry, 1))
        with pytest.raises(InputError, match="the audio is encrypted"):
            read(path)


@given(st.data())
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_damaged_boxes(boxes: bytes, tmp_path: Path, data: st.DataObject) -> None:
    damaged = bytearray(boxes)
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(boxes) - 1))
        damaged[at : at + 4] = data.draw(st.sampled_from([0, 1, 8, 2**31, 2**32 - 1])).to_bytes(4)
    path = tmp_path / "damaged.m4a"
    path.write_bytes(bytes(damaged[: data.draw(st.integers(0, len(damaged)))]))
    is_encrypted(path)


@pytest.fixture(scope="session")
def boxes(tone_wav: Path, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """What stands around the sound in a short MP4 file."""
    path = tmp_path_factory.mktemp("boxes") / "tone.m4a"
    encode("-i", tone_wav, "-t", "0.05", "-c:a", "aac", "-movflags", "faststart", path)
    return path.read_bytes()


def test_as_many_boxes_as_fit(tmp_path: Path) -> None:
    path = tmp_path / "many.m4a"
    path.write_bytes(b"\0\0\0\x08ftyp" + b"\0\0\0\x08moov" * 500_000)
    assert not is_encrypted(path)


def test_an_ffmpeg_that_hangs_is_ended(
    tone_wav: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = tmp_path / "ffmpeg"
    slow.write_text("#!/bin/sh\nexec sleep 60\n")
    slow.chmod(0o755)
    monkeypatch.setattr(pcm, "ffmpeg_executable", lambda: str(slow))
    monkeypatch.setattr(pcm, "SILENT_S", 0.2)
    with pytest.raises(InputError, match="got stuck"):
        read(tone_wav)
