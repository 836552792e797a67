"""The graph of a stretch of words in triphones, with context across words.

Between two words stand one node for each pair of phones that may meet there, and one node where
silence may be. A word's first and last phones are there once for each neighbour they may have.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipeline.align.acoustic_model import AcousticModel
from pipeline.lexicon.records import SpokenForm

__all__ = ["TriphoneGraph", "TriphoneGraphBuilder"]

_INSIDE, _BEGIN, _END, _SINGLE = range(4)
_OPEN = -1  # a context that depends on the neighbouring word
_SILENCE_COST = 8.0
_PHONE_FRAMES = 8.0


@dataclass(frozen=True, eq=False)
class TriphoneGraph:
    """Arcs between nodes, both ordered by word; an arc is one phone of three states.

    Attributes:
        phone: int32, shape (arcs,).
        senones: int32, shape (arcs, 3).
        source: int32, shape (arcs,).
        target: int32, shape (arcs,).
        cost: float32, shape (arcs,): penalty for entering, nats.
        word: int32, shape (arcs,): the word of each arc; a silence belongs to the word that it
            precedes, the closing one to word `words`.
        first_arc: int32, shape (words + 2,).
        first_node: int32, shape (words + 1,): first node before each word.
        last_node: int32, shape (words + 1,): node after those before the next word.
        usual_frames: float32, shape (words,): how long each word usually takes.
    """

    phone: npt.NDArray[np.int32]
    senones: npt.NDArray[np.int32]
    source: npt.NDArray[np.int32]
    target: npt.NDArray[np.int32]
    cost: npt.NDArray[np.float32]
    word: npt.NDArray[np.int32]
    first_arc: npt.NDArray[np.int32]
    first_node: npt.NDArray[np.int32]
    last_node: npt.NDArray[np.int32]
    usual_frames: npt.NDArray[np.float32]


_Arc = tuple[int, int, int, int, int, int, float]
"""Phone, left and right context, position, source and target node inside the word, cost.

Contexts and nodes that depend on the neighbouring words are `_OPEN`.
"""


@dataclass(frozen=True, slots=True)
class _Template:
    arcs: tuple[_Arc, ...]
    nodes: int
    firsts: tuple[int, ...]
    lasts: tuple[int, ...]
    usual_frames: float


class TriphoneGraphBuilder:
    """Builds graphs of stretches; keeps what it learnt of each word."""

    def __init__(self, model: AcousticModel) -> None:
        """Prepare for a model."""
        self._model = model
        self._templates: dict[int, tuple[Sequence[SpokenForm], _Template]] = {}

    def build(self, words: Sequence[Sequence[SpokenForm]]) -> TriphoneGraph:
        """Build the graph of a stretch of at least one word, silence around it."""
        silence = self._model.silence
        templates = [self._template(forms) for forms in words]
        rows: list[tuple[int, int, int, int, int, int]] = []
        costs: list[float] = []
        first_arc, first_node, last_node = [], [], []
        pause, meetings, nodes = 0, dict[tuple[int, int], int](), 1
        lasts: tuple[int, ...] = ()
        for number, template in enumerate(templates):
            first_arc.append(len(rows))
            first_node.append(pause)
            inner = nodes
            nodes += template.nodes
            firsts = templates[number + 1].firsts if number + 1 < len(templates) else ()
            next_pause = nodes
            next_meetings = {
                pair: next_pause + 1 + at
                for at, pair in enumerate((a, b) for a in template.lasts for b in firsts)
            }
            nodes += 1 + len(next_meetings)
            last_node.append(nodes)
            rows.append(_pause(silence, pause))
            costs.append(_SILENCE_COST)
            for phone, left, right, position, source, target, cost in template.arcs:
                if source == _OPEN:
                    lefts = [(p, meetings[p, phone]) for p in lasts] + [(silence, pause)]
                else:
                    lefts = [(left, inner + source)]
                if target == _OPEN:
                    rights = [(p, next_meetings[phone, p]) for p in firsts]
                    rights.append((silence, next_pause))
                else:
                    rights = [(right, inner + target)]
                for before, from_node in lefts:
                    for after, to_node in rights:
                        rows.append((phone, before, after, position, from_node, to_node))
                        costs.append(cost)
            pause, meetings, lasts = next_pause, next_meetings, template.lasts
        first_arc.append(len(rows))
        first_node.append(pause)
        last_node.append(nodes)
        rows.append(_pause(silence, pause))
        costs.append(_SILENCE_COST)
        first_arc.append(len(rows))
        table = np.array(rows, dtype=np.int32)
        firsts_of_words = np.array(first_arc, dtype=np.int32)
        return TriphoneGraph(
            phone=table[:, 0].copy(),
            senones=self._model.senones_of(table[:, :4]),
            source=table[:, 4].copy(),
            target=table[:, 5].copy(),
            cost=np.array(costs, dtype=np.float32),
            word=np.repeat(np.arange(len(words) + 1, dtype=np.int32), np.diff(firsts_of_words)),
            first_arc=firsts_of_words,
            first_node=np.array(first_node, dtype=np.int32),
            last_node=np.array(last_node, dtype=np.int32),
            usual_frames=np.array([t.usual_frames for t in templates], dtype=np.float32),
        )

    def _template(self, forms: Sequence[SpokenForm]) -> _Template:
        known = self._templates.get(id(forms))
        if known is not None:
            return known[1]
        index, silence = self._model.phone_index, self._model.silence
        arcs: list[_Arc] = []
        nodes = 0
        firsts: dict[int, None] = {}
        lasts: dict[int, None] = {}
        for form in forms:
            # Between the spoken words of a form, contexts are those of the usual pronunciations.
            usual = [[index[p] for p in spoken.pronunciations[0].phones] for spoken in form]
            joint = _OPEN
            for at, spoken in enumerate(form):
                next_joint = _OPEN
                if at < len(form) - 1:
                    next_joint = nodes
                    nodes += 1
                for pronunciation in spoken.pronunciations:
                    phones = [index[p] for p in pronunciation.phones]
                    if at == 0:
                        firsts[phones[0]] = None
                    if at == len(form) - 1:
                        lasts[phones[-1]] = None
                    around = [
                        usual[at - 1][-1] if at else _OPEN,
                        *phones,
                        usual[at + 1][0] if at < len(form) - 1 else _OPEN,
                    ]
                    source = joint
                    for k, phone in enumerate(phones):
                        is_last = k == len(phones) - 1
                        target = next_joint if is_last else nodes
                        nodes += 0 if is_last else 1
                        arcs.append(
                            (
                                phone,
                                around[k],
                                around[k + 2],
                                _position(k, len(phones)),
                                source,
                                target,
                                pronunciation.cost if k == 0 else 0.0,
                            )
                        )
                        source = target
                if next_joint != _OPEN:
                    arcs.append(
                        (silence, silence, silence, _SINGLE, next_joint, next_joint, _SILENCE_COST)
                    )
                joint = next_joint
        template = _Template(
            tuple(arcs), nodes, tuple(firsts), tuple(lasts), _usual_frames(forms[0])
        )
        self._templates[id(forms)] = (forms, template)
        return template


def _usual_frames(form: SpokenForm) -> float:
    return _PHONE_FRAMES * sum(len(spoken.pronunciations[0].phones) for spoken in form)


def _pause(silence: int, node: int) -> tuple[int, int, int, int, int, int]:
    return silence, silence, silence, _SINGLE, node, node


def _position(at: int, length: int) -> int:
    if length == 1:
        return _SINGLE
    if at == 0:
        return _BEGIN
    return _END if at == length - 1 else _INSIDE
