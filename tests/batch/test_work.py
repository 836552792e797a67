import gzip
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path

import pytest

from pipeline.batch.kept import KeptTimed
from pipeline.batch.records import EpisodeRecord, Task
from pipeline.batch.state import StateFolder
from pipeline.batch.work import run_episode
from pipeline.episode import Speaker
from pipeline.errors import OutputError, PassingError
from pipeline.job import Job
from pipeline.run import Timed
from pipeline.speakers.records import Attribution
from tests.batch.episodes import outputs
from tests.batch.support import job_of, task_of
from tests.support import FakeAligner


@pytest.fixture
def aligner(monkeypatch: pytest.MonkeyPatch) -> FakeAligner:
    fake = FakeAligner()
    monkeypatch.setattr("pipeline.batch.work._aligner", lambda name, settings: fake)
    return fake


def do(job: Job, **more: bool) -> EpisodeRecord:
    record = run_episode(replace(task_of(job), **more), lambda stage, share: None)
    assert record is not None
    assert StateFolder(job.out.parent).read(job.id) == record
    return record


def files(job: Job) -> dict[str, str]:
    found = outputs(job.out.parent)
    return {name: text for name, text in found.items() if name.startswith(f"{job.id}/")}


def test_does_it_once(tmp_path: Path, aligner: FakeAligner) -> None:
    job = job_of(tmp_path)
    record = do(job)
    assert (record.state, record.attempts, record.reused) == ("done", 1, "nothing")
    assert (record.coverage, record.words, record.fault) == (1.0, 7, None)
    assert record.duration_ms is not None and record.doubts == 0
    assert set(record.inputs) == {"audio", "transcript"}
    assert {"a.srt", "a.review.html", "a.report.json"} <= {file.name for file in record.outputs}
    assert "Aligning" in record.stages_s
    assert "YouTube ignores" in record.warnings[0]
    assert do(job) == record
    assert len(aligner.seen) == 1
    log = StateFolder(job.out.parent).log_path("a").read_text()
    assert "begun, attempt 1" in log and "Aligning" in log and log.rstrip().endswith("done")


def test_missing_outputs_come_back(tmp_path: Path, aligner: FakeAligner) -> None:
    job = job_of(tmp_path)
    do(job)
    before = files(job)
    (job.out / "a.srt").unlink()
    (job.out / "a.vtt").write_text("half")
    assert do(job).reused == "timed episode"
    assert files(job) == before
    assert len(aligner.seen) == 1


@pytest.mark.parametrize(
    ("change", "reused", "aligned"),
    [
        (lambda job: replace(job, style="bbc"), "timed episode", 1),
        (lambda job: replace(job, title="Another title"), "timed episode", 1),
        (lambda job: replace(job, speakers=(Speaker("x", "Dr X"),)), "alignment", 1),
        (lambda job: replace(job, save_voices=job.out.parent / "v.npz"), "alignment", 1),
        (lambda job: replace(job, aligner="another"), "nothing", 2),
    ],
    ids=["style", "title", "speakers", "voices", "aligner"],
)
def test_a_change_does_only_what_it_must(
    tmp_path: Path,
    aligner: FakeAligner,
    change: Callable[[Job], Job],
    reused: str,
    aligned: int,
) -> None:
    job = job_of(tmp_path)
    do(job)
    again = do(change(job))
    assert (again.state, again.reused, again.attempts) == ("done", reused, 1)
    assert len(aligner.seen) == aligned
    # What is taken over gives the same files as the whole way.
    shown = files(job)
    assert do(change(job), force=True).reused == "nothing"
    assert files(job) == shown


def test_all_that_is_timed_is_kept() -> None:
    """A field that is added must be kept, too; voices are heard again when they are wanted."""
    assert {field.name for field in fields(Timed)} == {
        *("episode", "attribution", "suggestions", "second_opinion")
    }
    attribution = {field.name for field in fields(Attribution)} - {"samples"}
    kept = {field.name for field in fields(KeptTimed)}
    assert kept == {"episode", "suggestions", "second_opinion"} | attribution


