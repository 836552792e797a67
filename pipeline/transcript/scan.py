"""One line to its words, sound events and turn marks."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass, field

from pipeline.transcript.labels import COLON_LABEL, Labels, is_bracket_name
from pipeline.transcript.records import SoundEvent, TranscriptLine, TurnMark, WrittenWord
from pipeline.transcript.signs import is_spoken_sign
from pipeline.transcript.sounds import is_sound
from pipeline.transcript.source import SourceLine

__all__ = ["EVENT_MARKS", "Conventions", "begins_with_dash", "scan_line"]

EVENT_MARKS = "([*♩♪♫♬"
"""What sound events begin with."""

_DASHES = "-‐‑‒–—―"
_TURN_DASH = re.compile(rf"[{_DASHES}]{{1,2}}(?=\s|$|[\[(])|>>+")
# Broadcast style `-Yes.` without a space, at the start of a line only.
_GLUED_DASH = re.compile(r"[-‐‑‒–](?=[\"“‘'¿¡]?[^\W\d_])")
_BRACKET = re.compile(r"\[([^\[\]]*)\]")
_PAREN = re.compile(r"\(([^()]*)\)")
_STARS = re.compile(r"\*([^*\s][^*]{0,40})\*")
# Bounded: a line of nothing but notes is looked at from each of them.
_NOTES = re.compile(r"[♩♪♫♬](?:[♩♪♫♬\s]{0,40}[♩♪♫♬])?(?=\s{0,40}$)")
_AFTER_EMPTY = re.compile(r"[^\W\d_]+")
_WORD_STOP = re.compile(r"[\s(\[*]")
_NEAR = 40
_SENTENCE_END = tuple(".?!…:)]\"”’'。？！♪")


@dataclass(frozen=True, slots=True)
class Conventions:
    """How a transcript marks things: its labels, and whether its lines begin with dashes."""

    labels: Labels
    dashes: bool


def begins_with_dash(text: str) -> bool:
    """Tell whether a line begins with a turn dash or `>>`."""
    return re.match(rf"[{_DASHES}]{{1,2}}(?=\s+\S|[\[(])|>>", text) is not None


@dataclass(slots=True)
class _Parts:
    words: list[WrittenWord] = field(default_factory=list)
    events: list[SoundEvent] = field(default_factory=list)
    turns: list[TurnMark] = field(default_factory=list)


def scan_line(line: SourceLine, conventions: Conventions) -> TranscriptLine:
    """Take a line (not blank, no heading) apart.

    Turn marks are dashes and `>>`, labels in brackets or before a colon; sound events stand in
    parentheses, in other brackets, or between asterisks. What remains is split at white space;
    pieces without a letter or a digit are punctuation and no words, unless signs that are said.
    """
    parts = _Parts()
    text = line.text
    position = 0
    while position < len(text):
        if text[position].isspace():
            position += 1
            continue
        position = _mark(line, position, parts, conventions) or _word(line, position, parts)
    return TranscriptLine(
        text, tuple(parts.words), tuple(parts.events), tuple(parts.turns), line.place(0)
    )


def _mark(line: SourceLine, at: int, parts: _Parts, conventions: Conventions) -> int | None:
    """Read a mark that starts at `at` and return its end, None if there is no mark."""
    return (
        _turn(line, at, parts, conventions)
        or _label(line, at, parts, conventions)
        or _event(line, at, parts)
    )


def _turn(line: SourceLine, at: int, parts: _Parts, conventions: Conventions) -> int | None:
    text = line.text
    if at and not (text[at - 1].isspace() or text[at - 1] in ")]"):
        return None
    found = _TURN_DASH.match(text, at) or (
        _GLUED_DASH.match(text, at) if _fresh(line, at, parts) else None
    )
    if not found or (at and not _is_turn_inside(text, at, found, conventions)):
        return None
    end = found.end()
    near = text[end : end + _NEAR]
    rest = end + len(near) - len(near.lstrip())
    bracket = _BRACKET.match(text, rest)
    label = None
    if bracket and (conventions.labels.has_bracket(bracket[1]) or is_bracket_name(bracket[1])):
        label, end = bracket[1].strip(), bracket.end()
        if text[end : end + 1] in (":", "："):
            end += 1
    elif (colon := COLON_LABEL.match(text, rest)) and conventions.labels.has_colon(colon["name"]):
        label, end = colon["name"], colon.end()
    parts.turns.append(TurnMark(label, len(parts.words), line.place(at)))
    return end


def _before(text: str, at: int) -> str:
    """Return the end of what stands before `at`; not all of it, for a line may be a whole file."""
    return text[max(at - _NEAR, 0) : at].rstrip()


def _fresh(line: SourceLine, at: int, parts: _Parts) -> bool:
    return not parts.words and not parts.turns and not parts.events and at == 0


def _is_turn_inside(text: str, at: int, found: re.Match[str], conventions: Conventions) -> bool:
    """Tell a turn's dash from a dash between words.

    Where lines begin with dashes, a hyphen between spaces is a turn. Elsewhere, and for longer
    dashes, the sentence before must have ended and the next begin.
    """
    before, after = _before(text, at), text[found.end() : found.end() + _NEAR].lstrip()
    if found[0].startswith(">>"):
        return True
    if not after:
        return False
    if not before or after[0] == "[":
        return True
    if before[-1].isdigit() and after[0].isdigit():
        return False
    if conventions.dashes and found[0] == "-":
        return True
    head = after.lstrip("\"“‘'([¿¡")[:1]
    return before.endswith(_SENTENCE_END) and not head.islower() and not head.isdigit()


def _label(line: SourceLine, at: int, parts: _Parts, conventions: Conventions) -> int | None:
    text = line.text
    fresh = not parts.words and not parts.turns
    after_sentence = fresh or _before(text, at).endswith(_SENTENCE_END)
    bracket = _BRACKET.match(text, at)
    if bracket:
        name = bracket[1].strip()
        alone = bracket.end() == len(text)
        if conventions.labels.has_bracket(name) or (fresh and is_bracket_name(name) and not alone):
            parts.turns.append(TurnMark(name, len(parts.words), line.place(at)))
            return bracket.end() + (text[bracket.end() : bracket.end() + 1] in (":", "："))
        return None
    if after_sentence and (at == 0 or text[at - 1].isspace() or text[at - 1] in ")]"):
        colon = COLON_LABEL.match(text, at)
        if colon and conventions.labels.has_colon(colon["name"]):
            parts.turns.append(TurnMark(colon["name"], len(parts.words), line.place(at)))
            return colon.end()
    return None


def _event(line: SourceLine, at: int, parts: _Parts) -> int | None:
    text = line.text
    for pattern, holds in (
        (_PAREN, _is_event_paren),
        (_BRACKET, lambda inner: True),
        (_STARS, is_sound),
        (_NOTES, None),
    ):
        found = pattern.match(text, at)
        if not found or (holds is not None and not holds(found[1])):
            continue
        end = found.end()
        if pattern is _PAREN and not found[1].strip():
            # `()laughing`: the sound has slipped out of its parentheses.
            slipped = _AFTER_EMPTY.match(text, end)
            if slipped and is_sound(slipped[0]):
                end = slipped.end()
        parts.events.append(SoundEvent(text[at:end], len(parts.words), line.place(at)))
        return end
    return None


def _is_event_paren(inner: str) -> bool:
    """Tell a sound in parentheses, or empty ones, from a spoken aside."""
    return is_sound(inner) or not any(c.isalnum() for c in inner)


def _word(line: SourceLine, at: int, parts: _Parts) -> int:
    text = line.text
    end = at + 1
    while stop := _WORD_STOP.search(text, end):
        end = stop.start()
        if stop[0].isspace() or _starts_event(text, end):
            break
        end += 1
    else:
        end = len(text)
    piece = sys.intern(text[at:end])  # of ten words nine occur more than once
    near = text[max(at - _NEAR, 0) : at], text[end : end + _NEAR]
    if any(c.isalnum() for c in piece) or is_spoken_sign(piece, *near):
        parts.words.append(WrittenWord(piece, line.place(at)))
    return end


def _starts_event(text: str, at: int) -> bool:
    paren = _PAREN.match(text, at)
    if paren:
        # `word(s)` and `f(x)` are words, `know.(laughing)` and `do.()laughing` are not.
        return is_sound(paren[1]) or (
            _is_event_paren(paren[1]) and (not paren[1].strip() or not text[at - 1].isalnum())
        )
    bracket = _BRACKET.match(text, at)
    if bracket:
        return bool(bracket[1]) and (is_sound(bracket[1]) or not text[at - 1].isalnum())
    stars = _STARS.match(text, at)
    return stars is not None and is_sound(stars[1])
