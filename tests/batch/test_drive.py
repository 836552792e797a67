import os
import signal
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from pipeline.batch.display import LinesDisplay
from pipeline.batch.drive import Policy, drive
from pipeline.batch.records import Entry, EpisodeRecord, Event, Finished, Lost, Stage, Task
from pipeline.batch.state import StateFolder
from pipeline.errors import InputError, OutputError
from tests.batch.support import job_of, record_of

QUICK = Policy(backoff_s=0.001)


@dataclass
class FakeEngine:
    """Answers each task by its script: one event an attempt, the last one from then on."""

    scripts: dict[str, list[Event]] = field(default_factory=dict)
    slots: int = 2
    tasks: list[Task] = field(default_factory=list)
    cancelled: list[str] = field(default_factory=list)
    closed: bool = False
    at_once: int = 0
    _queue: list[Event] = field(default_factory=list)
    _active: set[str] = field(default_factory=set)

    def submit(self, task: Task) -> None:
        self.tasks.append(task)
        self._active.add(task.id)
        self.at_once = max(self.at_once, len(self._active))
        script = self.scripts.get(task.id, [Finished(task.id, record_of(task.id))])
        self._queue.append(Stage(task.id, "Working", None))
        self._queue.append(script.pop(0) if len(script) > 1 else script[0])

    def poll(self, timeout_s: float) -> Sequence[Event]:
        if not self._queue:
            return ()
        event = self._queue.pop(0)
        if not isinstance(event, Stage):
            self._active.discard(event.id)
        return (event,)

    def cancel(self, name: str) -> None:
        self.cancelled.append(name)

    def close(self) -> None:
        self.closed = True


@dataclass
class Watched(LinesDisplay):
    def __init__(self) -> None:
        import io

        self.text = io.StringIO()
        super().__init__(self.text)


def run(
    folder: Path, engine: FakeEngine, *names: str, policy: Policy = QUICK
) -> tuple[dict[str, EpisodeRecord], str]:
    entries = []
    for name in names:
        job = job_of(folder, name)
        entries.append(Entry(name, job.audio.name, job.transcript.name, job))
    display = Watched()
    try:
        records = drive(entries, StateFolder(folder / "out"), engine, policy, display)
    finally:
        assert engine.closed
    return records, display.text.getvalue()


def test_all_are_done_few_at_once(tmp_path: Path) -> None:
    engine = FakeEngine()
    records, shown = run(tmp_path, engine, "a", "b", "c", "d", "e")
    assert set(records) == {"a", "b", "c", "d", "e"}
    assert engine.at_once == 2
    assert "5 episodes to do" in shown and "5 of 5 episodes" in shown


def test_longest_first(tmp_path: Path) -> None:
    engine = FakeEngine()
    run(tmp_path, engine, "a", "bbb", "cc")
    assert [task.id for task in engine.tasks] == ["bbb", "cc", "a"]


def test_lost_workers_are_tried_again_then_explained(tmp_path: Path) -> None:
    lost = Lost("a", "the worker was killed")
    engine = FakeEngine({"a": [lost], "b": [Lost("b", "x"), Finished("b", record_of("b"))]})
    records, shown = run(tmp_path, engine, "a", "b")
    assert records["b"].state == "done"
    assert (records["a"].state, records["a"].fault) == ("failed", "crash")
    assert records["a"].reason == "the worker was killed (3 times)"
    assert [task.id for task in engine.tasks].count("a") == 3
    assert StateFolder(tmp_path / "out").read("a") == records["a"]
    assert "warning: a: the worker was killed; again in" in shown


def test_bad_input_is_not_tried_again(tmp_path: Path) -> None:
    bad = record_of("a", state="failed", fault="input", reason="no words")
    engine = FakeEngine({"a": [Finished("a", bad)]})
    records, shown = run(tmp_path, engine, "a")
    assert records == {"a": bad} and len(engine.tasks) == 1
    assert "a: failed: no words [1 of 1 episodes, 1 failed]" in shown


