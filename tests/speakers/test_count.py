"""What a further voice must show."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from pipeline.speakers import count


def trial(voices: int, score: float) -> count._Trial:
    return count._Trial(
        within=(), share=np.ones((1, voices)), apart=30.0, in_sentences=(1.0,) * voices, score=score
    )


def evidence(segments: int) -> Any:
    view = SimpleNamespace(sums=np.zeros((segments, 10)))
    return SimpleNamespace(views=(view,), cuts=np.arange(segments))


@pytest.mark.parametrize(
    ("segments", "expected", "is_believed"),
    [(10, None, False), (200, None, True), (10, 2, True)],
)
def test_of_few_sentences_a_second_voice_is_believed_only_where_it_is_named(
    segments: int, expected: int | None, is_believed: bool
) -> None:
    one, two = trial(1, 0.0), trial(2, 1000.0)
    assert count._believable(two, one, evidence(segments), expected) is is_believed
