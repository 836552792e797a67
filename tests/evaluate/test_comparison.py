import json
import random
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.cli.main import main
from pipeline.episode import Episode
from pipeline.errors import InputError
from pipeline.evaluate.comparison import compare, to_values
from pipeline.evaluate.matching import match_words, plain_word
from pipeline.evaluate.readers import content_of_episode, read_content
from pipeline.export.registry import find_formats, render_formats
from pipeline.progress import SilentProgress
from pipeline.subtitles.styles import load_style
from tests.support import ELON, LEX, episode_of

LINES = (
    ["- [Lex] The following is a talk.", "- [Elon] Yeah, 24/7, my friend."],
    ["- [Lex] A <B &C?", "- [Elon] Don’t ask (laughing)."],
)
EPISODE = episode_of(*LINES, speakers=(LEX, ELON))


def write(folder: Path, *names: str, episode: Episode = EPISODE) -> dict[str, Path]:
    style = load_style("transcript")
    paths = {}
    for name in names:
        for file, content in render_formats(
            episode, find_formats([name]), style, SilentProgress()
        ).items():
            paths[name] = folder / file
            paths[name].write_bytes(content)
    return paths


def moved(episode: Episode, by_ms: int) -> Episode:
    words = tuple(
        replace(w, start_ms=(w.start_ms or 0) + by_ms, end_ms=(w.end_ms or 0) + 2 * by_ms)
        for w in episode.words
    )
    lines = tuple(
        replace(x, start_ms=(x.start_ms or 0) + by_ms, end_ms=(x.end_ms or 0) + 2 * by_ms)
        for x in episode.lines
    )
    return replace(episode, words=words, lines=lines)


@pytest.mark.parametrize(
    ("name", "has_words", "has_lines", "has_speakers"),
    [
        ("episode", True, True, True),
        ("ctm", True, True, False),
        ("textgrid", True, True, True),
        ("vtt", False, True, True),
        ("srt", False, True, False),
    ],
)
def test_each_format_agrees_with_the_episode_that_it_was_made_of(
    tmp_path: Path, name: str, has_words: bool, has_lines: bool, has_speakers: bool
) -> None:
    paths = write(tmp_path, "episode", name)
    found = compare(read_content(paths["episode"]), read_content(paths[name]))
    assert found.texts is not None
    assert found.texts.same == len(EPISODE.words)
    assert found.texts.missing == found.texts.extra == found.texts.substituted == 0
    assert (found.words is not None) == has_words
    assert (found.speakers is not None) == has_speakers
    if found.speakers is not None:
        assert found.speakers.wrong == 0
    assert found.lines is not None
    if has_words:
        assert found.words is not None
        assert len(found.words.starts) == len(found.words.ends) == len(EPISODE.words)
        assert all(d.by_ms == 0 for d in (*found.words.starts, *found.words.ends))
    assert found.lines.starts
    assert all(abs(d.by_ms) <= 50 for d in found.lines.starts)


def test_errors_are_those_that_were_made() -> None:
    found = to_values(compare(content_of_episode(EPISODE), content_of_episode(moved(EPISODE, 30))))
    starts, ends = found["words"]["starts"], found["words"]["ends"]
    assert (starts["mean_ms"], starts["median_ms"], starts["p95_ms"], starts["bias_ms"]) == (
        (30, 30, 30, 30)
    )
    assert starts["within"] == (0, 1, 1, 1)
    assert (ends["mean_ms"], ends["within"]) == (60, (0, 0, 1, 1))
    assert found["lines"]["starts"]["mean_ms"] == 30
    assert found["lines"]["ends"]["bias_ms"] == 60
    early = to_values(compare(content_of_episode(moved(EPISODE, 30)), content_of_episode(EPISODE)))
    assert early["words"]["starts"]["bias_ms"] == -30


def test_words_that_differ_are_told_and_do_not_shift_the_rest() -> None:
    other = episode_of(
        ["- [Lex] The following was talk.", "- [Elon] Yeah, 24/7, my my friend."],
        LINES[1],
        speakers=(LEX, ELON),
    )
    found = compare(content_of_episode(EPISODE), content_of_episode(other)).texts
    assert found is not None
    assert (found.substituted, found.missing, found.extra) == (1, 1, 1)
    assert found.examples == (("is", "was"), ("a", ""), ("", "my"))


