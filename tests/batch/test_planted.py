"""Links, pipes and bombs planted in a batch's folder: nothing outside of it is touched."""

from __future__ import annotations

import gzip
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.batch import own_files
from pipeline.batch.own_files import read_own, unpack, write_whole
from pipeline.batch.state import StateFolder
from pipeline.batch.summary import write_summary
from pipeline.batch.work import run_episode
from tests.batch.support import job_of, record_of, task_of
from tests.support import FakeAligner


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """A folder of somebody else."""
    folder = tmp_path / "outside"
    folder.mkdir()
    for name in ("file", ".hidden.file", "a.srt", "record.json"):
        (folder / name).write_bytes(b"precious")
    return folder


def seen(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("place", ["a", ".batch", ".batch/a"])
def test_folders_that_are_links(
    tmp_path: Path, outside: Path, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.batch.work._aligner", lambda name, settings: FakeAligner())
    job = job_of(tmp_path)
    before = seen(outside)
    link = tmp_path / "out" / place
    link.parent.mkdir(parents=True)
    link.symlink_to(outside)
    record = run_episode(task_of(job), lambda stage, share: None)
    assert record is not None and record.state == "failed"
    assert f"a link is in the place of the folder {Path(place).name}" in (record.reason or "")
    assert seen(outside) == before
    link.unlink()
    record = run_episode(task_of(job), lambda stage, share: None)
    assert record is not None and record.state == "done"


@pytest.mark.parametrize("name", ["log.txt", "lock", "record.json"])
@pytest.mark.parametrize("kind", ["link", "link to nothing", "pipe"])
def test_files_that_are_none(
    tmp_path: Path, outside: Path, name: str, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.batch.work._aligner", lambda name, settings: FakeAligner())
    job = job_of(tmp_path)
    before = seen(outside)
    place = tmp_path / "out" / ".batch" / "a" / name
    place.parent.mkdir(parents=True)
    if kind == "pipe":
        os.mkfifo(place)
    else:
        place.symlink_to(outside / ("file" if kind == "link" else "new"))
    record = run_episode(task_of(job), lambda stage, share: None)
    assert record is not None
    assert record.state == ("done" if name == "record.json" else "failed")
    assert seen(outside) == before


def test_names_set_aside(tmp_path: Path, outside: Path) -> None:
    """Their names can be foretold, so they may be taken."""
    place = tmp_path / "summary.csv"
    aside = tmp_path / f".summary.csv.{own_files.host_name()}.{os.getpid()}"
    for make in (
        lambda: aside.symlink_to(outside / "file"),
        lambda: os.mkfifo(aside),
        lambda: aside.write_text("left"),
        lambda: place.symlink_to(outside / "file"),
    ):
        make()
        write_summary([], tmp_path, "t")
        assert place.read_bytes().startswith(b"id,") and not place.is_symlink()
        assert not aside.exists()
        place.unlink()
    assert (outside / "file").read_bytes() == b"precious"


def test_beats_and_probes(tmp_path: Path, outside: Path) -> None:
    state = StateFolder(tmp_path / "out")
    before = seen(outside)
    drivers = state.folder / "drivers"
    drivers.parent.mkdir(parents=True)
    drivers.symlink_to(outside)
    state.beat([])
    state.end_beat()
    assert seen(outside) == before
    drivers.unlink()
    drivers.mkdir()
    os.mkfifo(drivers / "x.json")
    assert state.read_beats() == {}


def test_bombs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own_files, "MOST_INPUT_BYTES", 1 << 20)
    with pytest.raises(ValueError, match="too large"):
        unpack(gzip.compress(bytes(1 << 21)))
    with pytest.raises(ValueError):
        unpack(gzip.compress(b"x" * 99)[:-9])
    assert unpack(gzip.compress(b"x" * 99)) == b"x" * 99
    state = StateFolder(tmp_path)
    state.write(record_of("a"))
    path = state.of_episode("a") / "record.json"
    os.truncate(path, 1 << 21)
    with pytest.raises(OSError, match="too large"):
        read_own(path)
    assert state.read("a") is None


def test_what_is_written_has_the_usual_mode(tmp_path: Path) -> None:
    plain = tmp_path / "plain"
    plain.write_bytes(b"")
    writers: tuple[Callable[[Path], object], ...] = (
        lambda path: write_whole(path, b""),
        lambda path: own_files.open_log(path).close(),
    )
    for number, write in enumerate(writers):
        write(tmp_path / str(number))
        assert (tmp_path / str(number)).stat().st_mode == plain.stat().st_mode
