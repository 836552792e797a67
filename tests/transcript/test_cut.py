from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pipeline.transcript.cut import LONGEST_LINE
from pipeline.transcript.parse import parse_transcript

PIECES = st.sampled_from(
    ["we", "went.", "home,", "(laughing out)", "- Yes", "extraordinarily", "so"]
)


@given(st.lists(PIECES, min_size=1, max_size=80))
def test_a_paragraph_loses_nothing_and_no_line_is_long(pieces: list[str]) -> None:
    text = "- Well " + " ".join(pieces)
    found = parse_transcript(text.encode(), "t")
    assert " ".join(line.text for line in found.lines) == text
    if len(text) <= LONGEST_LINE:
        assert len(found.lines) == 1
        return
    assert all(len(line.text) <= 42 for line in found.lines)
    for line in found.lines:
        assert text.startswith(line.text, line.place.column - 1)
        assert line.text.count("- ") == len(line.turns)
        assert line.text.count("(laughing out)") == len(line.events)
        assert all(turn.before_word == 0 for turn in line.turns)


def test_a_whole_file_in_one_line_is_cut_like_its_beginning() -> None:
    sentence = "We went to the shop, and then we came home again. "
    few = parse_transcript((sentence * 4).encode(), "t").lines
    many = parse_transcript((sentence * 400).encode(), "t").lines
    assert [line.text for line in many[: len(few)]] == [line.text for line in few]
    assert len(many) == 100 * len(few)
