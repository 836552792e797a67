"""Reads speaker turns from NIST RTTM files."""

from __future__ import annotations

from pathlib import Path

from pipeline.errors import InputError
from pipeline.evaluate.records import SpeakerTurn
from pipeline.files import read_bytes
from pipeline.limits import MOST_TIME_MS

__all__ = ["read_rttm"]

_FIELDS = 8


def read_rttm(path: Path) -> tuple[SpeakerTurn, ...]:
    """Read the `SPEAKER` records; other types of record are passed over.

    Raises:
        InputError: the file cannot be read, is no RTTM, has no turns, or is about several files.
    """
    content = read_bytes(path, "RTTM file").decode("utf-8", "replace")
    turns: list[SpeakerTurn] = []
    recording: str | None = None
    for number, line in enumerate(content.splitlines(), start=1):
        fields = line.split()
        if not fields or fields[0].startswith(";") or fields[0] != "SPEAKER":
            if fields and not fields[0].isupper() and not fields[0].startswith(";"):
                raise _not_rttm(path, number)
            continue
        if len(fields) < _FIELDS:
            raise _not_rttm(path, number)
        if recording is not None and fields[1] != recording:
            raise InputError(
                f"turns of two recordings, {recording} and {fields[1]}",
                path=path,
                line=number,
                remedy="give one recording's turns",
            )
        recording = fields[1]
        try:
            start_s, length_s = float(fields[3]), float(fields[4])
        except ValueError as error:
            raise _not_rttm(path, number) from error
        if not all(0 <= 1000 * time_s <= MOST_TIME_MS for time_s in (start_s, length_s)):
            raise InputError("a turn's time is not possible", path=path, line=number)
        end_ms = round(1000 * (start_s + length_s))
        turns.append(SpeakerTurn(fields[7], round(1000 * start_s), end_ms))
    if not turns:
        raise InputError("no speaker turns in it", path=path, remedy="name an RTTM file")
    return tuple(turns)


def _not_rttm(path: Path, line: int) -> InputError:
    return InputError(
        "not an RTTM record",
        path=path,
        line=line,
        remedy="write SPEAKER FILE 1 START LENGTH <NA> <NA> NAME <NA> <NA>",
    )
