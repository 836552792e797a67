"""What all chapter formats share: a chapter with what a reader wants to know about it. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.episode import Chapter, Episode

__all__ = ["ChapterRow", "chapter_rows"]


@dataclass(frozen=True, slots=True)
class ChapterRow:
    """A chapter, the text of its first line, who speaks first, and how many words it has."""

    chapter: Chapter
    first_line: str
    speaker: str
    words: int


def chapter_rows(episode: Episode) -> tuple[ChapterRow, ...]:
    """One row for each chapter, in order."""
    names = {speaker.key: speaker.name for speaker in episode.speakers}
    rows = []
    for chapter in episode.chapters:
        lines = episode.lines[chapter.first_line : chapter.last_line + 1]
        spoken = [line for line in lines if line.last_word >= line.first_word]
        key = spoken[0].speaker if spoken else None
        rows.append(
            ChapterRow(
                chapter=chapter,
                first_line=lines[0].text if lines else "",
                speaker="" if key is None else names.get(key, key),
                words=sum(line.last_word - line.first_word + 1 for line in lines),
            )
        )
    return tuple(rows)
