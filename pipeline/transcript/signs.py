"""Which signs are words when they stand alone: those that somebody says."""

from __future__ import annotations

import re

__all__ = ["SPOKEN_SIGNS", "is_spoken_sign"]

_ALWAYS = "&%‰+=@#≈≅≤≥≠±÷°℃℉§¶№∞√∑∆"
_CURRENCIES = "$£€¥₹¢₽₩₿"
"""After a number; before one they are said behind it (`$ 20`)."""
_IN_FORMULAS = "<>→−×~∼"
"""Between numbers or names of variables; elsewhere they decorate or point."""
_BULLETS = "#+=@~−>→"
"""At the start of a line they are said only before a number."""

SPOKEN_SIGNS = frozenset((*_ALWAYS, *_CURRENCIES, *_IN_FORMULAS, "==", "!=", "<=", ">=", "&&"))
"""Every sign that can be a word."""

_OUTER = ".,;:!?\"'“”‘’()[]…"
_NUMBER_BEFORE = re.compile(r"[\d½¼¾⅓⅔⅛⅜⅝⅞]\)?\s*$")
_NUMBER_BEHIND = re.compile(r"\s*[$£€]?[-−]?[.]?\d")
_OPERAND_BEFORE = re.compile(r"(?:^|[\s(])(?:\w|[^\s]*\d[^\s\w]*)\s*$")
_OPERAND_BEHIND = re.compile(r"\s*(?:\w(?!\w)|[$£€]?[-−]?[.]?\d)")


def is_spoken_sign(piece: str, before: str, behind: str) -> bool:
    """Tell whether what stands between blanks is a sign that is said.

    Args:
        piece: the characters between the blanks.
        before: the line's text in front of it, or its end.
        behind: the line's text behind it, or its beginning.
    """
    sign = piece.strip(_OUTER)
    is_row = before.rstrip().endswith(sign) or behind.lstrip().startswith(sign)
    if sign not in SPOKEN_SIGNS or is_row:
        return False
    if not before.strip() and sign in _BULLETS:
        return _NUMBER_BEHIND.match(behind) is not None
    if sign in _CURRENCIES:
        return _NUMBER_BEFORE.search(before) is not None
    if sign in "~∼":
        return _NUMBER_BEHIND.match(behind) is not None
    if sign in _IN_FORMULAS:
        return bool(_OPERAND_BEFORE.search(before) and _OPERAND_BEHIND.match(behind))
    return True
