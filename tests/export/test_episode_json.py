import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.align.records import Alignment, TimedWord
from pipeline.episode import Episode, Gap, Speaker
from pipeline.errors import InputError
from pipeline.export.episode_json import parse_episode, read_episode, render
from pipeline.subtitles.styles import STYLES
from tests.support import DEMO, episode_of

STYLE = STYLES["netflix"]
HERE = Path("x.episode.json")

_CHARACTERS = st.characters(exclude_categories=["Cs", "Cc", "Cn", "Co"])
TEXT = st.text(_CHARACTERS)
WORD = st.text(_CHARACTERS, min_size=1).filter(lambda text: text.split() == [text])
KEYS = st.lists(
    st.from_regex(r"[^\s]{1,9}", fullmatch=True, alphabet=st.characters(exclude_categories=["Cs"])),
    min_size=2,
    max_size=3,
    unique=True,
)
TIMED = st.builds(
    lambda start, length, confidence, status: TimedWord(start, start + length, confidence, status),
    st.integers(0, 50_000_000),
    st.integers(0, 5000),
    st.floats(0, 1),
    st.sampled_from(["aligned", "interpolated"]),
)
ABSENT = st.just(TimedWord(None, None, 0.0, "absent"))
GAPS = st.builds(
    lambda start, length, kind: Gap(start, start + length, kind),
    st.integers(0, 10_000),
    st.integers(0, 10_000),
    st.sampled_from(["untranscribed", "music", "silence"]),
)


@st.composite
def episodes(draw: st.DrawFn) -> Episode:
    words = draw(st.lists(st.one_of(TIMED, ABSENT), min_size=5, max_size=5))
    gaps = tuple(draw(st.lists(GAPS, max_size=3)))
    episode = episode_of(
        ["- a (x) b", "(y)"], ["c", "- [Joe] d e"],
        alignment=Alignment(tuple(words), gaps, draw(st.integers(0, 60_000_000)), 1.0),
    )  # fmt: skip
    names = draw(KEYS)
    keys = {speaker.key: name for speaker, name in zip(episode.speakers, names * 2, strict=False)}
    if len(set(keys.values())) < len(keys):
        keys = {key: key for key in keys}
    return replace(
        episode,
        title=draw(TEXT),
        speakers=tuple(Speaker(keys[s.key], draw(TEXT)) for s in episode.speakers),
        lines=tuple(
            replace(line, text=draw(TEXT), speaker=line.speaker and keys[line.speaker])
            for line in episode.lines
        ),
        words=tuple(
            replace(word, text=draw(WORD), speaker=word.speaker and keys[word.speaker])
            for word in episode.words
        ),
    )


@given(episodes())
def test_what_is_written_is_read(episode: Episode) -> None:
    text = render(episode, STYLE)
    assert parse_episode(text.encode(), HERE) == episode
    assert render(parse_episode(text.encode(), HERE), STYLE) == text


def test_layout_is_the_contract() -> None:
    values = json.loads(render(episode_of(*DEMO), STYLE))
    assert list(values) == [
        "format", "episode", "engine", "chapters", "lines", "words", "events", "gaps",
    ]  # fmt: skip
    assert values["format"] == "episode-subtitles/1"
    assert values["episode"] == {
        "id": "demo",
        "title": "The Demo",
        "audio": {"file": "demo.opus", "sha256": "a" * 64, "duration_ms": 9800},
        "transcript": {"file": "demo.txt", "sha256": "b" * 64},
        "speakers": [
            {"key": "lex", "name": "Lex Fridman"},
            {"key": "elon", "name": "Elon Musk"},
        ],
    }
    assert values["engine"] == {"aligner": "hmm", "diarizer": "transcript", "version": "0.1.0"}
    assert values["chapters"][0] == {
        "number": 1, "title": "Chapter 1", "start_ms": 1000, "end_ms": 4600,
        "first_line": 0, "last_line": 2, "repeated_lines": 0,
    }  # fmt: skip
    assert values["lines"][0] == {
        "index": 0, "chapter": 1, "speaker": "lex", "start_ms": 1000, "end_ms": 2950,
        "text": "- The following is a talk.", "first_word": 0, "last_word": 4,
    }  # fmt: skip
    assert values["words"][0] == {
        "index": 0, "line": 0, "text": "The", "speaker": "lex", "start_ms": 1000, "end_ms": 1350,
        "confidence": 0.9, "status": "aligned",
    }  # fmt: skip
    assert values["events"][0] == {
        "line": 1, "text": "(Elon whistling)", "start_ms": 2950, "end_ms": 3000,
    }  # fmt: skip


