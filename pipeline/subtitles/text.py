"""How long a text looks. Pure."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

__all__ = ["display_length"]

_NO_WIDTH = frozenset(("Mn", "Me", "Cf"))


@lru_cache(maxsize=8192)
def display_length(text: str) -> int:
    """Length in characters as a viewer counts them: combining marks and controls take no place.

    >>> display_length("e\\u0301a")
    2
    """
    if text.isascii():
        return len(text)
    return sum(unicodedata.category(c) not in _NO_WIDTH for c in text)
