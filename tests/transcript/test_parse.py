from __future__ import annotations

import itertools
import os
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import InputError
from pipeline.transcript.decoding import decode_text
from pipeline.transcript.parse import parse_transcript, read_transcript
from pipeline.transcript.records import Transcript


def parse(text: str, **options: object) -> Transcript:
    return parse_transcript(text.encode(), "t.txt", **options)  # type: ignore[arg-type]


def words(transcript: Transcript) -> list[str]:
    return [word.text for word in transcript.words]


def turns(transcript: Transcript) -> list[tuple[str | None, int]]:
    return [(turn.label, turn.before_word) for line in transcript.lines for turn in line.turns]


def events(transcript: Transcript) -> list[tuple[str, int]]:
    return [(event.text, event.before_word) for line in transcript.lines for event in line.events]


def test_chapters_lines_and_places() -> None:
    found = parse("# Chapter 1\n\n- Hello there.\n\n  I am.\n\n## War and human nature\nSo.\n")
    assert [(c.number, c.title, c.place.line) for c in found.chapters] == [
        (1, "Chapter 1", 1),
        (2, "War and human nature", 7),
    ]
    assert [line.text for line in found.lines] == ["- Hello there.", "I am.", "So."]
    assert [(w.text, w.place.line, w.place.column) for w in found.words] == [
        ("Hello", 3, 3), ("there.", 3, 9), ("I", 5, 3), ("am.", 5, 5), ("So.", 8, 1),
    ]  # fmt: skip


def test_chapter_numbers_of_the_titles_are_kept_if_they_rise() -> None:
    assert [c.number for c in parse("# Chapter 3\na\n# Chapter 7\nb\n").chapters] == [3, 7]
    assert [c.number for c in parse("# Chapter 7\na\n# Chapter 3\nb\n").chapters] == [1, 2]


def test_text_without_chapters_is_one_chapter() -> None:
    found = parse("Hello there.\nGeneral.\n")
    assert [(c.number, c.title) for c in found.chapters] == [(1, "Chapter 1")]
    assert [line.text for line in found.lines] == ["Hello there.", "General."]


def test_heading_without_lines_and_hashtag() -> None:
    found = parse("# Podcast\n\n## Intro\n#metoo is a tag\n")
    assert [c.title for c in found.chapters] == ["Intro"]
    assert words(found) == ["#metoo", "is", "a", "tag"]


@pytest.mark.parametrize(
    ("text", "expected_words", "expected_turns", "expected_events"),
    [
        ("- Deploy acts. - Yeah.", "Deploy acts. Yeah.", [(None, 0), (None, 2)], []),
        ("- [Lex] Yes.", "Yes.", [("Lex", 0)], []),
        ("– Yes.", "Yes.", [(None, 0)], []),
        ("— Yes.", "Yes.", [(None, 0)], []),
        (">> Yes. >> No.", "Yes. No.", [(None, 0), (None, 1)], []),
        ("-Yes.", "Yes.", [(None, 0)], []),
        ("-5 degrees", "-5 degrees", [], []),
        ("Every po- everything.", "Every po- everything.", [], []),
        ("word - another - word", "word - another - word".replace("- ", ""), [], []),
        ("I think — you know — so", "I think you know so", [], []),
        ("I went. — Really?", "I went. Really?", [(None, 2)], []),
        ("10 - 20 of them", "10 20 of them", [], []),
        ("- a - b", "a b", [(None, 0), (None, 1)], []),
        ("(laughing)Yes.", "Yes.", [], [("(laughing)", 0)]),
        ("I know.(laughing)", "I know.", [], [("(laughing)", 2)]),
        ("really (indistinct), lemme", "really lemme", [], [("(indistinct)", 1)]),
        ("they do.()laughing", "they do.", [], [("()laughing", 2)]),
        ("so () yes", "so yes", [], [("()", 1)]),
        ("[laughs] Yes [Music]", "Yes", [], [("[laughs]", 0), ("[Music]", 1)]),
        ("- [laughs] Yes", "Yes", [(None, 0)], [("[laughs]", 0)]),
        ("[Lex] Hello", "Hello", [("Lex", 0)], []),
        ("(Elon laughing) - Yes,", "Yes,", [(None, 0)], [("(Elon laughing)", 0)]),
        ("*sighs* Well", "Well", [], [("*sighs*", 0)]),
        ("♪ la la ♪", "la la", [], [("♪", 2)]),
        ("the dog(s) and f(x)", "the dog(s) and f(x)", [], []),
        ("we (as I said so many times) go", "we (as I said so many times) go", [], []),
        ("(01:02:03) Hello [00:10] you", "Hello you", [], []),
        ("‘Tis “good” — naïve…", "‘Tis “good” naïve…", [], []),
        ("a\u00a0b\u200bc\tz", "a bc z", [], []),
    ],
)
def test_line(
    text: str,
    expected_words: str,
    expected_turns: list[tuple[str | None, int]],
    expected_events: list[tuple[str, int]],
) -> None:
    found = parse(text)
    assert words(found) == expected_words.split()
    assert turns(found) == expected_turns
    assert events(found) == expected_events


