"""The nearest right name for a mistyped one."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

__all__ = ["did_you_mean"]


def did_you_mean(wrong: str, right: Iterable[str]) -> str:
    """A remedy for an unknown name: the nearest known one, else all of them.

    >>> did_you_mean("titel", ["title", "id"])
    'did you mean title?'
    >>> did_you_mean("xyz", ["title", "id"])
    'known are id, title'
    """
    names = sorted(right)
    by_folded = {name.casefold(): name for name in names}
    nearest = difflib.get_close_matches(wrong.casefold(), by_folded, n=1, cutoff=0.6)
    if nearest:
        return f"did you mean {by_folded[nearest[0]]}?"
    return f"known are {', '.join(names)}" if names else "there are none"
