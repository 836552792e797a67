"""Aligns anew what corrections have moved: a pinned line within its pins, the rest between them.

Proportional times come first (`retime`); where the audio is at hand, heard ones replace them. Which
words: those that had to move, and in front of and behind a line that was moved far also its
neighbours, as they are likely to be wrong in the same way, up to where several words in a row are
sure and unmoved. Lines that a person has pinned or checked stay.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from pipeline.align.local import Passage, align_passages
from pipeline.align.records import TimedWord
from pipeline.audio.tracks import Audio
from pipeline.episode import Episode, Word
from pipeline.export.episode_check import find_fault
from pipeline.review.apply import rebuilt
from pipeline.review.drafts import drafts_of
from pipeline.review.records import Applied

__all__ = ["Region", "plan_regions", "realign"]

_MOVED_MS = 50
_FAR_MS = 1000
_NEIGHBOURS = 12
"""So many words beside a line that was moved far are looked for again."""
_STEADY_WORDS = 4
_STEADY = 0.8
_LONGEST_MS = 180_000
"""A longer region keeps its proportional times: too much in it would be guesswork."""


@dataclass(frozen=True, slots=True)
class Region:
    """Words to align anew, by index, between two moments.

    `held`: the first word begins and the last one ends at these moments.
    """

    words: tuple[int, ...]
    start_ms: int
    end_ms: int
    held: bool


def realign(before: Episode, applied: Applied, audio: Audio) -> Episode:
    """The corrected episode with heard times in place of proportional ones.

    Args:
        before: the episode as aligned.
        applied: what corrections have made of it.
        audio: its audio.

    Raises:
        InputError: the audio cannot be decoded.
    """
    regions = plan_regions(before, applied)
    if not regions:
        return applied.episode
    words = applied.episode.words
    passages = [
        Passage(
            tuple(words[at].text for at in region.words),
            tuple(words[at].start_ms or region.start_ms for at in region.words),
            region.start_ms,
            region.end_ms,
        )
        for region in regions
    ]
    made = list(words)
    for region, timed in zip(regions, align_passages(audio, passages), strict=True):
        _set(made, region, timed)
    drafts = drafts_of(replace(applied.episode, words=tuple(made)))
    corrected = rebuilt(applied.episode, drafts)
    return applied.episode if find_fault(corrected) else corrected


def _set(words: list[Word], region: Region, timed: Sequence[TimedWord]) -> None:
    """Take over the times found, all or none: half of them could not be in order."""
    if any(one.start_ms is None or one.end_ms is None for one in timed):
        return
    for at, one in zip(region.words, timed, strict=True):
        words[at] = replace(
            words[at],
            start_ms=one.start_ms,
            end_ms=one.end_ms,
            confidence=round(one.confidence, 4),
            status="aligned",
        )
    if region.held:
        first, last = region.words[0], region.words[-1]
        words[first] = replace(words[first], start_ms=region.start_ms)
        words[last] = replace(words[last], end_ms=region.end_ms)


def plan_regions(before: Episode, applied: Applied) -> tuple[Region, ...]:
    """What to align anew, in order; regions do not share a word."""
    old = _old_times(before, applied.episode)
    episode, held = applied.episode, set(applied.held)
    fixed = [word.line in held for word in episode.words]
    regions: list[Region] = []
    done = -1
    for number in sorted(held):
        line = episode.lines[number]
        own = _timed(episode, line.first_word, line.last_word)
        if not own or line.start_ms is None or line.end_ms is None:
            continue
        shift_ms = max(_shift(word, old) for word in own)
        left = _side(episode, old, fixed, line.first_word - 1, -1, shift_ms, done)
        if left:
            low_ms = _end_before(episode, left[0])
            regions.append(Region(tuple(left), low_ms, line.start_ms, False))
        inner = own[1:] if len(own) > 1 else []
        if any(_shift(word, old) > _MOVED_MS for word in inner) or _is_new(own):
            indices = tuple(word.index for word in own)
            regions.append(Region(indices, line.start_ms, line.end_ms, True))
        right = _side(episode, old, fixed, line.last_word + 1, 1, shift_ms, done)
        if right:
            high_ms = _start_after(episode, right[-1])
            regions.append(Region(tuple(right), line.end_ms, high_ms, False))
        done = max([done, line.last_word, *right])
    return tuple(region for region in regions if 0 < region.end_ms - region.start_ms <= _LONGEST_MS)


def _old_times(before: Episode, after: Episode) -> dict[int, int]:
    """Start as aligned by index of the word now, of lines whose words are the same."""
    found = {}
    for old, new in zip(before.lines, after.lines, strict=True):
        if old.last_word - old.first_word != new.last_word - new.first_word:
            continue
        for offset in range(old.last_word - old.first_word + 1):
            start_ms = before.words[old.first_word + offset].start_ms
            if start_ms is not None:
                found[new.first_word + offset] = start_ms
    return found


def _timed(episode: Episode, first: int, last: int) -> list[Word]:
    return [word for word in episode.words[first : last + 1] if word.start_ms is not None]


def _shift(word: Word, old: dict[int, int]) -> int:
    """By how much a word has moved; far if it had no time before."""
    if word.start_ms is None:
        return 0
    return abs(word.start_ms - old[word.index]) if word.index in old else _FAR_MS + 1


def _is_new(words: Sequence[Word]) -> bool:
    return any(word.status == "interpolated" for word in words[1:-1])


def _side(
    episode: Episode,
    old: dict[int, int],
    fixed: Sequence[bool],
    at: int,
    step: int,
    shift_ms: int,
    done: int,
) -> list[int]:
    """Words in front of or behind a held line that are to be aligned anew, ascending."""
    found: list[int] = []
    steady: list[int] = []
    least = _NEIGHBOURS if shift_ms > _FAR_MS else 0
    while done < at < len(episode.words) and at >= 0 and not fixed[at]:
        word = episode.words[at]
        at += step
        if word.start_ms is None:
            continue
        is_steady = _shift(word, old) <= _MOVED_MS and word.confidence >= _STEADY
        if is_steady and len(found) + len(steady) >= least:
            steady.append(word.index)
            if len(steady) == _STEADY_WORDS or not found:
                break
            continue
        found += [*steady, word.index]
        steady = []
    return sorted(found)


def _end_before(episode: Episode, word: int) -> int:
    ends = (w.end_ms for w in reversed(episode.words[max(0, word - 50) : word]))
    return next((end_ms for end_ms in ends if end_ms is not None), 0)


def _start_after(episode: Episode, word: int) -> int:
    starts = (w.start_ms for w in episode.words[word + 1 : word + 51])
    return next((start_ms for start_ms in starts if start_ms is not None), episode.duration_ms)
