"""Captions found part by part are as good as those found at once."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from pipeline.subtitles import segment
from pipeline.subtitles.segment import segment_tokens
from pipeline.subtitles.styles import load_style
from pipeline.subtitles.tokens import Token, Turn

WORDS = ("well,", "the", "and", "question.", "episode", "of", "quantum", "I", "see;", "Wednesday")
TURNS = tuple(
    Turn(speaker, voiced=True, dash=True, changes=True, name=speaker.title())
    for speaker in ("lex", "elon") * 100
)


def talk(seed: int, words: int) -> list[Token]:
    """Words of about 0.3 s in turns of a few dozen, with long pauses now and then."""
    rng = np.random.default_rng(seed)
    tokens, at_ms, turn = [], 0, 0
    for number in range(words):
        at_ms += int(rng.choice([0, 40, 700, 12_000], p=[0.7, 0.2, 0.08, 0.02]))
        turn += int(rng.random() < 0.03)
        end_ms = at_ms + int(rng.integers(80, 500))
        text = WORDS[rng.integers(len(WORDS))]
        tokens.append(Token(text, at_ms, end_ms, (number,), turn, number // 12))
        at_ms = end_ms
    return tokens


def cost(found: tuple[segment.Segment, ...], measures: segment._Measures) -> float:
    """What captions cost together, over the whole episode; several ways may cost the same."""
    longest = segment._longest(measures)
    layouts = segment._layouts(measures, longest, dash=0)
    costs = segment._cue_costs(measures, longest, layouts, layouts)
    return float(sum(costs[cue.end - cue.starts[0] - 1][cue.starts[0]] for cue in found))


@pytest.mark.parametrize("style", ["netflix", "bbc", "youtube"])
@pytest.mark.parametrize("seed", range(4))
def test_part_by_part_costs_no_more(seed: int, style: str, monkeypatch: pytest.MonkeyPatch) -> None:
    tokens, house = talk(seed, 800), replace(load_style(style), dashes="never")
    duration_ms = tokens[-1].end_ms + 500
    measures = segment._Measures(tokens, TURNS, house, duration_ms)
    costs = []
    for part_tokens in (10**9, 50, 1):
        monkeypatch.setattr(segment, "_PART_TOKENS", part_tokens)
        found = segment_tokens(tokens, TURNS, house, duration_ms)
        assert found[0].starts[0] == 0
        assert [cue.starts[0] for cue in found[1:]] == [cue.end for cue in found[:-1]]
        assert found[-1].end == len(tokens)
        costs.append(cost(found, measures))
    assert costs == pytest.approx([costs[0]] * 3)


def test_parts_end_at_pauses_that_no_caption_spans(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(segment, "_PART_TOKENS", 100)
    tokens, style = talk(0, 800), load_style("netflix")
    parts = list(segment._Measures(tokens, TURNS, style, tokens[-1].end_ms).parts())
    assert len(parts) > 2
    for first, part in parts[1:]:
        assert tokens[first].start_ms - tokens[first - 1].end_ms > style.max_pause_ms
        assert part.n >= 100 or first + part.n == len(tokens)
    assert sum(part.n for _, part in parts) == len(tokens)
