"""A timed episode to what captions are made of: tokens in order, each part of a turn. Pure."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace

from pipeline.episode import Episode, Event, Line, Word
from pipeline.subtitles.markup import Chunk, Piece, split_line
from pipeline.subtitles.styles import Style
from pipeline.subtitles.text import display_length

__all__ = ["Token", "Turn", "make_tokens", "unreadable_events"]

_INVENTED_MS = 300
"""How long a word that the audio lacks is shown where nothing around it leaves it a place."""

_FASTEST = 2.0
"""Nobody reads so much faster than a style allows: a note with less time to it is left out."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A stretch by one speaker.

    Attributes:
        speaker: a key, None if unknown.
        voiced: False for sound events between turns, which belong to nobody.
        dash: whether a dash belongs in front of it: the transcript has one, or the speaker is
            another than before.
        changes: whether the speaker is another than before, or the first one.
        name: the speaker's name, as it stands in subtitles; empty if unknown.
    """

    speaker: str | None
    voiced: bool
    dash: bool
    changes: bool
    name: str


@dataclass(frozen=True, slots=True)
class Token:
    """What is never broken: a word with what is written against it, or a sound event.

    Attributes:
        text: as shown, without blanks at either end.
        start_ms, end_ms: when it is heard.
        words: indices of the episode's words in it; none for a sound event.
        turn: number of its turn.
        line: index of its line in the episode.
    """

    text: str
    start_ms: int
    end_ms: int
    words: tuple[int, ...]
    turn: int
    line: int


@dataclass(slots=True)
class _Draft:
    text: str
    start_ms: int | None
    end_ms: int | None
    words: tuple[int, ...]
    turn: int
    line: int
    note: str = ""  # the sound event that it is a part of, if that is broken like words


def make_tokens(episode: Episode, style: Style) -> tuple[tuple[Token, ...], tuple[Turn, ...]]:
    """All tokens in order, starts never decreasing, and the turns that they belong to.

    Words that the audio lacks are left out unless the style keeps them; then they get a place
    between their neighbours. Sound events are kept; one that nothing around it places is not, nor
    a note longer than a line that there is no time to read.
    """
    drafts, turns = _make_drafts(episode, style)
    readable = _with_notes_timed(drafts, episode.duration_ms, style)
    return _placed(readable, episode.duration_ms), tuple(turns)


def unreadable_events(episode: Episode, style: Style) -> tuple[str, ...]:
    """The sound events that captions leave out because there is no time to read them."""
    drafts, _ = _make_drafts(episode, style)
    kept = {id(draft) for draft in _with_notes_timed(drafts, episode.duration_ms, style)}
    lost = (draft.note for draft in drafts if id(draft) not in kept)
    return tuple(note for note, _ in itertools.groupby(lost))


def _make_drafts(episode: Episode, style: Style) -> tuple[list[_Draft], list[Turn]]:
    events: dict[int, list[Event]] = {}
    for event in episode.events:
        events.setdefault(event.line, []).append(event)
    names = {speaker.key: " ".join(speaker.name.split()) for speaker in episode.speakers}
    drafts: list[_Draft] = []
    turns: list[Turn] = []
    for line in episode.lines:
        own = events.get(line.index, [])
        for piece in _pieces(episode, line, own, style):
            if not (chunks := _shown(piece, line, episode, style)):
                continue
            turn = _turn_of(piece, line, episode, chunks, turns)
            if turn is not None:
                turns.append(replace(turn, name=names.get(turn.speaker or "", turn.speaker or "")))
            for chunk in chunks:
                drafts += _drafts_of(chunk, line, own, episode, style, len(turns) - 1)
    return drafts, turns


def _pieces(
    episode: Episode, line: Line, events: Sequence[Event], style: Style
) -> tuple[Piece, ...]:
    words = episode.words[line.first_word : line.last_word + 1]
    return split_line(
        line.text,
        [word.text for word in words],
        [word.speaker for word in words],
        [style.absent_words == "keep" or word.status != "absent" for word in words],
        [event.text for event in events],
    )


def _shown(piece: Piece, line: Line, episode: Episode, style: Style) -> tuple[Chunk, ...]:
    """The piece's chunks; of one whose words are all left out, its sound events only."""
    own = episode.words[line.first_word + piece.first_word : line.first_word + piece.last_word + 1]
    if own and style.absent_words == "drop" and all(word.status == "absent" for word in own):
        return tuple(chunk for chunk in piece.chunks if chunk.events)
    return piece.chunks


def _turn_of(
    piece: Piece, line: Line, episode: Episode, chunks: Sequence[Chunk], turns: Sequence[Turn]
) -> Turn | None:
    """The turn that begins with a piece, None if the one before goes on."""
    spoken = any(chunk.words for chunk in chunks)
    if not spoken and not piece.dash:
        return Turn(None, voiced=False, dash=False, changes=False, name="")
    has_words = piece.last_word >= piece.first_word
    speaker = episode.words[line.first_word + piece.first_word].speaker if has_words else None
    before = next((turn for turn in reversed(turns[-20:]) if turn.voiced), None)
    changes = before is None or speaker != before.speaker
    if piece.dash or changes or not turns[-1].voiced:
        dash = piece.dash or (changes and before is not None)
        return Turn(speaker, voiced=True, dash=dash, changes=changes, name="")
    return None


