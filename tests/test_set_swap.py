"""Whatever dies when, the names read all old or all new; the next writer leaves nothing aside."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline import set_swap
from pipeline.errors import OutputError
from pipeline.files import clear_leftovers, write_outputs

OLD = {"a": b"old a", "b": b"old b", "gone": b"old"}
NEW = {"a": b"new a", "b": b"new b", "c": b"new c"}


def readable(folder: Path) -> dict[str, bytes]:
    """What a reader of the folder finds under names that are not hidden."""
    return {
        path.name: path.read_bytes()
        for path in folder.iterdir()
        if path.is_file() and not path.name.startswith(".")
    }


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


class _Death(BaseException):
    """Nothing in the program catches this, and a dead program does not clean up."""


_MUTATIONS = ("replace", "symlink_to", "hardlink_to", "unlink", "mkdir")


@pytest.fixture
def dies(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """Die at the n-th change of the disk and at all after it; -1 for never."""
    left = [-1]

    def wrapped(name: str) -> None:
        change = getattr(Path, name)

        def dying(self: Path, *words: object, **named: object) -> object:
            if left[0] == 0:
                raise _Death
            left[0] -= left[0] > 0
            return change(self, *words, **named)

        monkeypatch.setattr(Path, name, dying)

    for name in _MUTATIONS:
        wrapped(name)
    remove = set_swap.shutil.rmtree

    def rmtree(path: Path, **named: bool) -> None:
        if left[0] == 0:
            raise _Death
        remove(path, **named)

    monkeypatch.setattr(set_swap.shutil, "rmtree", rmtree)
    yield left


@pytest.mark.parametrize("at", range(40))
@pytest.mark.parametrize("first", [OLD, {}])
def test_dead_at_any_step(
    tmp_path: Path, dies: list[int], at: int, first: dict[str, bytes]
) -> None:
    write_outputs(tmp_path, {**first, "other": b"1"})
    before = readable(tmp_path)
    after = {**NEW, "other": b"1"}
    dies[0] = at
    try:
        write_outputs(tmp_path, NEW, gone=["gone"])
    except _Death:
        assert readable(tmp_path) in (before, after)
    else:
        assert readable(tmp_path) == after
    seen = readable(tmp_path)
    dies[0] = -1
    clear_leftovers(tmp_path)
    assert readable(tmp_path) == seen
    assert names_in(tmp_path) == sorted(seen)
    assert not any(path.is_symlink() for path in tmp_path.iterdir())


@pytest.mark.parametrize("at", range(30))
def test_dead_while_recovering(tmp_path: Path, dies: list[int], at: int) -> None:
    write_outputs(tmp_path, OLD)
    dies[0] = 11
    with pytest.raises(_Death):
        write_outputs(tmp_path, NEW, gone=["gone"])
    seen = readable(tmp_path)
    dies[0] = at
    try:
        clear_leftovers(tmp_path)
    except _Death:
        assert readable(tmp_path) == seen
    dies[0] = -1
    write_outputs(tmp_path, {"d": b"1"})
    assert readable(tmp_path) == {**seen, "d": b"1"}
    assert names_in(tmp_path) == sorted(readable(tmp_path))


@pytest.mark.parametrize("fault", [KeyboardInterrupt(), OSError(5, "I/O error")])
@pytest.mark.parametrize("at", range(12))
def test_one_fault_at_any_rename(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: BaseException, at: int
) -> None:
    write_outputs(tmp_path, OLD)
    calls = 0
    rename = Path.replace

    def failing(self: Path, target: Path) -> Path:
        nonlocal calls
        calls += 1
        if calls == at + 1:
            raise fault
        return rename(self, target)

    monkeypatch.setattr(Path, "replace", failing)
    try:
        write_outputs(tmp_path, NEW, gone=["gone"])
    except (KeyboardInterrupt, OutputError):
        assert readable(tmp_path) in (OLD, NEW)
    else:
        assert readable(tmp_path) == NEW
    assert names_in(tmp_path) == sorted(readable(tmp_path))


@pytest.mark.parametrize("at", range(40))
def test_without_links_the_next_writer_takes_a_half_done_set_back(
    tmp_path: Path, dies: list[int], monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    write_outputs(tmp_path, OLD)

    def no_link(self: Path, target: Path) -> None:
        raise OSError(set_swap.errno.EPERM, "no links here")

    monkeypatch.setattr(Path, "symlink_to", no_link)
    dies[0] = at
    try:
        write_outputs(tmp_path, NEW, gone=["gone"])
    except _Death:
        dies[0] = -1
        clear_leftovers(tmp_path)
        assert readable(tmp_path) in (OLD, NEW)
    else:
        assert readable(tmp_path) == NEW
    assert names_in(tmp_path) == sorted(readable(tmp_path))


def test_a_link_in_the_place_of_an_output_is_replaced_not_followed(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_bytes(b"precious")
    out = tmp_path / "out"
    out.mkdir()
    (out / "a").symlink_to("../elsewhere")
    (out / "b").symlink_to("nowhere")
    write_outputs(out, NEW)
    assert elsewhere.read_bytes() == b"precious"
    assert readable(out) == NEW and not (out / "a").is_symlink()


@pytest.mark.skipif(sys.platform == "win32", reason="no locks between processes there")
def test_a_living_writer_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(set_swap, "_LOCK_WAIT_S", 0.1)
    with set_swap.locked(tmp_path) as alone:
        assert alone
        aside, _ = set_swap.new_aside(tmp_path)
        with pytest.raises(OutputError, match=r"process.* is writing there"):
            write_outputs(tmp_path, NEW)
        assert aside.is_dir()
    write_outputs(tmp_path, NEW)
    assert not aside.exists()


_WRITER = """
import sys
from pathlib import Path
from pipeline.files import write_outputs
out = Path(sys.argv[1])
for number in range(10**9):
    files = {f"{name}.txt": f"{number} ".encode() * 2000 for name in range(20)}
    write_outputs(out, files)
    if number == 0:
        print("begun", flush=True)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL there")
