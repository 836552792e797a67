import csv
import errno
import json
import os
import wave
from pathlib import Path

import pytest
import srt

from pipeline.cli import main
from pipeline.episode import Gap
from pipeline.errors import InputError
from tests.support import FakeAligner

NAMES = {
    f"talk{suffix}"
    for suffix in (
        ".srt", ".vtt", ".chapters.csv", ".chapters.md", ".chapters.json", ".chapters.vtt",
        ".chapters.youtube.txt", ".chapters.ffmetadata", ".episode.json", ".words.ctm",
        ".speakers.rttm", ".report.json",
    )
}  # fmt: skip
Inputs = tuple[Path, Path]


def run(inputs: Inputs, out: Path, *more: str) -> int:
    audio, transcript = inputs
    return main(
        ["run", "--audio", str(audio), "--transcript", str(transcript), "--out", str(out), *more]
    )


def error_of(capsys: pytest.CaptureFixture[str]) -> str:
    """The one error line, which is the last one."""
    shown = capsys.readouterr().err
    assert "Traceback" not in shown
    lines = [line for line in shown.splitlines() if line.startswith("episode-subtitles: error: ")]
    assert len(lines) == 1
    assert shown.splitlines()[-1] == lines[0]
    return lines[0].removeprefix("episode-subtitles: error: ")


def test_writes_everything(
    inputs: Inputs, tmp_path: Path, aligner: FakeAligner, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert run(inputs, out) == 0
    assert {path.name for path in out.iterdir()} == NAMES
    shown = capsys.readouterr()
    assert str(out / "talk.srt") in shown.out
    assert "100.0 % of 7 words aligned, 2 chapters" in shown.out
    assert "YouTube ignores" in shown.err
    captions = list(srt.parse((out / "talk.srt").read_text()))
    assert captions[0].content.splitlines()[0] == "-Hello there."
    rows = list(csv.DictReader((out / "talk.chapters.csv").open()))
    assert [row["title"] for row in rows] == ["Chapter 1", "Chapter 2"]
    report = json.loads((out / "talk.report.json").read_text())
    assert set(report["run_time_s"]["stages"]) == {
        "Reading", "Aligning", "Attributing speakers", "Writing",
    }  # fmt: skip


def test_same_input_same_bytes(inputs: Inputs, tmp_path: Path, aligner: FakeAligner) -> None:
    assert run(inputs, tmp_path / "a", "--quiet") == 0
    assert run(inputs, tmp_path / "b", "--quiet") == 0
    for name in NAMES - {"talk.report.json"}:
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_quiet_says_nothing(
    inputs: Inputs, tmp_path: Path, aligner: FakeAligner, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(inputs, tmp_path / "out", "--quiet") == 0
    assert capsys.readouterr() == ("", "")


def test_options_override_the_config(inputs: Inputs, tmp_path: Path, aligner: FakeAligner) -> None:
    config = tmp_path / "c.toml"
    config.write_text(
        'title = "From the config"\nid = "mine"\nmin_coverage = 1.0\n'
        '[[speakers]]\nkey = "e"\nname = "Elon M."\nlabels = ["Elon"]\n'
        '[[speakers]]\nkey = "j"\nname = "Joe D."\nlabels = ["Joe"]\n'
    )
    out = tmp_path / "out"
    assert run(inputs, out, "--config", str(config), "--id", "other") == 0
    values = json.loads((out / "other.episode.json").read_text())
    assert values["episode"]["title"] == "From the config"
    assert values["episode"]["speakers"] == [
        {"key": "e", "name": "Elon M."},
        {"key": "j", "name": "Joe D."},
    ]
    assert run(inputs, out, "--config", str(config)) == 0
    assert (out / "mine.srt").exists()


def test_losses_are_told(
    inputs: Inputs, tmp_path: Path, aligner: FakeAligner, capsys: pytest.CaptureFixture[str]
) -> None:
    aligner.absent, aligner.gaps = (0, 1), (Gap(0, 3000, "untranscribed"),)
    assert run(inputs, tmp_path / "out") == 0
    shown = capsys.readouterr().err
    assert "speech that the transcript lacks, 0:00:00.000 to 0:00:03.000" in shown
    assert "2 words of the transcript are not in the audio" in shown


def test_low_coverage_is_status_3_and_written(
    inputs: Inputs, tmp_path: Path, aligner: FakeAligner, capsys: pytest.CaptureFixture[str]
) -> None:
    aligner.absent = (0, 1)
    out = tmp_path / "out"
    assert run(inputs, out, "--min-coverage", "0.9") == 3
    assert {path.name for path in out.iterdir()} == NAMES
    assert "71.4 % of the words were found, less than the 90.0 % asked" in error_of(capsys)
    assert run(inputs, out, "--min-coverage", "0.7") == 0


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "talk.txt"),
        (b"\n \n", "talk.txt"),
        (b"# Chapter 1\n\n# Chapter 2\n", "talk.txt"),
        (bytes(range(256)) * 40, "talk.txt"),
        (b"(laughing)\n\n(music)\n", "talk.txt"),
    ],
    ids=["empty", "blank", "chapters only", "binary", "events only"],
)
def test_bad_transcripts(
    inputs: Inputs,
    tmp_path: Path,
    aligner: FakeAligner,
    capsys: pytest.CaptureFixture[str],
    content: bytes,
    message: str,
) -> None:
    inputs[1].write_bytes(content)
    assert run(inputs, tmp_path / "out") == 2
    assert message in error_of(capsys)
    assert not (tmp_path / "out").exists()
    assert aligner.seen == []


