import gzip
import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipeline.align.records import Alignment, HeardPhone, TimedWord
from pipeline.batch.kept import alignment_fault
from pipeline.batch.records import EpisodeRecord
from pipeline.batch.work import run_episode
from pipeline.episode import Gap
from pipeline.job import Job
from tests.batch.support import job_of, task_of
from tests.support import FakeAligner

SOUND = Alignment(
    (TimedWord(0, 10, 0.9, "aligned"), TimedWord(None, None, 0.0, "absent")),
    (Gap(20, 30, "music"),),
    1000,
    0.5,
    (HeardPhone("AH", 0, 10),),
)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({}, None),
        ({"words": SOUND.words[:1]}, "it has 1 words, the transcript 2"),
        ({"words": (SOUND.words[1], TimedWord(5, 4, 0.5, "aligned"))}, "word 1 is from 5 to 4 ms"),
        ({"words": (SOUND.words[1], TimedWord(5, 9, 0.5, "absent"))}, "word 1 is absent"),
        ({"words": (SOUND.words[1], TimedWord(5, 9, 7.0, "aligned"))}, "the confidence of word 1"),
        ({"words": (SOUND.words[1], TimedWord(5, 9, float("nan"), "aligned"))}, "the confidence"),
        ({"gaps": (Gap(-1, 5, "music"),)}, "gap 0"),
        ({"duration_ms": -4}, "the audio is from 0 to -4"),
        ({"coverage": 1.5}, "the coverage is 1.5"),
        ({"heard": (HeardPhone("AH", 7, 5),)}, "phone 0"),
    ],
)
def test_alignments_that_cannot_be_true(change: dict[str, Any], told: str | None) -> None:
    fault = alignment_fault(replace(SOUND, **change), 2)
    assert fault == told if told is None else told in (fault or "")


@pytest.fixture
def aligner(monkeypatch: pytest.MonkeyPatch) -> FakeAligner:
    fake = FakeAligner()
    monkeypatch.setattr("pipeline.batch.work._aligner", lambda name, settings: fake)
    return fake


def do(job: Job) -> EpisodeRecord:
    record = run_episode(task_of(job), lambda stage, share: None)
    assert record is not None
    return record


def damage(job: Job, stage: str, change: Callable[[Any], object], *, signed: bool) -> None:
    path = job.out.parent / ".batch" / "a" / f"{stage}.json.gz"
    kept = json.loads(gzip.decompress(path.read_bytes()))
    change(kept["value"])
    if signed:
        kept["sha256"] = hashlib.sha256(json.dumps(kept["value"]).encode()).hexdigest()
    path.write_bytes(gzip.compress(json.dumps(kept).encode()))


NONSENSE: dict[str, tuple[str, Callable[[Any], object]]] = {
    "an episode without words": ("timed", lambda v: v["episode"]["words"].clear()),
    "a word of a line that is not there": (
        "timed", lambda v: v["episode"]["words"][0].update(line=99)
    ),
    "speakers of fewer words": ("timed", lambda v: v["words"].pop()),
    "an unknown speaker": ("timed", lambda v: v["words"].__setitem__(0, "nobody")),
    "other audio": ("timed", lambda v: v["episode"]["audio"].update(sha256="0" * 64)),
    "a suggestion after the end": (
        "timed",
        lambda v: v["suggestions"].append(
            {"kind": "extra", "score": 0.5, "first_word": 900, "last_word": 901, "start_ms": 0,
             "end_ms": 1, "text": "x", "heard": []}
        ),
    ),
    "an alignment of fewer words": ("alignment", lambda v: v["words"].pop()),
    "an alignment that runs backwards": (
        "alignment", lambda v: v["words"][0].update(start_ms=900, end_ms=10)
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", NONSENSE)
@pytest.mark.parametrize("signed", [False, True])
def test_nonsense_is_told_and_made_again(
    tmp_path: Path, aligner: FakeAligner, what: str, signed: bool
) -> None:
    job = job_of(tmp_path)
    before = do(job)
    shown = (job.out / "a.srt").read_bytes()
    stage, change = NONSENSE[what]
    damage(job, stage, change, signed=signed)
    (job.out / "a.srt").unlink()
    if stage == "alignment":
        (job.out.parent / ".batch" / "a" / "timed.json.gz").unlink()
    record = do(job)
    assert (record.state, record.reason) == ("done", None)
    told = [warning for warning in record.warnings if "damaged" in warning]
    assert len(told) == 1 and told[0].endswith("it is made again") and stage in told[0]
    assert record.reused == ("alignment" if stage == "timed" else "nothing")
    assert (job.out / "a.srt").read_bytes() == shown
    assert [file.name for file in record.outputs] == [file.name for file in before.outputs]


def test_what_looks_sound_and_fails_is_made_again(
    tmp_path: Path, aligner: FakeAligner, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = job_of(tmp_path)
    do(job)
    (job.out / "a.srt").unlink()
    monkeypatch.setattr("pipeline.batch.kept.KeptTimed.timed", lambda self, job: [].__getitem__(7))
    record = do(job)
    assert (record.state, record.reused) == ("done", "nothing")
    assert any("IndexError; it is made again" in warning for warning in record.warnings)
    assert len(aligner.seen) == 2
