"""What stands between the words of a line: dashes, labels and sound events.

A timed line holds its text as written. Here it is taken apart again around its known words, so
nothing has to be parsed twice in two ways: whatever is not a word is a mark.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["Piece", "split_line"]

_EVENT = re.compile(r"\([^()]*\)")
_LABEL = re.compile(r"\[[^\[\]]*\]\s*:?\s*")
_DASH = re.compile(r"(?:^|(?<=\s))[-\u2012-\u2015]{1,2}(?=\s|\[|$)\s*")
_NAME_LABEL = re.compile(r"(?:>>\s*)?[^\W\d_][^:]{0,60}:(?=\s|$)\s*")
_END_OF_SENTENCE = re.compile(r"""[.?!…)\]]["'”’»]*\s*$""")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a line by one speaker.

    Attributes:
        first_word, last_word: its words within the line, both included; without words
            `last_word == first_word - 1`.
        dash: whether a dash stands in front of it.
        text: its text without dash, label and the words that are to be left out.
    """

    first_word: int
    last_word: int
    dash: bool
    text: str


def split_line(
    text: str, words: Sequence[str], speakers: Sequence[str | None], shown: Sequence[bool]
) -> tuple[Piece, ...]:
    """Split a line where a dash stands or the speaker changes.

    Args:
        text: the line as written.
        words: its words as written, in order.
        speakers: who says each word.
        shown: whether each word is to be kept in the text.
    """
    spans = _find_words(text, words)
    pieces: list[Piece] = []
    first, dash = 0, False
    content: list[str] = []

    def close(last: int) -> None:
        joined = " ".join("".join(content).split())
        if joined:
            pieces.append(Piece(first, last, dash, joined))

    cursor = 0
    for at, (begin, end) in enumerate(spans):
        between = text[cursor:begin]
        changes = at > 0 and speakers[at] != speakers[at - 1]
        mark = None if at == 0 else _turn_dash(text[:cursor], between, changes)
        if at == 0:
            dash, opening = _opening(between)
            content.append(opening)
        elif mark is not None:
            content.append(between[: mark.start()])
            close(at - 1)
            first, dash, content = at, True, [_LABEL.sub(" ", between[mark.end() :])]
        elif changes:
            content.append(between.rstrip())
            close(at - 1)
            first, dash, content = at, False, []
        else:
            content.append(between)
        if shown[at]:
            content.append(text[begin:end])
        cursor = end
    rest = text[cursor:]
    if not spans:
        dash, rest = _opening(rest)
    else:
        rest = _LABEL.sub(" ", rest)
    trailing = _DASH.search(rest) if spans else None
    if trailing is not None and rest[trailing.end() :].strip():
        # A turn that is nothing but a sound event: `Yes. - (laughing)`.
        content.append(rest[: trailing.start()])
        close(len(spans) - 1)
        first, dash, content = len(spans), True, []
        rest = rest[trailing.end() :]
    content.append(rest)
    close(len(spans) - 1)
    return tuple(pieces)


def _find_words(text: str, words: Sequence[str]) -> list[tuple[int, int]]:
    """Where each word stands. From the right, so that a leading label is never taken for one."""
    masked = text
    for hidden in (_EVENT, _LABEL):
        masked = hidden.sub(lambda found: " " * len(found.group()), masked)
    spans: list[tuple[int, int]] = []
    limit = len(masked)
    for word in reversed(words):
        begin = _find_before(masked, word, limit)
        if begin is None:
            begin = _find_before(text, word, limit)
        if begin is None:
            # Not as written (a parser that normalises): it takes the place of nothing.
            spans.append((limit, limit))
            continue
        spans.append((begin, begin + len(word)))
        limit = begin
    return spans[::-1]


def _find_before(text: str, word: str, limit: int) -> int | None:
    end = limit
    while (begin := text.rfind(word, 0, end)) >= 0:
        after = begin + len(word)
        inside = (begin > 0 and text[begin - 1].isalnum() and word[:1].isalnum()) or (
            after < len(text) and text[after].isalnum() and word[-1:].isalnum()
        )
        if not inside:
            return begin
        end = after - 1
    return None


def _turn_dash(before: str, between: str, changes: bool) -> re.Match[str] | None:
    """The last dash of `between` if it begins a turn: one inside a sentence does not."""
    dashes = list(_DASH.finditer(between))
    if not dashes:
        return None
    if changes or _END_OF_SENTENCE.search(before + between[: dashes[-1].start()]):
        return dashes[-1]
    return None


def _opening(text: str) -> tuple[bool, str]:
    """Dash and remaining text in front of the first word, label removed."""
    text = text.lstrip()
    dash = _DASH.match(text)
    if dash is not None:
        text = text[dash.end() :]
    text = _LABEL.sub(" ", text)
    name = _NAME_LABEL.match(text)
    if name is not None:
        text = text[name.end() :]
    return dash is not None, text