def damaged(**changes: Any) -> bytes:
    values = json.loads(render(episode_of(*DEMO), STYLE))
    for place, value in changes.items():
        *path, last = (int(part) if part.isdigit() else part for part in place.split("__"))
        target = values
        for part in path:
            target = target[part]
        target[last] = value
    return json.dumps(values).encode()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "x.episode.json:1:1: damaged JSON: Expecting value"),
        (render(episode_of(*DEMO), STYLE).encode()[:900], "damaged JSON"),
        (b"\xff\xfe\x00", "not UTF-8 text"),
        (b"[" * 100_000, "damaged JSON"),
        (b"[]", 'no "format": "episode-subtitles/1"'),
        (b'{"format": "other"}', 'no "format"'),
        (b'{"format": "episode-subtitles/2"}', "unknown format version episode-subtitles/2"),
        (b'{"format": "episode-subtitles/1"}', "damaged timed episode: episode: "),
        (damaged(words__0__start_ms="1"), "words.0.start_ms: Input should be a valid integer"),
        (damaged(words__0__start_ms=1.5), "words.0.start_ms"),
        (damaged(words__0__status="lost"), "words.0.status"),
        (damaged(words__0__start_ms=None), "word 0 is aligned, which its times contradict"),
        (damaged(words__0__status="absent"), "word 0 is absent, which its times contradict"),
        (damaged(words__0__confidence=1.1), "word 0 has the confidence 1.1"),
        (damaged(words__0__confidence=float("nan")), "confidence"),
        (damaged(words__0__start_ms=-1), "word 0 starts before the audio"),
        (damaged(words__0__end_ms=1), "word 0 ends before it starts"),
        (damaged(words__1__start_ms=1), "word 1 starts before the one in front of it"),
        (damaged(words__1__index=7), "word 1 has the index 7"),
        (damaged(words__1__line=70), "word 1 belongs to line 70, which does not exist"),
        (damaged(words__1__line=1), "line 0 and its words disagree"),
        (damaged(words__1__speaker="joe"), "word 1 has the unknown speaker joe"),
        (damaged(lines__0__speaker="joe"), "line 0 has the unknown speaker joe"),
        (damaged(lines__1__index=0), "line 1 has the index 0"),
        (damaged(lines__1__first_word=4), "line 1 does not begin with the word after"),
        (damaged(lines__1__last_word=500), "line 1 and its words disagree"),
        (damaged(lines__0__end_ms=None), "line 0 has only one of its two times"),
        (damaged(lines__6__last_word=15), "the lines have 16 words, there are"),
        (damaged(lines__2__start_ms=1), "line 2 starts before the one in front of it"),
        (damaged(chapters__1__first_line=0), "chapter 2 does not begin with the line after"),
        (damaged(chapters__2__last_line=70), "chapter 3 has lines that do not exist"),
        (damaged(chapters__2__last_line=5), "the chapters have 6 lines, there are 7"),
        (damaged(chapters__1__start_ms=0), "chapter 2 starts before the one in front of it"),
        (damaged(events__0__line=70), "event 0 belongs to line 70"),
        (damaged(events__0__end_ms=0), "event 0 ends before it starts"),
        (damaged(gaps=[{"start_ms": 5, "end_ms": 1, "kind": "music"}]), "gap 0 ends before"),
        (damaged(gaps=[{"start_ms": 5, "end_ms": 9, "kind": "noise"}]), "gaps.0.kind"),
        (damaged(episode__id="../x"), "no file can be named after it"),
        (damaged(episode__audio__duration_ms=-1), "the audio's duration is negative"),
        (damaged(episode__audio__duration_ms=2**63), "duration is more than 1000 hours"),
        (damaged(words__15__end_ms=2**40), "word 15 ends after more than 1000 hours"),
        (damaged(episode__speakers__1__key="lex"), "two speakers have the same key"),
        (
            damaged(episode__speakers__1__key="a b"),
            "the speaker key 'a b' is empty or holds blanks",
        ),
        (damaged(episode__speakers__1__key=""), "the speaker key '' is empty or holds blanks"),
        (damaged(lines=3), "lines: Input should be"),
    ],
)
def test_damage_is_one_clear_line(content: bytes, message: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_episode(content, HERE)
    assert message in str(caught.value)
    assert str(caught.value).startswith("x.episode.json:")
    assert "\n" not in str(caught.value)


def test_unknown_keys_and_a_byte_order_mark_are_no_damage() -> None:
    content = b"\xef\xbb\xbf" + damaged(words__0__note="x", more=1)
    assert parse_episode(content, HERE).words[0].text == "The"


def test_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no\.json: there is no such timed episode"):
        read_episode(tmp_path / "no.json")


@given(st.binary())
def test_any_bytes_are_refused_in_one_line(content: bytes) -> None:
    with pytest.raises(InputError):
        parse_episode(content, HERE)
