import signal
import time
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.batch.engines import EngineOptions
from pipeline.batch.inputs import program_version
from pipeline.batch.ray_engine import RayEngine, _check_answer
from pipeline.batch.records import Event, Finished, Lost, Stage
from pipeline.cli import main
from pipeline.errors import InputError
from tests.batch.episodes import BAD, outputs, write_episodes
from tests.batch.support import job_of, task_of

pytest.importorskip("ray")
PATIENCE_S = 90.0


def ends(engine: RayEngine, count: int) -> dict[str, Event]:
    found: dict[str, Event] = {}
    until_s = time.monotonic() + PATIENCE_S
    while len(found) < count and time.monotonic() < until_s:
        found |= {e.id: e for e in engine.poll(0.2) if not isinstance(e, Stage)}
    return found


def test_workers_that_die_or_hang(tmp_path: Path) -> None:
    before = signal.getsignal(signal.SIGTERM)
    engine = RayEngine(EngineOptions(tmp_path, jobs=2, target="tests.batch.targets:run"))
    try:
        what = {"good": "good", "killed": "killed", "crash": "segfault", "busy": "busy"}
        for name, title in what.items():
            engine.submit(task_of(replace(job_of(tmp_path, name), title=title)))
        found = ends(engine, 4)
        for name in ("killed", "crash"):
            assert found[name] == Lost(name, "the worker was killed, or its node was lost")
        good, busy = found["good"], found["busy"]
        assert isinstance(good, Finished) and good.record is not None
        assert good.record.reason == "1"  # thread
        assert busy == Finished("busy", None)

        marker = tmp_path / "pids"
        engine.submit(task_of(replace(job_of(tmp_path, "hang"), title=f"hang {marker}")))
        until_s = time.monotonic() + PATIENCE_S
        stages: list[Event] = []
        while not (marker.exists() and stages) and time.monotonic() < until_s:
            stages += engine.poll(0.2)
        assert stages == [Stage("hang", "Working", 0.5)]
        engine.cancel("hang")
        engine.submit(task_of(job_of(tmp_path, "next")))
        assert isinstance(ends(engine, 1)["next"], Finished)
    finally:
        engine.close()
    assert signal.getsignal(signal.SIGTERM) is before
    assert not list(tmp_path.rglob("*.token"))


def test_nodes_are_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "pipeline.batch.ray_engine._look", lambda paths, folder: (program_version(), paths)
    )
    with pytest.raises(InputError, match="does not see this file; put inputs and --out"):
        RayEngine(EngineOptions(tmp_path, jobs=1))


def test_what_nodes_answer(tmp_path: Path) -> None:
    here = tmp_path / "here"
    here.write_text("")
    _check_answer("n1", program_version(), [str(tmp_path / "nowhere")])
    with pytest.raises(InputError, match=r"the node n1 has version 0\.0, this one"):
        _check_answer("n1", "0.0", [])
    with pytest.raises(InputError, match="here: the node n1 does not see this file"):
        _check_answer("n1", program_version(), [str(here)])


@pytest.mark.parametrize("address", ["127.0.0.1:9", "ray://127.0.0.1:9", "127.0.0.1:x"])
def test_no_cluster(tmp_path: Path, address: str) -> None:
    with pytest.raises(InputError, match=f"cannot reach a Ray cluster at {address}"):
        RayEngine(EngineOptions(tmp_path, address=address))


def test_the_same_as_local_workers(tmp_path: Path) -> None:
    manifest = write_episodes(tmp_path, 2)
    command = ["batch", str(manifest), "--quiet", "--jobs"]
    assert main([*command, "2", "--engine", "ray", "--out", str(tmp_path / "ray")]) == 3
    assert main([*command, "1", "--out", str(tmp_path / "local")]) == 3
    made = outputs(tmp_path / "ray")
    assert made == outputs(tmp_path / "local")
    assert {name.partition("/")[0] for name in made} == {"e00", "e01"}
    reasons = (tmp_path / "ray" / "summary.csv").read_text()
    assert all(reason in reasons for reason in BAD.values())
