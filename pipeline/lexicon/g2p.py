"""Grapheme to phoneme: a joint n-gram model guesses how an unknown word is said.

The model (tools/train_g2p.py; Bisani and Ney, "Joint-sequence models for grapheme-to-phoneme
conversion", 2008) gives the probability of a sequence of graphones: pairs of one or two letters
with up to two phones. A beam search over the cuts of a word finds the likeliest sequences.
"""

from __future__ import annotations

import io
import math
from array import array
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline.arrays import load_arrays
from pipeline.installed import own_file
from pipeline.lexicon.phones import PHONE_SET, PHONES
from pipeline.lexicon.records import Phones, Pronunciation

__all__ = ["BEGIN", "END", "PHONES", "PRUNE", "GraphemeToPhoneme", "load_g2p", "pack", "unpack"]

BEGIN, END = 0, 1
"""Codes of a word's beginning and end; graphones follow from 2."""

PRUNE = 1.0
"""Nats of training data that an n-gram must be worth, by default."""

_STEP = 1 / 16
"""Nats between two stored probabilities."""

_BEAM = 24
_BEST_COST, _COST_SCALE, _WORST_COST = 1.0, 0.5, 3.0

Graphone = tuple[str, Phones]
Context = tuple[int, ...]


class GraphemeToPhoneme:
    """The model, ready to decode."""

    def __init__(
        self,
        units: Sequence[Graphone],
        starts: Sequence[int],
        symbols: Sequence[int],
        scores: Sequence[int],
        weights: Sequence[int],
    ) -> None:
        """Take the graphones and the n-grams as a trie in breadth-first order.

        Node 0 is the root; node `i` has the children `starts[i]` to `starts[i + 1]` (excluded),
        sorted by symbol. `scores` (log probability) and `weights` (log back-off weight) are in
        steps of 1/16 nat.
        """
        self._phones = [(), (), *(phones for _, phones in units)]
        self._by_letters: dict[str, list[int]] = {}
        for code, (letters, _) in enumerate(units, start=2):
            self._by_letters.setdefault(letters, []).append(code)
        self._starts = array("i", starts)
        self._symbols = array("H", symbols)
        self._scores = array("h", scores)
        self._weights = array("h", weights)
        self._chains: dict[Context, list[tuple[int, int]]] = {}

    def pronounce(self, word: str, limit: int = 3) -> tuple[Pronunciation, ...]:
        """Guess the pronunciations of a word, likeliest first.

        Args:
            word: lower-case letters a to z and apostrophes; others are passed over.
            limit: how many to return at most; unlikely ones are left out.

        Returns:
            Pronunciations with costs from 1 to 3 nats; none if the word has no letters.
        """
        letters = "".join(c for c in word if c in _LETTERS)
        finals: dict[Phones, float] = {}
        for (_, phones), score in self._decode(letters).items():
            before = finals.get(phones)
            finals[phones] = score if before is None else _log_add(before, score)
        ranked = sorted((-score, phones) for phones, score in finals.items() if phones)
        found = []
        for minus_score, phones in ranked[:limit]:
            behind = minus_score - ranked[0][0]
            cost = _BEST_COST + _COST_SCALE * behind
            if cost <= _WORST_COST:
                found.append(Pronunciation(phones, round(cost, 3)))
        return tuple(found)

    def _decode(self, letters: str) -> dict[tuple[Context, Phones], float]:
        """Return the score of each surviving (context, phones) that spells all letters."""
        beams: list[dict[tuple[Context, Phones], float]] = [{} for _ in range(len(letters) + 1)]
        beams[0] = {((BEGIN,), ()): 0.0}
        for at in range(len(letters)):
            best = sorted(beams[at].items(), key=lambda item: (-item[1], item[0]))[:_BEAM]
            for size in (1, 2):
                codes = self._by_letters.get(letters[at : at + size], ())
                if at + size > len(letters):
                    continue
                target = beams[at + size]
                for (context, phones), score in best:
                    for code in codes:
                        gained, after = self._follow(context, code)
                        key = after, phones + self._phones[code]
                        new = score + gained
                        if new > target.get(key, -math.inf):
                            target[key] = new
        best = sorted(beams[-1].items(), key=lambda item: (-item[1], item[0]))[:_BEAM]
        return {key: score + self._follow(key[0], END)[0] for key, score in best}

    def _follow(self, context: Context, symbol: int) -> tuple[float, Context]:
        """Return the log probability of a symbol after a context, and the context after it."""
        chain = self._chain(context)
        lost = 0
        for length, node in chain:
            child = self._child(node, symbol)
            if child >= 0:
                kept = (*context[len(context) - length :], symbol)
                while kept and self._leaf(kept):
                    kept = kept[1:]
                return (self._scores[child] + lost) * _STEP, kept
            lost += self._weights[node]
        return -20.0, ()

    def _chain(self, context: Context) -> list[tuple[int, int]]:
        """Return (length, node) of each suffix of a context that the trie has, longest first."""
        chain = self._chains.get(context)
        if chain is None:
            chain = []
            for begin in range(len(context) + 1):
                node = self._node(context[begin:])
                if node >= 0:
                    chain.append((len(context) - begin, node))
            self._chains[context] = chain
        return chain

    def _node(self, gram: Context) -> int:
        node = 0
        for symbol in gram:
            node = self._child(node, symbol)
            if node < 0:
                return -1
        return node

    def _leaf(self, gram: Context) -> bool:
        """Tell whether a context foretells nothing: it has no node, or one without children."""
        chain = self._chain(gram)
        length, node = chain[0]
        return length < len(gram) or self._starts[node] == self._starts[node + 1]

    def _child(self, node: int, symbol: int) -> int:
        end = self._starts[node + 1]
        found = bisect_left(self._symbols, symbol, self._starts[node], end)
        return found if found < end and self._symbols[found] == symbol else -1


