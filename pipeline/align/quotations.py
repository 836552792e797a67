"""Passages in another language, which the aligner can only find whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from pipeline.transcript.language import is_common_english, is_foreign_function_word

__all__ = ["foreign_passages", "made_whole"]

_FEWEST_WORDS = 3  # fewer are names and loan words
_FOREIGN_SHARE = 0.5
_FOUND_SHARE = 0.5


def foreign_passages(
    words: Sequence[str], is_in_dictionary: Callable[[str], bool]
) -> tuple[range, ...]:
    """Runs of words that seem to be of another language than English.

    Such a run begins and ends with a word that is in no English dictionary, or that is a function
    word of another language; so are half of its words, and none is one of the commonest in English.

    Args:
        words: the words of a text, as written.
        is_in_dictionary: whether a word, in lower case, is in the dictionary.
    """
    bare = [word.casefold().replace("’", "'").strip("'\"“”«»‘.,;:?!¿¡…()[]-–—") for word in words]
    foreign = [
        word.replace("'", "").isalpha()
        and (is_foreign_function_word(word) or not is_in_dictionary(word))
        for word in bare
    ]
    passages = []
    first = 0
    while first < len(bare):
        last = first
        while last < len(bare) and not is_common_english(bare[last]):
            last += 1
        inside = [at for at in range(first, last) if foreign[at]]
        if inside:
            passage = range(inside[0], inside[-1] + 1)
            is_long = len(passage) >= _FEWEST_WORDS
            if is_long and len(inside) >= _FOREIGN_SHARE * len(passage):
                passages.append(passage)
        first = last + 1
    return tuple(passages)


def made_whole(
    is_found: npt.NDArray[np.bool_], passages: Sequence[range]
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Take passages that were found in pieces for whole ones, or for none.

    Args:
        is_found: bool, shape (words,): whether each word was found.
        passages: the words of each.

    Returns:
        Whether each word is there, and whether it belongs to a passage found in pieces; both bool,
        shape (words,).
    """
    is_there, in_pieces = is_found.copy(), np.zeros(len(is_found), np.bool_)
    for passage in passages:
        words = slice(passage.start, passage.stop)
        share = is_found[words].mean()
        if 0 < share < 1:
            is_there[words] = share >= _FOUND_SHARE
            in_pieces[words] = True
    return is_there, in_pieces
