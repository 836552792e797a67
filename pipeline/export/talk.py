"""Who spoke how much: talk time, turns, interruptions, words a minute. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.episode import Episode, Word
from pipeline.export.rttm import speaker_turns

__all__ = ["Talk", "talk_of"]

CUT_SHORT_MS = 50
"""A speaker who begins so much before the other has ended interrupts."""


@dataclass(frozen=True, slots=True)
class Talk:
    """One speaker's part in an episode.

    Attributes:
        speaker: key of the speaker.
        talk_ms: time within turns, pauses of up to half a second included.
        share: of all speakers' talk time, 0 to 1.
        turns: how often the speaker takes over.
        interruptions: how often the speaker begins before another has ended.
        words: words attributed to the speaker that have times.
        words_per_minute: `words` over `talk_ms`; None without talk time.
    """

    speaker: str
    talk_ms: int
    share: float
    turns: int
    interruptions: int
    words: int
    words_per_minute: float | None


def talk_of(episode: Episode) -> tuple[Talk, ...]:
    """Each speaker's part, in the order of the episode's speakers."""
    time_ms: dict[str, int] = {}
    for speaker_key, start_ms, end_ms in speaker_turns(episode):
        time_ms[speaker_key] = time_ms.get(speaker_key, 0) + end_ms - start_ms
    turns: dict[str, int] = {}
    interruptions: dict[str, int] = {}
    words: dict[str, int] = {}
    before: Word | None = None
    for word in episode.words:
        key = word.speaker
        if key is None or word.start_ms is None:
            continue
        words[key] = words.get(key, 0) + 1
        if before is None or before.speaker != key:
            turns[key] = turns.get(key, 0) + 1
            if (
                before is not None
                and before.end_ms is not None
                and before.end_ms - word.start_ms >= CUT_SHORT_MS
            ):
                interruptions[key] = interruptions.get(key, 0) + 1
        before = word
    total_ms = sum(time_ms.values())
    return tuple(
        Talk(
            speaker=speaker.key,
            talk_ms=(talk_ms := time_ms.get(speaker.key, 0)),
            share=talk_ms / total_ms if total_ms else 0.0,
            turns=turns.get(speaker.key, 0),
            interruptions=interruptions.get(speaker.key, 0),
            words=(count := words.get(speaker.key, 0)),
            words_per_minute=60000 * count / talk_ms if talk_ms else None,
        )
        for speaker in episode.speakers
    )
