from dataclasses import dataclass
from pathlib import Path

import pytest

from pipeline.align.records import Alignment
from pipeline.cli.main import main
from pipeline.config import load_config
from pipeline.progress import Progress
from pipeline.speakers.registry import DIARIZERS
from pipeline.speakers.voice_sample import read_voices
from pipeline.transcript.records import Transcript
from tests.speakers.voice_audio import Conversation, converse
from tests.support import FakeAligner

LONG = "so here are many words that I have to say."
LINES = [("ann", LONG), ("bob", LONG)] * 4


@dataclass
class TrueAligner:
    """Knows the times."""

    alignment: Alignment

    def align(self, transcript: Transcript, audio: Path, progress: Progress) -> Alignment:
        return self.alignment


def files(talk: Conversation, text: Path, *labels: str) -> list[str]:
    marks = [f"[{label}] " if label else "" for label in labels] + [""] * len(LINES)
    lines = [f"- {mark}{line}" for mark, (_, line) in zip(marks, LINES, strict=False)]
    text.write_text("\n\n".join(lines) + "\n", encoding="utf-8")
    return ["--audio", str(talk.audio), "--transcript", str(text), "--out", str(text.parent)]


def test_voices_travel_from_one_run_to_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    talk = converse(tmp_path, LINES)
    monkeypatch.setattr(
        "pipeline.run._load_aligner", lambda name, settings: TrueAligner(talk.alignment)
    )
    show = tmp_path / "show.voices"
    first = files(talk, tmp_path / "one.txt", "Ann", "Bob")
    assert main(["run", *first, "--save-voices", str(show)]) == 0
    assert [sample.name for sample in read_voices(show)] == ["Ann", "Bob"]
    again = show.read_bytes()
    assert main(["run", *first, "--save-voices", str(show)]) == 0
    assert show.read_bytes() == again
    assert main(["run", *files(talk, tmp_path / "two.txt"), "--voices", str(show)]) == 0
    turns = (tmp_path / "two.speakers.rttm").read_text()
    assert turns == (tmp_path / "one.speakers.rttm").read_text().replace(" one ", " two ")


def test_voices_that_are_none_are_one_line(
    inputs: tuple[Path, Path],
    aligner: FakeAligner,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setitem(DIARIZERS, "transcript", "pipeline.speakers.voices:VoiceDiarizer")
    audio, transcript = inputs
    words = ["--audio", str(audio), "--transcript", str(transcript), "--out", str(audio.parent)]
    assert main(["run", *words, "--voices", str(transcript)]) == 2
    assert "talk.txt: not a voices file;" in capsys.readouterr().err
    assert aligner.seen == []


def test_save_voices_does_not_overwrite_an_input(
    inputs: tuple[Path, Path], aligner: FakeAligner, capsys: pytest.CaptureFixture[str]
) -> None:
    audio, transcript = inputs
    words = ["--audio", str(audio), "--transcript", str(transcript), "--out", str(audio.parent)]
    assert main(["run", *words, "--save-voices", str(transcript)]) == 2
    assert aligner.seen == []


def test_save_voices_takes_no_output_s_place(
    inputs: tuple[Path, Path], aligner: FakeAligner, capsys: pytest.CaptureFixture[str]
) -> None:
    audio, transcript = inputs
    out = audio.parent / "out"
    words = ["run", "--audio", str(audio), "--transcript", str(transcript), "--out", str(out)]
    for place, message in (
        (out / "talk.srt", "would overwrite an output"),
        (audio.parent, "there is a folder of this name"),
    ):
        assert main([*words, "--save-voices", str(place)]) == 2
        assert message in capsys.readouterr().err
    assert aligner.seen == []
    assert not out.exists()


def test_a_clip_is_looked_for_beside_the_config(tmp_path: Path) -> None:
    path = tmp_path / "c.toml"
    path.write_text('[[speakers]]\nkey = "a"\nname = "A"\nclip = "a.wav"\n', encoding="utf-8")
    (speaker,) = load_config(path).speakers
    assert speaker.to_record().clip == str(tmp_path / "a.wav")


def test_a_missing_clip_is_told_before_the_work(
    inputs: tuple[Path, Path], aligner: FakeAligner, capsys: pytest.CaptureFixture[str]
) -> None:
    audio, transcript = inputs
    config = audio.parent / "c.toml"
    config.write_text('[[speakers]]\nkey = "a"\nname = "A B"\nclip = "a.wav"\n', encoding="utf-8")
    words = ["--audio", str(audio), "--transcript", str(transcript), "--out", str(audio.parent)]
    assert main(["run", *words, "--config", str(config)]) == 2
    assert "no such reference clip of A B" in capsys.readouterr().err
    assert aligner.seen == []
