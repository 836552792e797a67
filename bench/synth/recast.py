"""Another cast for a script: its turns given to speakers by shares. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from bench.synth.script import Line, Part, Script

__all__ = ["recast"]

_LABELLED = 0.15


def recast(script: Script, shares: Sequence[float], rng: np.random.Generator) -> Script:
    """Give each turn to one of `shares` speakers, nobody two turns in succession.

    Each speaker gets about that share of the words. One turn in seven is labelled, as in the
    transcript that this program was made for, and so is the first of each speaker.

    Args:
        script: its own labels are dropped.
        shares: of the words, one a speaker; the speakers are `s1`, `s2` and so on.
        rng: decides on order and labels.
    """
    wanted = np.asarray(shares) / np.sum(shares)
    said = np.zeros(len(wanted))
    at, labelled = 0, set[int]()
    lengths = np.bincount(script.turns())
    chapters, turn, label = [], 0, ""

    def begin(turn: int) -> str:
        """Choose the speaker of a turn; the label that it gets, if any."""
        nonlocal at
        # Whoever has most catching up to do is likeliest.
        lacking = np.maximum(wanted * (said.sum() + lengths[turn]) - said, 1e-9)
        if said.any():
            lacking[at] = 0.0
        at = int(rng.choice(len(wanted), p=lacking / lacking.sum()))
        said[at] += lengths[turn]
        if at in labelled and rng.random() > _LABELLED:
            return ""
        labelled.add(at)
        return f"[S{at + 1}]"

    if lengths[0]:  # words before the first dash, which get no label
        begin(0)
        labelled.clear()
    for chapter in script.chapters:
        lines = []
        for line in chapter.lines:
            parts: list[Part] = []
            for part in line.parts:
                if part.kind == "label":
                    continue
                if part.kind == "dash":
                    turn += 1
                    label = begin(turn) if turn < len(lengths) and lengths[turn] else ""
                    parts.append(part)
                    parts += [Part("label", label)] if label else []
                else:
                    part = replace(part, speaker=f"s{at + 1}") if part.kind == "word" else part
                    parts.append(part)
            lines.append(Line(tuple(parts)))
        chapters.append(replace(chapter, lines=tuple(lines), repeated_lines=0))
    return Script(tuple(chapters))
