import fcntl
import os
import subprocess
import sys
import warnings
from pathlib import Path

import pytest

from pipeline import set_swap
from pipeline.cli import main
from pipeline.locks import WaitWarning, holder_of, own_mark

HOLD = (
    "import fcntl, os, sys\n"
    "lock = os.open(sys.argv[1], os.O_RDONLY)\n"
    "fcntl.flock(lock, fcntl.LOCK_EX)\n"
    "print('held', flush=True)\n"
    "sys.stdin.read()"
)

LISTED = pytest.mark.skipif(not Path("/proc/locks").exists(), reason="only Linux lists locks")


def hold(path: Path) -> subprocess.Popen[str]:
    other = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert other.stdout is not None and other.stdout.readline() == "held\n"
    return other


def holder(path: Path) -> str:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        return holder_of(descriptor)
    finally:
        os.close(descriptor)


@LISTED
def test_the_holder_of_a_folder_is_found_by_the_system(tmp_path: Path) -> None:
    with hold(tmp_path) as other:
        assert f"process {other.pid} on " in holder(tmp_path)
        assert ", started 2" in holder(tmp_path)
        other.kill()
    assert holder(tmp_path) == "another process"


def test_the_mark_in_a_lock_file_tells_machine_and_time(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    lock.write_bytes(own_mark())
    assert holder(lock).startswith(f"process {os.getpid()} on ")
    assert ", since 2" in holder(lock)
    lock.write_bytes(b'{"pid": 7, "host": "far\\u001b[31m away", "since": "noon"}')
    assert holder(lock) == "process 7 on far [31m away, since noon"


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"pid": []}', b"\xff" * 9000])
def test_damaged_marks(tmp_path: Path, content: bytes) -> None:
    lock = tmp_path / "lock"
    lock.write_bytes(content)
    assert holder(lock) == "another process"


@LISTED
def test_who_waits_is_told_for_whom(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(set_swap, "_LOCK_TOLD_S", 0.05)
    monkeypatch.setattr(set_swap, "_LOCK_WAIT_S", 0.3)
    with (
        hold(tmp_path) as other,
        warnings.catch_warnings(record=True) as told,
        pytest.raises(OSError, match=f"process {other.pid} on .* is writing there"),
        set_swap.locked(tmp_path),
    ):
        pass
    other.stdin and other.stdin.close()
    assert [warning.category for warning in told] == [WaitWarning]
    assert f"waiting for process {other.pid}" in str(told[0].message)


@LISTED
def test_the_program_tells_it_as_a_warning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(set_swap, "_LOCK_TOLD_S", 0.05)
    monkeypatch.setattr(set_swap, "_LOCK_WAIT_S", 0.2)
    (tmp_path / "a.mp3").write_bytes(b"x")
    (tmp_path / "a.txt").write_text("Hello.")
    out = tmp_path / "out"
    out.mkdir()
    lock = os.open(out, os.O_RDONLY)
    fcntl.flock(lock, fcntl.LOCK_EX)
    words = ["run", "--audio", str(tmp_path / "a.mp3"), "--transcript", str(tmp_path / "a.txt"),
             "--out", str(out)]  # fmt: skip
    try:
        assert main(words) == 2
        shown = capsys.readouterr().err
        assert "warning: waiting for process " in shown
        assert "is writing there; choose another --out" in shown
        assert main([*words, "--quiet"]) == 2
        assert "warning" not in capsys.readouterr().err
    finally:
        os.close(lock)
