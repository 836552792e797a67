"""Progress of long work: the core reports, the command line shows."""

from __future__ import annotations

from typing import Protocol

__all__ = ["Progress", "SilentProgress"]


class Progress(Protocol):
    """Receives what a stage has done. Implementations must be cheap to call."""

    def start(self, stage: str, total: float | None = None) -> None:
        """Begin a stage; `total` is in the stage's own unit, None when unknown."""

    def advance(self, done: float) -> None:
        """So much of the running stage is done in all (absolute, in the unit of `total`)."""

    def finish(self) -> None:
        """End the running stage."""

    def note(self, message: str) -> None:
        """Tell the user something that `--verbose` shows."""

    def warn(self, message: str) -> None:
        """Tell the user something that is shown unless `--quiet`."""


class SilentProgress:
    """Shows nothing."""

    def start(self, stage: str, total: float | None = None) -> None:
        """Ignore."""

    def advance(self, done: float) -> None:
        """Ignore."""

    def finish(self) -> None:
        """Ignore."""

    def note(self, message: str) -> None:
        """Ignore."""

    def warn(self, message: str) -> None:
        """Ignore."""
