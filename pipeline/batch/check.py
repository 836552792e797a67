"""`batch --check`: all that can be found wrong without aligning anything."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pipeline.audio.probe import probe_duration_s
from pipeline.batch.manifest import Manifest
from pipeline.batch.work import BATCH_FORMATS
from pipeline.errors import EpisodeSubtitlesError, InputError, PassingError
from pipeline.files import check_not_inputs
from pipeline.job import Job
from pipeline.review.corrected import find_corrections
from pipeline.review.corrections_json import read_corrections
from pipeline.run import written_names
from pipeline.subtitles.styles import load_style

__all__ = ["find_faults"]


def find_faults(manifest: Manifest) -> Iterator[EpisodeSubtitlesError]:
    """One error for each fault of the manifest and for each faulty episode."""
    yield from manifest.faults
    for entry in manifest.entries:
        if entry.job is None:
            assert entry.fault is not None
            yield _named(entry.fault, entry.id)
            continue
        try:
            _check(entry.job)
        except (InputError, PassingError) as error:
            yield _named(error, entry.id)


def _named(error: EpisodeSubtitlesError, name: str) -> InputError:
    """Many episodes may share a file, and a style has none."""
    return InputError(
        f"episode {name}: {error.problem}",
        path=error.path,
        line=error.line,
        column=error.column,
        remedy=error.remedy,
    )


def _check(job: Job) -> None:
    from pipeline.align.registry import ENGLISH_ONLY, load_aligner
    from pipeline.speakers.registry import load_diarizer
    from pipeline.speakers.turns import known_names
    from pipeline.transcript.language import check_english
    from pipeline.transcript.parse import read_transcript

    load_style(job.style)
    load_aligner(job.aligner, job.engines)
    load_diarizer(job.diarizer, job.voices, job.engines)
    for path in job.inputs:
        _check_readable(path)
    check_not_inputs(job.out, written_names(job, BATCH_FORMATS), job.inputs)
    corrections = find_corrections(job.out, job.id, job.corrections)
    if corrections is not None:
        read_corrections(corrections)
    words = read_transcript(job.transcript, known_names(job.speakers)).words
    if job.aligner in ENGLISH_ONLY:
        check_english((word.text for word in words), job.transcript)
    if not words:
        raise InputError(
            "the transcript has no words to align",
            path=job.transcript,
            remedy="give the text that is spoken",
        )
    probe_duration_s(job.audio)


def _check_readable(path: Path) -> None:
    try:
        with path.open("rb") as stream:
            stream.read(1)
    except FileNotFoundError as error:
        raise InputError("there is no such file", path=path, remedy="check the path") from error
    except OSError as error:
        reason = (error.strerror or "unknown reason").lower()
        raise InputError(f"cannot read this file: {reason}", path=path) from error
