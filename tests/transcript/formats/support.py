"""What the tests of formats compare: a transcript as who says which words."""

from __future__ import annotations

from pipeline.transcript.parse import parse_transcript
from pipeline.transcript.records import Transcript

__all__ = ["parse", "said", "texts"]


def parse(text: str) -> Transcript:
    return parse_transcript(text.encode(), "t.txt")


def texts(text: str) -> list[str]:
    """The lines as captions would show them."""
    return [line.text for line in parse(text).lines]


def said(transcript: Transcript) -> list[tuple[str | None, str]]:
    """Each stretch of words with the label of whoever says it."""
    found: list[tuple[str | None, list[str]]] = []
    speaker: str | None = None
    for line in transcript.lines:
        marks = {turn.before_word: turn.label for turn in line.turns}
        for number, word in enumerate(line.words):
            speaker = marks.get(number, speaker)
            if not found or found[-1][0] != speaker:
                found.append((speaker, []))
            found[-1][1].append(word.text)
    return [(speaker, " ".join(words)) for speaker, words in found]
