"""What is said beyond a limit, and that what lies within it is read."""

import os
from pathlib import Path

import pytest

from pipeline import files
from pipeline.config import parse_config
from pipeline.errors import InputError
from pipeline.transcript import parse
from pipeline.transcript.parse import parse_transcript, read_transcript


@pytest.mark.parametrize(
    ("limit", "unit"),
    [("MOST_WORDS", "words"), ("MOST_CHAPTERS", "chapters"), ("MOST_SPEAKERS", "speakers")],
)
def test_transcripts(monkeypatch: pytest.MonkeyPatch, limit: str, unit: str) -> None:
    monkeypatch.setattr(parse, limit, 3)

    def text(count: int) -> bytes:
        numbers = range(count)
        return {
            "words": " ".join(f"w{n}" for n in numbers),
            "chapters": "".join(f"# Part {n}\n\nspoken{n}\n\n" for n in numbers),
            "speakers": "".join(f"- [Person {'ABCDE'[n]}.] Word.\n\n" for n in numbers),
        }[unit].encode()

    assert parse_transcript(text(3), "x").words
    with pytest.raises(InputError, match=f"{unit}, more than 3"):
        parse_transcript(text(5), "x")


def test_what_is_far_too_large_is_told_before_it_is_taken_apart(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(parse, "MOST_LINES", 3)
    assert parse_transcript(b"\na\r\nb", "x").words
    with pytest.raises(InputError, match="has 4 lines, more than 3"):
        parse_transcript(b"\na\r\nb\r", "x")
    monkeypatch.setattr(parse, "MOST_WORDS", 3)
    monkeypatch.setattr(parse, "scan_line", None)
    with pytest.raises(InputError, match="has 4 brackets, stars and notes, more than 3"):
        parse_transcript(b"a (b)(c)[d]*e", "x")
    with pytest.raises(InputError, match="has 7 words, more than 3"):
        parse_transcript(b"a " * 7, "x")


def test_different_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parse, "MOST_DIFFERENT_WORDS", 3)
    assert len(parse_transcript(b"a. A, b; c, c! a", "x").words) == 6
    with pytest.raises(InputError, match="has 4 different words, more than 3"):
        parse_transcript(b"a b c d", "x")


def test_sizes(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("word " * 10)
    assert read_transcript(path).words
    monkeypatch.setattr(parse, "MOST_TRANSCRIPT_BYTES", 20)
    with pytest.raises(InputError, match="larger than"):
        read_transcript(path)
    with pytest.raises(InputError, match="larger than"):
        files.read_bytes(path, "config", 20)


def test_speakers_of_a_config() -> None:
    table = '[[speakers]]\nkey = "s{0}"\nname = "S {0}"\n'
    parse_config("".join(table.format(n) for n in range(1000)), Path("a.toml"))
    with pytest.raises(InputError, match="more than 1000 speakers"):
        parse_config("".join(table.format(n) for n in range(1001)), Path("a.toml"))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes on this system")
def test_pipes_do_not_hang(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for read in (
        lambda path: read_transcript(path),
        lambda path: files.read_bytes(path, "config"),
        lambda path: files.sha256_of(path, "audio file"),
    ):
        with pytest.raises(InputError, match="no plain file"):
            read(tmp_path / "pipe")
