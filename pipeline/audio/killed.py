"""An ffmpeg that somebody else ends, such as a system without memory, is started once more."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from pipeline.errors import PassingError

__all__ = ["check_not_killed", "decoded_again", "done_again"]

_SIGNALS = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT)
"""What comes from outside; the others are of its own making, and would be so again."""

_ENDED_EARLY = 255
"""Its exit status after a signal that it heeds."""

_Done = TypeVar("_Done")
_Block = npt.NDArray[np.float32]


def check_not_killed(status: int, complaint: str, media: Path) -> None:
    """Tell an ffmpeg that was ended from outside from one that fails.

    Args:
        status: its exit status, or the signal that it died of, negative.
        complaint: what it has said.
        media: the file that it was at.

    Raises:
        PassingError: it was ended.
    """
    if -status in _SIGNALS:
        how = signal.Signals(-status).name
    elif status == _ENDED_EARLY and not complaint.strip():
        how = "a signal"
    else:
        return
    raise PassingError(
        f"ffmpeg was killed ({how}): by hand, or the memory was full",
        path=media,
        remedy="try again",
    )


def done_again(work: Callable[[], _Done]) -> _Done:
    """Do it; if that is cut off by a passing fault, once more."""
    try:
        return work()
    except PassingError:
        return work()


def decoded_again(decode: Callable[[], Generator[_Block, None, None]]) -> Iterator[_Block]:
    """Decode; if that is cut off by a passing fault, once more, and go on where it was.

    `decode` gives the same blocks each time. The last one before a cut may be short, so each is
    handed on when the next one is there.
    """
    given = 0
    try:
        for block in _one_late(decode()):
            yield block
            given += 1
    except PassingError:
        with contextlib.closing(decode()) as blocks:
            for number, block in enumerate(blocks):
                if number >= given:
                    yield block


def _one_late(blocks: Generator[_Block, None, None]) -> Iterator[_Block]:
    """Each block when the next one is there, or the decoding has ended well."""
    held = None
    with contextlib.closing(blocks):
        for block in blocks:
            if held is not None:
                yield held
            held = block
    if held is not None:
        yield held
