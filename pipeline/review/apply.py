"""Corrections onto a timed episode. Pure."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Sequence
from dataclasses import replace

from pipeline.assemble import MAX_EVENT_MS
from pipeline.episode import Chapter, Episode, Event, Gap, Line, Word
from pipeline.export.episode_check import find_fault
from pipeline.review.drafts import Draft, NewEvent, drafts_of, untimed
from pipeline.review.records import Applied, Corrections, LineCorrection
from pipeline.review.retime import retime
from pipeline.speakers.turns import known_names
from pipeline.surroundings import latest_before, next_from
from pipeline.transcript.labels import find_labels
from pipeline.transcript.records import TranscriptLine
from pipeline.transcript.scan import Conventions, begins_with_dash, scan_line
from pipeline.transcript.source import SourceLine

__all__ = ["apply_corrections", "rebuilt"]

Scan = Callable[[str], TranscriptLine]


def apply_corrections(episode: Episode, corrections: Corrections) -> Applied:
    """Correct an episode: corrected times hold, those around them make room.

    A line whose index changed is found by its text if no other line has that text. What does not
    fit is left out and told in `misfits`; times and gaps do not fit another audio file.

    Raises:
        ValueError: the result would contradict itself (a fault of ours).
    """
    misfits: list[str] = []
    drafts = drafts_of(episode)
    scan = _scanner(episode, corrections)
    same_audio = corrections.audio_sha256 == episode.audio.sha256
    if not same_audio and _has_times(corrections):
        misfits.append("they were made for another audio file: their times and gaps are left out")
    done: set[int] = set()
    for correction in corrections.lines:
        number = _find(episode, correction)
        if number is None or number in done:
            misfits.append(
                f"line {correction.line + 1}, {correction.was!r}: the transcript does not have it"
                + (" there" if number is None and _count(episode, correction.was) else "")
                + " any more"
            )
            continue
        done.add(number)
        misfits += _correct(drafts[number], correction, episode, scan, same_audio)
    misfits += retime(drafts, episode.duration_ms)
    corrected = rebuilt(episode, drafts)
    if same_audio:
        gaps, lost = _gaps(episode, corrections)
        corrected = replace(corrected, gaps=gaps)
        misfits += lost
    if fault := find_fault(corrected):
        raise ValueError(f"the corrected episode contradicts itself: {fault}")
    held = (n for n, draft in enumerate(drafts) if draft.words and (draft.pinned or draft.checked))
    return Applied(corrected, tuple(misfits), tuple(held))


def _has_times(corrections: Corrections) -> bool:
    pinned = (line.start_ms is not None or line.end_ms is not None for line in corrections.lines)
    return bool(corrections.gaps) or any(pinned)


def _scanner(episode: Episode, corrections: Corrections) -> Scan:
    """Take new texts apart by the conventions of the whole transcript."""
    texts = [line.text for line in episode.lines]
    texts += [line.text for line in corrections.lines if line.text is not None]
    labels = find_labels(texts, known_names(episode.speakers))
    conventions = Conventions(labels, any(map(begins_with_dash, texts)))
    return lambda text: scan_line(
        SourceLine(text, 1, tuple(range(1, len(text) + 1))), conventions
    )  # fmt: skip


def _count(episode: Episode, text: str) -> int:
    return sum(line.text == text for line in episode.lines)


def _find(episode: Episode, correction: LineCorrection) -> int | None:
    readings = (correction.was, correction.text)
    at = correction.line
    # Corrected already: corrections may be applied twice.
    if at < len(episode.lines) and episode.lines[at].text in readings:
        return at
    found = [line.index for line in episode.lines if line.text == correction.was]
    return found[0] if len(found) == 1 else None


def _correct(
    draft: Draft, correction: LineCorrection, episode: Episode, scan: Scan, same_audio: bool
) -> list[str]:
    """Change all but times, and note the pins; returns what does not fit."""
    misfits = []
    where = f"line {draft.line.index + 1}, {draft.line.text!r}"
    if correction.speaker is not None:
        if correction.speaker in {speaker.key for speaker in episode.speakers}:
            _attribute(draft, correction.speaker)
        else:
            misfits.append(f"{where}: there is no speaker {correction.speaker} any more")
    corrected_before = draft.line.text != correction.was
    for change in correction.words if not corrected_before else ():
        if change.at >= len(draft.words) or draft.words[change.at].text != change.was:
            misfits.append(f"{where}: its word {change.at + 1} is not {change.was!r} any more")
        elif change.absent:
            draft.words[change.at] = untimed(draft.words[change.at])
            draft.changed = True
        elif draft.words[change.at].start_ms is None:
            draft.wanted.add(change.at)
    if correction.text is not None and not corrected_before:
        text = " ".join(correction.text.split())
        scanned = scan(text) if text else None
        if scanned is None or not (scanned.words or scanned.events):
            misfits.append(f"{where}: its new text has no words; mark it absent instead")
        else:
            _reword(draft, scanned)
    draft.checked = correction.checked
    if correction.absent:
        draft.words = [untimed(word) for word in draft.words]
        draft.wanted = set()
        draft.changed = True
    elif same_audio:
        # A line whose words are all new is pinned to where the old ones were.
        _pin_to(draft, correction)
    return misfits


def _pin_to(draft: Draft, correction: LineCorrection) -> None:
    old = (draft.start_ms, draft.end_ms)
    draft.start_ms, draft.end_ms = correction.start_ms, correction.end_ms
    if old[0] is None or old[1] is None:
        return
    length_ms = old[1] - old[0]
    if draft.start_ms is None:
        early = draft.end_ms is not None and draft.end_ms <= old[0]
        draft.start_ms = max(0, (draft.end_ms or 0) - length_ms) if early else old[0]
    if draft.end_ms is None:
        draft.end_ms = old[1] if old[1] > draft.start_ms else draft.start_ms + length_ms


def _attribute(draft: Draft, speaker: str) -> None:
    """Change the line's speaker; other speakers within the line stay."""
    before = draft.line.speaker
    draft.words = [
        replace(word, speaker=speaker) if word.speaker in (before, None) else word
        for word in draft.words
    ]
    draft.line = replace(draft.line, speaker=speaker)


