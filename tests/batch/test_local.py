import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.batch.engines import EngineOptions, load_engine
from pipeline.batch.local import LocalEngine
from pipeline.batch.records import Event, Finished, Lost, Stage
from pipeline.errors import InputError
from tests.batch.support import job_of, task_of

TARGET = "tests.batch.targets:run"
PATIENCE_S = 30.0


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[LocalEngine]:
    engine = LocalEngine(EngineOptions(tmp_path, jobs=2, target=TARGET))
    yield engine
    engine.close()


def submit(engine: LocalEngine, folder: Path, name: str, what: str = "good") -> None:
    engine.submit(task_of(replace(job_of(folder, name), title=what)))


def ends(engine: LocalEngine, count: int) -> dict[str, Event]:
    """The last word on so many episodes."""
    found: dict[str, Event] = {}
    until_s = time.monotonic() + PATIENCE_S
    while len(found) < count and time.monotonic() < until_s:
        found |= {e.id: e for e in engine.poll(0.2) if not isinstance(e, Stage)}
    return found


def wait_for(path: Path) -> str:
    until_s = time.monotonic() + PATIENCE_S
    while not (path.exists() and path.read_text()) and time.monotonic() < until_s:
        time.sleep(0.05)
    return path.read_text()


def is_alive(pid: int) -> bool:
    # A child of a killed worker is a zombie until init takes it in.
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def until_dead(*pids: int) -> bool:
    until_s = time.monotonic() + PATIENCE_S
    while any(map(is_alive, pids)) and time.monotonic() < until_s:
        time.sleep(0.05)
    return not any(map(is_alive, pids))


def test_a_worker_does_one_after_the_other(engine: LocalEngine, tmp_path: Path) -> None:
    hosts = []
    for name in ("a", "b"):
        submit(engine, tmp_path, name)
        event = ends(engine, 1)[name]
        assert isinstance(event, Finished) and event.record is not None
        hosts.append(event.record.host)
        assert event.record.reason == os.environ.get("OMP_NUM_THREADS", "1")  # threads
    assert hosts[0] == hosts[1]


@pytest.mark.parametrize(
    ("what", "reason"),
    [
        ("killed", "the worker was killed (SIGKILL): by hand, or the memory was full"),
        ("segfault", "the worker crashed (SIGSEGV)"),
        ("exit", "the worker ended with status 7"),
    ],
)
def test_a_dead_worker_harms_no_other(
    engine: LocalEngine, tmp_path: Path, what: str, reason: str
) -> None:
    submit(engine, tmp_path, "bad", what)
    submit(engine, tmp_path, "good")
    found = ends(engine, 2)
    assert found["bad"] == Lost("bad", reason)
    assert isinstance(found["good"], Finished)
    submit(engine, tmp_path, "next")
    assert isinstance(ends(engine, 1)["next"], Finished)


def test_a_hanging_worker_is_killed_with_its_children(engine: LocalEngine, tmp_path: Path) -> None:
    submit(engine, tmp_path, "bad", f"hang {tmp_path / 'pids'}")
    pids = [int(pid) for pid in wait_for(tmp_path / "pids").split()]
    assert all(map(is_alive, pids))
    engine.cancel("bad")
    assert until_dead(*pids)
    submit(engine, tmp_path, "next")
    assert isinstance(ends(engine, 1)["next"], Finished)


def test_an_idle_worker_may_die(engine: LocalEngine, tmp_path: Path) -> None:
    submit(engine, tmp_path, "a")
    event = ends(engine, 1)["a"]
    assert isinstance(event, Finished) and event.record is not None
    os.kill(int(event.record.host), 9)
    submit(engine, tmp_path, "b")
    assert isinstance(ends(engine, 1)["b"], Finished)


def test_workers_end_with_a_killed_driver(tmp_path: Path) -> None:
    program = f"""
import sys
from pathlib import Path
from dataclasses import replace
from pipeline.batch.engines import EngineOptions
from pipeline.batch.local import LocalEngine
from tests.batch.support import job_of, task_of
folder = Path(sys.argv[1])
engine = LocalEngine(EngineOptions(folder, jobs=1, target={TARGET!r}))
engine.submit(task_of(replace(job_of(folder), title=f"hang {{folder / 'pids'}}")))
while True:
    engine.poll(1.0)
"""
    root = Path(__file__).parents[2]
    with subprocess.Popen([sys.executable, "-c", program, str(tmp_path)], cwd=root) as driver:
        pids = [int(pid) for pid in wait_for(tmp_path / "pids").split()]
        driver.kill()
    assert until_dead(*pids)


def test_unknown_engines(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no engine lokal; did you mean local"):
        load_engine("lokal", EngineOptions(tmp_path))
