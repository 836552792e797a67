"""The driver: hands episodes to an engine's workers until all are done or explained."""

from __future__ import annotations

import contextlib
import heapq
import signal
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from pipeline.batch.display import Display
from pipeline.batch.engines import Engine
from pipeline.batch.inputs import episode_key, program_version, read_inputs
from pipeline.batch.own_files import host_name, open_log
from pipeline.batch.records import Entry, EpisodeRecord, Fault, Finished, Lost, Stage, Task
from pipeline.batch.resources import memory_bytes, needs_gpu, timeout_s
from pipeline.batch.state import StateFolder, now_utc
from pipeline.batch.work import BATCH_FORMATS, is_settled
from pipeline.errors import InputError, OutputError
from pipeline.job import Job
from pipeline.safe_text import one_line

__all__ = ["Policy", "drive"]

_POLL_S = 0.5
_BEAT_S = 2.0
_BUSY_S = 1.0
_TOLD_WAIT = 2
_REFRESH_S = 15.0


@dataclass(frozen=True, slots=True)
class Policy:
    """How hard to try.

    Attributes:
        force: do even what is done.
        retry_failed: do again what failed and has not changed.
        retries: how often an episode is tried again when its worker dies or the disk fails.
        backoff_s: wait before the first retry; each further one is four times as long.
        timeout_s: longest time for an episode; None for one in proportion to its audio.
    """

    force: bool = False
    retry_failed: bool = False
    retries: int = 2
    backoff_s: float = 2.0
    timeout_s: float | None = None


@dataclass(slots=True)
class _Active:
    """An episode that an engine has. `began_s` is None until its worker says something."""

    task: Task
    limit_s: float
    began_s: float | None = None
    stage: str = ""
    share: float | None = None


@dataclass(slots=True)
class _Interrupt:
    """Whether Ctrl-C was pressed once; the second one raises."""

    asked: bool = False


@contextlib.contextmanager
def _one_interrupt_allowed() -> Iterator[_Interrupt]:
    interrupt = _Interrupt()

    def ask(number: int, frame: object) -> None:
        if interrupt.asked:
            raise KeyboardInterrupt
        interrupt.asked = True

    try:
        before = signal.signal(signal.SIGINT, ask)
    except ValueError:  # not in the main thread: the caller minds the signals
        yield interrupt
        return
    try:
        yield interrupt
    finally:
        signal.signal(signal.SIGINT, before)


def drive(
    entries: Sequence[Entry],
    state: StateFolder,
    engine: Engine,
    policy: Policy,
    display: Display,
    refresh: Callable[[], None] = lambda: None,
) -> dict[str, EpisodeRecord]:
    """Do what is not done yet; returns the record of each episode that has one.

    `refresh` is called now and then, so that whoever looks at the summary sees it grow.

    Raises:
        OutputError: nothing can be written any more; the state is kept.
        KeyboardInterrupt: Ctrl-C, or a termination: workers are ended, the state is kept.
    """
    driver = _Driver(state, engine, policy, display, refresh)
    try:
        with _one_interrupt_allowed() as interrupt:
            driver.plan(entries)
            driver.run(interrupt)
    finally:
        engine.close()
        state.end_beat()
    return driver.records


