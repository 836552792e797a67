"""Everything that two files can be compared by. Pure but for the libraries that it loads."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from pipeline.errors import InputError
from pipeline.evaluate.boundaries import (
    WITHIN_MS,
    Boundaries,
    Deviation,
    line_boundaries,
    summary,
    word_boundaries,
)
from pipeline.evaluate.diarization import (
    DiarizationErrors,
    SpeakerErrors,
    diarization_errors,
    has_metrics,
    speaker_errors,
)
from pipeline.evaluate.matching import Matching, match_words, plain_word
from pipeline.evaluate.records import ChapterStart, Content

__all__ = ["ChapterDifferences", "Comparison", "compare", "to_values"]

EXAMPLES = 20


@dataclass(frozen=True, slots=True)
class ChapterDifferences:
    """Chapters, matched by title, or by order where no title is the same."""

    expected: int
    found: int
    missing: tuple[str, ...]
    extra: tuple[str, ...]
    starts: tuple[Deviation, ...]


@dataclass(frozen=True, slots=True)
class WordDifferences:
    """How the words differ.

    Attributes:
        expected, found: how many words the reference and the other have.
        same: words that both have.
        substituted, missing, extra: what stands between them; see `match_words`.
        untimed: words that both have and only the reference gives a time to.
        timed_in_vain: words that both have and only the other gives a time to.
        examples: the first differences, as (reference's words, other's words).
    """

    expected: int
    found: int
    same: int
    substituted: int
    missing: int
    extra: int
    untimed: int
    timed_in_vain: int
    examples: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What could be compared; None where one of the files lacks it."""

    texts: WordDifferences | None
    words: Boundaries | None
    lines: Boundaries | None
    speakers: SpeakerErrors | None
    diarization: DiarizationErrors | None
    chapters: ChapterDifferences | None
    needs_extra: bool = False


def compare(reference: Content, found: Content) -> Comparison:
    """Compare two files.

    Raises:
        InputError: they have nothing in common, or nothing but speaker turns and pyannote.metrics
            is not installed.
    """
    texts = words = lines = speakers = None
    if reference.words and found.words:
        matching = match_words(
            [word.text for word in reference.words], [word.text for word in found.words]
        )
        texts = _texts(reference, found, matching)
        words = word_boundaries(reference, found, matching)
        lines = line_boundaries(reference, found, matching)
        speakers = speaker_errors(_speaker_pairs(reference, found, matching))
    chapters = None
    if reference.chapters and found.chapters:
        chapters = _chapters(reference.chapters, found.chapters)
    has_turns = bool(reference.turns and found.turns)
    needs_extra = has_turns and not has_metrics() and bool(texts or chapters)
    diarization = None
    if has_turns and not needs_extra:
        diarization = diarization_errors(reference.turns, found.turns)
    if texts is None and chapters is None and diarization is None:
        raise InputError(
            "the two files have nothing in common: neither words, nor turns, nor chapters",
            remedy="give two files that both have one of these",
        )
    return Comparison(texts, words, lines, speakers, diarization, chapters, needs_extra)


def _texts(reference: Content, found: Content, matching: Matching) -> WordDifferences:
    timed = [
        (reference.words[a].start_ms is not None, found.words[b].start_ms is not None)
        for a, b in matching.same
    ]
    both = reference.has_word_times and found.has_word_times
    different = [(reference.words[a].text, found.words[b].text) for a, b in matching.substituted]
    different += [(reference.words[a].text, "") for a in matching.missing]
    different += [("", found.words[b].text) for b in matching.extra]
    return WordDifferences(
        expected=len(reference.words),
        found=len(found.words),
        same=len(matching.same),
        substituted=len(matching.substituted),
        missing=len(matching.missing),
        extra=len(matching.extra),
        untimed=sum(right and not ours for right, ours in timed) if both else 0,
        timed_in_vain=sum(ours and not right for right, ours in timed) if both else 0,
        examples=tuple(different[:EXAMPLES]),
    )


def _speaker_pairs(
    reference: Content, found: Content, matching: Matching
) -> Counter[tuple[str, str | None]]:
    """Speakers of the words that both have; keys become names if only so they can agree."""
    pairs = Counter(
        (right, found.words[b].speaker)
        for a, b in matching.same
        if (right := reference.words[a].speaker) is not None
    )
    if not any(ours is not None for _, ours in pairs):
        return Counter()
    if any(right == ours for right, ours in pairs):
        return pairs
    named: Counter[tuple[str, str | None]] = Counter()
    for (right, ours), count in pairs.items():
        there = None if ours is None else plain_word(found.names.get(ours, ours))
        named[plain_word(reference.names.get(right, right)), there] += count
    return named


def _chapters(
    reference: Sequence[ChapterStart], found: Sequence[ChapterStart]
) -> ChapterDifferences:
    right = [" ".join(chapter.title.casefold().split()) for chapter in reference]
    ours = [" ".join(chapter.title.casefold().split()) for chapter in found]
    if set(right) & set(ours):
        matching = match_words(right, ours)
        pairs: Sequence[tuple[int, int]] = matching.same
    else:
        pairs = [(at, at) for at in range(min(len(right), len(ours)))]
    here, there = {a for a, _ in pairs}, {b for _, b in pairs}
    return ChapterDifferences(
        expected=len(reference),
        found=len(found),
        missing=tuple(c.title for at, c in enumerate(reference) if at not in here),
        extra=tuple(c.title for at, c in enumerate(found) if at not in there),
        starts=tuple(
            Deviation(reference[a].start_ms, found[b].start_ms - reference[a].start_ms)
            for a, b in pairs
        ),
    )


def to_values(comparison: Comparison) -> dict[str, Any]:
    """The comparison as JSON has it; what could not be compared is null."""
    chapters = comparison.chapters
    return {
        "format": "episode-subtitles-comparison/1",
        "within_ms": list(WITHIN_MS),
        "text": None if comparison.texts is None else asdict(comparison.texts),
        "words": _boundary_values(comparison.words),
        "lines": _boundary_values(comparison.lines),
        "speakers": None if comparison.speakers is None else asdict(comparison.speakers),
        "diarization": None if comparison.diarization is None else asdict(comparison.diarization),
        "chapters": chapters
        and {
            "expected": chapters.expected,
            "found": chapters.found,
            "missing": list(chapters.missing),
            "extra": list(chapters.extra),
            "starts": _summary_values(chapters.starts),
        },
    }


def _boundary_values(boundaries: Boundaries | None) -> dict[str, Any] | None:
    if boundaries is None:
        return None
    return {
        "expected": boundaries.expected,
        "starts": _summary_values(boundaries.starts),
        "ends": _summary_values(boundaries.ends),
        "both": _summary_values((*boundaries.starts, *boundaries.ends)),
    }


def _summary_values(deviations: Sequence[Deviation]) -> dict[str, Any] | None:
    found = summary(deviations)
    return None if found is None else asdict(found)
