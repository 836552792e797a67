"""A chapter list for a YouTube description.

YouTube ignores the whole list, silently, unless the first stamp is 0:00, there are at least three,
they ascend and each chapter lasts at least 10 s. The list is written as it is: which chapter to
drop is for a person to decide.
"""

from __future__ import annotations

from pipeline.episode import Episode
from pipeline.export.options import DEFAULT_OPTIONS, ExportOptions
from pipeline.subtitles.styles import Style
from pipeline.times import youtube_clock

__all__ = ["render", "warnings"]

MIN_CHAPTERS = 3
MIN_CHAPTER_S = 10


def render(episode: Episode, style: Style, options: ExportOptions = DEFAULT_OPTIONS) -> str:
    """Render one line for each chapter: stamp and title."""
    return "".join(
        f"{youtube_clock(chapter.start_ms)} {' '.join(chapter.title.split())}\n"
        for chapter in episode.chapters
    )


def warnings(episode: Episode) -> tuple[str, ...]:
    """Say why YouTube would ignore the list, if it would."""
    found = []
    stamps_s = [chapter.start_ms // 1000 for chapter in episode.chapters]
    if stamps_s and stamps_s[0] != 0:
        found.append(
            f"YouTube ignores this list: its first stamp is {youtube_clock(stamps_s[0] * 1000)}; "
            "put a line 0:00 before it"
        )
    if len(stamps_s) < MIN_CHAPTERS:
        found.append(f"YouTube ignores lists of fewer than {MIN_CHAPTERS} chapters")
    ends_s = [*stamps_s[1:], episode.duration_ms // 1000]
    for chapter, start_s, end_s in zip(episode.chapters, stamps_s, ends_s, strict=True):
        if end_s - start_s < MIN_CHAPTER_S:
            found.append(
                f"YouTube ignores this list: chapter {chapter.number} is shorter than "
                f"{MIN_CHAPTER_S} s; join it with its neighbour"
            )
    return tuple(found)
