import wave
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pipeline.align.records import Alignment, TimedWord
from pipeline.episode import Speaker
from pipeline.errors import InputError
from pipeline.speakers.records import Attribution
from pipeline.speakers.voice_sample import render_voices
from pipeline.speakers.voices import VoiceDiarizer
from tests.speakers.voice_audio import LOW, RATE_HZ, Conversation, Voice, converse, speak, write_wav
from tests.support import RecordingProgress, transcript_of

ANN, BOB = Speaker("ann", "Ann Lee", ("Ann",)), Speaker("bob", "Bob Ray", ("Bob",))
CID = Speaker("cid", "Cid Orr", ("Cid",))
LONG = "so here are many words that I have to say."
TURNS = [
    (name, LONG if n % 3 else "well, yes indeed.") for n, name in enumerate(["ann", "bob"] * 7)
]


def listen(
    talk: Conversation,
    *speakers: Speaker,
    voices: Path | None = None,
    progress: RecordingProgress | None = None,
) -> Attribution:
    diarizer = VoiceDiarizer(voices)
    return diarizer.assign(
        talk.transcript, talk.alignment, speakers, talk.audio, progress or RecordingProgress()
    )


def up_to_naming(found: Attribution, right: tuple[str, ...]) -> float:
    """Share of words that are right when each key stands for whom it mostly is."""
    pairs = Counter(zip(found.words, right, strict=True))
    best = {key: max(n for (a, _), n in pairs.items() if a == key) for key, _ in pairs}
    return sum(best.values()) / len(right)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("voices")


@pytest.fixture(scope="module")
def talk(folder: Path) -> Conversation:
    return converse(folder, TURNS)


def with_text(talk: Conversation, *lines: str) -> Conversation:
    changed = replace(talk, transcript=transcript_of(lines))
    assert len(changed.transcript.words) == len(talk.right)
    return changed


def test_one_label_each_names_the_voices(talk: Conversation) -> None:
    lines = [f"- {line}" for _, line in TURNS]
    lines[3] = f"- [Bob] {TURNS[3][1]}"
    lines[4] = f"- [Ann] {TURNS[4][1]}"
    found = listen(with_text(talk, *lines), BOB, ANN)
    assert found.words == talk.right
    assert {(n.speaker, n.source, n.score) for n in found.named_by} == {
        ("ann", "label", 1.0),
        ("bob", "label", 1.0),
    }
    assert found.doubted == () and found.unmarked == ()


def test_changes_that_the_text_does_not_mark_are_found_and_listed(talk: Conversation) -> None:
    lines = [f"- [{name.capitalize()}] {line}" for name, line in TURNS]
    lines[5] = TURNS[5][1]
    found = listen(with_text(talk, *lines), ANN, BOB)
    assert found.words == talk.right
    (change,) = found.unmarked
    assert (change.before, change.after) == ("ann", "bob")
    assert change.word == sum(len(line.split()) for _, line in TURNS[:5])
    assert change.probability > 0.9


def test_without_marks_or_names_voices_alone_decide(talk: Conversation) -> None:
    progress = RecordingProgress()
    found = listen(with_text(talk, *(line for _, line in TURNS)), progress=progress)
    assert up_to_naming(found, talk.right) > 0.97
    assert [speaker.name for speaker in found.speakers] == ["Speaker 1", "Speaker 2"]
    assert found.words[0] == "speaker-1"
    assert any("nothing names Speaker 1 and Speaker 2" in line for line in progress.warnings)
    assert all("config" in line for line in progress.warnings)


def test_a_wrong_label_is_kept_and_doubted(talk: Conversation) -> None:
    lines = [f"- [{name.capitalize()}] {line}" for name, line in TURNS]
    lines[7] = f"- [Ann] {TURNS[7][1]}"
    found = listen(with_text(talk, *lines), ANN, BOB)
    first = sum(len(line.split()) for _, line in TURNS[:7])
    last = first + len(TURNS[7][1].split()) - 1
    assert set(found.words[first : last + 1]) == {"ann"}
    assert [(d.first_word, d.speaker, d.voice, d.reason) for d in found.doubted] == [
        (first, "ann", "bob", "label")
    ]


