"""Finds and ranks the places where the audio contradicts the transcript. Pure.

Three things speak for an error: a word that was not found, or with little confidence; phones
recognised between two words that follow each other in the text; a word that stands twice. How
much each of them weighs was chosen on one synthetic episode and checked on others (`bench.doctor`).
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterator, Sequence

import numpy as np

from pipeline.align.records import HeardPhone
from pipeline.doctor.records import Suggestion, SuggestionKind
from pipeline.episode import Episode, Word
from pipeline.evaluate.matching import plain_word
from pipeline.surroundings import latest_before, next_from

__all__ = ["MOST_SUGGESTIONS", "find_suggestions"]

MOST_SUGGESTIONS = 400
LEAST_SCORE = 0.4
"""What is shown should be worth a person's time: on recordings of people with one word in ten of
the text changed, six in seven of these are real; of a faithful text a quarter as many are shown as
from 0.1 on."""

_EVEN_SPEECH_MS = 300
"""So much speech between two words is as often an error as not."""
_LONGEST_PHONE_MS = 150
_REPEAT_ODDS = 5.0
_LEAST_SPEECH_MS = 60
"""So much speech for each word not found, and something else is said there."""
_LONGEST_REPEAT = 4
_LONGEST_MS = 10_000
_LONGEST_TEXT = 12
_MOST_PHONES = 40


def find_suggestions(episode: Episode, heard: Sequence[HeardPhone] = ()) -> tuple[Suggestion, ...]:
    """The places where a person should look, worst first, at most `MOST_SUGGESTIONS`.

    Of places that touch each other only the worst is told.

    Args:
        episode: as aligned.
        heard: phones recognised in its audio, in order; without them nothing is found missing.
    """
    audio = _Audio(heard)
    candidates = [
        *_not_found(episode, audio),
        *_doubtful(episode, audio),
        *_unwritten(episode, audio),
    ]
    candidates.sort(key=lambda found: (-found.score, found.start_ms, found.first_word))
    taken = [False] * (len(episode.words) + 2)
    chosen: list[Suggestion] = []
    for found in candidates:
        # A place between two words touches both.
        first = found.first_word - (found.kind == "missing")
        last = max(found.last_word, first + 1 if found.kind == "missing" else first)
        if found.score < LEAST_SCORE or any(taken[at + 1] for at in range(first, last + 1)):
            continue
        reach = 0 if found.kind == "missing" else 1
        for at in range(max(-1, first - reach), min(len(episode.words), last + reach) + 1):
            taken[at + 1] = True
        chosen.append(found)
        if len(chosen) == MOST_SUGGESTIONS:
            break
    return tuple(chosen)


class _Audio:
    """The phones recognised, by time."""

    def __init__(self, heard: Sequence[HeardPhone]) -> None:
        self._heard = heard
        starts_ms = np.fromiter((phone.start_ms for phone in heard), np.int32, len(heard))
        ends_ms = np.fromiter((phone.end_ms for phone in heard), np.int32, len(heard))
        self._middles_ms = array("d", (starts_ms + ends_ms) / 2)
        lengths_ms = np.minimum(_LONGEST_PHONE_MS, ends_ms - starts_ms)
        self._speech_ms = array("q", np.cumsum(lengths_ms, dtype=np.int64))
        self._speech_ms.insert(0, 0)

    def _between(self, start_ms: int, end_ms: int) -> tuple[int, int]:
        first = bisect_left(self._middles_ms, start_ms)
        return first, max(first, bisect_left(self._middles_ms, end_ms))

    def speech_ms(self, start_ms: int, end_ms: int) -> int:
        first, stop = self._between(start_ms, end_ms)
        return self._speech_ms[stop] - self._speech_ms[first]

    def phones(self, start_ms: int, end_ms: int) -> tuple[str, ...]:
        first, stop = self._between(start_ms, end_ms)
        return tuple(phone.name for phone in self._heard[first:stop])

    def extent(self, start_ms: int, end_ms: int) -> tuple[int, int]:
        """From the first phone to the last between two times, else these times."""
        first, stop = self._between(start_ms, end_ms)
        if first == stop:
            return start_ms, end_ms
        return self._heard[first].start_ms, self._heard[stop - 1].end_ms


def _suggestion(
    kind: SuggestionKind,
    score: float,
    words: Sequence[Word],
    first_word: int,
    start_ms: int,
    end_ms: int,
    audio: _Audio,
) -> Suggestion:
    end_ms = min(end_ms, start_ms + _LONGEST_MS)
    texts = [word.text for word in words[:_LONGEST_TEXT]] + ["…"] * (len(words) > _LONGEST_TEXT)
    return Suggestion(
        kind,
        round(score, 4),
        first_word,
        first_word + len(words) - 1,
        start_ms,
        end_ms,
        " ".join(texts),
        audio.phones(start_ms, end_ms)[:_MOST_PHONES],
    )


def _bounds(episode: Episode) -> tuple[list[int], list[int]]:
    """For each place before a word, and after the last: latest end before it, next start."""
    ends = latest_before(word.end_ms for word in episode.words)
    return ends, next_from([word.start_ms for word in episode.words], episode.duration_ms)


def _repeats(words: Sequence[Word], first: int, last: int) -> bool:
    """Whether words stand once more right before or after."""
    count = last - first + 1
    if count > _LONGEST_REPEAT:
        return False
    own = [plain_word(word.text) for word in words[first : last + 1]]
    before = words[max(0, first - count) : first]
    after = words[last + 1 : last + 1 + count]
    return own in ([plain_word(w.text) for w in before], [plain_word(w.text) for w in after])


def _not_found(episode: Episode, audio: _Audio) -> Iterator[Suggestion]:
    """Runs of words that the audio lacks."""
    ends, starts = _bounds(episode)
    at = 0
    while at < len(episode.words):
        first = at
        while at < len(episode.words) and episode.words[at].start_ms is None:
            at += 1
        if at == first:
            at += 1
            continue
        words = episode.words[first:at]
        start_ms, end_ms = ends[first], max(ends[first], starts[at])
        speech_ms = audio.speech_ms(start_ms, end_ms)
        kind: SuggestionKind = "extra"
        if speech_ms >= _LEAST_SPEECH_MS * len(words):
            kind = "substituted"
            start_ms, end_ms = audio.extent(start_ms, end_ms)
        elif _repeats(episode.words, first, at - 1):
            kind = "repeated"
        yield _suggestion(kind, 1.0, words, first, start_ms, end_ms, audio)


def _doubtful(episode: Episode, audio: _Audio) -> Iterator[Suggestion]:
    """Words that were found, but do not sound like it."""
    for word in episode.words:
        if word.start_ms is None or word.end_ms is None:
            continue
        odds = (1 - word.confidence) / max(word.confidence, 1e-9)
        repeats = _repeats(episode.words, word.index, word.index)
        if repeats:
            odds *= _REPEAT_ODDS
        kind: SuggestionKind = "repeated" if repeats else "substituted"
        score = min(0.999, odds / (1 + odds))
        if score >= LEAST_SCORE:
            yield _suggestion(kind, score, [word], word.index, word.start_ms, word.end_ms, audio)


def _unwritten(episode: Episode, audio: _Audio) -> Iterator[Suggestion]:
    """Speech between two words that follow each other in the text."""
    ends, starts = _bounds(episode)
    words = episode.words
    for at in range(len(words) + 1):
        beside = words[max(0, at - 1) : at + 1]
        if any(word.start_ms is None for word in beside) or starts[at] <= ends[at]:
            continue
        # A phone alone is a breath or a click.
        if len(audio.phones(ends[at], starts[at])) > 1:
            speech_ms = audio.speech_ms(ends[at], starts[at])
            score = speech_ms / (speech_ms + _EVEN_SPEECH_MS)
            extent = audio.extent(ends[at], starts[at])
            yield _suggestion("missing", score, (), at, *extent, audio)