def test_another_transcript_is_aligned_again(tmp_path: Path, aligner: FakeAligner) -> None:
    job = job_of(tmp_path)
    do(job)
    job.transcript.write_text("- Other words.")
    assert do(job).words == 2
    assert len(aligner.seen) == 2


def test_damaged_stages_are_made_again(tmp_path: Path, aligner: FakeAligner) -> None:
    job = job_of(tmp_path)
    do(job)
    for stage in ("timed", "alignment"):
        path = job.out.parent / ".batch" / "a" / f"{stage}.json.gz"
        path.write_bytes(gzip.compress(b'{"key": "x"'))
    assert do(replace(job, style="bbc")).reused == "nothing"


def test_failures_are_settled_until_something_changes(tmp_path: Path, aligner: FakeAligner) -> None:
    job = job_of(tmp_path, text="(laughing)")
    record = do(job)
    assert (record.state, record.fault) == ("failed", "input")
    assert "the transcript has no words" in (record.reason or "")
    assert not job.out.exists()
    assert do(job) == record
    assert do(job, retry_failed=True).attempts == 2
    job.transcript.write_text("- Hello.")
    assert do(job).state == "done"


def test_inputs_that_come_back(tmp_path: Path, aligner: FakeAligner) -> None:
    job = job_of(tmp_path)
    content = job.audio.read_bytes()
    job.audio.unlink()
    record = do(job)
    assert (record.fault, record.key) == ("input", None)
    job.audio.write_bytes(content)
    assert do(job).state == "done"


def test_quality(tmp_path: Path, aligner: FakeAligner) -> None:
    aligner.absent = (0, 1)
    job = replace(job_of(tmp_path), min_coverage=0.9)
    record = do(job)
    assert record.state == "below_quality"
    assert "71.4 % of the words were found, less than the 90.0 % asked" in (record.reason or "")
    assert (job.out / "a.srt").exists()
    assert do(job) == record


@pytest.mark.parametrize(
    ("fault", "kind", "reason"),
    [
        (ZeroDivisionError("oh"), "bug", "ZeroDivisionError: oh; this is a bug"),
        (OSError(28, "No space left on device"), "output", "the disk is full"),
        (OutputError("cannot write"), "output", "cannot write"),
        (MemoryError(), "crash", "ran out of memory"),
        (PassingError("ffmpeg was killed"), "crash", "ffmpeg was killed"),
        (OSError(2, "No such file"), "bug", "FileNotFoundError"),
    ],
)
def test_faults_have_a_kind_and_a_line(
    tmp_path: Path, aligner: FakeAligner, fault: Exception, kind: str, reason: str
) -> None:
    aligner.fault = fault
    record = do(job_of(tmp_path))
    assert (record.state, record.fault) == ("failed", kind)
    assert reason in (record.reason or "") and "\n" not in (record.reason or "")


def test_an_interrupted_episode_is_done_again(tmp_path: Path, aligner: FakeAligner) -> None:
    job = job_of(tmp_path)
    aligner.fault = KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt):
        do(job)
    left = StateFolder(job.out.parent).read("a")
    assert left is not None and left.state == "running"
    aside = job.out / ".writing-left"
    aside.mkdir(parents=True)
    aligner.fault = None
    record = do(job)
    assert (record.state, record.attempts) == ("done", 2)
    assert not aside.exists()


def test_two_at_one_episode(tmp_path: Path, aligner: FakeAligner) -> None:
    job = job_of(tmp_path)
    with StateFolder(job.out.parent).locked("a"):
        assert run_episode(task_of(job), lambda stage, share: None) is None
    assert not aligner.seen


def test_state_that_cannot_be_written(tmp_path: Path, aligner: FakeAligner) -> None:
    job = job_of(tmp_path)
    job.out.parent.write_text("a file where the folder should be")
    record = run_episode(Task(job, job.out.parent), lambda stage, share: None)
    assert record is not None and (record.state, record.fault) == ("failed", "output")