def _reword(draft: Draft, scanned: TranscriptLine) -> None:
    """Replace the text: words that stay keep their times, new ones need one."""
    old = draft.words
    texts = [word.text for word in scanned.words]
    new: list[Word] = []
    wanted: set[int] = set()
    matcher = difflib.SequenceMatcher(None, [word.text for word in old], texts, autojunk=False)
    for kind, old_from, old_to, new_from, new_to in matcher.get_opcodes():
        for offset, text in enumerate(texts[new_from:new_to]):
            if kind == "equal" or new_to - new_from == old_to - old_from:
                if old_from + offset in draft.wanted:
                    wanted.add(len(new))
                new.append(replace(old[old_from + offset], text=text))
                continue
            near = old[min(old_from, len(old) - 1)] if old else None
            speaker = near.speaker if near else draft.line.speaker
            wanted.add(len(new))
            new.append(Word(0, draft.line.index, text, speaker, None, None, 0.0, "absent"))
    has_times = any(word.start_ms is not None for word in old)
    if not any(word.start_ms is not None for word in new) and has_times:
        draft.start_ms, draft.end_ms = draft.span() or (None, None)
    known = {event.event.text: event for event in draft.events}
    draft.events = [
        known.pop(event.text, NewEvent(_untimed_event(draft, event.text), event.before_word))
        for event in scanned.events
    ]
    draft.words, draft.changed = new, True
    draft.wanted = wanted if has_times else set()
    draft.line = replace(draft.line, text=scanned.text)


def _untimed_event(draft: Draft, text: str) -> Event:
    return Event(draft.line.index, text, None, None)


