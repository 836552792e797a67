import gzip
import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.align.records import Alignment, HeardPhone, TimedWord
from pipeline.batch.own_files import host_name, write_whole
from pipeline.batch.records import InputFile
from pipeline.batch.state import DamagedError, StateFolder
from pipeline.episode import Gap
from pipeline.errors import OutputError
from tests.batch.support import record_of


def test_records_come_back(tmp_path: Path) -> None:
    state = StateFolder(tmp_path)
    assert state.read("a") is None
    record = record_of(
        "a", inputs={"audio": InputFile("/a \udcff", 1, 2, 3, "s")}, reason="ä\u2028"
    )
    state.write(record)
    assert state.read("a") == record


@given(st.binary(max_size=50))
def test_damaged_records_are_none(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    state = StateFolder(tmp_path_factory.mktemp("s"))
    (state.of_episode("a") / "record.json").write_bytes(content)
    assert state.read("a") is None


def test_records_of_others_are_none(tmp_path: Path) -> None:
    state = StateFolder(tmp_path)
    state.write(record_of("a"))
    path = state.of_episode("a") / "record.json"
    values = json.loads(path.read_text())
    changes: list[dict[str, object]] = [
        {"format": "other/2"}, {"id": "b"}, {"state": "perhaps"}, {"coverage": float("nan")},
        {"coverage": 1e308}, {"duration_ms": 10**30}, {"words": -1},
        {"stages_s": {"x": float("inf")}},
    ]  # fmt: skip
    for change in changes:
        path.write_text(json.dumps({**values, **change}))
        assert state.read("a") is None


def test_a_file_that_cannot_be_written_stays(tmp_path: Path) -> None:
    path = tmp_path / "a" / "record.json"
    path.parent.mkdir()
    write_whole(path, b"old")
    with pytest.raises(TypeError):
        write_whole(path, "no bytes")  # type: ignore[arg-type]
    assert path.read_bytes() == b"old"
    assert list(path.parent.iterdir()) == [path]


def test_locks_end_with_their_holder(tmp_path: Path) -> None:
    state = StateFolder(tmp_path)
    program = (
        "import sys; from pathlib import Path; from pipeline.batch.state import StateFolder\n"
        "with StateFolder(Path(sys.argv[1])).locked('a') as held:\n"
        "    print(held, flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as other:
        assert other.stdout is not None and other.stdout.readline() == b"True\n"
        assert state.is_locked("a")
        holder = state.holder("a")
        assert f"process {other.pid} on {host_name()}, since 20" in holder
        with state.locked("a") as held:
            assert not held
        other.kill()
        other.wait()
        assert not state.is_locked("a")
        with state.locked("a") as held:
            assert held


def test_stages_are_kept_by_key(tmp_path: Path) -> None:
    state = StateFolder(tmp_path)
    words = (TimedWord(0, 10, 0.1 + 0.2, "aligned"), TimedWord(None, None, 0.0, "absent"))
    heard = (HeardPhone("AH", 0, 10),)
    alignment = Alignment(words, (Gap(5, 9, "music"),), 1000, 0.5, heard)
    state.keep_stage("a", "alignment", "k", alignment)
    kept = state.read_stage("a", "alignment", "k", Alignment)
    assert kept.in_tuples() == alignment
    assert state.read_stage("a", "alignment", "other", Alignment) is None
    assert state.read_stage("b", "alignment", "k", Alignment) is None
    path = state.of_episode("a") / "alignment.json.gz"
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(DamagedError, match="cannot be read"):
        state.read_stage("a", "alignment", "k", Alignment)


def test_a_stage_that_was_changed_is_told(tmp_path: Path) -> None:
    state = StateFolder(tmp_path)
    words = (TimedWord(0, 10, 0.5, "aligned"), TimedWord(None, None, 0.0, "absent"))
    state.keep_stage("a", "alignment", "k", Alignment(words, (), 1000, 0.5))
    path = state.of_episode("a") / "alignment.json.gz"
    kept = json.loads(gzip.decompress(path.read_bytes()))
    kept["value"]["words"].pop()
    path.write_bytes(gzip.compress(json.dumps(kept).encode()))
    with pytest.raises(DamagedError, match="its content has changed"):
        state.read_stage("a", "alignment", "k", Alignment)
    # Of other inputs it would be made anew anyhow: nothing to tell.
    assert state.read_stage("a", "alignment", "other", Alignment) is None


def test_leftovers_go(tmp_path: Path) -> None:
    state = StateFolder(tmp_path)
    state.write(record_of("a"))
    (state.of_episode("a") / ".record.json.host.123").write_text("half")
    aside = tmp_path / "a" / ".writing-xyz"
    aside.mkdir(parents=True)
    (aside / "a.srt").write_text("half")
    state.clear_leftovers("a")
    assert not aside.exists()
    assert [path.name for path in state.of_episode("a").iterdir()] == ["record.json"]


def test_nothing_can_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError):
        StateFolder(tmp_path / "file").check_writable()
    StateFolder(tmp_path / "new").check_writable()


def test_beats_tell_what_is_at_work(tmp_path: Path) -> None:
    state = StateFolder(tmp_path)
    state.beat([{"id": "a", "stage": "Listening", "share": 0.5}])
    assert state.read_beats()["a"]["stage"] == "Listening"
    assert state.read_beats(fresh_s=-1) == {}
    state.end_beat()
    assert state.read_beats() == {}
