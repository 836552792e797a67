from __future__ import annotations

import os
import re
import sys
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from pipeline.audio.decode import stream_samples
from pipeline.errors import InputError
from tests.audio.conftest import RATE_HZ, encode, noise, tone, write_wav

VIDEO = ("-f", "lavfi", "-i", "color=c=blue:s=64x64:r=10:d=3")


def decoded(path: Path) -> npt.NDArray[np.float32]:
    blocks = list(stream_samples(path))
    assert all(block.dtype == np.float32 and block.ndim == 1 for block in blocks)
    return np.concatenate(blocks)


def assert_tone_in_the_middle(samples: npt.NDArray[np.int16], within_s: float = 0.03) -> None:
    """3 s, a tone of 440 Hz from 1 s to 2 s, to the accuracy that coders allow."""
    assert len(samples) == pytest.approx(3 * RATE_HZ, abs=0.1 * RATE_HZ)
    loud = np.flatnonzero(np.abs(samples.astype(int)) > 2000)
    assert loud[0] == pytest.approx(RATE_HZ, abs=within_s * RATE_HZ)
    assert loud[-1] == pytest.approx(2 * RATE_HZ, abs=within_s * RATE_HZ)
    spectrum = np.abs(np.fft.rfft(samples[20000:28000].astype(float)))
    assert np.argmax(spectrum) * RATE_HZ / 8000 == pytest.approx(440, abs=3)


@pytest.mark.parametrize(
    ("suffix", "options"),
    [
        ("mp3", ["-c:a", "libmp3lame", "-ar", "44100"]),
        ("mp3", ["-c:a", "libmp3lame", "-ar", "16000"]),
        ("m4a", ["-c:a", "aac", "-ar", "48000"]),
        ("opus", ["-c:a", "libopus", "-ar", "48000"]),
        ("ogg", ["-c:a", "libvorbis", "-ar", "44100", "-ac", "2"]),
        ("flac", ["-ar", "44100"]),
        ("flac", ["-sample_fmt", "s32", "-bits_per_raw_sample", "24"]),
        ("wav", ["-ar", "8000"]),
        ("wav", ["-ar", "44100"]),
        ("wav", ["-ar", "48000"]),
        ("wav", ["-ar", "96000", "-c:a", "pcm_s24le"]),
        ("wav", ["-c:a", "pcm_u8"]),
        ("wav", ["-c:a", "pcm_f32le"]),
        ("aiff", []),
    ],
)
def test_formats(tone_wav: Path, tmp_path: Path, suffix: str, options: list[str]) -> None:
    made = tmp_path / f"made.{suffix}"
    encode("-i", tone_wav, *options, made)
    assert_tone_in_the_middle(decoded(made))


@pytest.mark.parametrize("suffix", ["mp4", "mkv"])
def test_video(tone_wav: Path, tmp_path: Path, suffix: str) -> None:
    made = tmp_path / f"made.{suffix}"
    encode(
        *VIDEO, "-i", tone_wav, "-c:v", "mpeg4", "-c:a", "aac", "-map", "0:v", "-map", "1:a", made
    )
    assert_tone_in_the_middle(decoded(made), within_s=0.07)  # mkv shows the coder's delay


