"""Times around pins: corrected lines stay where they were put, the rest makes room. Pure.

Words between two pins keep the times that the audio gave them; those that a pin has run over are
squeezed, in proportion, between the pin and their nearest undisturbed neighbour.
"""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.review.drafts import Draft, share_out
from pipeline.times import clock

__all__ = ["retime"]

TOLERANCE_MS = 50
"""A word that moves less than this is still heard where it was heard."""
MAX_TRIM_MS = 500
"""A line's edge that moves outwards no further than this is its first or last word's edge."""
LEAST_WORD_MS = 60
LEAST_SHARE = 0.5
"""Squeezed words keep this share of their length, if need be at the cost of more neighbours."""
Place = tuple[int, int]


def retime(drafts: Sequence[Draft], duration_ms: int) -> list[str]:
    """Pin lines and make the others fit; returns what cannot be done."""
    misfits: list[str] = []
    fixed: set[int] = set()
    latest_ms = 0
    for number, draft in enumerate(drafts):
        if draft.wanted and draft.span() is not None:
            _fill(drafts, number)
    for number, draft in enumerate(drafts):
        if not draft.pinned:
            continue
        fault = _pin(draft, latest_ms, duration_ms)
        if fault is not None:
            draft.start_ms = draft.end_ms = None
            misfits.append(f"line {number + 1}, {draft.line.text!r}: {fault}")
        elif draft.words:
            fixed.add(number)
            latest_ms = max(word.start_ms or 0 for word in draft.words)
    for number, draft in enumerate(drafts):
        misfits += _fill(drafts, number) if draft.wanted else []
    free: list[Place] = []
    low_ms = 0
    touched = False
    for number, draft in enumerate(drafts):
        span = draft.span()
        if number in fixed and span is not None:
            _fit(drafts, free, low_ms, span[0], touched, True)
            free, low_ms, touched = [], span[1], True
            continue
        free += [(number, at) for at, word in enumerate(draft.words) if word.start_ms is not None]
    _fit(drafts, free, low_ms, duration_ms, touched, False)
    return misfits


def _pin(draft: Draft, latest_ms: int, duration_ms: int) -> str | None:
    """Map the line's words onto its pins; returns why that cannot be, and then changes nothing."""
    old = draft.span()
    start_ms, end_ms = draft.start_ms, draft.end_ms
    if not draft.words and draft.events:
        first = draft.events[0].event
        old = None if first.start_ms is None or first.end_ms is None else (
            first.start_ms, max(event.event.end_ms or 0 for event in draft.events)
        )  # fmt: skip
    if old is None and (start_ms is None or end_ms is None):
        return "it has no time yet, so that it needs both a start and an end"
    before = old or (0, 0)
    if start_ms is None:
        start_ms = before[0] if end_ms is None or before[0] < end_ms else end_ms - _length(before)
    if end_ms is None:
        end_ms = before[1] if before[1] > start_ms else start_ms + _length(before)
    start_ms = max(0, start_ms)
    if end_ms <= start_ms:
        return f"it would end at {clock(end_ms)}, before it starts"
    if end_ms > duration_ms:
        return f"it would end at {clock(end_ms)}, after the audio"
    if start_ms < latest_ms:
        return f"it would start at {clock(start_ms)}, before the corrected line in front of it"
    draft.start_ms, draft.end_ms, draft.changed = start_ms, end_ms, True
    if old is None:
        spans = share_out([word.text for word in draft.words], start_ms, end_ms)
        for at, span in enumerate(spans):
            draft.set_times(at, *span, heard=False)
        return None
    timed = [at for at, word in enumerate(draft.words) if word.start_ms is not None]
    if timed and _trims(draft, timed[0], timed[-1], start_ms, end_ms):
        return None
    for at, word in enumerate(draft.words):
        if word.start_ms is not None and word.end_ms is not None:
            begin_ms = _mapped(word.start_ms, old, (start_ms, end_ms))
            stop_ms = _mapped(word.end_ms, old, (start_ms, end_ms))
            moved_ms = max(abs(begin_ms - word.start_ms), abs(stop_ms - word.end_ms))
            draft.set_times(at, begin_ms, stop_ms, heard=moved_ms <= TOLERANCE_MS)
    return None


def _trims(draft: Draft, first: int, last: int, start_ms: int, end_ms: int) -> bool:
    """Move only the outer edges of the first and the last word, if that is what the pins ask."""
    begin, end = draft.words[first], draft.words[last]
    assert begin.start_ms is not None and begin.end_ms is not None
    assert end.start_ms is not None and end.end_ms is not None
    if not begin.start_ms - MAX_TRIM_MS <= start_ms <= begin.end_ms - LEAST_WORD_MS:
        return False
    if not end.start_ms + LEAST_WORD_MS <= end_ms <= end.end_ms + MAX_TRIM_MS:
        return False
    if any((word.end_ms or 0) > end.end_ms for word in draft.words):
        return False
    draft.set_times(first, start_ms, end_ms if first == last else begin.end_ms, heard=True)
    draft.set_times(last, draft.words[last].start_ms or 0, end_ms, heard=True)
    return True