@pytest.mark.parametrize("missing", [0, 1])
def test_missing_inputs(
    inputs: Inputs,
    tmp_path: Path,
    aligner: FakeAligner,
    capsys: pytest.CaptureFixture[str],
    missing: int,
) -> None:
    inputs[missing].unlink()
    assert run(inputs, tmp_path / "out") == 2
    assert inputs[missing].name in error_of(capsys)
    inputs[missing].mkdir()
    assert run(inputs, tmp_path / "out") == 2
    assert inputs[missing].name in error_of(capsys)
    assert not (tmp_path / "out").exists()


def test_audio_that_the_aligner_refuses(
    inputs: Inputs, tmp_path: Path, aligner: FakeAligner, capsys: pytest.CaptureFixture[str]
) -> None:
    aligner.fault = InputError("no speech was found", path=inputs[0], remedy="check the file")
    assert run(inputs, tmp_path / "out") == 2
    assert error_of(capsys) == f"{inputs[0]}: no speech was found; check the file"


def test_nothing_found_is_an_input_error(
    inputs: Inputs, tmp_path: Path, aligner: FakeAligner, capsys: pytest.CaptureFixture[str]
) -> None:
    aligner.absent = tuple(range(7))
    assert run(inputs, tmp_path / "out") == 2
    assert "check that audio and transcript belong together" in error_of(capsys)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--style", "netfix"], "there is no style netfix; did you mean netflix?"),
        (["--diarizer", "transcrip"], "there is no diarizer transcrip; did you mean transcript?"),
        (["--id", "../x"], "no file can be named after it; choose another with --id"),
        (["--id", ""], "the episode id '' is empty"),
        (["--title", ""], "the value of --title is not usable"),
        (["--min-coverage", "95"], "argument --min-coverage: 95 is not a number from 0 to 1"),
        (["--min-coverage", "nan"], "argument --min-coverage: nan is not a number from 0 to 1"),
        (["--config", "nowhere.toml"], "nowhere.toml: there is no such config file"),
        (["--sytle", "bbc"], "there is no option --sytle; did you mean --style?"),
        (["more"], "unrecognized arguments: more"),
        (["--id"], "argument --id: expected one argument"),
    ],
)
def test_bad_options(
    inputs: Inputs,
    tmp_path: Path,
    aligner: FakeAligner,
    capsys: pytest.CaptureFixture[str],
    options: list[str],
    message: str,
) -> None:
    assert run(inputs, tmp_path / "out", *options) == 2
    assert message in error_of(capsys)
    assert not (tmp_path / "out").exists()


