"""Words that a recogniser heard, matched to those of the text. Pure.

Both hold thousands of words and differ: first what occurs once in both ties them together, as in
patience diff, then what lies between is compared word by word.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Hashable, Sequence

import numpy as np
import numpy.typing as npt

__all__ = ["match_words"]

_LONGEST_ANCHOR = 4
_MOST_CELLS = 400_000
_LEAST_ALIKE = 0.6

Pair = tuple[int, int]


def match_words(text: Sequence[str], heard: Sequence[str]) -> list[Pair]:
    """Pairs of positions in `text` and `heard` that are the same word, both ascending.

    Words are compared as they are: fold their case first. A word that was heard badly matches if it
    is alike and its neighbours match.
    """
    pairs: list[Pair] = []
    spans = [(0, len(text), 0, len(heard))]
    while spans:
        low, high, left, right = spans.pop()
        if low >= high or left >= right:
            continue
        anchors = _anchors(text[low:high], heard[left:right])
        if not anchors:
            if (high - low) * (right - left) <= _MOST_CELLS:
                pairs += [
                    (low + a, left + b) for a, b in _compared(text[low:high], heard[left:right])
                ]
            continue
        begin, start = low, left
        for a, b in anchors:
            pairs.append((low + a, left + b))
            spans.append((begin, low + a, start, left + b))
            begin, start = low + a + 1, left + b + 1
        spans.append((begin, high, start, right))
    return sorted(pairs)


def _anchors(text: Sequence[str], heard: Sequence[str]) -> list[Pair]:
    """The longest chain of sequences of words that occur once in both."""
    for length in range(_LONGEST_ANCHOR, 0, -1):
        in_text, in_heard = _unique(text, length), _unique(heard, length)
        common = sorted((at, in_heard[key]) for key, at in in_text.items() if key in in_heard)
        chain = _ascending(common)
        # A single word that occurs once in a long stretch is there by chance.
        if len(chain) >= (1 if length > 2 or len(text) < 50 else 3):
            # Sequences that overlap in one text need not in the other.
            pairs: list[Pair] = []
            for a, b in sorted({(a + step, b + step) for a, b in chain for step in range(length)}):
                if not pairs or (a > pairs[-1][0] and b > pairs[-1][1]):
                    pairs.append((a, b))
            return pairs
    return []


def _unique(words: Sequence[str], length: int) -> dict[Hashable, int]:
    seen: dict[Hashable, int] = {}
    for at in range(len(words) - length + 1):
        key = tuple(words[at : at + length])
        seen[key] = -1 if key in seen else at
    return {key: at for key, at in seen.items() if at >= 0}


def _ascending(pairs: Sequence[Pair]) -> list[Pair]:
    """The longest subsequence that ascends in both; `pairs` ascend in the first."""
    tails: list[int] = []
    ends: list[int] = []
    before: list[int] = []
    for at, (_, b) in enumerate(pairs):
        place = bisect_left(tails, b)
        before.append(ends[place - 1] if place else -1)
        if place == len(tails):
            tails.append(b)
            ends.append(at)
        else:
            tails[place], ends[place] = b, at
    chain = []
    at = ends[-1] if ends else -1
    while at >= 0:
        chain.append(pairs[at])
        at = before[at]
    return chain[::-1]


def _compared(text: Sequence[str], heard: Sequence[str]) -> list[Pair]:
    """Global alignment of two short stretches by how alike their words are.

    1 for equal words, else 1 - edit distance over the longer length.
    """
    from rapidfuzz.distance import Levenshtein
    from rapidfuzz.process import cdist

    alike = cdist(text, heard, scorer=Levenshtein.normalized_similarity, dtype=np.float64)
    alike[alike < _LEAST_ALIKE] = -1.0
    came_from = _steps(alike)
    pairs = []
    a, b = len(text), len(heard)
    while a and b:
        step = came_from[a, b]
        if step == 0:
            pairs.append((a - 1, b - 1))
        a, b = a - (step != 2), b - (step != 1)
    return pairs[::-1]


def _steps(alike: npt.NDArray[np.float64]) -> npt.NDArray[np.int8]:
    """How each cell is best reached: 0 by a pair, 1 past a word of the text, 2 of the heard."""
    rows, columns = alike.shape
    best = np.zeros((rows + 1, columns + 1))
    came_from = np.ones((rows + 1, columns + 1), dtype=np.int8)
    came_from[0] = 2
    for a in range(1, rows + 1):
        for b in range(1, columns + 1):
            ways = (best[a - 1, b - 1] + alike[a - 1, b - 1], best[a - 1, b], best[a, b - 1])
            step = max(range(3), key=ways.__getitem__)
            best[a, b], came_from[a, b] = ways[step], step
    return came_from