def test_a_dash_inside_one_voice_is_doubted(talk: Conversation) -> None:
    lines = [f"- [{name.capitalize()}] {line}" for name, line in TURNS]
    lines[8] = "- [Ann] so here are many - words that I have to say."
    found = listen(with_text(talk, *lines), ANN, BOB)
    assert found.words == talk.right
    assert [(d.reason, d.voice) for d in found.doubted] == [("mark", "ann")]


def test_order_of_speaking_names_where_nothing_else_does(talk: Conversation) -> None:
    found = listen(talk, ANN, BOB)
    assert found.words == talk.right
    assert {n.source for n in found.named_by} == {"order"}


def test_three_voices_of_uneven_shares(folder: Path) -> None:
    names = ["ann", "bob", "ann", "cid", "ann", "bob"] * 4
    turns = [(n, LONG * (3 if n == "ann" else 1)) for n in names]
    turns = [(n, line.replace(".", ". ").strip()) for n, line in turns]
    talk = converse(folder, turns, seed=3)
    lines = [f"- {line}" for _, line in turns]
    for at in (1, 2, 3):
        lines[at] = f"- [{names[at].capitalize()}] {turns[at][1]}"
    found = listen(with_text(talk, *lines), ANN, BOB, CID)
    assert np.mean([a == b for a, b in zip(found.words, talk.right, strict=True)]) > 0.98


def test_more_names_than_voices(talk: Conversation) -> None:
    progress = RecordingProgress()
    lines = [f"- [{name.capitalize()}] {line}" for name, line in TURNS]
    found = listen(with_text(talk, *lines), ANN, CID, BOB, progress=progress)
    assert found.words == talk.right
    assert progress.warnings == ["Cid Orr is heard nowhere in the episode"]


def test_fewer_names_than_voices(folder: Path) -> None:
    names = ["ann", "bob", "cid"] * 6
    turns = [(name, LONG) for name in names]
    talk = converse(folder, turns, seed=4)
    progress = RecordingProgress()
    lines = [f"- {line}" for _, line in turns]
    lines[0], lines[1] = f"- [Ann] {LONG}", f"- [Bob] {LONG}"
    found = listen(with_text(talk, *lines), ANN, BOB, progress=progress)
    assert [speaker.name for speaker in found.speakers] == ["Ann Lee", "Bob Ray", "Speaker 3"]
    assert up_to_naming(found, talk.right) > 0.97
    assert any("nothing names Speaker 3" in line for line in progress.warnings)


def test_a_label_that_no_speaker_has_is_a_passer_by(talk: Conversation) -> None:
    progress = RecordingProgress()
    lines = [f"- {line}" for _, line in TURNS]
    lines[6] = f"- [Joe] {TURNS[6][1]}"
    found = listen(with_text(talk, *lines), ANN, BOB, progress=progress)
    first = sum(len(line.split()) for _, line in TURNS[:6])
    for at, (key, right) in enumerate(zip(found.words, talk.right, strict=True)):
        passing = first <= at < first + len(TURNS[6][1].split())
        assert key == ("joe" if passing else right)
    assert any("no speaker of the config has the label Joe" in w for w in progress.warnings)


def test_eight_voices(folder: Path) -> None:
    voices = {f"v{n}": Voice(80 + 27 * n, 0.84 + 0.06 * (n * 3 % 8)) for n in range(8)}
    names = [f"v{(5 * n + n // 8) % 8}" for n in range(40)]
    turns = [(name, f"{LONG} {LONG}") for name in names]
    speakers = tuple(Speaker(name, name.upper()) for name in voices)
    talk = converse(folder, turns, voices=voices, seed=12)
    lines = [f"- [{name.upper()}] {line}" for name, line in turns[:16]]
    lines += [f"- {line}" for _, line in turns[16:]]
    found = listen(with_text(talk, *lines), *speakers)
    assert np.mean([a == b for a, b in zip(found.words, talk.right, strict=True)]) > 0.95


def test_one_speaker_only(folder: Path) -> None:
    talk = converse(folder, [("ann", LONG)] * 12, text=[LONG] * 12, seed=5)
    for speakers in ((ANN,), ()):
        found = listen(talk, *speakers)
        assert set(found.words) == {"ann" if speakers else "speaker-1"}


