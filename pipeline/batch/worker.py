"""A worker process: `python -m pipeline.batch.worker SOCKET LIFELINE TARGET`.

Tasks come and results go over the socket, both file descriptors that the driver hands down.
`TARGET` is `module:function`, the function that does a task. When the driver dies, the other end
of the lifeline closes, and the worker and its children end with it.
"""

from __future__ import annotations

import importlib
import os
import signal
import sys
import threading
import time
from multiprocessing.connection import Connection
from typing import NoReturn

from pipeline.batch.records import Finished, Stage

__all__ = ["main"]

_STAGE_EVERY_S = 0.25
_GRACE_S = 3.0


def main() -> None:
    """Work until the driver closes the socket."""
    socket, lifeline, target = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    signal.signal(signal.SIGTERM, _interrupt)
    threading.Thread(target=_end_with, args=[lifeline], daemon=True).start()
    module, _, name = target.partition(":")
    run = getattr(importlib.import_module(module), name)
    with Connection(socket) as driver:
        while True:
            try:
                task = driver.recv()
            except EOFError:
                return
            report = _Reporter(driver, task.id)
            record = run(task, report)
            driver.send(Finished(task.id, record))


def _interrupt(number: int, frame: object) -> NoReturn:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise KeyboardInterrupt


def _end_with(lifeline: int) -> None:
    os.read(lifeline, 1)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(_GRACE_S)
    os.killpg(0, signal.SIGKILL)


class _Reporter:
    """Sends stages, a new one at once, its progress a few times a second."""

    def __init__(self, driver: Connection, name: str) -> None:
        self._driver = driver
        self._name = name
        self._stage = ""
        self._sent_s = 0.0
        self._lock = threading.Lock()

    def __call__(self, stage: str, share: float | None) -> None:
        now_s = time.monotonic()
        with self._lock:
            if stage == self._stage and now_s - self._sent_s < _STAGE_EVERY_S:
                return
            self._stage, self._sent_s = stage, now_s
            self._driver.send(Stage(self._name, stage, share))


if __name__ == "__main__":
    try:
        main()
    except (KeyboardInterrupt, BrokenPipeError):
        # Children that the work could not end itself; this process leads their group.
        if os.getpgid(0) == os.getpid():
            os.killpg(0, signal.SIGKILL)
        sys.exit(130)
