"""What stands in the text between each two words: nothing, a comma, the end of a sentence, …

How long a speaker may pause there, and how likely something else is said there, depends on it.
"""

from __future__ import annotations

from enum import IntEnum

import numpy as np
import numpy.typing as npt

from pipeline.transcript.records import Transcript

__all__ = ["TextBreak", "text_breaks"]

_CLOSING = "\"'”’»)]"
_SENTENCE_ENDS = ".?!…。？！"
_CLAUSE_ENDS = ",;:—–-"
_LONGEST_SENTENCES = 40  # words on average; with fewer ends of sentences a text has no punctuation


class TextBreak(IntEnum):
    """From the closest connection of two words to none."""

    NONE = 0
    CLAUSE = 1
    SENTENCE = 2
    TURN = 3
    CHAPTER = 4
    EDGE = 5


def text_breaks(transcript: Transcript) -> npt.NDArray[np.int8]:
    """The break before each word, and the one behind the last.

    Where a text has no punctuation, the end of a line may be that of a sentence.

    Returns:
        int8, shape (words + 1,): values of `TextBreak`, the first and the last one `EDGE`.
    """
    words = transcript.words
    ends = [_after(word.text) for word in words]
    sentences = sum(end == TextBreak.SENTENCE for end in ends)
    line_end = TextBreak.NONE
    if sentences * _LONGEST_SENTENCES < len(words):
        line_end = TextBreak.SENTENCE
    breaks: list[int] = []
    for chapter in transcript.chapters:
        within = TextBreak.CHAPTER
        for line in chapter.lines:
            turns = {turn.before_word for turn in line.turns}
            at_line = line_end
            for number in range(len(line.words)):
                before = ends[len(breaks) - 1] if breaks else TextBreak.EDGE
                turn = TextBreak.TURN if number in turns else TextBreak.NONE
                breaks.append(max(before, turn, within, at_line))
                within = at_line = TextBreak.NONE
    return np.array([*breaks, TextBreak.EDGE], np.int8)


def _after(word: str) -> TextBreak:
    end = word.rstrip(_CLOSING)[-1:]
    if not end:
        return TextBreak.NONE
    if end in _SENTENCE_ENDS:
        return TextBreak.SENTENCE
    return TextBreak.CLAUSE if end in _CLAUSE_ENDS else TextBreak.NONE
