"""The engine `local`: worker processes on this machine.

Each worker is a fresh interpreter in a session of its own, so that no crash, signal or leak of one
reaches another, and that a worker is killed together with its ffmpeg.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait

from pipeline.batch.engines import EngineOptions
from pipeline.batch.records import Event, Finished, Lost, Stage, Task
from pipeline.isolation import environment, python_command
from pipeline.processors import processors

__all__ = ["LocalEngine"]

_GRACE_S = 5.0
_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")


@dataclass
class _Worker:
    """A process, the socket to it, the episode it is at, and whether it has spoken of that."""

    process: subprocess.Popen[bytes]
    driver: Connection
    task: Task | None = None
    has_begun: bool = False
    has_finished_one: bool = False


class LocalEngine:
    """See the module."""

    def __init__(self, options: EngineOptions) -> None:
        """Start nothing yet: workers start with the tasks."""
        self._slots = options.jobs or processors()
        self._target = options.target
        # A job is a processor; who has memory for few workers only may give each more threads.
        self._threads = os.environ.get("OMP_NUM_THREADS") or "1"
        self._workers: list[_Worker] = []
        self._early: list[Event] = []
        # Nothing is ever written to it: workers see it close when this process is gone.
        self._lifeline, self._held = os.pipe()

    @property
    def slots(self) -> int:
        """As many as `--jobs`."""
        return self._slots

    def submit(self, task: Task) -> None:
        """Give it to an idle worker, or to a new one."""
        self._early.append(Stage(task.id, "Starting", None))
        for worker in [w for w in self._workers if w.task is None]:
            if self._send(worker, task):
                return
            self._bury(worker)
        try:
            worker = self._start()
        except OSError as error:
            self._early.append(Lost(task.id, f"no worker could be started: {error.strerror}"))
            return
        if not self._send(worker, task):
            self._early.append(Lost(task.id, self._bury(worker)))

    def _send(self, worker: _Worker, task: Task) -> bool:
        if worker.process.poll() is not None:
            return False
        try:
            worker.driver.send(task)
        except OSError:
            return False
        worker.task, worker.has_begun = task, False
        return True

    def _start(self) -> _Worker:
        ours, theirs = socket.socketpair()
        threads = dict.fromkeys(_THREADS, self._threads)
        with theirs:
            process = subprocess.Popen(
                python_command(
                    "pipeline.batch.worker",
                    str(theirs.fileno()),
                    str(self._lifeline),
                    self._target,
                ),
                pass_fds=[theirs.fileno(), self._lifeline],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
                env={**environment(), **threads},
            )
        worker = _Worker(process, Connection(ours.detach()))
        self._workers.append(worker)
        return worker

    def poll(self, timeout_s: float) -> Sequence[Event]:
        """Listen to all workers."""
        events: list[Event] = list(self._early)
        self._early.clear()
        busy = {worker.driver: worker for worker in self._workers if worker.task is not None}
        if not busy:
            if not events:
                time.sleep(timeout_s)
            return events
        for ready in wait(list(busy), 0.0 if events else timeout_s):
            assert isinstance(ready, Connection)
            events += self._hear(busy[ready])
        return events

    def _hear(self, worker: _Worker) -> list[Event]:
        heard: list[Event] = []
        try:
            while worker.driver.poll():
                event = worker.driver.recv()
                heard.append(event)
                worker.has_begun = True
                if isinstance(event, Finished):
                    worker.task = None
                    worker.has_finished_one = True
        # Whatever comes out of a socket whose other end was killed in mid-word.
        except Exception:
            task = worker.task
            reason = self._bury(worker)
            if task is None:
                return heard
            if worker.has_finished_one and not worker.has_begun:
                # It died idle, which cannot be seen at once: not of this episode.
                self.submit(task)
            else:
                heard.append(Lost(task.id, reason))
        return heard

    def cancel(self, name: str) -> None:
        """Kill the worker at this episode and its children."""
        for worker in [w for w in self._workers if w.task and w.task.id == name]:
            _kill(worker)
            self._bury(worker)

    def close(self) -> None:
        """Ask all workers to tidy up and go; kill those that do not within seconds."""
        for worker in self._workers:
            with contextlib.suppress(OSError):
                worker.process.terminate()
        until_s = time.monotonic() + _GRACE_S
        for worker in list(self._workers):
            with contextlib.suppress(subprocess.TimeoutExpired):
                worker.process.wait(max(0.0, until_s - time.monotonic()))
            self._bury(worker)
        for end in (self._held, self._lifeline):
            with contextlib.suppress(OSError):
                os.close(end)

    def _bury(self, worker: _Worker) -> str:
        """Make sure that a worker and its children are gone; says what it died of."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            # A dying worker closes its socket a moment before it can be waited for.
            worker.process.wait(_GRACE_S)
        died_of = worker.process.poll()
        _kill(worker)
        worker.process.wait()
        worker.driver.close()
        self._workers.remove(worker)
        return _epitaph(died_of)


def _kill(worker: _Worker) -> None:
    with contextlib.suppress(OSError):
        os.killpg(worker.process.pid, signal.SIGKILL)


def _epitaph(status: int | None) -> str:
    if status is None:
        return "the worker stopped answering"
    if status >= 0:
        return f"the worker ended with status {status}"
    name = signal.Signals(-status).name if -status in set(signal.Signals) else str(-status)
    if -status == signal.SIGKILL:
        return f"the worker was killed ({name}): by hand, or the memory was full"
    return f"the worker crashed ({name})"