def test_killed_for_real(tmp_path: Path) -> None:
    for attempt in range(8):
        with subprocess.Popen(
            [sys.executable, "-c", _WRITER, str(tmp_path)], stdout=subprocess.PIPE
        ) as process:
            assert process.stdout is not None and process.stdout.readline() == b"begun\n"
            time.sleep(0.013 * attempt)
            process.send_signal(signal.SIGKILL)
        found = readable(tmp_path)
        assert len(found) == 20 and len(set(found.values())) == 1
        clear_leftovers(tmp_path)
        assert readable(tmp_path) == found
        assert len(names_in(tmp_path)) == 20


@pytest.mark.parametrize("kind", ["swap", "renames", "pipe", "nonsense", "nested", "upwards"])
def test_what_is_planted_as_a_dead_writer_s_leftover(tmp_path: Path, kind: str) -> None:
    """Nothing comes in from elsewhere, and nothing elsewhere goes."""
    elsewhere, out = tmp_path / "elsewhere", tmp_path / "out"
    aside = out / f"{set_swap.PREFIX}planted"
    elsewhere.mkdir()
    aside.mkdir(parents=True)
    (elsewhere / "a").write_bytes(b"precious")
    if kind == "swap":
        for name in ("new", "old"):
            (aside / name).symlink_to(elsewhere)
        (aside / "current").symlink_to("new")
        (out / "a").symlink_to(f"{aside.name}/current/a")
    elif kind == "renames":
        (aside / "old").symlink_to(elsewhere)
        (aside / "renaming").write_text('{"a": true}')
    elif kind == "pipe":
        os.mkfifo(aside / "renaming")
    elif kind == "nonsense":
        (aside / "renaming").write_text("[1, {}]")
    elif kind == "nested":
        (aside / "renaming").write_text("[" * 100_000)
    else:
        names = {"..": False, "../elsewhere/a": False, "/": True, "a\0": False, "\ud800": False}
        (aside / "renaming").write_text(json.dumps(names))
    write_outputs(out, NEW)
    assert (elsewhere / "a").read_bytes() == b"precious"
    assert readable(out) == NEW
    assert names_in(out) == sorted(NEW)


def test_a_planted_link_with_the_name_of_a_leftover_is_left_alone(tmp_path: Path) -> None:
    elsewhere, out = tmp_path / "elsewhere", tmp_path / "out"
    elsewhere.mkdir()
    out.mkdir()
    (elsewhere / "a").write_bytes(b"precious")
    (out / f"{set_swap.PREFIX}x").symlink_to(elsewhere)
    (out / ".muxing-x").symlink_to(elsewhere)
    write_outputs(out, NEW)
    with set_swap.long_aside(out, ".muxing-"):
        pass
    assert (elsewhere / "a").read_bytes() == b"precious"
