"""The whole transcript's words to phones: what the aligner takes."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.lexicon.records import Pronouncer, SpokenForm, SpokenWord
from pipeline.lexicon.spoken import Forms, spoken_forms

__all__ = ["pronounce_words"]


def pronounce_words(
    tokens: Sequence[str], lexicon: Pronouncer
) -> tuple[tuple[SpokenForm, ...], ...]:
    """Return for each written token the ways to say it, with phones.

    Tokens that are said in the same ways share one tuple.

    Args:
        tokens: the words of a transcript as written, in order.
        lexicon: pronounces spoken words.

    Returns:
        One entry for each token: 1 to 8 forms of at least one spoken word each, none of which
        lacks a pronunciation.
    """
    words: dict[str, SpokenWord] = {}
    known: dict[Forms, tuple[SpokenForm, ...]] = {}
    found: list[tuple[SpokenForm, ...]] = []
    for forms in spoken_forms(tokens):
        spoken = known.get(forms)
        if spoken is None:
            for word in {word for form in forms for word in form} - words.keys():
                words[word] = SpokenWord(word, lexicon.pronounce(word))
            spoken = tuple(tuple(words[word] for word in form) for form in forms)
            known[forms] = spoken
        found.append(spoken)
    return tuple(found)
