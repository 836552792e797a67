"""Dashes and names in front of turns, as a house style has them. Pure."""

from __future__ import annotations

from pipeline.subtitles.styles import Style
from pipeline.subtitles.tokens import Turn

__all__ = ["shown_dash", "shown_name"]


def shown_dash(turn: Turn, style: Style, *, begins: bool, several: bool) -> str:
    """The dash in front of a line that is the first one of `turn` in its caption.

    Args:
        turn: the turn.
        style: the house style.
        begins: whether the turn begins here, not in a caption before.
        several: whether the caption has other turns, too.
    """
    if not turn.voiced:
        return ""
    if style.dashes == "several":
        return style.dash if several else ""
    return style.dash if style.dashes == "turns" and begins and turn.dash else ""


def shown_name(turn: Turn, style: Style) -> str:
    """The name in front of the first line of `turn`; the first name only, if lines are short."""
    if style.names == "never" or not (turn.voiced and turn.changes):
        return ""
    longest = style.max_chars_per_line // 2 - 2
    return turn.name if len(turn.name) <= longest else turn.name.partition(" ")[0]
