"""Word errors planted in a transcript: which, where, and what became of the words around them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from bench.synth.script import Line, Part, Script

__all__ = ["KINDS", "Planted", "plant_errors"]

ErrorKind = Literal["substituted", "missing", "extra", "repeated"]
KINDS: tuple[ErrorKind, ...] = ("substituted", "missing", "extra", "repeated")
_APART = 4


@dataclass(frozen=True, slots=True)
class Planted:
    """An error: its kind, the word at fault in the new text, or the one after a missing word.

    `was` is the word that is spoken there, `now` what the text says; one of them may be empty.
    """

    kind: ErrorKind
    word: int
    was: str
    now: str


def plant_errors(
    script: Script, count: int, rng: np.random.Generator
) -> tuple[Script, tuple[Planted, ...]]:
    """Plant so many errors, all kinds alike often, none within a few words of another.

    A substituted or extra word is any other of the text's words, as frequent words as often as in
    the text; a missing word is never the only one of its turn.
    """
    words, turns = script.words, script.turns()
    alone = np.bincount(turns)[turns] == 1
    chosen: dict[int, ErrorKind] = {}
    taken = np.zeros(len(words) + 2 * _APART, dtype=np.bool_)
    for at in rng.permutation(len(words)).tolist():
        if len(chosen) == count:
            break
        kind = KINDS[len(chosen) % len(KINDS)]
        if taken[at : at + 2 * _APART + 1].any() or (kind == "missing" and alone[at]):
            continue
        if kind == "repeated" and at and _bare(words[at].text) == _bare(words[at - 1].text):
            continue
        chosen[at] = kind
        taken[at + _APART] = True
    planted: list[Planted] = []
    chapters, old, new = [], 0, 0
    for chapter in script.chapters:
        lines = []
        for line in chapter.lines:
            parts: list[Part] = []
            for part in line.parts:
                if part.kind != "word":
                    parts.append(part)
                    continue
                made, error = _changed(part, chosen.get(old), new, words, rng)
                parts += made
                planted += error
                old += 1
                new += len(made)
            if any(part.kind not in ("dash", "label", "mark") for part in parts):
                lines.append(Line(tuple(parts)))
        chapters.append(replace(chapter, lines=tuple(lines), repeated_lines=0))
    return Script(tuple(chapters)), tuple(planted)


def _changed(
    part: Part,
    kind: ErrorKind | None,
    at: int,
    words: Sequence[Part],
    rng: np.random.Generator,
) -> tuple[list[Part], list[Planted]]:
    if kind is None:
        return [part], []
    if kind == "missing":
        return [], [Planted(kind, at, part.text, "")]
    if kind == "repeated":
        again = replace(part, said=None, text=part.text.rstrip(",.?!"), glued=False)
        return [again, replace(part, glued=False)], [Planted(kind, at, "", again.text)]
    while True:
        other = _bare(words[int(rng.integers(len(words)))].text)
        if other and other != _bare(part.text):
            break
    strange = Part("word", other, speaker=part.speaker, glued=False)
    if kind == "extra":
        return [part, strange], [Planted(kind, at + 1, "", other)]
    tail = part.text[len(part.text.rstrip(".,?!")) :]
    glued = replace(strange, text=other + tail, glued=part.glued)
    return [glued], [Planted(kind, at, part.text, other)]


def _bare(text: str) -> str:
    return "".join(c for c in text.lower() if c.isalpha() or c == "'")
