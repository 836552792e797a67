"""Whether an episode's texts can stand in a text file at all. Pure."""

from __future__ import annotations

import re

from pipeline.episode import Episode

__all__ = ["find_no_text", "find_unwritable"]

# Controls but tab, line feed and carriage return; halves of surrogate pairs; what XML 1.0 bars;
# the private planes, which stand for sound events while a line is taken apart.
_NO_TEXT = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff"
    r"\U000f0000-\U0010ffff]"
)


def find_no_text(text: str) -> str | None:
    """The first character that no text file holds, as `U+001B`."""
    found = _NO_TEXT.search(text)
    return None if found is None else f"U+{ord(found.group()):04X}"


def find_unwritable(episode: Episode) -> str | None:
    """The first text with a character that no text file holds, or word with a blank inside."""
    for what, texts in (
        ("the title", [episode.title]),
        ("speaker", [speaker.name for speaker in episode.speakers]),
        ("chapter", [chapter.title for chapter in episode.chapters]),
        ("line", [line.text for line in episode.lines]),
        ("word", [word.text for word in episode.words]),
        ("event", [event.text for event in episode.events]),
    ):
        for number, text in enumerate(texts):
            place = what if what == "the title" else f"{what} {number}"
            if (found := find_no_text(text)) is not None:
                return f"{place} holds the character {found}"
            if what == "word" and text.split() != [text]:
                return f"{place} is empty or holds blanks"
    return None