def test_colon_labels_by_evidence() -> None:
    found = parse("Lex: Hello.\nElon Musk: Hi.\nLex: How?\nNote: this is prose.\n")
    assert turns(found) == [("Lex", 0), ("Elon Musk", 0), ("Lex", 0)]
    assert words(found) == ["Hello.", "Hi.", "How?", "Note:", "this", "is", "prose."]


def test_colon_in_prose_is_no_label() -> None:
    text = "\n".join(["so he said", *["some more prose"] * 9, "People: he said it", "So: yes"])
    assert turns(parse(text)) == []
    assert turns(parse(text, labels=("People",))) == [("People", 0)]


def test_label_on_a_line_of_its_own_and_markdown() -> None:
    found = parse("Lex:\nHello there.\n**Elon:** Hi.\nLex:\nYes.\n**Elon:** No.\n")
    assert turns(found) == [("Lex", 0), ("Elon", 0), ("Lex", 0), ("Elon", 0)]
    assert words(found) == ["Hello", "there.", "Hi.", "Yes.", "No."]


def test_paragraph_is_cut_into_captions() -> None:
    text = "Lex: " + "We went to the shop, and then, as one does, we came home again. " * 6
    found = parse(text + "(laughing loudly) - Yes, so it is.\nLex: Yes.\n")
    assert all(len(line.text) <= 42 for line in found.lines)
    assert (
        " ".join(line.text for line in found.lines).split()
        == (text + "(laughing loudly) - Yes, so it is. Lex: Yes.").split()
    )
    assert len(found.lines) > 8
    source = text + "(laughing loudly) - Yes, so it is."
    for word in found.words:
        if word.place.line == 1:
            assert source.startswith(word.text, word.place.column - 1)


SRT = """1
00:00:01,000 --> 00:00:02,000
<i>Hello</i> &amp; welcome.
- Yes.

2
00:00:03,000 --> 00:00:04,000
{\\an8}1984

3
00:00:05,000 --> 00:00:06,000
# Chapter B
Go on.
"""

VTT = """WEBVTT - title

STYLE
::cue { color: red }

NOTE Chapter: Beginnings

intro
00:01.000 --> 00:02.000 align:start
<v Lex Fridman>Hello <00:01.500><c>there</c>

00:02.000 --> 00:03.000
<v Lex Fridman>again.

NOTE just a remark

00:03.000 --> 00:04.000
<v.loud Elon>Hi&nbsp;you &lt;3 <v Lex Fridman>No.
"""


def test_srt() -> None:
    found = parse(SRT)
    assert words(found) == "Hello & welcome. Yes. 1984 Go on.".split()
    assert found.lines[0].text == "Hello & welcome."
    assert turns(found) == [(None, 0)]
    assert [c.title for c in found.chapters] == ["Chapter 1", "Chapter B"]
    assert [(w.place.line, w.place.column) for w in found.words[:4]] == [
        (3, 4), (3, 14), (3, 20), (4, 3),
    ]  # fmt: skip
    assert words(parse(SRT.replace("\n", "\r\n"))) == words(found)


def test_vtt() -> None:
    found = parse(VTT)
    assert words(found) == "Hello there again. Hi you 3 No.".replace("3", "<3").split()
    assert turns(found) == [("Lex Fridman", 0), ("Elon", 0), ("Lex Fridman", 3)]
    assert [c.title for c in found.chapters] == ["Beginnings"]


def test_rolling_captions_are_taken_once() -> None:
    lines = ["one two", "three four", "five six", "seven eight", "nine ten"]
    cues = "".join(
        f"00:0{i}.000 --> 00:0{i + 1}.000\n{a}\n{b}\n\n"
        for i, (a, b) in enumerate(itertools.pairwise(lines))
    )
    assert [line.text for line in parse("WEBVTT\n\n" + cues).lines] == lines


@pytest.mark.parametrize(
    "encode",
    [
        lambda s: s.encode("utf-8-sig"),
        lambda s: s.encode("utf-16"),
        lambda s: b"\xfe\xff" + s.encode("utf-16-be"),
        lambda s: s.replace("\n", "\r\n").encode(),
        lambda s: s.replace("\n", "\r").encode(),
    ],
)
def test_encodings_and_line_ends(encode: object) -> None:
    text = "# Chapter 1\n- Café, “yes”.\nno\n"
    assert parse_transcript(encode(text), "t") == parse(text)  # type: ignore[operator]


