"""Plain text: one paragraph for each turn, with the speaker's name, under the chapters' titles."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.episode import Episode
from pipeline.export.options import DEFAULT_OPTIONS, ExportOptions
from pipeline.subtitles.styles import Style
from pipeline.subtitles.tokens import Token, make_tokens

__all__ = ["render"]


def render(episode: Episode, style: Style, options: ExportOptions = DEFAULT_OPTIONS) -> str:
    """Render all text; chapters are headed `# Title`, turns begin with `Name: `."""
    return "\n\n".join(_paragraphs(episode, style)) + "\n"


def _paragraphs(episode: Episode, style: Style) -> Iterator[str]:
    tokens, turns = make_tokens(episode, style)
    at = 0
    for chapter in episode.chapters:
        yield f"# {' '.join(chapter.title.split())}"
        begins = True
        while at < len(tokens) and tokens[at].line <= chapter.last_line:
            own = _turn_in_chapter(tokens, at, chapter.last_line)
            turn = turns[tokens[at].turn]
            named = turn.voiced and turn.name and (turn.changes or begins)
            text = " ".join(token.text for token in own)
            yield f"{turn.name}: {text}" if named else text
            begins = begins and not turn.voiced
            at += len(own)


def _turn_in_chapter(tokens: tuple[Token, ...], at: int, last_line: int) -> tuple[Token, ...]:
    end = at
    while (
        end < len(tokens) and tokens[end].turn == tokens[at].turn and tokens[end].line <= last_line
    ):
        end += 1
    return tokens[at:end]
