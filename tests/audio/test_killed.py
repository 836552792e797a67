import signal
from collections.abc import Generator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from pipeline.audio.killed import check_not_killed, decoded_again, done_again
from pipeline.errors import InputError, PassingError

MEDIA = Path("a.mp3")


@pytest.mark.parametrize(
    ("status", "complaint", "killed"),
    [
        (0, "", False),
        (1, "Invalid data", False),
        (-signal.SIGSEGV, "", False),  # the file's own doing: it would be so again
        (-signal.SIGKILL, "", True),
        (-signal.SIGTERM, "something before", True),
        (255, "", True),  # its status after a signal that it heeds
        (255, "Operation not permitted", False),
    ],
)
def test_who_ended_it(status: int, complaint: str, killed: bool) -> None:
    if not killed:
        check_not_killed(status, complaint, MEDIA)
        return
    with pytest.raises(PassingError, match="ffmpeg was killed"):
        check_not_killed(status, complaint, MEDIA)


class Decoder:
    """Gives blocks of 3, 3 and 2 samples; each try of `cuts` ends after so many samples."""

    def __init__(self, *cuts: int) -> None:
        self.cuts = list(cuts)
        self.closed = 0

    def __call__(self) -> Generator[npt.NDArray[np.float32], None, None]:
        whole = np.arange(8, dtype=np.float32)
        cut = self.cuts.pop(0) if self.cuts else None
        try:
            for begin in range(0, 8, 3):
                block = whole[begin : begin + 3][: None if cut is None else cut - begin]
                if len(block):
                    yield block
                if cut is not None and cut <= begin + 3:
                    raise PassingError("killed")
        finally:
            self.closed += 1


@pytest.mark.parametrize("cut", range(1, 9))
def test_it_goes_on_where_it_was(cut: int) -> None:
    blocks = list(decoded_again(Decoder(cut)))
    assert [len(block) for block in blocks] == [3, 3, 2]
    assert np.concatenate(blocks).tolist() == list(range(8))


def test_twice_is_told() -> None:
    with pytest.raises(PassingError):
        list(decoded_again(Decoder(4, 7)))


def test_a_reader_that_leaves_ends_it() -> None:
    decoder = Decoder()
    blocks = decoded_again(decoder)
    next(iter(blocks))
    blocks.close()  # type: ignore[attr-defined]
    assert decoder.closed == 1


def test_other_faults_are_not_tried_again() -> None:
    tries = []

    def fail() -> None:
        tries.append(1)
        raise InputError("no audio")

    with pytest.raises(InputError):
        done_again(fail)
    assert len(tries) == 1


def test_a_killed_ffmpeg_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A stand-in for ffmpeg dies in the midst of its first decoding."""
    import shutil
    import wave

    from pipeline.audio import ffmpeg
    from pipeline.audio.decode import stream_samples

    real = shutil.which("ffmpeg")
    if real is None or shutil.which("bash") is None:
        pytest.skip("needs ffmpeg and bash")
    audio = tmp_path / "a.wav"
    with wave.open(str(audio), "wb") as stream:
        stream.setparams((1, 2, 16000, 0, "NONE", ""))
        noise = np.random.default_rng(1).integers(-9000, 9000, 50 * 16000)
        stream.writeframes(noise.astype("<i2").tobytes())
    whole = np.concatenate(list(stream_samples(audio)))
    program, died = tmp_path / "ffmpeg", tmp_path / "died"
    program.write_text(
        "#!/bin/bash\n"
        f'if [[ "$*" == *pipe:* && ! -e "{died}" ]]; then\n'
        f'  touch "{died}"; "{real}" "$@" | head -c 2000000; kill -9 $$\nfi\n'
        f'exec "{real}" "$@"\n'
    )
    program.chmod(0o755)
    ffmpeg.ffmpeg_executable.cache_clear()
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    try:
        again = np.concatenate(list(stream_samples(audio)))
    finally:
        ffmpeg.ffmpeg_executable.cache_clear()
    assert died.exists()
    assert np.array_equal(again, whole)
