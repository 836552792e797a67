"""Standard input, output and error as the program needs them, whatever it was started with.

Any of them may be closed, full, or a pipe that nobody reads any more: files are written all the
same.
"""

from __future__ import annotations

import contextlib
import io
import os
import sys
from collections.abc import Iterable, Iterator
from typing import TextIO

from pipeline.errors import OutputError
from pipeline.safe_text import without_controls

__all__ = ["drop_output", "flush_results", "mended_streams", "show_results"]


@contextlib.contextmanager
def mended_streams() -> Iterator[None]:
    """Within, the standard streams can be written to, and messages fail for nobody.

    A closed one leads nowhere. Left closed, its number would go to the next file that is opened,
    and what some library prints would end in that.
    """
    _fill_closed()
    before = sys.stderr
    sys.stderr = _Messages(before)
    try:
        yield
    finally:
        sys.stderr = before
        try:
            before.flush()
        except (OSError, ValueError):
            _drop(before)


def _fill_closed() -> None:
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest number that is free
        if getattr(sys, name) is None:
            mode = "r" if number == 0 else "w"
            stream = open(number, mode, encoding="utf-8", errors="replace", closefd=False)  # noqa: SIM115
            setattr(sys, name, stream)


class _Messages(io.TextIOBase):
    """Standard error: what cannot be told there is not told."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        with contextlib.suppress(OSError, ValueError):
            self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        with contextlib.suppress(OSError, ValueError):
            self._stream.flush()

    def fileno(self) -> int:
        return self._stream.fileno()

    def isatty(self) -> bool:
        return self._stream.isatty()

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return self._stream.encoding

    @property
    def errors(self) -> str | None:  # type: ignore[override]
        return self._stream.errors


def show_results(lines: Iterable[str]) -> None:
    """Print lines on standard output.

    Raises:
        BrokenPipeError: the reader is gone.
        OutputError: they cannot be written there.
    """
    try:
        for line in lines:
            print(without_controls(line))
    except BrokenPipeError:
        raise
    except OSError as error:
        raise _unwritten(error) from error


def flush_results() -> None:
    """Hand on what standard output still holds; errors are those of `show_results`."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise _unwritten(error) from error


def _unwritten(error: OSError) -> OutputError:
    reason = (error.strerror or type(error).__name__).lower()
    return OutputError(
        f"standard output cannot be written ({reason})",
        remedy="the command's files are not concerned; send its output elsewhere",
    )


def drop_output() -> None:
    """Let standard output lead nowhere: Python would complain of what it holds at the exit."""
    _drop(sys.stdout)


def _drop(stream: TextIO) -> None:
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
