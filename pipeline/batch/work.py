"""What a worker does with one episode: under its lock, with what earlier runs have kept."""

from __future__ import annotations

import errno
import hashlib
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Literal, TextIO, TypeVar

from pipeline.align.records import Aligner, Alignment
from pipeline.audio.tracks import Audio
from pipeline.batch.inputs import (
    alignment_key,
    episode_key,
    program_version,
    read_inputs,
    timed_key,
)
from pipeline.batch.kept import KeptTimed, alignment_fault, timed_fault
from pipeline.batch.own_files import host_name, open_log
from pipeline.batch.records import EpisodeRecord, Fault, InputFile, OutputFile, Task
from pipeline.batch.reports import Report
from pipeline.batch.state import DamagedError, StateFolder, now_utc, unwritable
from pipeline.engine_settings import EngineSettings
from pipeline.errors import (
    EpisodeSubtitlesError,
    InputError,
    OutputError,
    PassingError,
    QualityError,
)
from pipeline.export.registry import RUN_FORMATS
from pipeline.job import Job
from pipeline.progress import Progress
from pipeline.review.doubts import find_doubts
from pipeline.run import Result, Timed, check_coverage, run_job, time_episode
from pipeline.safe_text import one_line
from pipeline.terminal import LineProgress, StageClock
from pipeline.transcript.records import Transcript

__all__ = ["BATCH_FORMATS", "is_settled", "run_episode"]

BATCH_FORMATS = (*RUN_FORMATS, "review")
_NO_DAMAGE = (EpisodeSubtitlesError, OSError, MemoryError)
"""What goes wrong for other reasons than that the work of an earlier run is damaged."""

_Kept = TypeVar("_Kept")
_MOST_WARNINGS = 50
_LONGEST_BUG = 200
_SURROUNDINGS = (
    errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES, errno.EPERM, errno.EIO,
    errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EAGAIN, errno.ESTALE, errno.ETIMEDOUT,
)  # fmt: skip


def is_settled(task: Task, record: EpisodeRecord | None, key: str | None) -> bool:
    """Whether there is nothing to do: done with the same key, and its files are still there.

    Failures of the input are settled until it changes or `retry_failed` asks.
    """
    if record is None or task.force or record.key is None or record.key != key:
        return False
    if record.state == "failed":
        return record.fault in ("input", "bug") and not task.retry_failed
    return record.state != "running" and _are_there(task.job.out, record.outputs)


def _are_there(folder: Path, outputs: tuple[OutputFile, ...]) -> bool:
    try:
        return all((folder / file.name).stat().st_size == file.size_bytes for file in outputs)
    except OSError:
        return False


def run_episode(task: Task, report: Report) -> EpisodeRecord | None:
    """Do one episode and record it; None if another process is at it.

    Whatever is wrong with the episode stands in the record. KeyboardInterrupt passes through, and
    leaves a record that says `running`.
    """
    state = StateFolder(task.root)
    try:
        with state.locked(task.id) as is_ours:
            return _run_locked(task, state, report) if is_ours else None
    except OSError as error:
        return _failed(_begun(task, None, {}, None), "output", str(unwritable(task.root, error)))


def _run_locked(task: Task, state: StateFolder, report: Report) -> EpisodeRecord:
    previous = state.read(task.id)
    report("Checking", None)
    with open_log(state.log_path(task.id)) as log:
        try:
            inputs = read_inputs(task.job, previous.inputs if previous else None)
        except InputError as error:
            record = _failed(_begun(task, None, {}, previous), "input", str(error))
            _say(log, f"failed: {record.reason}")
            state.write(record)
            return record
        key = episode_key(task.job, inputs, BATCH_FORMATS)
        if previous is not None and is_settled(task, previous, key):
            return previous
        state.clear_leftovers(task.id)
        begun = _begun(task, key, inputs, previous)
        state.write(begun)
        _say(log, f"begun, attempt {begun.attempts}, on {host_name()}")
        record = _do(task, state, begun, _Watcher(report, LineProgress(log, verbose=True)), log)
        try:
            state.write(record)
        except OSError as error:
            record = _failed(record, "output", str(unwritable(state.folder, error)))
        _say(log, f"{record.state}: {record.reason}" if record.reason else record.state)
        return record


def _say(log: TextIO, message: str) -> None:
    print(f"{now_utc()} {one_line(message)}", file=log, flush=True)


def _begun(
    task: Task, key: str | None, inputs: dict[str, InputFile], previous: EpisodeRecord | None
) -> EpisodeRecord:
    goes_on = (
        previous is not None
        and key is not None
        and previous.key == key
        and previous.state in ("running", "failed")
    )
    return EpisodeRecord(
        id=task.id,
        state="running",
        version=program_version(),
        key=key,
        attempts=1 + (previous.attempts if previous is not None and goes_on else 0),
        started=now_utc(),
        host=host_name(),
        inputs=inputs,
    )


def _failed(record: EpisodeRecord, fault: Fault, reason: str) -> EpisodeRecord:
    return replace(record, state="failed", fault=fault, reason=reason, ended=now_utc())


@dataclass
class _Watcher:
    """Passes progress on to the driver and the log, and keeps the warnings."""

    report: Report
    log: LineProgress
    warnings: list[str] = field(default_factory=list)
    _stage: str = ""
    _total: float | None = None

    def start(self, stage: str, total: float | None = None) -> None:
        self._stage, self._total = stage, total
        self.log.start(stage, total)
        self.report(stage, 0.0 if total else None)

    def advance(self, done: float) -> None:
        self.log.advance(done)
        self.report(self._stage, min(1.0, done / self._total) if self._total else None)

    def finish(self) -> None:
        self.log.finish()

    def note(self, message: str) -> None:
        self.log.note(message)

    def warn(self, message: str) -> None:
        self.log.warn(message)
        if len(self.warnings) < _MOST_WARNINGS:
            self.warnings.append(message)


