"""Speaker turns as NIST RTTM `SPEAKER` records, times in seconds."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.episode import Episode
from pipeline.export.ctm import field
from pipeline.export.options import DEFAULT_OPTIONS, ExportOptions
from pipeline.subtitles.styles import Style
from pipeline.times import seconds

__all__ = ["render", "speaker_turns"]

MAX_PAUSE_MS = 500
"""A longer pause ends a turn, even if the same speaker goes on."""


def speaker_turns(episode: Episode) -> Iterator[tuple[str, int, int]]:
    """Yield (speaker key, start_ms, end_ms) for each stretch without a long pause, in order."""
    turn: tuple[str, int, int] | None = None
    for word in episode.words:
        if word.start_ms is None or word.end_ms is None or word.speaker is None:
            continue
        if turn and turn[0] == word.speaker and word.start_ms - turn[2] <= MAX_PAUSE_MS:
            turn = (turn[0], turn[1], max(turn[2], word.end_ms))
            continue
        if turn:
            yield turn
        turn = (word.speaker, word.start_ms, word.end_ms)
    if turn:
        yield turn


def render(episode: Episode, style: Style, options: ExportOptions = DEFAULT_OPTIONS) -> str:
    """Render one record for each turn; speakers are named by their keys."""
    return "".join(
        f"SPEAKER {field(episode.id)} 1 {seconds(start_ms)} {seconds(end_ms - start_ms)} "
        f"<NA> <NA> {field(key)} <NA> <NA>\n"
        for key, start_ms, end_ms in speaker_turns(episode)
    )