def test_voices_too_alike_leave_it_to_the_text(folder: Path) -> None:
    same = {"ann": LOW, "bob": LOW}
    talk = converse(folder, [(n, LONG) for n in ["ann", "bob"] * 5], voices=same, seed=6)
    progress = RecordingProgress()
    assert listen(talk, ANN, BOB, progress=progress).words == talk.right
    assert any("by the text only" in line for line in progress.warnings)


def test_hardly_any_speech_leaves_it_to_the_text(folder: Path) -> None:
    talk = converse(folder, [("ann", "hi"), ("bob", "yes"), ("ann", "so")], seed=7)
    progress = RecordingProgress()
    assert listen(talk, ANN, BOB, progress=progress).words == ("ann", "bob", "ann")
    assert any("too little speech" in line for line in progress.warnings)


def test_a_speaker_a_channel_is_used_even_of_one_voice(folder: Path) -> None:
    same = {"ann": LOW, "bob": LOW}
    lines = [line for _, line in TURNS]
    talk = converse(folder, TURNS, text=lines, sides=True, voices=same, seed=8)
    assert listen(talk, ANN, BOB).words == talk.right


def test_music_in_stereo_makes_nobody_two(folder: Path) -> None:
    talk = converse(folder, [("ann", LONG)] * 14, text=[LONG] * 14, seed=11)
    with wave.open(str(talk.audio)) as file:
        sound = np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, 2)
    at_s = np.arange(len(sound)) / RATE_HZ
    pan = 0.5 + 0.5 * np.sin(2 * np.pi * at_s / 7)
    chord = 250 * sum(np.sin(2 * np.pi * hertz * at_s) for hertz in (220, 277, 330))
    mixed = sound + np.stack([pan * chord, (1 - pan) * chord], axis=1)
    audio = folder / "music.wav"
    write_wav(audio, mixed)
    assert set(listen(replace(talk, audio=audio)).words) == {"speaker-1"}


def test_clips_name_the_voices(talk: Conversation, folder: Path) -> None:
    clip = folder / "ann.wav"
    rng = np.random.default_rng(9)
    sound = np.concatenate([speak(LOW, rng, 300) for _ in range(20)])
    write_wav(clip, 5000 * sound / np.abs(sound).max())
    found = listen(talk, BOB, replace(ANN, clip=str(clip)))
    assert found.words == talk.right
    assert {(n.speaker, n.source) for n in found.named_by} == {("ann", "clip"), ("bob", "order")}


def test_a_clip_without_speech_is_refused(talk: Conversation, folder: Path) -> None:
    clip = folder / "silence.wav"
    write_wav(clip, np.zeros(32000))
    with pytest.raises(InputError, match=r"silence\.wav: the reference clip of Ann Lee holds no"):
        listen(talk, replace(ANN, clip=str(clip)), BOB)


def test_voices_of_one_episode_name_those_of_the_next(talk: Conversation, folder: Path) -> None:
    lines = [f"- [{name.capitalize()}] {line}" for name, line in TURNS]
    samples = listen(with_text(talk, *lines), ANN, BOB).samples
    assert [sample.key for sample in samples] == ["ann", "bob"]
    path = folder / "show.voices"
    path.write_bytes(render_voices(samples))
    turns = [(n, LONG) for n in ["cid", "ann"] * 6]
    other = converse(folder, turns, seed=10)
    found = listen(other, voices=path)
    assert {(n.speaker, n.source) for n in found.named_by} == {
        ("ann", "voices"),
        ("speaker-2", "none"),
    }
    assert [key == "ann" for key in found.words] == [key == "ann" for key in other.right]


def test_words_that_are_absent_go_with_their_neighbours(talk: Conversation) -> None:
    words = list(talk.alignment.words)
    for at in (6, 20, 21):
        words[at] = TimedWord(None, None, 0.0, "absent")
    lost = replace(talk, alignment=Alignment(tuple(words), (), talk.alignment.duration_ms, 0.9))
    assert listen(lost, ANN, BOB).words == talk.right


def test_same_input_same_result(talk: Conversation) -> None:
    first, second = listen(talk, ANN, BOB), listen(talk, ANN, BOB)
    assert first.words == second.words and first.named_by == second.named_by
    assert render_voices(first.samples) == render_voices(second.samples)