def test_a_fault_of_the_disk_is_tried_again(tmp_path: Path) -> None:
    full = record_of("a", state="failed", fault="output", reason="cannot write")
    engine = FakeEngine({"a": [Finished("a", full), Finished("a", record_of("a"))]})
    assert run(tmp_path, engine, "a")[0]["a"].state == "done"
    engine = FakeEngine({"a": [Finished("a", full)]})
    assert run(tmp_path, engine, "a")[0]["a"].reason == "cannot write (3 times)"


def test_a_full_disk_stops_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(state: StateFolder) -> None:
        raise OutputError("the disk is full", path=state.folder)

    monkeypatch.setattr(StateFolder, "check_writable", full)
    record = record_of("a", state="failed", fault="output", reason="x")
    engine = FakeEngine({"a": [Finished("a", record)]}, slots=1)
    with pytest.raises(OutputError, match="the disk is full"):
        run(tmp_path, engine, "a", "b")
    assert [task.id for task in engine.tasks] == ["a"]


def test_a_hanging_episode_is_given_up(tmp_path: Path) -> None:
    engine = FakeEngine({"a": [Stage("a", "Decoding", 0.1)]})
    records, _ = run(tmp_path, engine, "a", "b", policy=replace(QUICK, timeout_s=0.2))
    assert engine.cancelled == ["a"]
    assert (records["a"].fault, records["b"].state) == ("timeout", "done")
    assert "at the stage 'Decoding'" in (records["a"].reason or "")


def test_what_others_do_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.batch.drive._BUSY_S", 0.01)
    busy = Finished("a", None)
    engine = FakeEngine({"a": [busy, busy, Finished("a", record_of("a"))]})
    with StateFolder(tmp_path / "out").locked("a"):
        records, shown = run(tmp_path, engine, "a")
    assert records["a"].state == "done"
    # Two drivers often meet for a moment; who waits longer is told for whom, once.
    assert shown.count("warning: a: waiting for process ") == 1
    assert f"process {os.getpid()} on " in shown


def test_a_passing_fault_in_a_worker_is_tried_again(tmp_path: Path) -> None:
    killed = record_of("a", state="failed", fault="crash", reason="ffmpeg was killed", outputs=())
    done = Finished("a", record_of("a"))
    engine = FakeEngine({"a": [Finished("a", killed), done]})
    records, shown = run(tmp_path, engine, "a")
    assert records["a"].state == "done"
    assert "warning: a: ffmpeg was killed; again in" in shown


def test_entries_without_a_job_are_explained(tmp_path: Path) -> None:
    entry = Entry("bad", "x.mp3", "x.txt", None, InputError("there is no such audio file"))
    state = StateFolder(tmp_path)
    engine = FakeEngine()
    records = drive([entry], state, engine, QUICK, Watched())
    assert records["bad"].reason == "there is no such audio file"
    assert state.read("bad") == records["bad"]
    assert "there is no such audio file" in state.log_path("bad").read_text()
    assert engine.tasks == []


class Interrupting(FakeEngine):
    """Ctrl-C comes with the first stage, as often as `times`."""

    times = 1

    def poll(self, timeout_s: float) -> Sequence[Event]:
        for _ in range(self.times):
            os.kill(os.getpid(), signal.SIGINT)
        self.times = 0
        return super().poll(timeout_s)


def test_ctrl_c_lets_the_running_ones_finish(tmp_path: Path) -> None:
    engine = Interrupting()
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path, engine, "a", "b", "c", "d")
    assert len(engine.tasks) == 2 and not engine._queue
    assert signal.getsignal(signal.SIGINT) is before


def test_a_second_ctrl_c_stops_at_once(tmp_path: Path) -> None:
    engine = Interrupting()
    engine.times = 2
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path, engine, "a", "b", "c", "d")
    assert engine._queue