def test_untimed_words_are_counted() -> None:
    words = tuple(
        replace(w, start_ms=None, end_ms=None, status="absent") if w.index == 2 else w
        for w in EPISODE.words
    )
    found = compare(
        content_of_episode(EPISODE), content_of_episode(replace(EPISODE, words=words))
    ).texts
    assert found is not None
    assert (found.untimed, found.timed_in_vain) == (1, 0)


def test_csv_of_several_recordings(tmp_path: Path) -> None:
    path = tmp_path / "words.csv"
    path.write_text("file,word,start_s,end_s\na.wav,one,0.1,0.2\nb.wav,two,0.3,0.45\n", "utf-8")
    with pytest.raises(InputError, match="choose one with --recording"):
        read_content(path)
    with pytest.raises(InputError, match=r"it has a.wav, b.wav"):
        read_content(path, "c.wav")
    (word,) = read_content(path, "b.wav").words
    assert (word.text, word.start_ms, word.end_ms) == ("two", 300, 450)


@pytest.mark.parametrize("name", ["chapters-csv", "chapters-vtt", "chapters-json"])
def test_chapters_of_all_kinds(tmp_path: Path, name: str) -> None:
    paths = write(tmp_path, "episode", name)
    found = compare(read_content(paths["episode"]), read_content(paths[name])).chapters
    assert found is not None
    assert (found.expected, found.found, found.missing, found.extra) == (2, 2, (), ())
    assert [d.by_ms for d in found.starts] == [0, 0]


def test_chapters_that_differ(tmp_path: Path) -> None:
    path = tmp_path / "c.csv"
    path.write_text("title,start\nChapter 2,0:00:09.000\nThe End,1:00:00\n", "utf-8")
    found = compare(content_of_episode(EPISODE), read_content(path)).chapters
    assert found is not None
    assert (found.missing, found.extra) == (("Chapter 1",), ("The End",))
    assert [d.by_ms for d in found.starts] == [9000 - EPISODE.chapters[1].start_ms]


def test_speakers_of_captions_by_name(tmp_path: Path) -> None:
    path = tmp_path / "x.srt"
    path.write_text(
        "1\n00:00:01,000 --> 00:00:02,000\nLex: The following\n\n"
        "2\n00:00:02,000 --> 00:00:03,000\nis a talk.\n\n"
        "3\n00:00:03,000 --> 00:00:04,000\nElon: Yeah, 24/7,\nLex: my friend.\n\n"
        "4\n00:00:04,000 --> 00:00:05,000\nElon: A B\n\n"
        "5\n00:00:05,000 --> 00:00:06,000\nLex: C?\n",
        "utf-8",
    )
    words = read_content(path).words
    assert [(w.text, w.speaker) for w in words] == [
        *[(text, "Lex") for text in "The following is a talk.".split()],
        *[("Yeah,", "Elon"), ("24/7,", "Elon"), ("my", "Lex"), ("friend.", "Lex")],
        *[("A", "Elon"), ("B", "Elon"), ("C?", "Lex")],
    ]


@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        ("x.txt", "hello", "of unknown kind"),
        ("x.ctm", "a 1 0.1 word\n", ":1: not a CTM record"),
        ("x.ctm", "a 1 nan 0.1 word\n", ":1: not a CTM record"),
        ("x.ctm", ";; nothing\n", "no words in it"),
        ("x.csv", "a,b\n1,2\n", ":1: neither words nor chapters"),
        ("x.csv", "word,start_s,end_s\nhi,soon,2\n", ":2: a row without times"),
        ("x.TextGrid", "hello\n", "damaged TextGrid"),
        ("x.srt", "hello\n", "SRT"),
        ("x.json", "{", "damaged JSON"),
        ("x.json", '{"chapters": [{"title": "A"}]}', "damaged Podcasting 2.0 chapters"),
    ],
)
def test_bad_files_are_one_line(tmp_path: Path, name: str, text: str, problem: str) -> None:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_content(path)
    assert problem in str(caught.value)