def _drafts_of(
    chunk: Chunk, line: Line, events: Sequence[Event], episode: Episode, style: Style, turn: int
) -> list[_Draft]:
    words = tuple(line.first_word + at for at in chunk.words)
    timed: list[Word] | list[Event] = [episode.words[at] for at in words]
    timed = timed or [events[at] for at in chunk.events]
    starts = [item.start_ms for item in timed if item.start_ms is not None]
    ends = [item.end_ms for item in timed if item.end_ms is not None]
    start_ms, end_ms = min(starts, default=None), max(ends, default=None)
    text = chunk.text
    if style.sound_events == "square":
        for at in chunk.events:
            written = " ".join(events[at].text.split())
            text = text.replace(written, written.replace("(", "[").replace(")", "]"))
    if words or display_length(text) <= style.max_chars_per_line or not chunk.events:
        return [_Draft(text, start_ms, end_ms, words, turn, line.index)]
    # A sound event longer than a line is broken like words.
    return [_Draft(part, start_ms, end_ms, (), turn, line.index, text) for part in text.split()]


def _with_notes_timed(drafts: Sequence[_Draft], duration_ms: int, style: Style) -> Sequence[_Draft]:
    """Share the time until something else is heard among the parts of a note, in reading speed.

    Notes that there is no time to read are left out.
    """
    kept: list[_Draft] = []
    at = 0
    for note, group in itertools.groupby(drafts, key=lambda draft: (draft.note, draft.line)):
        parts = list(group)
        at += len(parts)
        start_ms = parts[0].start_ms
        if not note[0] or start_ms is None:
            kept += parts
            continue
        later = (draft.start_ms for draft in drafts[at:] if draft.start_ms is not None)
        room_ms = max(next(later, duration_ms), parts[0].end_ms or 0) - start_ms
        reads_ms = [
            round((display_length(part.text) + 1) * 1000 / style.max_chars_per_second)
            for part in parts
        ]
        share = min(1.0, room_ms / sum(reads_ms))
        if share * _FASTEST < 1.0:
            continue
        for part, read_ms in zip(parts, reads_ms, strict=True):
            part.start_ms = start_ms
            start_ms = part.end_ms = start_ms + round(read_ms * share)
        kept += parts
    return kept


def _placed(drafts: Sequence[_Draft], duration_ms: int) -> tuple[Token, ...]:
    """Give times to drafts that have none, glue punctuation, and put starts in order."""
    glued: list[_Draft] = []
    for draft in drafts:
        joins = glued and draft.turn == glued[-1].turn and draft.line == glued[-1].line
        if (joins and _is_mark(draft)) or (joins and _is_mark(glued[-1])):
            glued[-1] = _joined(glued[-1], draft)
        else:
            glued.append(draft)
    _fill_times(glued, duration_ms)
    tokens: list[Token] = []
    for draft in glued:
        if draft.start_ms is None or draft.end_ms is None:
            continue
        start_ms = max(draft.start_ms, tokens[-1].start_ms if tokens else 0)
        tokens.append(
            Token(
                draft.text,
                start_ms,
                max(draft.end_ms, start_ms),
                draft.words,
                draft.turn,
                draft.line,
            )
        )
    return tuple(tokens)


def _is_mark(draft: _Draft) -> bool:
    return not draft.words and not any(c.isalnum() for c in draft.text) and draft.start_ms is None


def _joined(one: _Draft, two: _Draft) -> _Draft:
    timed = [draft for draft in (one, two) if draft.start_ms is not None]
    return replace(
        one,
        text=f"{one.text} {two.text}",
        words=one.words + two.words,
        start_ms=timed[0].start_ms if timed else None,
        end_ms=timed[-1].end_ms if timed else None,
    )


def _fill_times(drafts: list[_Draft], duration_ms: int) -> None:
    """Share the time between timed neighbours among those without times."""
    at = 0
    while at < len(drafts):
        if drafts[at].start_ms is not None:
            at += 1
            continue
        end = at
        while end < len(drafts) and drafts[end].start_ms is None:
            end += 1
        before_ms = drafts[at - 1].end_ms if at else None
        after_ms = drafts[end].start_ms if end < len(drafts) else None
        count = end - at
        if before_ms is not None or after_ms is not None:
            if before_ms is None:
                before_ms = max(0, (after_ms or 0) - count * _INVENTED_MS)
            if after_ms is None:
                after_ms = max(before_ms, min(duration_ms, before_ms + count * _INVENTED_MS))
            room_ms = max(0, min(after_ms - before_ms, count * _INVENTED_MS))
            first_ms = min(before_ms, after_ms)
            for share, draft in enumerate(drafts[at:end]):
                draft.start_ms = first_ms + room_ms * share // count
                draft.end_ms = first_ms + room_ms * (share + 1) // count
        at = end
