from __future__ import annotations

import numpy as np
import pytest

from pipeline.align.quotations import foreign_passages, made_whole
from pipeline.lexicon.lexicon import load_lexicon


def passages_of(text: str) -> list[str]:
    words, lexicon = text.split(), load_lexicon()
    found = foreign_passages(words, lambda word: word in lexicon)
    return [" ".join(words[at] for at in passage) for passage in found]


@pytest.mark.parametrize(
    ("text", "passage"),
    [
        ("Then she said: “Je ne sais pas pourquoi.” And left.", "“Je ne sais pas pourquoi.”"),
        ("He shouted Ich habe keine Ahnung at me.", "Ich habe keine Ahnung"),
        ("It means in vino veritas, nothing else.", None),
        ("The German word for it is Schadenfreude and nothing else.", None),
        ("We met Elon Musk and Grimes at the office.", None),
        ("I went to the Rue de Rivoli and then to the Louvre.", None),
    ],
)
def test_foreign_passages_of_a_text(text: str, passage: str | None) -> None:
    assert passages_of(text) == ([] if passage is None else [passage])


def test_what_is_found_in_pieces_is_there_whole_or_not_at_all() -> None:
    found = np.array([1, 1, 0, 1, 1, 0, 0, 1, 1, 1, 1], np.bool_)
    is_there, in_pieces = made_whole(found, [range(1, 4), range(4, 7), range(8, 10)])
    assert is_there.astype(int).tolist() == [1, 1, 1, 1, 0, 0, 0, 1, 1, 1, 1]
    assert in_pieces.astype(int).tolist() == [0, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0]
