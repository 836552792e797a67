"""What stands between the words of a line: dashes, labels and sound events.

A timed line holds its text as written. Here it is taken apart again around its known words and
sound events, so nothing is parsed twice in two ways: whatever is neither is a mark.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["Chunk", "Piece", "split_line"]

_LABEL = re.compile(r"\[[^\[\]]*\]\s*[:：]?\s*")
_DASH = re.compile(r"(?:^|(?<=\s)|(?<=[)\]]))(?:[-\u2010-\u2015]{1,2}(?=\s|\[|\(|$)|>>+)\s*")
_GLUED_DASH = re.compile(r"\s*[-\u2010-\u2013](?=$)")
_EVENT_BEFORE_DASH = re.compile(
    r"\s*[\U000F0000-\U000FFFFD\s]+(?=[-\u2010-\u2015]{1,2}(?:\s|\[)|>>)"
)
_BLANKS = re.compile(r"\s+")
_NAME_LABEL = re.compile(
    r"(?<![^\s\U000F0000-\U000FFFFD])[^\s\U000F0000-\U000FFFFD]*[^\W_](?:[^\U000F0000-\U000FFFFD]*[^\W_])?"
    r"[^\s\U000F0000-\U000FFFFD]*(?:\s{0,3}[:：][*_]{0,3})?\s*"
)
"""Whatever has letters or digits and is neither a word nor a sound event."""
_END_OF_SENTENCE = re.compile(r"""[.?!…)\]\U000F0000-\U000FFFFD]["'”’»]*\s*$""")
_NEAR = 80
"""How far back a dash is judged by what stands before it: a line may be a whole file."""
_EVENT_MARK = 0xF0000
"""Sound events are private-use characters from here on while a line is taken apart."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """What stands between two blanks: `words` and `events` count from 0 within the line."""

    text: str
    words: tuple[int, ...]
    events: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a line by one speaker.

    Attributes:
        first_word, last_word: its words within the line, both included; without words
            `last_word == first_word - 1`.
        dash: whether a dash stands in front of it.
        chunks: its text without dash, label and the words that are to be left out.
    """

    first_word: int
    last_word: int
    dash: bool
    chunks: tuple[Chunk, ...]

    @property
    def text(self) -> str:
        """All chunks in order."""
        return " ".join(chunk.text for chunk in self.chunks)


def split_line(
    text: str,
    words: Sequence[str],
    speakers: Sequence[str | None],
    shown: Sequence[bool],
    events: Sequence[str],
) -> tuple[Piece, ...]:
    """Split a line where a dash stands or the speaker changes.

    Args:
        text: the line as written.
        words: its words as written, in order.
        speakers: who says each word.
        shown: whether each word is to be kept in the text.
        events: its sound events as written, in order. An empty one, `()`, is dropped.
    """
    text = _hide_events(text, events)
    spans = _find_words(text, words)
    # Of a text that somebody changed, what is not found as a word may be one.
    without_labels = _drop_labels if all(end > begin for begin, end in spans) else _drop_brackets
    first, dash = 0, False
    content: list[str | int] = []
    pieces: list[Piece] = []

    def close(end: int) -> None:
        chunks = _chunks(content, words, events)
        if chunks:
            pieces.append(Piece(first, end - 1, dash, chunks))

    opening = text[: spans[0][0]] if spans else text
    cursor = len(opening)
    earlier = _EVENT_BEFORE_DASH.match(opening)
    if earlier is not None:
        # The event is still part of the turn before: `(laughing) - So?`.
        content = [earlier.group()]
        close(0)
        opening = opening[earlier.end() :]
    dash, kept = _read_opening(opening, bool(spans))
    kept = without_labels(kept).lstrip()
    content = [kept]
    for at, (begin, end) in enumerate(spans):
        between = text[cursor:begin]
        changes = at > 0 and speakers[at] != speakers[at - 1]
        mark = _turn_dash(text[max(0, cursor - _NEAR) : cursor], between, changes)
        if mark is not None or changes:
            cut = mark.start() if mark else len(between)
            content.append(without_labels(between[:cut]))
            close(at)
            first, dash = at, mark is not None
            content = [without_labels(between[mark.end() :]) if mark else ""]
        else:
            content.append(without_labels(between))
        if shown[at] and end > begin:
            content.append(at)
        cursor = end
    if spans:
        rest = without_labels(text[cursor:])
        trailing = _DASH.search(rest)
        if trailing is not None and rest[trailing.end() :].strip():
            # A turn that is nothing but a sound event: `Yes. - (laughing)`.
            content.append(rest[: trailing.start()])
            close(len(spans))
            first, dash, content = len(spans), True, []
            rest = rest[trailing.end() :]
        content.append(rest)
    close(len(spans))
    return tuple(pieces)


