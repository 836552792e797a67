"""The errors that users meet. Each prints as one clear line: what, where, what to do."""

from __future__ import annotations

from pathlib import Path

from pipeline.safe_text import one_line

__all__ = ["EpisodeSubtitlesError", "InputError", "OutputError", "PassingError", "QualityError"]


class EpisodeSubtitlesError(Exception):
    """Base of all errors that this program raises on purpose.

    Attributes:
        problem: what is wrong, in one phrase.
        path: the file at fault, if any.
        line: line in that file, counted from 1, if known.
        column: column in that line, counted from 1, if known.
        remedy: what the user can do about it.
    """

    exit_status = 1

    def __init__(
        self,
        problem: str,
        *,
        path: str | Path | None = None,
        line: int | None = None,
        column: int | None = None,
        remedy: str | None = None,
    ) -> None:
        """Keep the parts as fields; `str()` joins them into one line."""
        super().__init__(problem)
        self.problem = problem
        self.path = None if path is None else str(path)
        self.line = line
        self.column = column
        self.remedy = remedy

    def __reduce__(self) -> tuple[object, ...]:
        """Survive the way back from a worker process."""
        return (
            _rebuild,
            (type(self), self.problem, self.path, self.line, self.column, self.remedy),
        )

    def __str__(self) -> str:
        """Render as one line, `FILE:LINE:COLUMN: problem. Remedy.`"""
        place = ":".join(
            str(part) for part in (self.path, self.line, self.column) if part is not None
        )
        text = f"{place}: {self.problem}" if place else self.problem
        return one_line(f"{text}; {self.remedy}" if self.remedy else text)


def _rebuild(
    kind: type[EpisodeSubtitlesError],
    problem: str,
    path: str | None,
    line: int | None,
    column: int | None,
    remedy: str | None,
) -> EpisodeSubtitlesError:
    return kind(problem, path=path, line=line, column=column, remedy=remedy)


class InputError(EpisodeSubtitlesError):
    """The user's input or usage is at fault."""

    exit_status = 2


class OutputError(EpisodeSubtitlesError):
    """The results cannot be written where the user wants them."""

    exit_status = 2


class PassingError(EpisodeSubtitlesError):
    """Something around the program failed that may go well the next time."""

    exit_status = 2


class QualityError(EpisodeSubtitlesError):
    """Done and written, but below the quality that the user demands."""

    exit_status = 3