@pytest.mark.parametrize("suffix", ["mp4", "mkv"])
def test_audio_that_begins_after_the_video(tone_wav: Path, tmp_path: Path, suffix: str) -> None:
    made = tmp_path / f"late.{suffix}"
    encode(
        *(*VIDEO, "-itsoffset", "0.8", "-i", tone_wav, "-c:v", "mpeg4", "-c:a", "aac"),
        *("-map", "0:v", "-map", "1:a", made),
    )
    samples = decoded(made)
    loud = np.flatnonzero(np.abs(samples.astype(int)) > 2000)
    assert loud[0] / RATE_HZ == pytest.approx(1.8, abs=0.07)
    assert not samples[: RATE_HZ // 2].any()


def test_lost_packets_shift_nothing(tmp_path: Path) -> None:
    sound = np.concatenate([noise(4), tone(1), noise(1)])
    whole, made = write_wav(tmp_path / "whole.wav", sound), tmp_path / "lossy.mkv"
    encode("-i", whole, "-af", "aselect='not(between(t,1,3))'", "-c:a", "pcm_s16le", made)
    samples = decoded(made)
    assert len(samples) == pytest.approx(len(sound), abs=0.02 * RATE_HZ)
    np.testing.assert_array_equal(samples[-RATE_HZ:], sound[-RATE_HZ:])


@pytest.mark.parametrize("channels", range(1, 7))
def test_channels_are_mixed(tmp_path: Path, channels: int) -> None:
    one = np.concatenate([np.zeros(RATE_HZ, np.int16), tone(1), np.zeros(RATE_HZ, np.int16)])
    path = write_wav(tmp_path / "many.wav", np.repeat(one[:, None], channels, axis=1))
    samples = decoded(path)
    assert len(samples) == len(one)
    assert_tone_in_the_middle(samples)


def test_either_channel_alone_is_heard(tmp_path: Path) -> None:
    quiet = np.zeros(RATE_HZ, np.int16)
    for pair in ([tone(1), quiet], [quiet, tone(1)]):
        path = write_wav(tmp_path / "one-sided.wav", np.stack(pair, axis=1))
        assert np.abs(decoded(path).astype(int)).max() > 3000


@pytest.mark.parametrize("samples", [16000, 16001, 319999, 320000, 320001, 700000])
def test_wav_comes_through_unchanged_in_blocks(tmp_path: Path, samples: int) -> None:
    sound = noise(samples / RATE_HZ)
    path = write_wav(tmp_path / "sound.wav", sound)
    blocks = list(stream_samples(path))
    assert [len(block) for block in blocks[:-1]] == [320000] * (len(blocks) - 1)
    assert 0 < len(blocks[-1]) <= 320000
    np.testing.assert_array_equal(np.concatenate(blocks), sound)


def test_only_what_is_asked_for_is_read(tmp_path: Path) -> None:
    path = write_wav(tmp_path / "long.wav", noise(50))
    blocks = stream_samples(path)
    assert len(next(blocks)) == 320000
    blocks.close()


@pytest.mark.parametrize(
    "name",
    [
        "-i.wav", "-.wav", "with space.wav", "it's \"quoted\".wav", "a:b.wav", "http:x.wav",
        "pipe:0.wav", "concat:a|b.wav", "new\nline.wav", "100%d.wav", "Zoë 録音.wav", "no-suffix",
        "wrong.txt", "$(x);&.wav", "back\\slash.wav", "*.wav", "[a].wav",
    ],
)  # fmt: skip
def test_odd_names(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if os.name != "posix" and re.search(r'[:"|\n\\*]', name):
        pytest.skip("this system allows no such name")
    sound = tone(1)
    write_wav(tmp_path / name, sound)
    np.testing.assert_array_equal(decoded(tmp_path / name), sound)
    monkeypatch.chdir(tmp_path)
    np.testing.assert_array_equal(decoded(Path(name)), sound)


def refusal(path: Path) -> str:
    with pytest.raises(InputError) as caught:
        list(stream_samples(path))
    message = str(caught.value)
    assert "\n" not in message
    assert path.name in message
    return message


def test_missing(tmp_path: Path) -> None:
    assert "there is no such audio file" in refusal(tmp_path / "nowhere.mp3")


def test_missing_folder(tmp_path: Path) -> None:
    assert "there is no such audio file" in refusal(tmp_path / "nowhere" / "a.mp3")


def test_file_as_folder(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"x")
    assert "cannot be read" in refusal(tmp_path / "a" / "b.mp3")


def test_name_too_long(tmp_path: Path) -> None:
    assert "cannot be read" in refusal(tmp_path / ("x" * 300))


def test_empty(tmp_path: Path) -> None:
    (tmp_path / "a.mp3").touch()
    assert "the audio file is empty" in refusal(tmp_path / "a.mp3")


def test_folder(tmp_path: Path) -> None:
    assert "this is a folder" in refusal(tmp_path)


@pytest.mark.skipif(
    sys.platform == "win32" or os.geteuid() == 0, reason="everything is readable to this user"
)
def test_unreadable(tmp_path: Path) -> None:
    path = write_wav(tmp_path / "a.wav", tone(1))
    path.chmod(0)
    assert "cannot be read" in refusal(path)


@pytest.mark.parametrize(
    "content",
    [
        b"x",
        b"This is no audio at all.\n" * 100,
        bytes(10000),
        b"\x89PNG\r\n\x1a\n" + bytes(500),
        b"%PDF-1.4\n" + bytes(500),
        b"#EXTM3U\nhttp://127.0.0.1:1/a.mp3\n",
        b"ffconcat version 1.0\nfile /etc/hostname\n",
        b"1\n00:00:00,000 --> 00:00:01,000\nHello.\n",
        b"<html><body>404 not found</body></html>",
    ],
    ids=["byte", "text", "zeros", "png", "pdf", "playlist", "concat", "srt", "html"],
)
@pytest.mark.parametrize("suffix", ["mp3", "wav", "bin"])
def test_not_audio(tmp_path: Path, content: bytes, suffix: str) -> None:
    path = tmp_path / f"a.{suffix}"
    path.write_bytes(content)
    assert "ffmpeg cannot decode this file" in refusal(path)


def test_header_only(tmp_path: Path) -> None:
    whole = write_wav(tmp_path / "whole.wav", tone(1)).read_bytes()
    for length in (12, 36, 44):
        path = tmp_path / "header.wav"
        path.write_bytes(whole[:length])
        assert "ffmpeg cannot decode this file" in refusal(path)


def test_truncated_header_of_mp4(tone_wav: Path, tmp_path: Path) -> None:
    made = tmp_path / "made.m4a"
    encode("-i", tone_wav, "-c:a", "aac", made)
    data = made.read_bytes()
    made.write_bytes(data[: len(data) // 2])
    assert "ffmpeg cannot decode this file" in refusal(made)


def test_truncated_stream_gives_what_there_is(tone_wav: Path, tmp_path: Path) -> None:
    made = tmp_path / "made.mp3"
    encode("-i", tone_wav, "-c:a", "libmp3lame", made)
    data = made.read_bytes()
    made.write_bytes(data[: len(data) // 2])
    assert RATE_HZ < len(decoded(made)) < 2 * RATE_HZ


def test_damage_all_over_neither_blocks_nor_fails(tmp_path: Path) -> None:
    """ffmpeg says far more about it than a pipe holds."""
    made = tmp_path / "damaged.mp3"
    encode("-i", write_wav(tmp_path / "a.wav", noise(90)), "-b:a", "128k", made)
    data = bytearray(made.read_bytes())
    data[2000::97] = bytes(len(data[2000::97]))
    made.write_bytes(bytes(data))
    assert len(decoded(made)) > RATE_HZ


def test_video_without_audio(tmp_path: Path) -> None:
    made = tmp_path / "silent.mp4"
    encode(*VIDEO, "-c:v", "mpeg4", made)
    assert "ffmpeg cannot decode this file (there is no audio in it); check" in refusal(made)


def test_first_of_several_streams(tone_wav: Path, tmp_path: Path) -> None:
    made = tmp_path / "two.mkv"
    encode(
        *("-f", "lavfi", "-i", "anullsrc=r=16000:d=3", "-i", tone_wav),
        *("-map", "1:a", "-map", "0:a", "-c:a", "flac", made),
    )
    assert_tone_in_the_middle(decoded(made))
