import csv
import io
import json
from dataclasses import replace

import imageio_ffmpeg
import pytest
import webvtt

from pipeline.episode import Chapter, Episode
from pipeline.export import (
    chapters_csv,
    chapters_ffmetadata,
    chapters_json,
    chapters_md,
    chapters_vtt,
    chapters_youtube,
)
from pipeline.subtitles.styles import STYLES
from tests.support import DEMO, episode_of

STYLE = STYLES["netflix"]
EPISODE = episode_of(*DEMO, repeated_lines=20)


def with_chapters(duration_ms: int, *starts_ms: int, title: str = "T") -> Episode:
    ends_ms = [*starts_ms[1:], duration_ms]
    chapters = tuple(
        Chapter(number, title, start_ms, end_ms, 0, -1)
        for number, (start_ms, end_ms) in enumerate(zip(starts_ms, ends_ms, strict=True), start=1)
    )
    return replace(EPISODE, chapters=chapters, duration_ms=duration_ms)


def test_csv() -> None:
    text = chapters_csv.render(EPISODE, STYLE)
    assert text.splitlines()[0] == (
        "number,title,start,end,duration,start_ms,end_ms,first_line,speaker,words,repeated_lines"
    )
    rows = list(csv.DictReader(io.StringIO(text)))
    assert rows[1] == {
        "number": "2",
        "title": "Chapter 2",
        "start": "0:00:04.600",
        "end": "0:00:07.000",
        "duration": "0:00:02.400",
        "start_ms": "4600",
        "end_ms": "7000",
        "first_line": "'- A < B & C.",
        "speaker": "Elon Musk",
        "words": "6",
        "repeated_lines": "20",
    }


@pytest.mark.parametrize("title", ['a,b "c"', "a\nb", "é’", "a=1+1"])
def test_csv_keeps_any_title(title: str) -> None:
    text = chapters_csv.render(with_chapters(1000, 0, title=title), STYLE)
    assert next(csv.DictReader(io.StringIO(text, newline="")))["title"] == title


def test_markdown() -> None:
    lines = chapters_md.render(with_chapters(3_700_000, 0, 65_000, title="a|b *c*"), STYLE)
    assert lines.splitlines() == [
        "# The Demo",
        "",
        "| # | Chapter | Start | End | Duration | Begins with | Speaker | Words |",
        "|--:|---|--:|--:|--:|---|---|--:|",
        r"| 1 | a\|b \*c\* | 0:00:00.000 | 0:01:05.000 | 0:01:05.000 |  |  | 0 |",
        r"| 2 | a\|b \*c\* | 0:01:05.000 | 1:01:40.000 | 1:00:35.000 |  |  | 0 |",
    ]


def test_json() -> None:
    values = json.loads(chapters_json.render(EPISODE, STYLE))
    assert values["version"] == "1.2.0"
    assert values["chapters"][1] == {"startTime": 4.6, "endTime": 7.0, "title": "Chapter 2"}


def test_vtt_leaves_out_what_has_no_length() -> None:
    text = chapters_vtt.render(with_chapters(5000, 0, 2000, 2000, title="a --> <b>"), STYLE)
    captions = webvtt.from_buffer(io.StringIO(text))
    assert [(c.identifier, c.start, c.end) for c in captions] == [
        ("1", "00:00:00.000", "00:00:02.000"),
        ("3", "00:00:02.000", "00:00:05.000"),
    ]
    assert text.count("-->") == 2


def test_youtube() -> None:
    episode = with_chapters(3_700_000, 0, 65_999, 3_600_000)
    assert chapters_youtube.render(episode, STYLE) == "0:00 T\n1:05 T\n1:00:00 T\n"
    assert chapters_youtube.warnings(episode, STYLE) == ()


def test_youtube_gets_what_comes_before_the_first_chapter_as_one_of_its_own() -> None:
    episode = with_chapters(99_000, 12_000, 30_000, 50_000)
    assert chapters_youtube.render(episode, STYLE) == "0:00 Intro\n0:12 T\n0:30 T\n0:50 T\n"
    assert chapters_youtube.warnings(episode, STYLE) == ()
    episode = with_chapters(99_000, 8_000, 30_000, 50_000)
    assert chapters_youtube.render(episode, STYLE) == "0:00 T\n0:30 T\n0:50 T\n"
    assert chapters_youtube.warnings(episode, STYLE) == ()


@pytest.mark.parametrize(
    ("episode", "message"),
    [
        (with_chapters(99_000, 0, 30_000), "fewer than 3 chapters"),
        (with_chapters(99_000, 0, 7_000, 50_000), "chapter 1 is shorter than 10 s"),
        (with_chapters(99_000, 0, 50_000, 50_000), "chapter 2 is shorter than 10 s"),
        (with_chapters(99_000, 0, 50_000, 95_000), "chapter 3 is shorter than 10 s"),
    ],
)
def test_youtube_would_ignore_it(episode: Episode, message: str) -> None:
    (found,) = chapters_youtube.warnings(episode, STYLE)
    assert message in found
    assert chapters_youtube.render(episode, STYLE).count("\n") == len(episode.chapters)


def test_ffmpeg_reads_the_metadata(tmp_path: object) -> None:
    import subprocess
    from pathlib import Path

    path = Path(str(tmp_path)) / "x.ffmetadata"
    title = "a=b;c#d\\e\nf"
    path.write_text(chapters_ffmetadata.render(with_chapters(9000, 0, 4000, title=title), STYLE))
    done = subprocess.run(
        [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-f", "ffmetadata", "-i", str(path),
         "-f", "ffmetadata", "-"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.count("[CHAPTER]") == 2
    assert "START=4000\nEND=9000" in done.stdout
    assert "title=a\\=b\\;c\\#d\\\\e\\\nf" in done.stdout
