"""What the user sees of long work: a bar on a terminal, plain lines elsewhere, or nothing."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, TextIO

from pipeline.progress import Progress, SilentProgress
from pipeline.safe_text import one_line
from pipeline.times import youtube_clock

if TYPE_CHECKING:
    import rich.progress

__all__ = ["BarProgress", "LineProgress", "StageClock", "show_progress"]

LINE_EVERY_S = 10.0


class StageClock:
    """Passes everything on and remembers how long each stage took, in `stages_s`."""

    def __init__(self, shown: Progress, now: Callable[[], float] = time.monotonic) -> None:
        """Wrap `shown`; `now` gives seconds that never go back."""
        self._shown = shown
        self._now = now
        self._stage: str | None = None
        self._began_s = 0.0
        self.stages_s: dict[str, float] = {}

    def start(self, stage: str, total: float | None = None) -> None:
        """Begin a stage; one that is still running ends."""
        self._stop()
        self._stage, self._began_s = stage, self._now()
        self._shown.start(stage, total)

    def advance(self, done: float) -> None:
        """Pass on."""
        self._shown.advance(done)

    def finish(self) -> None:
        """End the running stage."""
        self._stop()
        self._shown.finish()

    def note(self, message: str) -> None:
        """Pass on."""
        self._shown.note(message)

    def warn(self, message: str) -> None:
        """Pass on."""
        self._shown.warn(message)

    def _stop(self) -> None:
        if self._stage is not None:
            spent_s = self._now() - self._began_s
            self.stages_s[self._stage] = self.stages_s.get(self._stage, 0.0) + spent_s
            self._stage = None


class LineProgress:
    """Plain lines with time stamps, at most one in ten seconds for each stage and its end."""

    def __init__(
        self,
        stream: TextIO,
        *,
        verbose: bool = False,
        now: Callable[[], float] = time.monotonic,
        wall_clock: Callable[[], str] = lambda: time.strftime("%H:%M:%S"),
    ) -> None:
        """Write to `stream`; `verbose` shows notes too."""
        self._stream = stream
        self._verbose = verbose
        self._now = now
        self._wall_clock = wall_clock
        self._stage: str | None = None
        self._total: float | None = None
        self._began_s = 0.0
        self._shown_s = 0.0

    def start(self, stage: str, total: float | None = None) -> None:
        """Say that a stage begins."""
        self._stage, self._total = stage, total
        self._began_s = self._shown_s = self._now()
        self._say(stage)

    def advance(self, done: float) -> None:
        """Say how far the stage is, if the last line is ten seconds old."""
        now_s = self._now()
        if self._stage is None or now_s - self._shown_s < LINE_EVERY_S:
            return
        self._shown_s = now_s
        if not self._total or not 0 < done <= self._total:
            self._say(f"{self._stage}: {now_s - self._began_s:.0f} s so far")
            return
        left_s = (now_s - self._began_s) * (self._total - done) / done
        left = youtube_clock(round(left_s * 1000))
        self._say(f"{self._stage}: {done / self._total:.0%}, about {left} left")

    def finish(self) -> None:
        """Say that the stage is done."""
        if self._stage is not None:
            self._say(f"{self._stage}: done in {self._now() - self._began_s:.1f} s")
            self._stage = None

    def note(self, message: str) -> None:
        """Show `message` if verbose."""
        if self._verbose:
            self._say(message)

    def warn(self, message: str) -> None:
        """Show `message` as a warning."""
        self._say(f"warning: {message}")

    def _say(self, message: str) -> None:
        print(f"[{self._wall_clock()}] {one_line(message)}", file=self._stream, flush=True)


class BarProgress:
    """One bar a stage with its share and the time left, drawn by rich."""

    def __init__(self, bars: rich.progress.Progress, *, verbose: bool = False) -> None:
        """Draw on `bars`, which the caller starts and stops; `verbose` shows notes too."""
        self.bars = bars
        self._verbose = verbose
        self._task: rich.progress.TaskID | None = None
        self._total: float | None = None

    def start(self, stage: str, total: float | None = None) -> None:
        """Add a bar."""
        self.finish()
        self._total = total
        self._task = self.bars.add_task(stage, total=total)

    def advance(self, done: float) -> None:
        """Move the bar."""
        if self._task is not None:
            self.bars.update(self._task, completed=done)

    def finish(self) -> None:
        """Fill the bar and leave it standing."""
        if self._task is not None:
            total = self._total or 1.0
            self.bars.update(self._task, total=total, completed=total)
            self.bars.stop_task(self._task)
            self._task = None

    def note(self, message: str) -> None:
        """Show `message` above the bars if verbose."""
        if self._verbose:
            self.bars.console.print(one_line(message), markup=False, highlight=False, style="dim")

    def warn(self, message: str) -> None:
        """Show `message` above the bars as a warning."""
        self.bars.console.print(
            f"warning: {one_line(message)}", markup=False, highlight=False, style="yellow"
        )


@contextlib.contextmanager
def show_progress(stream: TextIO, *, quiet: bool, verbose: bool) -> Iterator[Progress]:
    """Yield the progress that suits `stream`: bars on a terminal, lines elsewhere, or nothing."""
    if quiet:
        yield SilentProgress()
    elif stream.isatty():
        with _open_bars(stream) as bars:
            yield BarProgress(bars, verbose=verbose)
    else:
        yield LineProgress(stream, verbose=verbose)


def _open_bars(stream: TextIO) -> rich.progress.Progress:
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        Progress,
        TaskProgressColumn,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    return Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TaskProgressColumn(),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
        console=Console(file=stream),
        # Standard output is for results and may go elsewhere.
        redirect_stdout=False,
        redirect_stderr=False,
    )