def _do(
    task: Task, state: StateFolder, begun: EpisodeRecord, watcher: _Watcher, log: TextIO
) -> EpisodeRecord:
    watch = StageClock(watcher)
    stages = _Stages(task, state, begun.inputs, task.force)
    # What is demanded is looked at when the result, too, is at hand.
    job = replace(task.job, min_coverage=0.0)
    try:
        try:
            result = run_job(job, watch, BATCH_FORMATS, stages.time)
        except _NO_DAMAGE:
            raise
        except Exception as error:
            if stages.reused == "nothing":
                raise
            # Nothing looked wrong with it.
            traceback.print_exc(file=log)
            watcher.warn(_damaged(stages.reused, type(error).__name__))
            stages = _Stages(task, state, begun.inputs, anew=True)
            result = run_job(job, watch, BATCH_FORMATS, stages.time)
        record = _finished(begun, result, task.job)
    except InputError as error:
        # An input that cannot be read any more may be back next time.
        key = begun.key if _is_readable(task.job) else None
        record = _failed(replace(begun, key=key), "input", str(error))
    except OutputError as error:
        record = _failed(begun, "output", str(error))
    except PassingError as error:
        record = _failed(begun, "crash", str(error))
    except MemoryError:
        record = _failed(begun, "crash", "the worker ran out of memory")
    except OSError as error:
        traceback.print_exc(file=log)
        if error.errno in _SURROUNDINGS:
            record = _failed(begun, "output", str(unwritable(task.root, error)))
        else:
            record = _failed(begun, "bug", _bug(error))
    except Exception as error:
        traceback.print_exc(file=log)
        record = _failed(begun, "bug", _bug(error))
    return replace(
        record,
        reused=stages.reused,
        stages_s={stage: round(spent_s, 3) for stage, spent_s in watch.stages_s.items()},
        warnings=tuple(watcher.warnings),
    )


def _bug(error: Exception) -> str:
    what = " ".join(f"{type(error).__name__}: {error}".split())
    return f"{what[:_LONGEST_BUG]}; this is a bug; the log has the traceback"


def _is_readable(job: Job) -> bool:
    try:
        read_inputs(job)
    except InputError:
        return False
    return True


def _finished(begun: EpisodeRecord, result: Result, job: Job) -> EpisodeRecord:
    state: Literal["done", "below_quality"] = "done"
    reason = None
    try:
        check_coverage(job, result.coverage)
    except QualityError as error:
        state, reason = "below_quality", error.problem
    return replace(
        begun,
        state=state,
        reason=reason,
        ended=now_utc(),
        coverage=round(result.coverage, 6),
        words=len(result.episode.words),
        doubts=len(find_doubts(result.episode)),
        duration_ms=result.episode.duration_ms,
        outputs=tuple(_written(path) for path in result.files),
    )


def _written(path: Path) -> OutputFile:
    content = path.read_bytes()
    return OutputFile(path.name, len(content), hashlib.sha256(content).hexdigest())


@cache
def _aligner(name: str, settings: EngineSettings) -> Aligner:
    """Models are loaded once in each worker."""
    from pipeline.align.registry import load_aligner

    return load_aligner(name, settings)


@dataclass
class _Stages:
    """Times an episode from what is kept, as far as that goes; `anew` takes nothing of it."""

    task: Task
    state: StateFolder
    inputs: dict[str, InputFile]
    anew: bool
    reused: Literal["nothing", "alignment", "timed episode"] = "nothing"

    def time(self, job: Job, progress: Progress) -> Timed:
        key = timed_key(job, self.inputs)
        # Voices are not kept, so where they are to be saved they are heard again.
        if job.save_voices is None:
            kept = self.kept(
                "timed", key, KeptTimed, lambda one: timed_fault(one, self.inputs), progress
            )
            if kept is not None:
                self.reused = "timed episode"
                return kept.timed(job)
        timed = time_episode(job, progress, _KeepingAligner(self, job))
        self.state.keep_stage(job.id, "timed", key, KeptTimed.of(timed))
        return timed

    def kept(
        self,
        stage: str,
        key: str,
        kind: type[_Kept],
        fault_of: Callable[[_Kept], str | None],
        progress: Progress,
    ) -> _Kept | None:
        """What is kept of a stage, if it is sound."""
        if self.anew:
            return None
        try:
            kept: _Kept | None = self.state.read_stage(self.task.id, stage, key, kind)
            if kept is None or (fault := fault_of(kept)) is None:
                return kept
        except DamagedError as error:
            fault = str(error)
        progress.warn(_damaged(stage, fault))
        return None


def _damaged(stage: str, why: str) -> str:
    return f"what was kept of this episode ({stage}) is damaged: {why}; it is made again"


@dataclass
class _KeepingAligner:
    """Keeps the alignment, so that other speakers' names cost no new one."""

    stages: _Stages
    job: Job

    def align(self, transcript: Transcript, audio: Audio, progress: Progress) -> Alignment:
        stages, job = self.stages, self.job
        key = alignment_key(job, stages.inputs)
        words = len(transcript.words)
        kept = stages.kept(
            "alignment", key, Alignment, lambda one: alignment_fault(one, words), progress
        )
        if kept is not None:
            stages.reused = "alignment"
            return kept.in_tuples()
        alignment = _aligner(job.aligner, job.engines).align(transcript, audio, progress)
        stages.state.keep_stage(job.id, "alignment", key, alignment.in_tuples())
        return alignment
