"""The engines by name. A new one is one module and one line here."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from pipeline.batch.records import EpisodeRecord, Event, Task
from pipeline.batch.reports import Report
from pipeline.errors import InputError
from pipeline.suggest import did_you_mean

__all__ = ["ENGINES", "TARGET", "Engine", "EngineOptions", "load_engine", "load_target"]

ENGINES = {
    "local": "pipeline.batch.local:LocalEngine",
    "ray": "pipeline.batch.ray_engine:RayEngine",
}
"""Name to `module:class`; the class is made with the options."""

TARGET = "pipeline.batch.work:run_episode"
"""The function that workers call, as `module:function`."""


@dataclass(frozen=True, slots=True)
class EngineOptions:
    """What an engine is made with.

    Attributes:
        root: the folder of the outputs, which all workers must see.
        jobs: how many episodes at once; None for as many as there are processors.
        address: of a cluster; None for this machine.
        inputs: some input files, which all workers must see.
        target: the function that workers call, as `module:function`.
    """

    root: Path
    jobs: int | None = None
    address: str | None = None
    inputs: tuple[Path, ...] = ()
    target: str = TARGET


class Engine(Protocol):
    """Runs tasks in workers. One episode at a time in each; a dead worker is replaced."""

    @property
    def slots(self) -> int:
        """How many tasks may be with it at once."""

    def submit(self, task: Task) -> None:
        """Take a task; its events carry its id."""

    def poll(self, timeout_s: float) -> Sequence[Event]:
        """What has happened, waiting for something for at most so long."""

    def cancel(self, name: str) -> None:
        """Kill the worker at this episode. There will be no event of it."""

    def close(self) -> None:
        """End all workers now; what they were at stays undone."""


def load_engine(name: str, options: EngineOptions) -> Engine:
    """Import and make the engine called `name`.

    Raises:
        InputError: there is none of that name, or it cannot be started as asked.
    """
    if name not in ENGINES:
        raise InputError(f"there is no engine {name}", remedy=did_you_mean(name, ENGINES))
    engine: Engine = _load(ENGINES[name])(options)
    return engine


def load_target(target: str) -> Callable[[Task, Report], EpisodeRecord | None]:
    """Import the function that a worker calls for each task."""
    run: Callable[[Task, Report], EpisodeRecord | None] = _load(target)
    return run


def _load(place: str) -> Any:
    module, _, name = place.partition(":")
    return getattr(importlib.import_module(module), name)
