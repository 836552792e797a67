import os
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.batch.inputs import alignment_key, episode_key, read_inputs, timed_key
from pipeline.episode import Speaker
from pipeline.errors import InputError
from pipeline.job import Job
from tests.batch.support import job_of


def keys(job: Job) -> tuple[str, str, str]:
    inputs = read_inputs(job)
    return episode_key(job, inputs, ("srt",)), timed_key(job, inputs), alignment_key(job, inputs)


def changed(before: Job, after: Job) -> str:
    """Which of the three keys differ."""
    names = ("episode", "timed", "alignment")
    pairs = zip(names, keys(before), keys(after), strict=True)
    return " ".join(name for name, one, other in pairs if one != other)


def test_what_depends_on_what(tmp_path: Path) -> None:
    job = job_of(tmp_path)
    assert changed(job, job) == ""
    assert changed(job, replace(job, out=tmp_path / "elsewhere")) == ""
    assert changed(job, replace(job, style="bbc")) == "episode"
    assert changed(job, replace(job, title="Another", min_coverage=0.5)) == "episode"
    ann = Speaker("ann", "Ann")
    assert changed(job, replace(job, speakers=(ann,))) == "episode timed"
    assert changed(job, replace(job, diarizer="transcript")) == "episode timed"
    # Labels decide how the transcript is read.
    labelled = Speaker("ann", "Ann", labels=("A",))
    assert changed(job, replace(job, speakers=(labelled,))) == "episode timed alignment"
    assert changed(job, replace(job, aligner="other")) == "episode timed alignment"


def test_contents_count_and_places_do_not(tmp_path: Path) -> None:
    job, moved = job_of(tmp_path / "here"), job_of(tmp_path / "there")
    assert changed(job, moved) == ""
    before = keys(job)
    job.transcript.write_text("- Other words.")
    assert all(one != other for one, other in zip(before, keys(job), strict=True))


def test_styles_and_corrections_are_inputs(tmp_path: Path) -> None:
    style = tmp_path / "my.toml"
    style.write_text('base = "bbc"\n')
    job = replace(job_of(tmp_path), style=str(style))
    before = keys(job)
    style.write_text('base = "podcast"\n')
    after = keys(job)
    assert before[0] != after[0] and before[1:] == after[1:]
    job.out.mkdir(parents=True)
    (job.out / "a.corrections.json").write_text("{}")
    assert keys(job)[0] != after[0] and keys(job)[1:] == after[1:]


def test_unchanged_files_are_not_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = job_of(tmp_path)
    known = read_inputs(job)
    times = job.audio.stat()
    with monkeypatch.context() as patch:
        patch.setattr("pipeline.batch.inputs.sha256_of", lambda path, what: 1 / 0)
        assert read_inputs(job, known) == known
    # As long as before, and the time set back: the change time tells.
    job.audio.write_bytes(job.audio.read_bytes()[::-1])
    os.utime(job.audio, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert read_inputs(job, known)["audio"].sha256 != known["audio"].sha256


def test_missing_inputs_are_told(tmp_path: Path) -> None:
    job = job_of(tmp_path)
    job.audio.unlink()
    with pytest.raises(InputError, match="there is no such audio file"):
        read_inputs(job)
