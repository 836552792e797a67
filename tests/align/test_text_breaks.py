from __future__ import annotations

from pipeline.align.text_breaks import TextBreak, text_breaks
from pipeline.transcript.parse import parse_transcript


def breaks_of(text: str) -> list[TextBreak]:
    return [TextBreak(value) for value in text_breaks(parse_transcript(text.encode(), "t.txt"))]


def test_what_stands_between_words() -> None:
    text = '# One\nYes, we do.\n- Well then\n# Two\nGood "bye." Bye'
    assert breaks_of(text) == [
        TextBreak.EDGE,
        TextBreak.CLAUSE,
        TextBreak.NONE,
        TextBreak.TURN,
        TextBreak.NONE,
        TextBreak.CHAPTER,
        TextBreak.NONE,
        TextBreak.SENTENCE,
        TextBreak.EDGE,
    ]


def test_lines_end_sentences_where_nothing_else_does() -> None:
    lines = ["one two three four five six"] * 20
    assert breaks_of("\n".join(lines))[6] is TextBreak.SENTENCE
    lines[3:18:2] = ["one two three. Four five six."] * 8
    assert breaks_of("\n".join(lines))[6] is TextBreak.NONE
