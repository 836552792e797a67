"""What the user sees of a batch: bars on a terminal, plain lines elsewhere, or nothing."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Protocol, TextIO

from pipeline.batch.records import EpisodeRecord, Stage
from pipeline.safe_text import one_line
from pipeline.times import percent, youtube_clock

if TYPE_CHECKING:
    import rich.progress

__all__ = ["BarsDisplay", "Display", "LinesDisplay", "SilentDisplay", "Tally"]

LINE_EVERY_S = 10.0
_SHOWN_WORKERS = 16


class Display(Protocol):
    """Is told by the driver what happens."""

    def settled(self, record: EpisodeRecord) -> None:
        """There is nothing to do for this episode."""

    def planned(self, weights: Mapping[str, int]) -> None:
        """These are to be done; a weight says how much work that is."""

    def stage(self, stage: Stage) -> None:
        """A worker is at this."""

    def idle(self, name: str) -> None:
        """No worker is at this episode any more."""

    def finished(self, record: EpisodeRecord) -> None:
        """This one is done or has failed."""

    def retrying(self, name: str, reason: str, delay_s: float) -> None:
        """This one is put off."""

    def waiting(self, name: str, holder: str) -> None:
        """Another process is at this one."""

    def stopping(self, active: int) -> None:
        """Ctrl-C was pressed once; so many episodes are still at work."""


class Tally:
    """Counts, and the time left by the share of the work that is done."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        """`now` gives seconds that never go back."""
        self._now = now
        self._began_s = now()
        self._weights: Mapping[str, int] = {}
        self._running: dict[str, Stage] = {}
        self.settled = self.finished = self.failed = 0
        self._done_weight = 0

    def plan(self, weights: Mapping[str, int]) -> None:
        """These are to be done."""
        self._weights = dict(weights)
        self._began_s = self._now()

    def settle(self, record: EpisodeRecord) -> None:
        """One was done before, or has failed and not changed."""
        self.settled += 1
        self.failed += record.state == "failed"

    def stage(self, stage: Stage) -> None:
        """A worker is at this."""
        self._running[stage.id] = stage

    def idle(self, name: str) -> None:
        """No worker is at this any more."""
        self._running.pop(name, None)

    def finish(self, record: EpisodeRecord) -> None:
        """One is done or has failed."""
        self.finished += 1
        self.failed += record.state == "failed"
        self._done_weight += self._weights.get(record.id, 0)

    @property
    def running(self) -> list[Stage]:
        """What the workers are at."""
        return list(self._running.values())

    @property
    def total(self) -> int:
        """Number of episodes, those done before included."""
        return self.settled + max(len(self._weights), self.finished)

    @property
    def share(self) -> float:
        """Part of the work that is done, 0 to 1."""
        whole = sum(self._weights.values())
        return self._done_weight / whole if whole else 1.0

    @property
    def left(self) -> str:
        """The time left as a clock; empty while nobody knows."""
        if not 0 < self.share < 1:
            return ""
        spent_s = self._now() - self._began_s
        return youtube_clock(round(1000 * spent_s * (1 - self.share) / self.share))

    def line(self) -> str:
        """Counts and time left."""
        text = f"{self.settled + self.finished} of {self.total} episodes"
        text += f", {self.failed} failed" if self.failed else ""
        return text + (f", about {self.left} left" if self.left else "")


def _outcome(record: EpisodeRecord) -> str:
    if record.reason is not None:
        return f"{record.id}: {record.state.replace('_', ' ')}: {record.reason}"
    found = "" if record.coverage is None else f", {percent(record.coverage)} of the words"
    again = "" if record.reused == "nothing" else f" (from the kept {record.reused})"
    spent_s = sum(record.stages_s.values())
    return f"{record.id}: done in {spent_s:.1f} s{found}{again}"


def _working(stage: Stage) -> str:
    share = "" if stage.share is None else f" {stage.share:.0%}"
    return f"{stage.id}: {stage.stage}{share}"


class LinesDisplay:
    """Plain lines with time stamps: each outcome, and how far all is every ten seconds."""

    def __init__(
        self,
        stream: TextIO,
        now: Callable[[], float] = time.monotonic,
        wall_clock: Callable[[], str] = lambda: time.strftime("%H:%M:%S"),
    ) -> None:
        """Write to `stream`."""
        self._stream = stream
        self._now = now
        self._wall_clock = wall_clock
        self._shown_s = now()
        self._tally = Tally(now)

    def settled(self, record: EpisodeRecord) -> None:
        """Count it."""
        self._tally.settle(record)

    def planned(self, weights: Mapping[str, int]) -> None:
        """Say how much there is to do."""
        self._tally.plan(weights)
        before = f", {self._tally.settled} settled before" if self._tally.settled else ""
        self._say(f"{len(weights)} episodes to do{before}")

    def stage(self, stage: Stage) -> None:
        """Say how far all is, if the last line is ten seconds old."""
        self._tally.stage(stage)
        if self._now() - self._shown_s >= LINE_EVERY_S:
            self._shown_s = self._now()
            at = "; ".join(map(_working, self._tally.running[:_SHOWN_WORKERS]))
            self._say(f"{self._tally.line()}; at work: {at}")

    def idle(self, name: str) -> None:
        """Forget its stage."""
        self._tally.idle(name)

    def finished(self, record: EpisodeRecord) -> None:
        """Say how it went."""
        self._tally.finish(record)
        self._say(f"{_outcome(record)} [{self._tally.line()}]")

    def retrying(self, name: str, reason: str, delay_s: float) -> None:
        """Say so."""
        self._say(f"warning: {name}: {reason}; again in {delay_s:.0f} s")

    def waiting(self, name: str, holder: str) -> None:
        """Say who."""
        self._say(_waiting(name, holder))

    def stopping(self, active: int) -> None:
        """Say what is waited for."""
        self._say(_stopping(active))

    def _say(self, message: str) -> None:
        print(f"[{self._wall_clock()}] {one_line(message)}", file=self._stream, flush=True)


def _waiting(name: str, holder: str) -> str:
    return f"warning: {name}: waiting for {holder}, which is at work on it"


def _stopping(active: int) -> str:
    return f"stopping when the {active} episodes at work are done; Ctrl-C again stops at once"


class BarsDisplay:
    """One bar for all with the time left, and below it what each worker is at, drawn by rich."""

    def __init__(self, bars: rich.progress.Progress) -> None:
        """Draw on `bars`, which the caller starts and stops."""
        from rich.progress import BarColumn, TaskProgressColumn, TextColumn, TimeElapsedColumn

        # The time left is the tally's: rich looks at the last half minute, less than an episode.
        name = TextColumn("{task.description}", markup=False)
        bars.columns = (name, BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
        self._bars = bars
        self._tally = Tally()
        self._all: rich.progress.TaskID | None = None
        self._workers: dict[str, rich.progress.TaskID] = {}

    def settled(self, record: EpisodeRecord) -> None:
        """Count it."""
        self._tally.settle(record)

    def planned(self, weights: Mapping[str, int]) -> None:
        """Add the bar for all."""
        self._tally.plan(weights)
        self._all = self._bars.add_task(self._tally.line(), total=1.0)

    def stage(self, stage: Stage) -> None:
        """Show it below."""
        self._tally.stage(stage)
        description = f"  {stage.id}: {stage.stage}"
        if stage.id not in self._workers:
            if len(self._workers) >= _SHOWN_WORKERS:
                return
            self._workers[stage.id] = self._bars.add_task(description, total=None)
        total = None if stage.share is None else 1.0
        self._bars.update(
            self._workers[stage.id],
            description=description,
            total=total,
            completed=stage.share or 0.0,
        )

    def idle(self, name: str) -> None:
        """Take it away."""
        self._tally.idle(name)
        if name in self._workers:
            self._bars.remove_task(self._workers.pop(name))

    def finished(self, record: EpisodeRecord) -> None:
        """Show failures above, and move the bar."""
        self._tally.finish(record)
        if record.reason is not None:
            self._print(_outcome(record), "red" if record.state == "failed" else "yellow")
        if self._all is not None:
            self._bars.update(
                self._all, description=self._tally.line(), completed=self._tally.share
            )

    def retrying(self, name: str, reason: str, delay_s: float) -> None:
        """Show it above."""
        self._print(f"warning: {name}: {reason}; again in {delay_s:.0f} s", "yellow")

    def waiting(self, name: str, holder: str) -> None:
        """Show who, above."""
        self._print(_waiting(name, holder), "yellow")

    def stopping(self, active: int) -> None:
        """Show what is waited for."""
        self._print(_stopping(active), "yellow")

    def _print(self, message: str, style: str) -> None:
        self._bars.console.print(one_line(message), markup=False, highlight=False, style=style)


class SilentDisplay:
    """Shows nothing."""

    def settled(self, record: EpisodeRecord) -> None:
        """Ignore."""

    def planned(self, weights: Mapping[str, int]) -> None:
        """Ignore."""

    def stage(self, stage: Stage) -> None:
        """Ignore."""

    def idle(self, name: str) -> None:
        """Ignore."""

    def finished(self, record: EpisodeRecord) -> None:
        """Ignore."""

    def retrying(self, name: str, reason: str, delay_s: float) -> None:
        """Ignore."""

    def waiting(self, name: str, holder: str) -> None:
        """Ignore."""

    def stopping(self, active: int) -> None:
        """Ignore."""
