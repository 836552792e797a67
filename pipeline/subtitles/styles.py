"""House styles for subtitles by name. A new one is one line here."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.errors import InputError
from pipeline.suggest import did_you_mean

__all__ = ["STYLES", "Style", "load_style"]


@dataclass(frozen=True, slots=True)
class Style:
    """What captions must look like.

    Attributes:
        name: name of the style.
        min_duration_ms: how long a caption stays at least, if the next one leaves it the room.
    """

    name: str
    min_duration_ms: int


# Netflix: 5/6 s (Timed Text Style Guide, General Requirements). The others state no minimum.
STYLES = {
    style.name: style
    for style in (
        Style("netflix", min_duration_ms=833),
        Style("bbc", min_duration_ms=833),
        Style("podcast", min_duration_ms=833),
    )
}


def load_style(name: str) -> Style:
    """The style called `name`.

    Raises:
        InputError: there is none of that name.
    """
    if name not in STYLES:
        raise InputError(f"there is no style {name}", remedy=did_you_mean(name, STYLES))
    return STYLES[name]
