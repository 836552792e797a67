"""Jobs, tasks and records for the tests of batches."""

from __future__ import annotations

from pathlib import Path

from pipeline.batch.records import EpisodeRecord, OutputFile, Task
from pipeline.job import Job, make_job

TRANSCRIPT = "# Chapter 1\n\n- [Joe] Hello there, all of you.\n\n- [Ann] Yeah. - Fine.\n"


def job_of(folder: Path, name: str = "a", text: str = TRANSCRIPT) -> Job:
    """A job whose audio is none, for aligners that do not listen."""
    audio, transcript = folder / f"{name}.mp3", folder / f"{name}.txt"
    folder.mkdir(parents=True, exist_ok=True)
    audio.write_bytes(b"not really audio " + name.encode())
    transcript.write_text(text, encoding="utf-8")
    out = folder / "out" / name
    return make_job(audio, transcript, out, overrides={"id": name, "diarizer": "text"})


def task_of(job: Job) -> Task:
    return Task(job, job.out.parent)


def record_of(name: str, **more: object) -> EpisodeRecord:
    values: dict[str, object] = {
        "state": "done", "version": "0.1.0+abc", "key": "k", "attempts": 1,
        "started": "2026-01-01T00:00:00+00:00", "ended": "2026-01-01T00:01:00+00:00",
        "coverage": 0.9876, "words": 100, "doubts": 3, "duration_ms": 754_321,
        "stages_s": {"Listening": 1.5, "Writing": 0.1},
        "outputs": (OutputFile(f"{name}.review.html", 1, ""), OutputFile(f"{name}.srt", 1, "")),
    }  # fmt: skip
    return EpisodeRecord(id=name, **{**values, **more})  # type: ignore[arg-type]
