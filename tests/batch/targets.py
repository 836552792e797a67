"""What workers of the tests do instead of an episode: the title of the job says what."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from pipeline.batch.records import EpisodeRecord, Task
from pipeline.batch.reports import Report

__all__ = ["run"]


def run(task: Task, report: Report) -> EpisodeRecord | None:
    """Succeed, or go wrong in the way that the title names."""
    report("Working", 0.5)
    kind, _, argument = task.job.title.partition(" ")
    if kind == "killed":
        os.kill(os.getpid(), signal.SIGKILL)
    if kind == "segfault":
        ctypes.string_at(0)
    if kind == "exit":
        sys.exit(7)
    if kind == "hang":
        # As ffmpeg on a dead network disk: a child that nobody waits for.
        child = subprocess.Popen(["sleep", "600"])
        Path(argument).write_text(f"{os.getpid()} {child.pid}")
        time.sleep(600)
    if kind == "once":
        marker = Path(argument)
        if not marker.exists():
            marker.write_text("")
            os.kill(os.getpid(), signal.SIGKILL)
    if kind == "busy":
        return None
    return EpisodeRecord(
        id=task.id,
        state="done",
        version="1",
        key="k",
        attempts=1,
        started="",
        host=str(os.getpid()),
        reason=os.environ["OMP_NUM_THREADS"],
    )
