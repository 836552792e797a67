"""The records that travel between manifest, driver, workers and summary."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from pipeline.errors import InputError
from pipeline.job import Job

__all__ = [
    "MAY_PASS",
    "Entry",
    "EpisodeRecord",
    "Event",
    "Fault",
    "Finished",
    "InputFile",
    "Lost",
    "OutputFile",
    "Stage",
    "State",
    "Task",
]

State = Literal["running", "done", "below_quality", "failed"]
Fault = Literal["input", "output", "crash", "timeout", "bug"]

MAY_PASS: frozenset[Fault] = frozenset({"output", "crash", "timeout"})
"""Faults of the surroundings: what failed by them is tried again by the next `batch`."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One episode of a manifest.

    Attributes:
        id: its name in `--out`, unique in the manifest.
        audio: the audio file as the manifest names it.
        transcript: the transcript as the manifest names it.
        job: what `run` would be told; None if that cannot be said.
        fault: why there is no job.
    """

    id: str
    audio: str
    transcript: str
    job: Job | None
    fault: InputError | None = None


@dataclass(frozen=True, slots=True)
class InputFile:
    """A file that was read; size and times tell cheaply that it has not changed since."""

    path: str
    size_bytes: int
    mtime_ns: int
    ctime_ns: int
    sha256: str


@dataclass(frozen=True, slots=True)
class OutputFile:
    """A file that was written."""

    name: str
    size_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class EpisodeRecord:
    """How far an episode is, and what it was made from.

    Attributes:
        id: the episode.
        state: `running` also after a worker or the machine died; the lock tells.
        version: of the program, with a digest of its code.
        key: digest of all that decides about the outputs; None if an input could not be read.
        attempts: how often this has been begun with this key.
        started: UTC, ISO 8601.
        ended: the same; None while it runs.
        host: the machine that works on it.
        fault: kind of failure, if it failed.
        reason: one line that says why it failed or is below the quality demanded.
        reused: which work of an earlier run was taken over: `nothing`, `alignment` (speakers were
            attributed anew) or `timed episode` (only the exports are new).
        stages_s: how long each stage took, in seconds.
        coverage: share of the words found, 0 to 1.
        words: number of words.
        doubts: number of doubtful passages on the review page.
        duration_ms: length of the audio.
        inputs: each file read, by its part: `audio`, `transcript`, `config`, …
        outputs: each file written.
        warnings: what `run` would have said.
    """

    id: str
    state: State
    version: str
    key: str | None
    attempts: int
    started: str
    ended: str | None = None
    host: str = ""
    fault: Fault | None = None
    reason: str | None = None
    reused: Literal["nothing", "alignment", "timed episode"] = "nothing"
    stages_s: dict[str, float] = field(default_factory=dict)
    coverage: float | None = None
    words: int | None = None
    doubts: int | None = None
    duration_ms: int | None = None
    inputs: dict[str, InputFile] = field(default_factory=dict)
    outputs: tuple[OutputFile, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Task:
    """One episode for a worker: `job` into `root/<id>`; `force` does even what is done.

    `memory_bytes` and `gpus` are what it is expected to need.
    """

    job: Job
    root: Path
    force: bool = False
    retry_failed: bool = False
    memory_bytes: int = 0
    gpus: float = 0.0

    @property
    def id(self) -> str:
        """The episode."""
        return self.job.id


@dataclass(frozen=True, slots=True)
class Stage:
    """A worker is at this stage; `share` of it is done, 0 to 1, None if unknown."""

    id: str
    stage: str
    share: float | None


@dataclass(frozen=True, slots=True)
class Finished:
    """A worker is ready for more; `record` is None if another one works on that episode."""

    id: str
    record: EpisodeRecord | None


@dataclass(frozen=True, slots=True)
class Lost:
    """A worker died without a word; `reason` is a phrase."""

    id: str
    reason: str


Event = Stage | Finished | Lost