def _hide_events(text: str, events: Sequence[str]) -> str:
    cursor = 0
    for number, event in enumerate(events):
        begin = text.find(event, cursor)
        if event and begin >= 0:
            text = text[:begin] + chr(_EVENT_MARK + number) + text[begin + len(event) :]
            cursor = begin + 1
    return text


def _chunks(
    content: Sequence[str | int], words: Sequence[str], events: Sequence[str]
) -> tuple[Chunk, ...]:
    """Split at blanks what consists of text and numbers of words."""
    groups: list[list[str | int]] = [[]]
    for item in content:
        if isinstance(item, int):
            groups[-1].append(item)
            continue
        parts = _BLANKS.split(item)
        if parts[0]:
            groups[-1].append(parts[0])
        groups += [[part] if part else [] for part in parts[1:]]
    chunks = []
    for group in groups:
        text, heard = "", []
        for item in group:
            if isinstance(item, int):
                text += words[item]
                continue
            for character in item:
                number = ord(character) - _EVENT_MARK
                if not 0 <= number < len(events):
                    text += character
                elif any(c.isalnum() for c in events[number]) or "♪" in events[number]:
                    text += " ".join(events[number].split())
                    heard.append(number)
        if text:
            own = tuple(item for item in group if isinstance(item, int))
            chunks.append(Chunk(text, own, tuple(heard)))
    return tuple(chunks)


def _find_words(text: str, words: Sequence[str]) -> list[tuple[int, int]]:
    """Where each word stands. From the right, so that a leading label is never taken for one."""
    spans: list[tuple[int, int]] = []
    limit = len(text)
    for word in reversed(words):
        begin = _find_before(text, word, limit)
        # One that is not as written there takes no place.
        end = limit if begin is None else begin + len(word)
        limit = limit if begin is None else begin
        spans.append((limit, end))
    return spans[::-1]


def _find_before(text: str, word: str, limit: int) -> int | None:
    end = limit
    while word and (begin := text.rfind(word, 0, end)) >= 0:
        after = begin + len(word)
        joined_left = begin > 0 and text[begin - 1].isalnum() and word[0].isalnum()
        joined_right = after < len(text) and text[after].isalnum() and word[-1].isalnum()
        if not joined_left and not joined_right:
            return begin
        end = after - 1
    return None


def _turn_dash(before: str, between: str, changes: bool) -> re.Match[str] | None:
    """The last dash of `between` if it begins a turn: one inside a sentence does not."""
    dashes = list(_DASH.finditer(between)) if before else []
    if not dashes:
        return None
    if changes or _END_OF_SENTENCE.search(before + between[: dashes[-1].start()]):
        return dashes[-1]
    return None


def _read_opening(text: str, before_word: bool) -> tuple[bool, str]:
    """Whether a dash opens the line, and what else stands there."""
    text = text.lstrip()
    mark = _DASH.match(text) or (_GLUED_DASH.match(text) if before_word else None)
    return mark is not None, text[mark.end() :] if mark else text


def _drop_brackets(between: str) -> str:
    return _LABEL.sub(" ", between)


def _drop_labels(between: str) -> str:
    return _NAME_LABEL.sub(" ", _drop_brackets(between))
