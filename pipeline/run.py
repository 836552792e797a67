"""The one function that walks the road: transcript and audio in, timed episode and files out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline import __version__
from pipeline.align.records import Aligner, SecondOpinion
from pipeline.align.registry import ENGLISH_ONLY
from pipeline.assemble import EpisodeHeader, assemble
from pipeline.doctor.clips import CLIPS_SUFFIX, write_clips
from pipeline.doctor.records import Suggestion
from pipeline.doctor.suggest import find_suggestions
from pipeline.doctor.suggestions_json import suggestion_values
from pipeline.engine_settings import EngineSettings
from pipeline.episode import Engine, Episode, SourceFile, Speaker
from pipeline.errors import InputError, QualityError
from pipeline.export.registry import (
    FORMATS,
    RUN_FORMATS,
    Format,
    find_formats,
    render_corrected,
    render_formats,
)
from pipeline.export.report import REPORT_SUFFIX, coverage_of, render_report
from pipeline.files import (
    check_not_inputs,
    check_output_folder,
    check_output_places,
    is_plain_file,
    sha256_of,
    without_links,
    write_outputs,
)
from pipeline.job import Job
from pipeline.memory import give_back_freed, keep_little
from pipeline.progress import Progress
from pipeline.review.corrected import correct, find_corrections
from pipeline.review.corrections_json import read_corrections
from pipeline.speakers.records import Attribution
from pipeline.speakers.registry import load_diarizer
from pipeline.speakers.turns import known_names
from pipeline.speakers.voice_sample import read_voices, render_voices
from pipeline.subtitles.styles import load_style
from pipeline.terminal import StageClock
from pipeline.times import clock, percent
from pipeline.transcript.language import check_english
from pipeline.transcript.records import Transcript

__all__ = [
    "Result",
    "TimeEpisode",
    "Timed",
    "check_coverage",
    "run_job",
    "time_episode",
    "time_only",
    "written_names",
]


@dataclass(frozen=True, slots=True)
class Timed:
    """A timed episode, how its speakers were found, and where audio and text disagree.

    `second_opinion` is what another aligner says, if two were asked.
    """

    episode: Episode
    attribution: Attribution
    suggestions: tuple[Suggestion, ...] = ()
    second_opinion: SecondOpinion | None = None


TimeEpisode = Callable[[Job, Progress], Timed]
"""What `time_episode` does, perhaps from work done before."""


@dataclass(frozen=True, slots=True)
class Result:
    """What `run` has made: the episode, the files in order, and the share of words aligned."""

    episode: Episode
    files: tuple[Path, ...]
    coverage: float


def written_names(job: Job, formats: Sequence[str] = RUN_FORMATS) -> tuple[str, ...]:
    """Names of the files that `run_job` writes into `job.out`."""
    suffixes = [form.suffix for form in find_formats(formats)] + [REPORT_SUFFIX]
    return tuple(f"{job.id}{suffix}" for suffix in suffixes)


def run_job(
    job: Job,
    progress: Progress,
    formats: Sequence[str] = RUN_FORMATS,
    time: TimeEpisode | None = None,
) -> Result:
    """Do the whole job: all outputs are written, or none.

    The timed episode is written as aligned, so that corrections can be taken back; all else is
    made from the corrected one.

    Args:
        job: what to do.
        progress: is told how far it is.
        formats: names of the formats to write, the report aside.
        time: stands in for `time_episode`.

    Raises:
        InputError: an input is at fault.
        OutputError: the outputs cannot be written.
        QualityError: outputs are written, but fewer words were found than `job.min_coverage` asks.
    """
    style = load_style(job.style)
    _check_outputs(job, written_names(job, formats))
    corrections = find_corrections(job.out, job.id, job.corrections)
    if corrections is not None:
        read_corrections(corrections)  # a damaged file is better told before the long work
    watch = StageClock(progress)
    timed = (time or time_episode)(job, watch)
    found = correct(timed.episode, corrections, watch, job.sound)
    watch.start("Writing")
    give_back_freed()
    rendered = [
        replace(form, as_aligned=True) if form.name == "episode" else form
        for form in find_formats(formats)
    ]
    files = render_corrected(found, rendered, style, watch)
    watch.finish()
    report = render_report(
        found.episode,
        style,
        watch.stages_s,
        timed.attribution,
        suggestion_values(timed.suggestions, timed.episode),
        timed.second_opinion,
    )
    files[f"{job.id}{REPORT_SUFFIX}"] = report.encode()
    if job.clips:
        progress.start("Cutting clips")
        write_clips(timed.suggestions, job.sound, job.out / f"{job.id}{CLIPS_SUFFIX}")
        progress.finish()
    return _finish(job, replace(timed, episode=found.episode), files, progress)


def time_only(job: Job, progress: Progress) -> Result:
    """Make the timed episode and write nothing else; errors are those of `run_job`."""
    form: Format = FORMATS["episode"]
    _check_outputs(job, [f"{job.id}{form.suffix}"])
    timed = time_episode(job, progress)
    files = render_formats(timed.episode, [form], load_style(job.style), progress)
    return _finish(job, timed, files, progress)


def _check_outputs(job: Job, names: Sequence[str]) -> None:
    check_not_inputs(job.out, names, job.inputs)
    check_output_places(job.out, names)
    check_output_folder(job.out)
    if job.save_voices is not None:
        if job.save_voices.name in names and _is_same_folder(job.save_voices.parent, job.out):
            raise InputError(
                "this voices file would overwrite an output of the same name",
                path=job.save_voices,
                remedy="choose another --save-voices",
            )
        # The voices file read may be the one written: that is how it grows.
        inputs = [path for path in job.inputs if path != job.voices]
        check_not_inputs(job.save_voices.parent, [job.save_voices.name], inputs)
        check_output_places(job.save_voices.parent, [job.save_voices.name])
        check_output_folder(job.save_voices.parent)


def _is_same_folder(one: Path, other: Path) -> bool:
    return without_links(one) == without_links(other)


def _finish(job: Job, timed: Timed, files: Mapping[str, bytes], progress: Progress) -> Result:
    episode = timed.episode
    voices = _voices_to_save(job, timed)
    if job.save_voices is not None and _is_same_folder(job.save_voices.parent, job.out):
        write_outputs(job.out, {**files, **voices})
    else:
        write_outputs(job.out, files)
        if job.save_voices is not None:
            write_outputs(job.save_voices.parent, voices)
    coverage = coverage_of(episode)
    _warn_about_losses(episode, coverage, progress)
    check_coverage(job, coverage)
    return Result(episode, tuple(job.out / name for name in files), coverage)


def _voices_to_save(job: Job, timed: Timed) -> dict[str, bytes]:
    if job.save_voices is None:
        return {}
    samples = timed.attribution.samples
    if job.voices is not None:
        heard = {sample.key for sample in samples}
        samples += tuple(s for s in read_voices(job.voices) if s.key not in heard)
    return {job.save_voices.name: render_voices(samples)}


def check_coverage(job: Job, coverage: float) -> None:
    """Compare with what the job demands.

    Raises:
        QualityError: it is less.
    """
    if coverage < job.min_coverage:
        raise QualityError(
            f"{percent(coverage)} of the words were found, less than the "
            f"{percent(job.min_coverage)} asked for; the outputs are written",
            path=job.out,
            remedy=f"look at {job.id}{REPORT_SUFFIX}",
        )


def time_episode(job: Job, progress: Progress, aligner: Aligner | None = None) -> Timed:
    """Walk from the inputs to the timed episode; writes nothing.

    `aligner` is one that is loaded already, by default that which the job names.

    Raises:
        InputError: an input is at fault.
    """
    keep_little()
    if told := _compiled_code_told():
        progress.warn(told)
    diarizer = load_diarizer(job.diarizer, job.voices, job.engines)
    if aligner is None:
        aligner = _load_aligner(job.aligner, job.engines)
    audio = SourceFile(_shown_name(job.audio), sha256_of(job.audio, "audio file"))
    _check_clips(job.speakers)
    progress.start("Reading")
    transcript = _read_transcript(job.transcript, job.speakers)
    source = SourceFile(_shown_name(job.transcript), sha256_of(job.transcript, "transcript"))
    progress.finish()
    for remark in transcript.doubts:
        progress.warn(remark)
    if not transcript.words:
        raise InputError(
            "the transcript has no words to align",
            path=job.transcript,
            remedy="give the text that is spoken",
        )
    if job.aligner in ENGLISH_ONLY:
        doubt = check_english((word.text for word in transcript.words), job.transcript)
        if doubt:
            progress.warn(doubt)
    alignment = aligner.align(transcript, job.sound, progress)
    give_back_freed()
    if all(word.start_ms is None for word in alignment.words):
        raise InputError(
            "none of the transcript's words were found in the audio",
            path=job.audio,
            remedy="check that audio and transcript belong together",
        )
    progress.start("Attributing speakers")
    attribution = diarizer.assign(transcript, alignment, job.speakers, job.sound, progress)
    progress.finish()
    give_back_freed()
    header = EpisodeHeader(
        id=job.id,
        title=job.title,
        audio=audio,
        transcript=source,
        engine=Engine(job.aligner, job.diarizer, __version__),
        audio_track=job.audio_track,
    )
    episode = assemble(transcript, alignment, attribution, header)
    suggestions = find_suggestions(episode, alignment.heard)
    return Timed(episode, attribution, suggestions, alignment.second_opinion)


def _check_clips(speakers: Sequence[Speaker]) -> None:
    # Before the work, not after it.
    for speaker in speakers:
        if speaker.clip is not None and not is_plain_file(Path(speaker.clip)):
            raise InputError(
                f"there is no such reference clip of {speaker.name}",
                path=Path(speaker.clip),
                remedy="check the path given with clip in the config; it counts from the config",
            )


def _shown_name(path: Path) -> str:
    # File systems allow bytes that are no text; JSON does not.
    return path.name.encode("utf-8", "backslashreplace").decode()


def _compiled_code_told() -> str | None:
    from pipeline.kernels import place_told  # loads numba, which takes a while

    return place_told()


def _load_aligner(name: str, settings: EngineSettings) -> Aligner:
    from pipeline.align.registry import load_aligner

    return load_aligner(name, settings)


def _read_transcript(path: Path, speakers: tuple[Speaker, ...]) -> Transcript:
    from pipeline.transcript.parse import read_transcript

    return read_transcript(path, known_names(speakers))


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
