from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import InputError
from pipeline.review.corrections_json import parse_corrections, render_corrections
from pipeline.review.records import Corrections, LineCorrection, MarkedGap, WordCorrection

PATH = Path("x.corrections.json")
HEAD = '{"format": "episode-subtitles-corrections/1", "episode": "x", "audio_sha256": "a"'
TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn", "Co"]), max_size=8)
LINES = st.builds(
    LineCorrection,
    line=st.integers(0, 99),
    was=TEXT,
    start_ms=st.none() | st.integers(0, 50),
    end_ms=st.none() | st.integers(51, 99),
    speaker=st.none() | TEXT,
    text=st.none() | TEXT,
    absent=st.booleans(),
    checked=st.booleans(),
    words=st.lists(st.builds(WordCorrection, st.integers(0, 9), TEXT, st.booleans())).map(tuple),
)


@given(st.lists(LINES, unique_by=lambda line: line.line, max_size=4))
def test_written_and_read_back(lines: list[LineCorrection]) -> None:
    corrections = Corrections("x", "a", tuple(lines), (MarkedGap(1, 2, "silence"),))
    assert parse_corrections(render_corrections(corrections).encode(), PATH) == corrections


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"{", "damaged corrections"),
        (b"\xff", "damaged corrections"),
        (b"[]", "no corrections"),
        (b'{"format": "episode-subtitles/1"}', "no corrections"),
        (HEAD.encode() + b', "lines": [{"line": "1", "was": ""}]}', "lines.0.line"),
        (HEAD.encode() + b', "lines": [{"line": -1, "was": ""}]}', "negative"),
        (
            HEAD.encode() + b', "lines": [{"line": 1, "was": "", "start_ms": 5, "end_ms": 5}]}',
            "ends before it starts",
        ),
        (
            HEAD.encode() + b', "lines": [{"line": 1, "was": ""}, {"line": 1, "was": ""}]}',
            "same line",
        ),
        (
            HEAD.encode() + b', "gaps": [{"start_ms": 5, "end_ms": 4, "kind": "music"}]}',
            "no length",
        ),
        (HEAD.encode() + b', "gaps": [{"start_ms": 5, "end_ms": 9, "kind": "x"}]}', "kind"),
    ],
)
def test_damaged(content: bytes, message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        parse_corrections(content, PATH)
    assert "\n" not in str(caught.value)
