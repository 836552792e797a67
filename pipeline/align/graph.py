"""The search graph of a text: every way to say its words, in order.

A junction stands before each word and after the last one; from a junction to the next lead all
spoken forms of the word in parallel, each a chain of phones with its pronunciations in parallel.
Silence may be spoken at every junction and between the spoken words of a form.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipeline.align.acoustic_model import AcousticModel
from pipeline.lexicon.records import SpokenForm

__all__ = ["Graph", "build_graph"]


@dataclass(frozen=True, eq=False)
class Graph:
    """Arcs between nodes; an arc is one phone of three states.

    Attributes:
        phone: int32, shape (arcs,): the model's phone of each arc.
        source: int32, shape (arcs,): node where the arc begins.
        target: int32, shape (arcs,): node where it ends; `source` itself for silence.
        cost: float32, shape (arcs,): penalty for entering, nats.
        word: int32, shape (arcs,): the word that the arc belongs to; a silence belongs to the
            word that it precedes.
        first_arc: int32, shape (words + 2,): arcs of word `w` are `first_arc[w]` to
            `first_arc[w + 1]`; the last entry closes the silence after the last word.
        junction: int32, shape (words + 1,): node before each word, and after the last one.
    """

    phone: npt.NDArray[np.int32]
    source: npt.NDArray[np.int32]
    target: npt.NDArray[np.int32]
    cost: npt.NDArray[np.float32]
    word: npt.NDArray[np.int32]
    first_arc: npt.NDArray[np.int32]
    junction: npt.NDArray[np.int32]

    @property
    def words(self) -> int:
        """Number of words."""
        return len(self.junction) - 1

    def between(self, first_word: int, last_word: int) -> Graph:
        """The part for the words `first_word` to `last_word`, the latter not included."""
        low = int(self.first_arc[first_word])
        node = int(self.junction[first_word])
        # The silence at the closing junction is the first arc of the word behind it.
        high = int(self.first_arc[last_word]) + 1
        firsts = np.append(self.first_arc[first_word : last_word + 1], high) - low
        return Graph(
            phone=self.phone[low:high],
            source=self.source[low:high] - node,
            target=self.target[low:high] - node,
            cost=self.cost[low:high],
            word=self.word[low:high] - first_word,
            first_arc=firsts.astype(np.int32),
            junction=self.junction[first_word : last_word + 1] - node,
        )


@dataclass(frozen=True, eq=False)
class _Template:
    """Arcs of one word, nodes counted from its junction; the next junction is node `nodes`."""

    arcs: npt.NDArray[np.int32]  # columns: phone, source, target
    costs: npt.NDArray[np.float32]
    nodes: int


def _template(forms: Sequence[SpokenForm], model: AcousticModel) -> _Template:
    index, silence = model.phone_index, model.silence
    arcs: list[tuple[int, int, int]] = [(silence, 0, 0)]
    costs = [0.0]
    nodes = 1
    to_end: list[int] = []
    for form in forms:
        joint = 0
        for position, spoken in enumerate(form):
            is_last = position == len(form) - 1
            if not is_last:
                next_joint = nodes
                nodes += 1
            for pronunciation in spoken.pronunciations:
                source = joint
                for at, name in enumerate(pronunciation.phones):
                    if at < len(pronunciation.phones) - 1:
                        target = nodes
                        nodes += 1
                    elif is_last:
                        target = -1
                        to_end.append(len(arcs))
                    else:
                        target = next_joint
                    arcs.append((index[name], source, target))
                    costs.append(pronunciation.cost if at == 0 else 0.0)
                    source = target
            if not is_last:
                joint = next_joint
                arcs.append((silence, joint, joint))
                costs.append(0.0)
    table = np.array(arcs, dtype=np.int32)
    table[to_end, 2] = nodes
    return _Template(table, np.array(costs, dtype=np.float32), nodes)


def build_graph(words: Sequence[Sequence[SpokenForm]], model: AcousticModel) -> Graph:
    """Build the graph of a text.

    Args:
        words: the spoken forms of each word, at least one.
        model: for the indices of its phones.
    """
    templates: dict[int, _Template] = {}
    chosen = []
    for forms in words:
        template = templates.get(id(forms))
        if template is None:
            template = templates[id(forms)] = _template(forms, model)
        chosen.append(template)
    closing = _Template(
        np.array([[model.silence, 0, 0]], dtype=np.int32), np.zeros(1, dtype=np.float32), 1
    )
    chosen.append(closing)
    lengths = np.array([len(t.arcs) for t in chosen], dtype=np.int64)
    junction = np.concatenate([[0], np.cumsum([t.nodes for t in chosen[:-1]])]).astype(np.int32)
    arcs = np.concatenate([t.arcs for t in chosen])
    offset = np.repeat(junction, lengths)
    return Graph(
        phone=arcs[:, 0].copy(),
        source=arcs[:, 1] + offset,
        target=arcs[:, 2] + offset,
        cost=np.concatenate([t.costs for t in chosen]),
        word=np.repeat(np.arange(len(chosen), dtype=np.int32), lengths),
        first_arc=np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32),
        junction=junction,
    )
