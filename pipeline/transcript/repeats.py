"""Repeated lines: how much of a chapter's head says again how the one before ended.

The rule: the head of a chapter repeats the tail of what came before if both agree

- exactly (in words and sound events; case, punctuation and turn marks do not count) over whole
  lines that reach the end of the tail, and hold at least 12 words, or at least 3 lines with 6
  words; where half of all chapters (three at least) begin with such a repeat of 4 words or more,
  4 words are enough;
- or nearly: the best alignment of the head with the end of the tail, word by word, matches 10 words
  or more, and three quarters of either side's words.

So speech that really repeats itself ("Yeah." "Yeah.") across a heading is kept.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.transcript.cut import items
from pipeline.transcript.records import TranscriptLine, TurnMark

__all__ = ["Overlap", "exact_overlap", "find_overlap", "line_tokens"]

Tokens = tuple[str, ...]

_LONGEST = 2000
"""Tokens of the tail and of the head that are compared, at most."""

_MIN_WORDS_LONG = 12
_MIN_LINES, _MIN_WORDS_LINES = 3, 6
_MIN_WORDS_CUSTOM = 4
_MIN_MATCHES, _MIN_SHARE = 10, 0.75
_GAP = 0.6
"""Penalty for a token that only one side has; a match earns 1, a substitution costs 1."""


@dataclass(frozen=True, slots=True)
class Overlap:
    """What of a chapter's head is repeated: `lines` whole lines, then `tokens` of the next."""

    lines: int
    tokens: int = 0


def line_tokens(line: TranscriptLine) -> Tokens:
    """Return what counts when lines are compared: words and events in lower case, bare."""
    return tuple(_bare(item.text) for item in items(line) if not isinstance(item, TurnMark))


def _bare(text: str) -> str:
    return re.sub(r"[\W_]+", "", text.casefold()) or text


def exact_overlap(tail: Sequence[Tokens], head: Sequence[Tokens]) -> int:
    """Return the largest n for which the last n lines of `tail` equal the first n of `head`."""
    n = min(len(tail), len(head), _LONGEST)
    # Longest border of head + separator + tail (Knuth, Morris, Pratt).
    sequence: list[Tokens | None] = [*head[:n], None, *tail[len(tail) - n :]]
    border = [0] * len(sequence)
    for i in range(1, len(sequence)):
        k = border[i - 1]
        while k and sequence[i] != sequence[k]:
            k = border[k - 1]
        border[i] = k + (sequence[i] == sequence[k])
    return min(border[-1], n)


def custom(heads: Sequence[tuple[Sequence[Tokens], Sequence[Tokens]]]) -> bool:
    """Tell whether repeating lines is this transcript's custom, given each (tail, head)."""
    found = sum(
        sum(map(len, head[: exact_overlap(tail, head)])) >= _MIN_WORDS_CUSTOM
        for tail, head in heads
    )
    return found >= 3 and 2 * found >= len(heads)


def find_overlap(
    tail: Sequence[Tokens], head: Sequence[Tokens], *, is_custom: bool = False
) -> Overlap:
    """Find how much of `head` repeats the end of `tail` (module docstring: the rule)."""
    lines = exact_overlap(tail, head)
    words = sum(map(len, head[:lines]))
    if (
        words >= _MIN_WORDS_LONG
        or (lines >= _MIN_LINES and words >= _MIN_WORDS_LINES)
        or (is_custom and words >= _MIN_WORDS_CUSTOM)
    ):
        return Overlap(lines)
    before = [token for line in tail[-_LONGEST:] for token in line][-_LONGEST:]
    after = [token for line in head[:_LONGEST] for token in line][:_LONGEST]
    return _to_lines(head, _near_overlap(before, after))


def _near_overlap(before: Sequence[str], after: Sequence[str]) -> int:
    """Return how many tokens of `after` repeat the end of `before`, nearly; 0 if none do."""
    if not _share_a_phrase(before, after):
        return 0
    codes = {token: code for code, token in enumerate(dict.fromkeys((*before, *after)))}
    tail = np.array([codes[token] for token in before])
    size = len(tail)
    steps = np.arange(size + 1) * _GAP
    # Each cell carries score, matches and where in the tail its alignment began. The start in the
    # tail is free, the end is not: an overlap reaches the end of the tail.
    score = np.zeros(size + 1)
    matches = np.zeros(size + 1, dtype=np.int32)
    begin = np.arange(size + 1, dtype=np.int32)
    best, best_score = 0, 0.0
    for i, token in enumerate(after, start=1):
        equal = tail == codes[token]
        diagonal = np.concatenate(([-np.inf], score[:-1] + np.where(equal, 1.0, -1.0)))
        insert = score - _GAP
        from_diagonal = diagonal >= insert
        new = np.where(from_diagonal, diagonal, insert)
        source = np.arange(size + 1) - from_diagonal
        new_matches = matches[source] + np.concatenate(([0], equal)) * from_diagonal
        new_begin = begin[source]
        # Tokens of the tail that the head lacks: a running maximum along the row.
        lifted = new + steps
        origin = _argmax_so_far(lifted)
        score = lifted[origin] - steps
        matches, begin = new_matches[origin], new_begin[origin]
        share = matches[-1] / max(i, size - begin[-1], 1)
        if matches[-1] >= _MIN_MATCHES and share >= _MIN_SHARE and score[-1] > best_score:
            best, best_score = i, float(score[-1])
    return best


def _argmax_so_far(
    values: np.ndarray[tuple[int], np.dtype[np.float64]],
) -> np.ndarray[tuple[int], np.dtype[np.intp]]:
    top = np.maximum.accumulate(values)
    return np.maximum.accumulate(np.where(values == top, np.arange(len(values)), 0))


def _share_a_phrase(before: Sequence[str], after: Sequence[str]) -> bool:
    """Tell cheaply whether the beginning of `after` can stand in `before` at all."""
    phrases = set(zip(before, before[1:], before[2:], strict=False))
    head = after[:60]
    return any(phrase in phrases for phrase in zip(head, head[1:], head[2:], strict=False))


def _to_lines(head: Sequence[Tokens], tokens: int) -> Overlap:
    lines = 0
    while lines < len(head) and tokens and tokens >= len(head[lines]):
        tokens -= len(head[lines])
        lines += 1
    return Overlap(lines, tokens)
