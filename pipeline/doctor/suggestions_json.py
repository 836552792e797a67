"""Suggestions as `ID.report.json` holds them, written and read."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from pipeline.doctor.records import Suggestion
from pipeline.episode import Episode
from pipeline.errors import InputError
from pipeline.files import read_bytes
from pipeline.json_text import parse_json
from pipeline.times import clock

__all__ = ["SUSPECTED_ERRORS", "read_suggestions", "suggestion_values"]

SUSPECTED_ERRORS = "suspected_errors"


def suggestion_values(suggestions: Sequence[Suggestion], episode: Episode) -> list[dict[str, Any]]:
    """One object a suggestion; `line` and `context` say where in the transcript it is."""
    return [
        {
            "kind": found.kind,
            "score": found.score,
            "start": clock(found.start_ms),
            "start_ms": found.start_ms,
            "end_ms": found.end_ms,
            "first_word": found.first_word,
            "last_word": found.last_word,
            "text": found.text,
            "heard": " ".join(found.heard),
            **_place(found, episode),
        }
        for found in suggestions
    ]


def _place(found: Suggestion, episode: Episode) -> dict[str, Any]:
    if not episode.words:
        return {"line": None, "context": ""}
    word = episode.words[min(found.first_word, len(episode.words) - 1)]
    return {"line": word.line, "context": episode.lines[word.line].text}


def read_suggestions(report: Path, episode: Episode) -> tuple[Suggestion, ...]:
    """The suggestions in a report beside a timed episode; none if it has none that fit.

    A report is there for people to read, so that one that is missing, older or damaged is no fault.
    """
    try:
        values = parse_json(read_bytes(report, "report"))[SUSPECTED_ERRORS]["suggestions"]
        found = TypeAdapter(tuple[Suggestion, ...]).validate_python(
            [{**value, "heard": tuple(value["heard"].split())} for value in values]
        )
    except (InputError, ValueError, KeyError, TypeError, AttributeError, ValidationError):
        return ()
    return tuple(one for one in found if _fits(one, episode))


def _fits(found: Suggestion, episode: Episode) -> bool:
    if not 0 <= found.first_word <= found.last_word + 1 <= len(episode.words):
        return False
    if not 0 <= found.start_ms <= found.end_ms <= episode.duration_ms:
        return False
    words = episode.words[found.first_word : found.last_word + 1]
    return " ".join(word.text for word in words).startswith(found.text.removesuffix(" …"))