def test_nothing_in_common(tmp_path: Path) -> None:
    paths = write(tmp_path, "ctm", "chapters-csv")
    with pytest.raises(InputError, match="nothing in common"):
        compare(read_content(paths["ctm"]), read_content(paths["chapters-csv"]))


def test_command_prints_table_json_and_plot(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("pyannote.metrics")
    paths = {name: str(path) for name, path in write(tmp_path, "episode", "ctm").items()}
    assert main(["compare", paths["ctm"], paths["episode"]]) == 0
    out = capsys.readouterr().out
    assert "word starts" in out and "≤ 20 ms" in out
    plot = tmp_path / "plot.svg"
    assert main(["compare", paths["episode"], paths["episode"], "--json", "--plot", str(plot)]) == 0
    values: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert values["words"]["both"]["within"] == [1, 1, 1, 1]
    assert values["diarization"]["error_rate"] == 0
    texts = [e.text or "" for e in ElementTree.parse(plot).iter() if e.tag.endswith("text")]
    assert any("words: starts" in text for text in texts)
    assert main(["compare", paths["ctm"], paths["episode"], "--plot", paths["ctm"]]) == 2


@given(st.lists(st.sampled_from("abcd")), st.lists(st.sampled_from("abcd")))
def test_matching_takes_every_word_once_and_in_order(a: list[str], b: list[str]) -> None:
    found = match_words(a, b)
    pairs = sorted((*found.same, *found.substituted))
    assert sorted([*(x for x, _ in pairs), *found.missing]) == list(range(len(a)))
    assert sorted([*(y for _, y in pairs), *found.extra]) == list(range(len(b)))
    assert [y for _, y in pairs] == sorted(y for _, y in pairs)
    assert all(a[x] == b[y] for x, y in found.same)


def test_matching_finds_its_way_through_a_long_text() -> None:
    rng = random.Random(1)
    text = [f"w{rng.randrange(900)}" for _ in range(5000)]
    other = text[:2000] + [f"x{n}" for n in range(400)] + text[2000:]
    found = match_words(text, other)
    assert len(found.same) == 5000 and found.extra == tuple(range(2000, 2400))


def test_words_are_compared_without_case_and_punctuation() -> None:
    assert plain_word("“Don’t,”") == plain_word("don't")
    assert plain_word("24/7.") == "24/7" != plain_word("247")


def test_textgrid_with_a_tier_a_speaker(tmp_path: Path) -> None:
    from praatio.utilities.textgrid_io import getTextgridAsStr

    def tier(name: str, *entries: tuple[float, float, str]) -> dict[str, Any]:
        return {"class": "IntervalTier", "name": name, "xmin": 0, "xmax": 9, "entries": entries}

    tiers = [
        tier("Lex - words", (0.5, 1, "so"), (1, 1.2, "<eps>"), (4, 5, "bye")),
        tier("Lex - phones", (0.5, 1, "S")),
        tier("Elon - words", (2, 3, "yeah")),
    ]
    path = tmp_path / "x.TextGrid"
    grid = {"xmin": 0, "xmax": 9, "tiers": tiers}
    path.write_text(getTextgridAsStr(grid, "short_textgrid", includeBlankSpaces=True))
    assert [(w.text, w.start_ms, w.speaker) for w in read_content(path).words] == [
        ("so", 500, "Lex"),
        ("yeah", 2000, "Elon"),
        ("bye", 4000, "Lex"),
    ]


def test_csv_words_without_times_stay_where_they_are(tmp_path: Path) -> None:
    path = tmp_path / "w.csv"
    path.write_text("word,start_ms,end_ms,speaker\na,0,90,x\nb,,,x\nc,200,300,x\nd,900,950,y\n")
    found = read_content(path)
    assert [(w.text, w.start_ms) for w in found.words] == [
        ("a", 0),
        ("b", None),
        ("c", 200),
        ("d", 900),
    ]
    assert [(t.speaker, t.start_ms, t.end_ms) for t in found.turns] == [
        ("x", 0, 300),
        ("y", 900, 950),
    ]