def _length(span: tuple[int, int]) -> int:
    return max(1, span[1] - span[0])


def _mapped(time_ms: int, old: tuple[int, int], new: tuple[int, int]) -> int:
    offset_ms = (time_ms - old[0]) * (new[1] - new[0]) // _length(old)
    return min(new[1], max(new[0], new[0] + offset_ms))


def _fill(drafts: Sequence[Draft], number: int) -> list[str]:
    """Give words that are there after all the room between their timed neighbours."""
    draft = drafts[number]
    span = draft.span()
    if span is None:
        return [
            f"line {number + 1}, {draft.line.text!r}: none of it has a time, so that its words "
            "need a start and an end of the line"
        ]
    wanted = {at for at in draft.wanted if draft.words[at].start_ms is None}
    at = 0
    while at < len(draft.words):
        if at not in wanted:
            at += 1
            continue
        end = at
        while end < len(draft.words) and draft.words[end].start_ms is None:
            end += 1
        run = [place for place in range(at, end) if place in wanted]
        _place_run(draft, run, at, end)
        at = end
    return []


def _place_run(draft: Draft, run: list[int], first: int, end: int) -> None:
    before = draft.words[first - 1] if first else None
    after = draft.words[end] if end < len(draft.words) else None
    low_ms = before.end_ms if before is not None else None
    high_ms = after.start_ms if after is not None else None
    room_ms = 0 if low_ms is None or high_ms is None else high_ms - low_ms
    places = run
    if room_ms < LEAST_WORD_MS * len(run):
        # No silence to put them into: they share the time of the word beside them.
        if before is not None and before.start_ms is not None:
            places, low_ms = [first - 1, *run], before.start_ms
            high_ms = max(before.end_ms or 0, high_ms or 0, low_ms)
        elif after is not None:
            places, low_ms, high_ms = [*run, end], after.start_ms, after.end_ms
    if low_ms is None or high_ms is None:
        return
    texts = [draft.words[at].text for at in places]
    for at, span in zip(places, share_out(texts, low_ms, max(low_ms, high_ms)), strict=True):
        draft.set_times(at, *span, heard=False)


def _fit(
    drafts: Sequence[Draft],
    places: list[Place],
    low_ms: int,
    high_ms: int,
    after_pin: bool,
    before_pin: bool,
) -> None:
    """Make the words at `places` lie between two bounds, as far as these are pins."""
    if after_pin:
        low_ms = min(low_ms, high_ms)
        lost = 0
        while lost < len(places) and _times(drafts, places[lost])[1] < low_ms + LEAST_WORD_MS:
            lost += 1
        while 0 < lost < len(places) and _cramped(
            drafts, places[:lost], _times(drafts, places[lost])[0] - low_ms
        ):
            lost += 1
        limit_ms = high_ms if lost == len(places) else _times(drafts, places[lost])[0]
        _squeeze(drafts, places[:lost], low_ms, max(low_ms, limit_ms))
    if before_pin:
        kept = len(places)
        while kept and _times(drafts, places[kept - 1])[0] > high_ms - LEAST_WORD_MS:
            kept -= 1
        while 0 < kept < len(places) and _cramped(
            drafts, places[kept:], high_ms - _times(drafts, places[kept - 1])[1]
        ):
            kept -= 1
        limit_ms = _times(drafts, places[kept - 1])[1] if kept else low_ms
        _squeeze(drafts, places[kept:], min(limit_ms, high_ms), high_ms)
    for number, at in places:
        start_ms, end_ms = _times(drafts, (number, at))
        new_start_ms = max(start_ms, low_ms) if after_pin else start_ms
        new_end_ms = min(end_ms, high_ms) if before_pin else end_ms
        new_start_ms = min(new_start_ms, high_ms)
        if (new_start_ms, new_end_ms) != (start_ms, end_ms):
            drafts[number].set_times(at, new_start_ms, max(new_start_ms, new_end_ms), heard=True)


def _times(drafts: Sequence[Draft], place: Place) -> tuple[int, int]:
    word = drafts[place[0]].words[place[1]]
    assert word.start_ms is not None and word.end_ms is not None
    return word.start_ms, word.end_ms


def _cramped(drafts: Sequence[Draft], places: Sequence[Place], room_ms: int) -> bool:
    natural_ms = _times(drafts, places[-1])[1] - _times(drafts, places[0])[0]
    return room_ms < max(LEAST_WORD_MS * len(places), LEAST_SHARE * natural_ms)


def _squeeze(drafts: Sequence[Draft], places: Sequence[Place], low_ms: int, high_ms: int) -> None:
    if not places:
        return
    spans = [_times(drafts, place) for place in places]
    old = (spans[0][0], max(end_ms for _, end_ms in spans))
    for (number, at), (start_ms, end_ms) in zip(places, spans, strict=True):
        drafts[number].set_times(
            at,
            _mapped(start_ms, old, (low_ms, high_ms)),
            _mapped(end_ms, old, (low_ms, high_ms)),
            heard=False,
        )