_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz'")


def _log_add(a: float, b: float) -> float:
    high, low = max(a, b), min(a, b)
    return high + math.log1p(math.exp(low - high))


def pack(units: Sequence[Graphone], model: Mapping[Context, tuple[float, float]]) -> bytes:
    """Store a model: n-gram of codes -> (log probability, log back-off weight)."""
    grams = sorted(model, key=lambda gram: (len(gram), gram))
    index = {(): 0, **{gram: i for i, gram in enumerate(grams, start=1)}}
    children = np.zeros(len(grams) + 1, dtype=np.int64)
    for gram in grams:
        children[index[gram[:-1]]] += 1
    scores = [model[gram][0] for gram in grams]
    weights = [0.0, *(model[gram][1] for gram in grams)]
    spelled = "\n".join(f"{letters} {' '.join(phones)}" for letters, phones in units)
    file = io.BytesIO()
    np.savez_compressed(
        file,
        units=np.frombuffer(spelled.encode("ascii"), dtype=np.uint8),
        children=children.astype(np.uint16),
        symbols=np.array([gram[-1] for gram in grams], dtype=np.uint16),
        scores=np.round(np.clip(np.array(scores) / -_STEP, 0, 255)).astype(np.uint8),
        weights=np.round(np.clip(np.array(weights) / _STEP, -127, 127)).astype(np.int8),
    )
    return file.getvalue()


def unpack(data: bytes) -> GraphemeToPhoneme:
    """Read what `pack` stored.

    Raises:
        ValueError: it is damaged.
    """
    stored = load_arrays(data)
    units: list[Graphone] = []
    for line in _array(stored, "units", np.uint8).tobytes().decode("ascii").split("\n"):
        letters, _, phones = line.partition(" ")
        units.append((letters, tuple(phones.split())))
    children = _array(stored, "children", np.uint16)
    symbols = _array(stored, "symbols", np.uint16)
    scores = _array(stored, "scores", np.uint8)
    weights = _array(stored, "weights", np.int8)
    starts = np.concatenate(([1], 1 + np.cumsum(children, dtype=np.int64)))
    if not len(children) == len(weights) == len(symbols) + 1 == len(scores) + 1 == starts[-1]:
        raise ValueError("the tree and its n-grams do not fit together")
    if not {phone for _, phones in units for phone in phones} <= PHONE_SET:
        raise ValueError("unknown phones")
    if len(symbols) and symbols.max() >= len(units) + 2:
        raise ValueError("unknown graphones")
    return GraphemeToPhoneme(
        units,
        starts.tolist(),
        [0, *symbols.tolist()],
        [0, *(-scores.astype(np.int64)).tolist()],
        weights.tolist(),
    )


def _array(
    stored: Mapping[str, npt.NDArray[Any]], name: str, kind: type[np.generic]
) -> npt.NDArray[Any]:
    array = stored.get(name)
    if array is None or array.ndim != 1 or array.dtype != kind:
        raise ValueError(f"no {name}, or of another kind")
    return array


@cache
def load_g2p() -> GraphemeToPhoneme:
    """Load the model that the package carries, once in a process.

    Raises:
        InputError: it is missing or damaged.
    """
    path = Path(__file__).with_name("g2p.npz")
    with own_file(path, "the model of spelling"):
        return unpack(path.read_bytes())
