"""The engine `ray`: one task an episode on a Ray cluster (extra `ray`).

Files are not sent: manifest, inputs and outputs lie on storage that all nodes see under the same
paths, and each node has this program in the same version. Both are checked before anything runs,
and the storage again by each task, as nodes may join later.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import secrets
import signal
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from pipeline.batch.engines import EngineOptions, load_target
from pipeline.batch.inputs import program_version
from pipeline.batch.own_files import host_name, write_whole
from pipeline.batch.records import EpisodeRecord, Event, Finished, Lost, Stage, Task
from pipeline.batch.reports import SparseReport
from pipeline.batch.state import StateFolder
from pipeline.errors import InputError
from pipeline.isolation import ROOT, module_path

__all__ = ["RayEngine"]

_REPORT_EVERY_S = 1.0
_BOARD_EVERY_S = 1.0
_CLUSTER_EVERY_S = 5.0
_CONNECT_S = 10.0
_NODE_PATIENCE_S = 120.0
_MOST_OF_A_NODE = 0.9


class RayEngine:
    """See the module."""

    def __init__(self, options: EngineOptions) -> None:
        """Reach the cluster, or start one on this machine, and look at its nodes.

        Raises:
            InputError: there is no Ray or no cluster, or a node does not see the files.
        """
        self._ray = _import_ray()
        self._options = options
        self._folder = _current_folder()
        with _handlers_kept():
            self._connect()
        self._token = _Token(options.root)
        self._running: dict[Any, str] = {}
        self._looked_s = self._counted_s = 0.0
        self._processors = 1
        try:
            self._check_nodes()
            self._board = self._ray.remote(num_cpus=0)(_Board).remote()
            self._run = self._ray.remote(max_retries=0)(_run)
        except BaseException:
            self.close()
            raise

    def _connect(self) -> None:
        address = self._options.address
        if address:
            _check_reachable(address)
        quiet = {"log_to_driver": False, "logging_level": "ERROR", "configure_logging": True}
        own = {"num_cpus": self._options.jobs, "include_dashboard": False} if not address else {}
        try:
            # Workers look for modules in the folder from which Ray was started, first of all.
            with _started_from(ROOT):
                self._ray.init(address=address or "local", **quiet, **own)
        except (ConnectionError, ValueError, RuntimeError, TimeoutError) as error:
            reason = str(error).partition("\n")[0][:200]
            raise InputError(
                f"cannot reach a Ray cluster at {address}: {reason}"
                if address
                else f"cannot start Ray: {reason}",
                remedy="check --address; `ray status` shows what runs",
            ) from error

    def _check_nodes(self) -> None:
        from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

        look = self._ray.remote(num_cpus=0, max_retries=0)(_look)
        files = (self._token.path, *self._options.inputs)
        nodes = [node for node in self._ray.nodes() if node["Alive"]]
        self._largest_bytes = max(
            (node["Resources"].get("memory", 0.0) for node in nodes), default=0.0
        )
        if not any(node["Resources"].get("CPU") for node in nodes):
            raise InputError(
                "the Ray cluster has no processors", remedy="start a node: ray start --address=…"
            )
        asked = {
            node["NodeID"]: look.options(
                scheduling_strategy=NodeAffinitySchedulingStrategy(node["NodeID"], soft=False)
            ).remote([str(path) for path in files], self._folder)
            for node in nodes
            if node["Resources"].get("CPU")
        }
        for node_id, answer in asked.items():
            try:
                version, missing = self._ray.get(answer, timeout=_NODE_PATIENCE_S)
            except self._ray.exceptions.RayError as error:
                if not self._is_alive(node_id):
                    continue  # lost between question and answer
                raise InputError(
                    f"the node {node_id} cannot run this program: {_line(error)}",
                    remedy=f"install episode-subtitles {program_version()} on it",
                ) from error
            _check_answer(node_id, version, missing)

    def _is_alive(self, node_id: str) -> bool:
        return any(node["Alive"] for node in self._ray.nodes() if node["NodeID"] == node_id)

    @property
    def slots(self) -> int:
        """As many as `--jobs`, else as the cluster has processors now."""
        if self._options.jobs:
            return self._options.jobs
        if time.monotonic() - self._counted_s > _CLUSTER_EVERY_S:
            self._counted_s = time.monotonic()
            self._processors = max(1, int(self._resources().get("CPU", 1)))
        return self._processors

    def _resources(self) -> dict[str, float]:
        found: dict[str, float] = self._ray.cluster_resources()
        return found

    def submit(self, task: Task) -> None:
        """Queue it; what it needs is said, as far as there is any in the cluster."""
        gpus = task.gpus if task.gpus and self._resources().get("GPU") else 0
        memory_bytes = min(task.memory_bytes, int(self._largest_bytes * _MOST_OF_A_NODE))
        run = self._run.options(
            num_cpus=1, num_gpus=gpus, memory=memory_bytes or None, name=task.id
        )
        target = self._options.target
        self._running[run.remote(target, task, self._board, self._token.path, self._folder)] = (
            task.id
        )

    def poll(self, timeout_s: float) -> Sequence[Event]:
        """Look at the tasks, and now and then at the board on which workers tell their stages."""
        events: list[Event] = []
        if not self._running:
            time.sleep(timeout_s)
            return events
        ready, _ = self._ray.wait(list(self._running), timeout=timeout_s)
        if time.monotonic() - self._looked_s > _BOARD_EVERY_S:
            self._looked_s = time.monotonic()
            with contextlib.suppress(self._ray.exceptions.RayError):
                told = self._ray.get(self._board.take.remote(), timeout=2.0)
                names = set(self._running.values())
                events += [Stage(*stage) for stage in told if stage[0] in names]
        for answer in ready:
            name = self._running.pop(answer)
            try:
                events.append(Finished(name, self._ray.get(answer)))
            except self._ray.exceptions.RayError as error:
                events.append(Lost(name, self._why(error)))
        return events

    def _why(self, error: Exception) -> str:
        kinds = self._ray.exceptions
        if isinstance(error, kinds.OutOfMemoryError):
            return "the node's memory was full, so Ray killed the worker"
        if isinstance(error, kinds.NodeDiedError | kinds.LocalRayletDiedError):
            return "the node was lost"
        if isinstance(error, kinds.WorkerCrashedError):
            return "the worker was killed, or its node was lost"
        return _line(error)

    def cancel(self, name: str) -> None:
        """Kill the worker at this episode."""
        for answer in [answer for answer, one in self._running.items() if one == name]:
            del self._running[answer]
            self._cancel(answer)

    def _cancel(self, answer: Any) -> None:
        with contextlib.suppress(self._ray.exceptions.RayError, ValueError):
            self._ray.cancel(answer, force=True)

    def close(self) -> None:
        """Kill all workers and leave the cluster; one that was started here ends."""
        for answer in self._running:
            self._cancel(answer)
        self._running.clear()
        self._token.remove()
        with _handlers_kept():
            self._ray.shutdown()


def _current_folder() -> str | None:
    try:
        return str(Path.cwd())
    except OSError:  # it was deleted
        return None


@contextlib.contextmanager
def _started_from(folder: str) -> Iterator[None]:
    """What is started within has `folder` as its current folder, and no Python path but ours."""
    before = os.open(os.curdir, os.O_RDONLY)
    path = os.environ.pop("PYTHONPATH", None)
    os.environ["PYTHONPATH"] = os.pathsep.join(module_path())
    os.chdir(folder)
    try:
        yield
    finally:
        os.fchdir(before)
        os.close(before)
        del os.environ["PYTHONPATH"]
        if path is not None:
            os.environ["PYTHONPATH"] = path


def _check_reachable(address: str) -> None:
    """Ray itself would go on trying for a quarter of an hour."""
    host, _, port = address.removeprefix("ray://").rpartition(":")
    if not host:  # `auto`: Ray knows what runs on this machine
        return
    try:
        socket.create_connection((host.strip("[]"), int(port)), _CONNECT_S).close()
    except (OSError, ValueError, OverflowError) as error:
        raise InputError(
            f"cannot reach a Ray cluster at {address}: {error}",
            remedy="check --address; `ray status` shows what runs",
        ) from error


def _check_answer(node: str, version: str, missing: Sequence[str]) -> None:
    if version != program_version():
        raise InputError(
            f"the node {node} has version {version}, this one {program_version()}",
            remedy="install the same on all",
        )
    # A file that is missing here, too, is that episode's own fault.
    unseen = [path for path in missing if Path(path).exists()]
    if unseen:
        raise InputError(
            f"the node {node} does not see this file",
            path=unseen[0],
            remedy="put inputs and --out on storage that all nodes see under this path",
        )


def _import_ray() -> Any:
    # No network but the cluster's own; and no rewriting of the environment of GPU tasks.
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
    try:
        return importlib.import_module("ray")
    except ImportError as error:
        raise InputError(
            "Ray is not installed", remedy="run: pip install 'episode-subtitles[ray]'"
        ) from error


@contextlib.contextmanager
def _handlers_kept() -> Iterator[None]:
    """Ray sets a handler of its own for SIGTERM."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.getsignal(signal.SIGTERM)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _line(error: Exception) -> str:
    """The last line of a remote traceback says what went wrong."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[-1][:200] if lines else type(error).__name__


class _Token:
    """A file that only this batch has written: who sees it sees the right folder."""

    def __init__(self, root: Path) -> None:
        folder = StateFolder(root).folder / "drivers"
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / f"{host_name()}-{os.getpid()}.{secrets.token_hex(8)}.token"
        write_whole(self.path, b"")

    def remove(self) -> None:
        with contextlib.suppress(OSError):
            self.path.unlink()


# --- on the nodes --------------------------------------------------------------------------------


def _go_to(folder: str | None) -> None:
    """Paths may count from the folder that the batch was started in."""
    if folder is not None:
        with contextlib.suppress(OSError):
            os.chdir(folder)


def _look(paths: list[str], folder: str | None) -> tuple[str, list[str]]:
    _go_to(folder)
    return program_version(), [path for path in paths if not Path(path).exists()]


class _Board:
    """An actor that keeps the last stage of each episode until the driver takes it."""

    def __init__(self) -> None:
        self._stages: dict[str, tuple[str, str, float | None]] = {}

    def put(self, name: str, stage: str, share: float | None) -> None:
        self._stages[name] = (name, stage, share)

    def take(self) -> list[tuple[str, str, float | None]]:
        stages = list(self._stages.values())
        self._stages.clear()
        return stages


def _run(
    target: str, task: Task, board: Any, token: Path, folder: str | None
) -> EpisodeRecord | None:
    _go_to(folder)
    if not token.exists():
        raise FileNotFoundError(f"the node {host_name()} does not see {task.root}")

    def put(stage: str, share: float | None) -> None:
        board.put.remote(task.id, stage, share)

    return load_target(target)(task, SparseReport(put, _REPORT_EVERY_S))