def rebuilt(episode: Episode, drafts: Sequence[Draft]) -> Episode:
    """The episode with the words, events and lines of these drafts, all else following them."""
    words: list[Word] = []
    bounds: list[int] = []
    for draft in drafts:
        bounds.append(len(words))
        words += [replace(word, index=len(words) + at) for at, word in enumerate(draft.words)]
    words = _in_order(words)
    events = _events(drafts, words, bounds, episode.duration_ms)
    lines = []
    for draft, first in zip(drafts, bounds, strict=True):
        own = words[first : first + len(draft.words)]
        line = replace(draft.line, first_word=first, last_word=first + len(own) - 1)
        times = [(word.start_ms, word.end_ms) for word in own] or [
            (event.start_ms, event.end_ms) for event in events if event.line == line.index
        ]
        starts = [start_ms for start_ms, _ in times if start_ms is not None]
        ends = [end_ms for _, end_ms in times if end_ms is not None]
        lines.append(
            replace(
                line, start_ms=starts[0] if starts else None, end_ms=max(ends) if ends else None
            )
        )
    return replace(
        episode,
        words=tuple(words),
        lines=tuple(lines),
        events=tuple(events),
        chapters=_chapters(episode, lines),
    )


def _in_order(words: Sequence[Word]) -> list[Word]:
    """Starts that never decrease."""
    ordered = []
    latest_ms = 0
    for word in words:
        if word.start_ms is not None and word.end_ms is not None:
            start_ms = max(word.start_ms, latest_ms)
            if start_ms != word.start_ms:
                word = replace(word, start_ms=start_ms, end_ms=max(start_ms, word.end_ms))
            latest_ms = start_ms
        ordered.append(word)
    return ordered


def _events(
    drafts: Sequence[Draft], words: Sequence[Word], bounds: Sequence[int], duration_ms: int
) -> list[Event]:
    """Sound events: new ones between their neighbours, old ones moved out of the way of words."""
    starts = next_from([word.start_ms for word in words], duration_ms)
    starts_before = latest_before(word.start_ms for word in words)
    ends_before = latest_before(word.end_ms for word in words)
    events = []
    latest_ms = 0
    for draft, first in zip(drafts, bounds, strict=True):
        for new in draft.events:
            event = new.event
            lone = not draft.words
            at = first + (new.before_word or 0)
            if lone and draft.pinned:
                event = replace(event, start_ms=draft.start_ms, end_ms=draft.end_ms)
            elif new.before_word is not None:
                start_ms = min(ends_before[at], starts[at])
                end_ms = min(starts[at], start_ms + MAX_EVENT_MS)
                event = replace(event, start_ms=start_ms, end_ms=end_ms)
            if lone and event.start_ms is not None and event.end_ms is not None:
                start_ms = min(max(event.start_ms, starts_before[first], latest_ms), starts[first])
                end_ms = event.end_ms if start_ms == event.start_ms else starts[first]
                event = replace(event, start_ms=start_ms, end_ms=max(start_ms, end_ms))
                latest_ms = start_ms
            events.append(event)
    return events


def _chapters(episode: Episode, lines: Sequence[Line]) -> tuple[Chapter, ...]:
    """Chapters move with their first line that has a time."""
    chapters: list[Chapter] = []
    end_ms = episode.chapters[-1].end_ms if episode.chapters else episode.duration_ms
    for chapter in reversed(episode.chapters):
        own = lines[chapter.first_line : chapter.last_line + 1]
        starts = (line.start_ms for line in own if line.start_ms is not None)
        start_ms = min(next(starts, end_ms), end_ms)
        chapters.append(replace(chapter, start_ms=start_ms, end_ms=end_ms))
        end_ms = start_ms
    return tuple(reversed(chapters))


def _gaps(episode: Episode, corrections: Corrections) -> tuple[tuple[Gap, ...], list[str]]:
    """The gaps, marked ones in place of those that they cover."""
    fitting = [gap for gap in corrections.gaps if gap.end_ms <= episode.duration_ms]
    lost = [
        f"the gap at {gap.start_ms} ms ends after the audio"
        for gap in corrections.gaps
        if gap.end_ms > episode.duration_ms
    ]
    kept = [
        gap
        for gap in episode.gaps
        if not any(new.start_ms <= gap.start_ms and gap.end_ms <= new.end_ms for new in fitting)
    ]
    kept += [Gap(gap.start_ms, gap.end_ms, gap.kind) for gap in fitting]
    return tuple(sorted(kept, key=lambda gap: (gap.start_ms, gap.end_ms))), lost
