"""The one function that walks the road: transcript and audio in, timed episode and files out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from pipeline import __version__
from pipeline.align.records import Aligner
from pipeline.assemble import EpisodeHeader, assemble
from pipeline.config import Config, load_config
from pipeline.episode import Engine, Episode, SourceFile, Speaker
from pipeline.errors import InputError, QualityError
from pipeline.export.registry import (
    FORMATS,
    RUN_FORMATS,
    Format,
    find_formats,
    render_formats,
)
from pipeline.export.report import coverage_of, render_report
from pipeline.files import (
    check_id,
    check_not_inputs,
    check_output_folder,
    sha256_of,
    write_outputs,
)
from pipeline.progress import Progress
from pipeline.speakers.registry import load_diarizer
from pipeline.subtitles.styles import load_style
from pipeline.terminal import StageClock
from pipeline.times import clock, percent
from pipeline.transcript.records import Transcript

__all__ = ["Job", "Result", "make_job", "run_job", "time_episode", "time_only", "written_names"]

REPORT_SUFFIX = ".report.json"


@dataclass(frozen=True, slots=True)
class Job:
    """Everything that `run` needs to know; names are checked when they are used.

    `min_coverage` is the least share of words that must be found, 0 to 1.
    """

    id: str
    title: str
    audio: Path
    transcript: Path
    out: Path
    config: Path | None
    aligner: str
    diarizer: str
    style: str
    min_coverage: float
    speakers: tuple[Speaker, ...]

    @property
    def inputs(self) -> tuple[Path, ...]:
        """All files that are read."""
        config = () if self.config is None else (self.config,)
        return (self.audio, self.transcript, *config)


@dataclass(frozen=True, slots=True)
class Result:
    """What `run` has made: the episode, the files in order, and the share of words aligned."""

    episode: Episode
    files: tuple[Path, ...]
    coverage: float


def make_job(
    audio: Path,
    transcript: Path,
    out: Path,
    *,
    config: Path | None = None,
    overrides: Mapping[str, str | float | None] | None = None,
) -> Job:
    """Join a config with the options that override it.

    Args:
        audio: the audio file.
        transcript: the transcript file.
        out: folder for the outputs.
        config: config file, None for the defaults.
        overrides: values for `id`, `title`, `aligner`, `diarizer`, `style`, `min_coverage`; None
            leaves the config's.

    Raises:
        InputError: the config is wrong or the id is no safe file name.
    """
    settings = Config() if config is None else load_config(config)
    given = {key: value for key, value in (overrides or {}).items() if value is not None}
    try:
        settings = Config.model_validate({**settings.model_dump(), **given})
    except ValidationError as error:
        option = str(error.errors()[0]["loc"][0]).replace("_", "-")
        raise InputError(
            f"the value of --{option} is not usable",
            remedy=f"leave --{option} out or give a plain value",
        ) from error
    source = "the config's id" if "id" not in given and settings.id is not None else "--id"
    name = transcript.stem if settings.id is None else settings.id
    check_id(name, remedy=f"choose another with {source}")
    return Job(
        id=name,
        title=name if settings.title is None else settings.title,
        audio=audio,
        transcript=transcript,
        out=out,
        config=config,
        aligner=settings.aligner,
        diarizer=settings.diarizer,
        style=settings.style,
        min_coverage=settings.min_coverage,
        speakers=tuple(speaker.to_record() for speaker in settings.speakers),
    )


def written_names(job: Job) -> tuple[str, ...]:
    """Names of the files that `run_job` writes into `job.out`."""
    suffixes = [form.suffix for form in find_formats(RUN_FORMATS)] + [REPORT_SUFFIX]
    return tuple(f"{job.id}{suffix}" for suffix in suffixes)


def run_job(job: Job, progress: Progress) -> Result:
    """Do the whole job: all outputs are written, or none.

    Raises:
        InputError: an input is at fault.
        OutputError: the outputs cannot be written.
        QualityError: outputs are written, but fewer words were found than `job.min_coverage` asks.
    """
    style = load_style(job.style)
    check_not_inputs(job.out, written_names(job), job.inputs)
    check_output_folder(job.out)
    watch = StageClock(progress)
    episode = time_episode(job, watch)
    watch.start("Writing")
    files = render_formats(episode, find_formats(RUN_FORMATS), style, watch)
    watch.finish()
    files[f"{job.id}{REPORT_SUFFIX}"] = render_report(episode, style, watch.stages_s).encode()
    return _finish(job, episode, files, progress)


def time_only(job: Job, progress: Progress) -> Result:
    """Make the timed episode and write nothing else; errors are those of `run_job`."""
    form: Format = FORMATS["episode"]
    check_not_inputs(job.out, [f"{job.id}{form.suffix}"], job.inputs)
    check_output_folder(job.out)
    episode = time_episode(job, progress)
    files = render_formats(episode, [form], load_style(job.style), progress)
    return _finish(job, episode, files, progress)


def _finish(job: Job, episode: Episode, files: Mapping[str, bytes], progress: Progress) -> Result:
    write_outputs(job.out, files)
    coverage = coverage_of(episode)
    _warn_about_losses(episode, coverage, progress)
    if coverage < job.min_coverage:
        raise QualityError(
            f"{percent(coverage)} of the words were found, less than the "
            f"{percent(job.min_coverage)} asked for; the outputs are written",
            path=job.out,
            remedy=f"look at {job.id}{REPORT_SUFFIX}",
        )
    return Result(episode, tuple(job.out / name for name in files), coverage)


def time_episode(job: Job, progress: Progress) -> Episode:
    """Walk from the inputs to the timed episode; writes nothing.

    Raises:
        InputError: an input is at fault.
    """
    diarizer = load_diarizer(job.diarizer)
    aligner = _load_aligner(job.aligner)
    audio = SourceFile(_shown_name(job.audio), sha256_of(job.audio, "audio file"))
    progress.start("Reading")
    transcript = _read_transcript(job.transcript, job.speakers)
    source = SourceFile(_shown_name(job.transcript), sha256_of(job.transcript, "transcript"))
    progress.finish()
    if not transcript.words:
        raise InputError(
            "the transcript has no words to align",
            path=job.transcript,
            remedy="give the text that is spoken",
        )
    alignment = aligner.align(transcript, job.audio, progress)
    if all(word.start_ms is None for word in alignment.words):
        raise InputError(
            "none of the transcript's words were found in the audio",
            path=job.audio,
            remedy="check that audio and transcript belong together",
        )
    progress.start("Attributing speakers")
    attribution = diarizer.assign(transcript, alignment, job.speakers, job.audio, progress)
    progress.finish()
    return assemble(
        transcript,
        alignment,
        attribution,
        EpisodeHeader(
            id=job.id,
            title=job.title,
            audio=audio,
            transcript=source,
            engine=Engine(job.aligner, job.diarizer, __version__),
        ),
    )


def _shown_name(path: Path) -> str:
    # File systems allow bytes that are no text; JSON does not.
    return path.name.encode("utf-8", "backslashreplace").decode()


def _load_aligner(name: str) -> Aligner:
    from pipeline.align.registry import load_aligner

    return load_aligner(name)


def _read_transcript(path: Path, speakers: tuple[Speaker, ...]) -> Transcript:
    from pipeline.transcript.parse import read_transcript

    return read_transcript(path, [label for speaker in speakers for label in speaker.labels])


def _warn_about_losses(episode: Episode, coverage: float, progress: Progress) -> None:
    for gap in episode.gaps:
        if gap.kind == "untranscribed":
            progress.warn(
                f"speech that the transcript lacks, {clock(gap.start_ms)} to {clock(gap.end_ms)}"
            )
    absent = sum(word.status == "absent" for word in episode.words)
    if absent:
        progress.warn(f"{absent} words of the transcript are not in the audio")
    progress.note(f"{percent(coverage)} of {len(episode.words)} words aligned")
