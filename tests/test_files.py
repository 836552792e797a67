import errno
import hashlib
import os
from pathlib import Path

import pytest

from pipeline import files
from pipeline.errors import InputError, OutputError


def everything_in(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    } | {str(path.relative_to(folder)): b"" for path in folder.rglob("*") if path.is_dir()}


@pytest.mark.parametrize("name", ["lex-400", "a b", "Ünïcode", "1.2.3", "x" * 120])
def test_good_ids(name: str) -> None:
    assert files.check_id(name) == name


@pytest.mark.parametrize(
    "name",
    [
        "",
        ".hidden",
        "-rf",
        "a/b",
        "a\\b",
        "..",
        "a\nb",
        "a\0b",
        "con",
        "NUL.txt",
        "COM¹",
        "x" * 121,
        " a",
        "a ",
        "a.",
        'a"b',
        "a:b",
        "é" * 61,
    ],
)
def test_bad_ids(name: str) -> None:
    with pytest.raises(InputError):
        files.check_id(name)


def test_sha256(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"x" * 3_000_000)
    assert files.sha256_of(path, "audio file") == hashlib.sha256(b"x" * 3_000_000).hexdigest()


@pytest.mark.parametrize("read", [files.sha256_of, files.read_bytes])
def test_unreadable_inputs_are_named(tmp_path: Path, read: object) -> None:
    with pytest.raises(InputError, match=r"nowhere\.mp3: there is no such audio file"):
        read(tmp_path / "nowhere.mp3", "audio file")  # type: ignore[operator]
    with pytest.raises(InputError, match="is a folder"):
        read(tmp_path, "audio file")  # type: ignore[operator]


def test_writes_all_and_leaves_nothing_else(tmp_path: Path) -> None:
    out = tmp_path / "a" / "b"
    files.write_outputs(out, {"x": b"1", "y": b"2"})
    files.write_outputs(out, {"x": b"3"})
    assert everything_in(out) == {"x": b"3", "y": b"2"}


def test_probe_leaves_no_folder(tmp_path: Path) -> None:
    files.check_output_folder(tmp_path / "a" / "b")
    assert everything_in(tmp_path) == {}


def test_path_under_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="cannot write into this folder"):
        files.write_outputs(tmp_path / "file" / "sub", {"x": b""})


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="no /proc on this system")
def test_unwritable_folder_is_refused() -> None:
    with pytest.raises(OutputError, match="/proc/none"):
        files.check_output_folder(Path("/proc/none/sub"))


class _FullDisk:
    """`Path.open` on a disk that is full after so many files."""

    def __init__(self, room: int) -> None:
        self.room = room

    def fsync(self, number: int) -> None:
        self.room -= 1
        if self.room < 0:
            raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize("room", [0, 1, 2])
def test_full_disk_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, room: int
) -> None:
    files.write_outputs(tmp_path, {"x": b"old", "z": b"old"})
    before = everything_in(tmp_path)
    monkeypatch.setattr(os, "fsync", _FullDisk(room).fsync)
    with pytest.raises(OutputError, match="the disk is full"):
        files.write_outputs(tmp_path, {"x": b"new", "y": b"new", "z": b"new"})
    assert everything_in(tmp_path) == before


def test_folder_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "y").mkdir()
    with pytest.raises(OutputError):
        files.write_outputs(tmp_path, {"x": b"new", "y": b"new"})
    assert everything_in(tmp_path) == {"y": b""}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes on this system")
def test_pipes_and_devices_stay(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "y")
    with pytest.raises(OutputError, match="there is a pipe or device of this name"):
        files.write_outputs(tmp_path, {"x": b"new", "y": b"new"})
    assert (tmp_path / "y").is_fifo()
    with pytest.raises(OutputError, match="pipe or device"):
        files.write_outputs(Path(os.devnull).parent, {Path(os.devnull).name: b""})


def test_outputs_that_are_inputs_are_refused(tmp_path: Path) -> None:
    source = tmp_path / "demo.srt"
    source.write_text("")
    (tmp_path / "linked.srt").hardlink_to(source)
    files.check_not_inputs(tmp_path, ["demo.vtt"], [source])
    for name in ("demo.srt", "linked.srt"):
        with pytest.raises(InputError, match="would be overwritten"):
            files.check_not_inputs(tmp_path / "." / "sub" / "..", [name], [source])