@pytest.mark.parametrize(
    ("data", "problem", "line", "column"),
    [
        (b"", "empty", None, None),
        (b" \n\n", "empty", None, None),
        (b"# Chapter 1\n\n# Chapter 2\n", "headings but no words", None, None),
        (b"(laughing)\n...\n", "no words", None, None),
        ("so\nthe café".encode("latin-1"), "byte 0xE9 is not UTF-8", 2, 8),
        (b"\xff\xfea\x00\x00\xd8", "not UTF-16", 1, 2),
        (b"hello\x00\x01there", "binary", 1, 6),
        (bytes(range(256)), "binary", None, None),
        (b"%PDF-1.7 \xff", "PDF", None, None),
        (b"PK\x03\x04aa", "office", None, None),
    ],
)
def test_bad_input(data: bytes, problem: str, line: int | None, column: int | None) -> None:
    with pytest.raises(InputError) as raised:
        parse_transcript(data, "t.txt")
    assert problem in raised.value.problem
    assert raised.value.remedy
    assert (raised.value.line, raised.value.column) == (line, column)


def test_missing_file_and_folder(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        read_transcript(tmp_path / "none.txt")
    with pytest.raises(InputError, match="folder"):
        read_transcript(tmp_path)


@given(st.text())
def test_any_text_gives_words_in_their_places_or_one_clear_error(text: str) -> None:
    try:
        found = parse(text)
    except InputError as error:
        assert "\n" not in str(error)
        return
    rows = decode_text(text.encode(), "t.txt").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    assert found.words
    for line in found.lines:
        assert line.text == line.text.strip()
        at = 0
        for word in line.words:
            at = line.text.index(word.text, at) + len(word.text)
            row = rows[word.place.line - 1]
            assert row[word.place.column - 1] == word.text[0] or text.startswith("\ufeff")
        for mark in (*line.turns, *line.events):
            assert 0 <= mark.before_word <= len(line.words)
    assert all(chapter.lines for chapter in found.chapters)


PIECES = st.sampled_from(
    "# Chapter 2|- |[Lex] |Lex: |(laughing)|()|yes|No.|po-|—|\n|\n|\n| |-->|00:01.000 --> 00:02.000"
    "|WEBVTT|<v Bob>|&amp;|>> |1984|…|[Music]|(01:02)|*|♪".split("|")
)


@given(st.lists(PIECES, max_size=60).map("".join))
def test_any_mixture_of_marks_is_parsed(text: str) -> None:
    test_any_text_gives_words_in_their_places_or_one_clear_error.hypothesis.inner_test(text)


def test_lex_400() -> None:
    default = Path(__file__).parents[3] / "shared" / "lex-400" / "transcript.txt"
    path = Path(os.environ.get("LEX400_TRANSCRIPT", default))
    if not path.is_file():
        pytest.skip(f"the user's transcript is not at {path} (set LEX400_TRANSCRIPT)")
    found = read_transcript(path)
    assert [c.number for c in found.chapters] == list(range(1, 11))
    assert [c.repeated_lines for c in found.chapters] == [0] + [20] * 9
    assert len(found.lines) == 2919
    assert len(found.words) == 19976
    begin = sum(line.text.startswith("- ") for line in found.lines)
    labels = Counter(label for label, _ in turns(found))
    assert (begin, labels.total()) == (551, 551 + 83)
    assert (labels["Lex"], labels["Elon"]) == (53, 41)
    assert len(events(found)) == 84
    assert "People:" in words(found)


def test_a_name_before_a_paragraph() -> None:
    found = parse("Lex: Hello.\n\nLex: \n" + "many words in one long paragraph " * 6)
    assert words(found)[:3] == ["Hello.", "many", "words"]
    assert [label for label, _ in turns(found)] == ["Lex", "Lex"]


def test_a_voice_inside_a_word_begins_another() -> None:
    found = parse("WEBVTT\n\n00:01.000 --> 00:02.000\nyes<v Bob>no " + "and so on " * 12)
    assert words(found)[:2] == ["yes", "no"]


def test_characters_that_no_text_means() -> None:
    """C1 controls are Windows-1252 that somebody took for Latin-1; others are no characters."""
    found = parse("Don\x92t \x93go\x94 \x96 it\ufffes \U000f0001x \x81.\n")
    assert found.lines[0].text == "Don’t “go” – it\ufffds \ufffdx \ufffd."
