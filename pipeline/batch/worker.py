"""A worker process, started with the words SOCKET LIFELINE TARGET.

Tasks come and results go over the socket, both file descriptors that the driver hands down.
`TARGET` is `module:function`, the function that does a task. When the driver dies, the other end
of the lifeline closes, and the worker and its children end with it.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from multiprocessing.connection import Connection
from typing import NoReturn

from pipeline.batch.engines import load_target
from pipeline.batch.records import Finished, Stage
from pipeline.batch.reports import Report, SparseReport

__all__ = ["main"]

_REPORT_EVERY_S = 0.25
_GRACE_S = 3.0


def main() -> None:
    """Work until the driver closes the socket."""
    try:
        _work()
    except (KeyboardInterrupt, BrokenPipeError):
        # Children that the work could not end itself; this process leads their group.
        if os.getpgid(0) == os.getpid():
            os.killpg(0, signal.SIGKILL)
        sys.exit(130)


def _work() -> None:
    socket, lifeline, target = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    signal.signal(signal.SIGTERM, _interrupt)
    threading.Thread(target=_end_with, args=[lifeline], daemon=True).start()
    run = load_target(target)
    with Connection(socket) as driver:
        while True:
            try:
                task = driver.recv()
            except EOFError:
                return
            driver.send(Finished(task.id, run(task, _report_to(driver, task.id))))


def _report_to(driver: Connection, name: str) -> Report:
    def send(stage: str, share: float | None) -> None:
        driver.send(Stage(name, stage, share))

    return SparseReport(send, _REPORT_EVERY_S)


def _interrupt(number: int, frame: object) -> NoReturn:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise KeyboardInterrupt


def _end_with(lifeline: int) -> None:
    os.read(lifeline, 1)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(_GRACE_S)
    os.killpg(0, signal.SIGKILL)
