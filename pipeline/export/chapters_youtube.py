"""A chapter list for a YouTube description.

YouTube ignores the whole list, silently, unless the first stamp is 0:00, there are at least three,
they ascend and each chapter lasts at least 10 s. So what comes before the first chapter is a
chapter of its own, or belongs to it if it is shorter. Else the list is written as it is: which
chapter to drop is for a person to decide.
"""

from __future__ import annotations

from pipeline.episode import Episode
from pipeline.export.options import DEFAULT_OPTIONS, ExportOptions
from pipeline.subtitles.styles import Style
from pipeline.times import youtube_clock

__all__ = ["render", "warnings"]

INTRO = "Intro"
MIN_CHAPTERS = 3
MIN_CHAPTER_S = 10


def render(episode: Episode, style: Style, options: ExportOptions = DEFAULT_OPTIONS) -> str:
    """Render one line for each chapter: stamp and title."""
    return "".join(
        f"{youtube_clock(start_s * 1000)} {title}\n" for start_s, title in _entries(episode)
    )


def _entries(episode: Episode) -> list[tuple[int, str]]:
    """Second and title of each line of the list."""
    entries = [
        (chapter.start_ms // 1000, " ".join(chapter.title.split())) for chapter in episode.chapters
    ]
    if entries and 0 < entries[0][0] < MIN_CHAPTER_S:
        return [(0, entries[0][1]), *entries[1:]]
    if entries and entries[0][0] > 0:
        return [(0, INTRO), *entries]
    return entries


def warnings(episode: Episode, style: Style) -> tuple[str, ...]:
    """Say why YouTube would ignore the list, if it would."""
    found = []
    entries = _entries(episode)
    if len(entries) < MIN_CHAPTERS:
        found.append(f"YouTube ignores lists of fewer than {MIN_CHAPTERS} chapters")
    added = len(entries) - len(episode.chapters)
    stamps_s = [start_s for start_s, _ in entries[added:]]
    ends_s = [*stamps_s[1:], episode.duration_ms // 1000]
    for chapter, start_s, end_s in zip(episode.chapters, stamps_s, ends_s, strict=True):
        if end_s - start_s < MIN_CHAPTER_S:
            found.append(
                f"YouTube ignores this list: chapter {chapter.number} is shorter than "
                f"{MIN_CHAPTER_S} s; join it with its neighbour"
            )
    return tuple(found)