def test_unknown_aligner(
    inputs: Inputs, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(inputs, tmp_path / "out", "--aligner", "hmn") == 2
    assert "hmn" in error_of(capsys)


def test_unwritable_folder_is_found_before_the_work(
    inputs: Inputs, aligner: FakeAligner, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(inputs, inputs[1] / "out") == 2
    assert "cannot write into this folder" in error_of(capsys)
    assert aligner.seen == []


def test_outputs_never_overwrite_inputs(
    inputs: Inputs, tmp_path: Path, aligner: FakeAligner, capsys: pytest.CaptureFixture[str]
) -> None:
    transcript = tmp_path / "talk.srt"
    transcript.write_bytes(inputs[1].read_bytes())
    assert run((inputs[0], transcript), tmp_path) == 2
    assert "would be overwritten" in error_of(capsys)
    assert transcript.read_bytes() == inputs[1].read_bytes()


def test_full_disk_leaves_the_old_files(
    inputs: Inputs,
    tmp_path: Path,
    aligner: FakeAligner,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    out = tmp_path / "out"
    assert run(inputs, out) == 0
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    capsys.readouterr()

    def full(number: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    aligner.absent = (1,)
    assert run(inputs, out) == 2
    assert "the disk is full" in error_of(capsys)
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before


def test_interrupt_is_130_and_leaves_nothing(
    inputs: Inputs, tmp_path: Path, aligner: FakeAligner, capsys: pytest.CaptureFixture[str]
) -> None:
    aligner.fault = KeyboardInterrupt()
    before = sorted(tmp_path.iterdir())
    assert run(inputs, tmp_path / "out") == 130
    assert error_of(capsys) == "interrupted"
    assert sorted(tmp_path.iterdir()) == before


def test_fault_of_ours_is_status_1_in_one_line(
    inputs: Inputs, tmp_path: Path, aligner: FakeAligner, capsys: pytest.CaptureFixture[str]
) -> None:
    aligner.fault = ZeroDivisionError("oh\nno")
    assert run(inputs, tmp_path / "out") == 1
    assert error_of(capsys) == (
        "ZeroDivisionError: oh no; this is a bug; run with --debug for the traceback"
    )
    assert run(inputs, tmp_path / "out", "--debug") == 1
    assert "Traceback" in capsys.readouterr().err


def test_names_that_lead_nowhere_are_no_fault_of_ours(
    inputs: Inputs, tmp_path: Path, aligner: FakeAligner, capsys: pytest.CaptureFixture[str]
) -> None:
    audio, transcript = inputs
    loop = tmp_path / "loop.mp3"
    loop.symlink_to(loop)
    assert run((loop, transcript), tmp_path / "out") == 2
    assert "loop.mp3: cannot read the audio file" in error_of(capsys)
    aligner.fault = OSError(errno.EIO, "Input/output error", str(audio))
    assert run(inputs, tmp_path / "out") == 2
    assert error_of(capsys) == f"{audio}: cannot be used (input/output error); check the path"
    aligner.fault = OSError(errno.ENOSPC, "No space left on device")
    assert run(inputs, tmp_path / "out") == 2
    assert error_of(capsys).startswith("the disk is full, perhaps that of ")


def test_align_writes_the_episode_only(
    inputs: Inputs, tmp_path: Path, aligner: FakeAligner, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    audio, transcript = map(str, inputs)
    words = ["--audio", audio, "--transcript", transcript, "--out"]
    assert main(["align", *words, str(out)]) == 0
    assert [path.name for path in out.iterdir()] == ["talk.episode.json"]
    assert capsys.readouterr().out == f"{out / 'talk.episode.json'}\n"
    assert run(inputs, tmp_path / "whole") == 0
    whole = tmp_path / "whole" / "talk.episode.json"
    assert whole.read_bytes() == (out / "talk.episode.json").read_bytes()


@pytest.mark.skipif(os.name != "posix", reason="file names are bytes on POSIX only")
def test_file_names_that_are_no_text(tmp_path: Path, aligner: FakeAligner) -> None:
    folder = os.fsencode(tmp_path)
    audio, transcript = folder + b"/\xff.mp3", folder + b"/\xfe.txt"
    try:
        for path in (audio, transcript):
            Path(os.fsdecode(path)).write_text("Hello there.\n")
    except OSError:
        pytest.skip("this file system takes text only")
    words = ["run", "--audio", os.fsdecode(audio), "--transcript", os.fsdecode(transcript)]
    assert main([*words, "--out", str(tmp_path / "out")]) == 2
    out = os.fsdecode(folder + b"/\xfd")
    assert main([*words, "--out", out, "--id", "x"]) == 0
    values = json.loads(Path(out, "x.episode.json").read_text())
    assert values["episode"]["audio"]["file"] == "\\udcff.mp3"


def test_corrections_are_applied_to_all_but_the_timed_episode(
    aligner: FakeAligner,
    inputs: tuple[Path, Path],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    out = tmp_path / "out"
    words = ["run", "--audio", str(inputs[0]), "--transcript", str(inputs[1]), "--out", str(out)]
    assert main(words) == 0
    before = (out / "talk.episode.json").read_bytes()
    capsys.readouterr()
    made = {
        "format": "episode-subtitles-corrections/1",
        "episode": "talk",
        "audio_sha256": json.loads(before)["episode"]["audio"]["sha256"],
        "lines": [
            {"line": 0, "was": "- Hello there.", "text": "- Goodbye there."},
            {"line": 1, "was": "- Something else.", "checked": True},
        ],
        "gaps": [],
    }
    (out / "talk.corrections.json").write_text(json.dumps(made))
    assert main(words) == 0
    assert "Goodbye" in (out / "talk.srt").read_text()
    assert (out / "talk.episode.json").read_bytes() == before
    assert "not applied: line 2, '- Something else.'" in capsys.readouterr().err
    assert main(["chapters", str(out / "talk.episode.json")]) == 0
    assert "Goodbye" in (out / "talk.chapters.csv").read_text()
    (out / "talk.corrections.json").write_text("{")
    assert main(words) == 2
    assert "talk.corrections.json" in capsys.readouterr().err


def test_clips_of_suspected_errors(inputs: Inputs, tmp_path: Path, aligner: FakeAligner) -> None:
    audio, transcript = inputs
    with wave.open(str(audio), "wb") as sound:
        sound.setparams((1, 2, 8000, 0, "NONE", ""))
        sound.writeframes(bytes(2 * 8000 * 6))
    aligner.absent = (2,)
    out = tmp_path / "out"
    assert run((audio, transcript), out, "--clips", "--quiet") == 0
    suspected = json.loads((out / "talk.report.json").read_text())["suspected_errors"]
    (found,) = (one for one in suspected["suggestions"] if one["kind"] == "extra")
    assert (found["text"], found["line"], found["context"]) == (
        "Yeah.",
        1,
        "- [Elon] Yeah. - Fine.",
    )
    assert suspected["kinds"]["extra"] == 1
    clips = sorted(path.name for path in (out / "talk.clips").iterdir())
    assert len(clips) == len(suspected["suggestions"]) and clips[0] == "001-extra-0h00m01s.wav"


def test_names_of_the_config_are_labels_and_what_is_doubted_is_told(
    inputs: Inputs, tmp_path: Path, aligner: FakeAligner, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "c.toml"
    config.write_text(
        '[[speakers]]\nkey = "rk"\nname = "Ruth Keller"\n'
        '[[speakers]]\nkey = "so"\nname = "Sam Osei"\n'
    )
    talk = ["and so it went on."] * 20
    inputs[1].write_text(
        "\n".join(
            [
                "Ruth Keller: Hello.", *talk, "SAM: Yes.", "Fact: tea is good.", *talk,
                "rk: The fact is so.", "Fact: milk is good.",
            ]
        )
    )  # fmt: skip
    out = tmp_path / "out"
    assert run(inputs, out, "--config", str(config)) == 0
    values = json.loads((out / "talk.episode.json").read_text())
    assert [s["key"] for s in values["episode"]["speakers"]] == ["rk", "so"]
    assert [word["speaker"] for word in values["words"] if word["text"] in ("Hello.", "Yes.")] == [
        "rk", "so",
    ]  # fmt: skip
    assert "taken as spoken words, not as names of speakers: Fact:" in capsys.readouterr().err
    captions = (out / "talk.srt").read_text()
    assert "Keller" not in captions and "SAM" not in captions and "rk" not in captions
    assert captions.count("Fact:") == 2
