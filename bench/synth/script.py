"""A transcript as the benchmark needs it: words that can be edited and know what was said.

A reader of its own, so that the benchmark does not judge the project's parser by itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

__all__ = ["Chapter", "Line", "Part", "Script", "has_letter", "read_script", "render_script"]

Kind = Literal["dash", "label", "event", "word", "mark"]
_CHAPTER = re.compile(r"#\s*(.+)")
_PART = re.compile(r"\s*(\[[^\]]*\]|\([^)]*\)[a-z]*|[^\s(]+|\()")
_DASHES = {"–", "—", "--"}  # at line start; elsewhere they are punctuation


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a line. `said` is the index of the spoken word that a word stands for, if any.

    `glued`: no white space stands before it. `speaker`: who says it, for words.
    """

    kind: Kind
    text: str
    said: int | None = None
    glued: bool = False
    speaker: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    parts: tuple[Part, ...]

    @property
    def text(self) -> str:
        """The line as it is written in a transcript."""
        return "".join(("" if p.glued else " ") + p.text for p in self.parts).strip()

    @property
    def words(self) -> tuple[Part, ...]:
        return tuple(part for part in self.parts if part.kind == "word")


@dataclass(frozen=True, slots=True)
class Chapter:
    """A chapter without the lines that repeat the end of the one before."""

    title: str
    lines: tuple[Line, ...]
    repeated_lines: int = 0


@dataclass(frozen=True, slots=True)
class Script:
    chapters: tuple[Chapter, ...]

    @property
    def lines(self) -> tuple[Line, ...]:
        return tuple(line for chapter in self.chapters for line in chapter.lines)

    @property
    def words(self) -> tuple[Part, ...]:
        return tuple(part for line in self.lines for part in line.words)

    def numbered(self) -> Script:
        """The same script, each word standing for the spoken word of its own index.

        Words get their speakers here, from the labels of the whole script.
        """
        count = 0
        speakers = self._guess_speakers()
        chapters = []
        for chapter in self.chapters:
            lines = []
            for line in chapter.lines:
                parts = []
                for part in line.parts:
                    if part.kind == "word":
                        part = replace(part, said=count, speaker=speakers[count])
                        count += 1
                    parts.append(part)
                lines.append(Line(tuple(parts)))
            chapters.append(replace(chapter, lines=tuple(lines)))
        return Script(tuple(chapters))

    def speakers(self) -> list[str]:
        """The speaker of each word."""
        return [word.speaker for word in self.words]

    def _guess_speakers(self) -> list[str]:
        """The speaker of each word: labels where there are any, else the two in turn.

        A dash without a label hands over to the other of the two who spoke last. The turns before
        the first label are counted back from it.
        """
        turns: list[str | None] = []  # label of each turn
        turn_of_word: list[int] = []
        for part in self._parts():
            if part.kind == "dash":
                turns.append(None)
            elif part.kind == "label":
                if not turns:
                    turns.append(None)
                turns[-1] = part.text.strip("[]").strip().lower()
            elif part.kind == "word":
                if not turns:
                    turns.append(None)
                turn_of_word.append(len(turns) - 1)
        labels = list(dict.fromkeys(label for label in turns if label))
        names = labels + [name for name in ("a", "b") if name not in labels]
        current, other = names[0], names[1]
        first = next((n for n, label in enumerate(turns) if label), 0)
        if turns and turns[first]:
            here = turns[first] or ""
            there = next(name for name in names if name != here)
            current, other = (here, there) if first % 2 == 0 else (there, here)
        who: list[str] = []
        for number, label in enumerate(turns):
            if label is not None:
                if label != current:
                    current, other = label, current
            elif number:
                current, other = other, current
            who.append(current)
        return [who[turn] for turn in turn_of_word]

    def turns(self) -> list[int]:
        """The number of the turn that each word belongs to."""
        number = 0
        turns = []
        for part in self._parts():
            if part.kind == "dash":
                number += 1
            elif part.kind == "word":
                turns.append(number)
        return turns

    def _parts(self) -> Iterator[Part]:
        for line in self.lines:
            yield from line.parts


def has_letter(text: str) -> bool:
    """Whether a token counts as a word: it has a letter or a digit."""
    return any(c.isalnum() for c in text)


def parse_line(text: str) -> Line:
    """Take one line apart."""
    parts: list[Part] = []
    for match in _PART.finditer(text):
        token = match[1]
        kind: Kind
        if token == "-" or (token in _DASHES and not parts):
            kind = "dash"
        elif token.startswith("["):
            kind = "label"
        elif token.startswith("(") and ")" in token:
            kind = "event"
        else:
            kind = "word" if has_letter(token) else "mark"
        parts.append(Part(kind, token, glued=match.start() == match.start(1)))
    return Line(tuple(parts))


def read_script(path: Path, *, minutes: float | None = None) -> Script:
    """Read a transcript file; with `minutes`, only about its first minutes (165 words each)."""
    chapters: list[Chapter] = []
    title: str | None = None
    lines: list[Line] = []

    def close() -> None:
        repeated = 0
        if chapters and title is not None:
            before = [line.text for line in chapters[-1].lines]
            now = [line.text for line in lines]
            for count in range(min(len(before), len(now)), 0, -1):
                if before[-count:] == now[:count]:
                    repeated = count
                    break
        if title is not None or lines:
            chapters.append(Chapter(title or "Chapter 1", tuple(lines[repeated:]), repeated))

    for raw in path.read_text(encoding="utf-8-sig").splitlines():
        raw = raw.strip()
        heading = _CHAPTER.fullmatch(raw)
        if heading:
            close()
            title, lines = heading[1], []
        elif raw:
            lines.append(parse_line(raw))
    close()
    script = Script(tuple(chapters)).numbered()
    return script if minutes is None else _first_words(script, round(165 * minutes))


def _first_words(script: Script, count: int) -> Script:
    chapters = []
    for chapter in script.chapters:
        lines = []
        for line in chapter.lines:
            if count <= 0:
                break
            lines.append(line)
            count -= len(line.words)
        if lines:
            chapters.append(replace(chapter, lines=tuple(lines)))
    return Script(tuple(chapters))


def render_script(script: Script) -> str:
    """Write the script as a transcript file, repeated lines included."""
    out: list[str] = []
    before: tuple[Line, ...] = ()
    for chapter in script.chapters:
        out.append(f"# {chapter.title}")
        repeats = before[-chapter.repeated_lines :] if chapter.repeated_lines else ()
        out += [line.text for line in (*repeats, *chapter.lines)]
        before = chapter.lines
    return "\n\n".join(out) + "\n"