@dataclass
class _Driver:
    state: StateFolder
    engine: Engine
    policy: Policy
    display: Display
    refresh: Callable[[], None]
    records: dict[str, EpisodeRecord] = field(default_factory=dict)
    _waiting: deque[Task] = field(default_factory=deque)
    _later: list[tuple[float, str, Task]] = field(default_factory=list)
    _active: dict[str, _Active] = field(default_factory=dict)
    _losses: dict[str, int] = field(default_factory=dict)
    _waits: dict[str, int] = field(default_factory=dict)
    _told: bool = False
    _beat_s: float = 0.0
    _refresh_s: float = field(default_factory=time.monotonic)
    _refresh_every_s: float = _REFRESH_S

    # --- before ---------------------------------------------------------------------------------

    def plan(self, entries: Sequence[Entry]) -> None:
        """Find out what there is to do, the longest episodes first: they would hold up the end."""
        weights: dict[str, int] = {}
        tasks = []
        faulty = []
        for entry in entries:
            if entry.job is None:
                faulty.append(entry)
                weights[entry.id] = 0
                continue
            task = Task(entry.job, self.state.root, self.policy.force, self.policy.retry_failed)
            record = self.state.read(entry.id)
            if record is not None and is_settled(task, record, _key_of(task.job, record)):
                self.records[entry.id] = record
                self.display.settled(record)
                continue
            weights[entry.id] = _size(task.job)
            tasks.append(task)
        tasks.sort(key=lambda task: -weights[task.id])
        self._waiting.extend(tasks)
        self.display.planned(weights)
        for entry in faulty:
            self._record_fault(entry)

    def _record_fault(self, entry: Entry) -> None:
        assert entry.fault is not None
        record = EpisodeRecord(
            id=entry.id,
            state="failed",
            version=program_version(),
            key=None,
            attempts=1,
            started=now_utc(),
            ended=now_utc(),
            host=host_name(),
            fault="input",
            reason=str(entry.fault),
        )
        self._write(record)
        _log(self.state.log_path(entry.id), f"failed: {record.reason}")
        self._keep(record)

    # --- meanwhile ------------------------------------------------------------------------------

    def run(self, interrupt: _Interrupt) -> None:
        """Go on until nothing is left, or Ctrl-C asks to stop."""
        while self._active or ((self._waiting or self._later) and not interrupt.asked):
            if interrupt.asked and not self._told:
                self._told = True
                self.display.stopping(len(self._active))
            if not interrupt.asked:
                self._submit()
            for event in self.engine.poll(self._patience_s()):
                self._handle(event)
            self._check_limits()
            self._beat()
        if interrupt.asked:
            raise KeyboardInterrupt

    def _submit(self) -> None:
        now_s = time.monotonic()
        while self._later and self._later[0][0] <= now_s:
            self._waiting.append(heapq.heappop(self._later)[2])
        while self._waiting and len(self._active) < self.engine.slots:
            task = self._waiting.popleft()
            limit_s = self.policy.timeout_s or timeout_s(task.job)
            task = replace(task, memory_bytes=memory_bytes(task.job), gpus=needs_gpu(task.job))
            self._active[task.id] = _Active(task, limit_s)
            self.engine.submit(task)

    def _patience_s(self) -> float:
        if not self._active and self._later:
            return min(_POLL_S, max(0.01, self._later[0][0] - time.monotonic()))
        return _POLL_S

    def _handle(self, event: Stage | Finished | Lost) -> None:
        active = self._active.get(event.id)
        if active is None:
            return
        if isinstance(event, Stage):
            if active.began_s is None:
                active.began_s = time.monotonic()
            active.stage, active.share = event.stage, event.share
            self.display.stage(event)
            return
        del self._active[event.id]
        self.display.idle(event.id)
        if isinstance(event, Lost):
            self._lost(active.task, "crash", event.reason)
        elif event.record is None:
            self._wait_for(active.task)
        elif event.record.fault == "output":
            self.state.check_writable()
            self._lost(active.task, "output", event.record.reason or "", event.record)
        elif event.record.fault == "crash" and event.record.state == "failed":
            self._lost(active.task, "crash", event.record.reason or "", event.record)
        else:
            self._keep(event.record)

    def _lost(
        self, task: Task, fault: Fault, reason: str, record: EpisodeRecord | None = None
    ) -> None:
        """Try again later what may go well then, so many times; the reason is kept."""
        losses = self._losses[task.id] = self._losses.get(task.id, 0) + 1
        if losses <= self.policy.retries:
            delay_s = self.policy.backoff_s * 4 ** (losses - 1)
            self.display.retrying(task.id, reason, delay_s)
            self._put_off(task, delay_s)
            return
        times = f" ({losses} times)" if losses > 1 else ""
        self._fail(task, fault, f"{reason}{times}", record)

    def _wait_for(self, task: Task) -> None:
        """Another process is at it: look again in a second, and tell once who that is."""
        self._waits[task.id] = self._waits.get(task.id, 0) + 1
        if self._waits[task.id] == _TOLD_WAIT:
            self.display.waiting(task.id, self.state.holder(task.id))
        self._put_off(task, _BUSY_S)

    def _put_off(self, task: Task, delay_s: float) -> None:
        heapq.heappush(self._later, (time.monotonic() + delay_s, task.id, task))

    def _fail(
        self, task: Task, fault: Fault, reason: str, record: EpisodeRecord | None = None
    ) -> None:
        """Record what the worker could not."""
        begun = record or self.state.read(task.id)
        if begun is None or (record is None and begun.state != "running"):
            begun = EpisodeRecord(
                task.id, "failed", program_version(), None, 1, now_utc(), host=host_name()
            )
        failed = replace(begun, state="failed", fault=fault, reason=reason, ended=now_utc())
        with contextlib.suppress(OSError), self.state.locked(task.id) as is_ours:
            # Else another driver has taken it up.
            if is_ours:
                self._write(failed)
                _log(self.state.log_path(task.id), f"failed: {reason}")
        self._keep(failed)

    def _write(self, record: EpisodeRecord) -> None:
        try:
            self.state.write(record)
        except OSError:
            self.state.check_writable()

    def _keep(self, record: EpisodeRecord) -> None:
        self.records[record.id] = record
        self.display.finished(record)

    def _check_limits(self) -> None:
        now_s = time.monotonic()
        for name, active in list(self._active.items()):
            if active.began_s is None or now_s - active.began_s < active.limit_s:
                continue
            self.engine.cancel(name)
            del self._active[name]
            self.display.idle(name)
            reason = f"not done after {active.limit_s:.0f} s, at the stage {active.stage!r}"
            self._fail(active.task, "timeout", f"{reason}; --timeout allows more")

    def _beat(self) -> None:
        now_s = time.monotonic()
        if now_s - self._beat_s < _BEAT_S:
            return
        self._beat_s = now_s
        self.state.beat(
            [
                {"id": name, "stage": active.stage, "share": active.share}
                for name, active in self._active.items()
            ]
        )
        if now_s - self._refresh_s > self._refresh_every_s:
            with contextlib.suppress(OutputError):
                self.refresh()
            self._refresh_s = time.monotonic()
            # Thousands of records on slow storage must not keep the driver from its work.
            self._refresh_every_s = max(_REFRESH_S, 20 * (self._refresh_s - now_s))


def _key_of(job: Job, record: EpisodeRecord) -> str | None:
    try:
        inputs = read_inputs(job, record.inputs)
    except InputError:
        return None
    return episode_key(job, inputs, BATCH_FORMATS)


def _size(job: Job) -> int:
    try:
        return job.audio.stat().st_size
    except OSError:
        return 0


def _log(path: Path, message: str) -> None:
    with contextlib.suppress(OSError), open_log(path) as log:
        print(f"{now_utc()} {one_line(message)}", file=log)
