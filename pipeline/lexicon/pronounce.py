"""The whole transcript's words to phones: what the aligner takes."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.lexicon.records import Pronouncer, SpokenForm, SpokenWord
from pipeline.lexicon.spoken import Forms, spoken_forms

__all__ = ["pronounce_forms", "pronounce_words"]


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
    return pronounce_forms(spoken_forms(tokens), lexicon)


def pronounce_forms(
    spoken: Sequence[Forms], lexicon: Pronouncer
) -> tuple[tuple[SpokenForm, ...], ...]:
    """Do as `pronounce_words` does, for the ways to say each token."""
    words: dict[str, SpokenWord] = {}
    known: dict[Forms, tuple[SpokenForm, ...]] = {}
    found: list[tuple[SpokenForm, ...]] = []
    for forms in spoken:
        pronounced = known.get(forms)
        if pronounced is None:
            for word in {word for form in forms for word in form} - words.keys():
                words[word] = SpokenWord(word, lexicon.pronounce(word))
            pronounced = tuple(tuple(words[word] for word in form) for form in forms)
            known[forms] = pronounced
        found.append(pronounced)
    return tuple(found)
