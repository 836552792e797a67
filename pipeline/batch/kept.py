"""What a batch keeps of an episode's stages, and whether what is read back can be true. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from pipeline.align.records import Alignment, SecondOpinion
from pipeline.batch.records import InputFile
from pipeline.doctor.records import Suggestion
from pipeline.episode import Episode, Gap, Speaker
from pipeline.export.episode_check import find_fault
from pipeline.job import Job
from pipeline.limits import MOST_TIME_MS
from pipeline.run import Timed
from pipeline.speakers.records import Attribution, DoubtedTurn, NamedBy, UnmarkedChange

__all__ = ["KeptTimed", "alignment_fault", "timed_fault"]


@dataclass(frozen=True)
class KeptTimed:
    """A timed episode without the voices' samples."""

    episode: Episode
    speakers: tuple[Speaker, ...]
    words: tuple[str | None, ...]
    named_by: tuple[NamedBy, ...]
    doubted: tuple[DoubtedTurn, ...]
    unmarked: tuple[UnmarkedChange, ...]
    suggestions: tuple[Suggestion, ...]
    second_opinion: SecondOpinion | None

    @classmethod
    def of(cls, timed: Timed) -> KeptTimed:
        """What is kept of it."""
        found = timed.attribution
        return cls(
            timed.episode,
            found.speakers,
            found.words,
            found.named_by,
            found.doubted,
            found.unmarked,
            timed.suggestions,
            timed.second_opinion,
        )

    def timed(self, job: Job) -> Timed:
        """The same under the name that it has by now."""
        attribution = Attribution(
            self.speakers, self.words, self.named_by, self.doubted, self.unmarked
        )
        episode = replace(self.episode, id=job.id, title=job.title)
        return Timed(episode, attribution, self.suggestions, self.second_opinion)


def alignment_fault(kept: Alignment, words: int) -> str | None:
    """Why this cannot be the alignment of a transcript of so many words; None if it can."""
    if len(kept.words) != words:
        return f"it has {len(kept.words)} words, the transcript {words}"
    return _first(_alignment_faults(kept))


def timed_fault(kept: KeptTimed, inputs: Mapping[str, InputFile]) -> str | None:
    """Why this cannot be the timed episode of these inputs; None if it can."""
    return _first(_timed_faults(kept, inputs))


def _first(faults: Iterator[str]) -> str | None:
    return next(faults, None)


def _alignment_faults(kept: Alignment) -> Iterator[str]:
    for number, word in enumerate(kept.words):
        absent = word.status == "absent"
        if (word.start_ms is None) != absent or (word.end_ms is None) != absent:
            yield f"word {number} is {word.status}, which its times contradict"
        if word.start_ms is not None and word.end_ms is not None:
            yield from _span_faults(f"word {number}", word.start_ms, word.end_ms)
        yield from _share_faults(f"the confidence of word {number}", word.confidence)
    yield from _span_faults("the audio", 0, kept.duration_ms)
    yield from _share_faults("the coverage", kept.coverage)
    yield from _gap_faults(kept.gaps)
    for number, phone in enumerate(kept.heard):
        yield from _span_faults(f"phone {number}", phone.start_ms, phone.end_ms)
    yield from _opinion_faults(kept.second_opinion, len(kept.words))


def _timed_faults(kept: KeptTimed, inputs: Mapping[str, InputFile]) -> Iterator[str]:
    episode = kept.episode
    if (fault := find_fault(episode)) is not None:
        yield fault
    for part, file in (("audio", episode.audio), ("transcript", episode.transcript)):
        if part in inputs and file.sha256 != inputs[part].sha256:
            yield f"it is of another {part}"
    words = len(episode.words)
    if len(kept.words) != words:
        yield f"it has the speakers of {len(kept.words)} words, and {words} words"
    keys = {speaker.key for speaker in kept.speakers}
    named = (
        *(key for key in kept.words if key is not None),
        *(one.speaker for one in kept.named_by),
        *(key for turn in kept.doubted for key in (turn.speaker, turn.voice)),
        *(key for change in kept.unmarked for key in (change.before, change.after)),
    )
    for key in named:
        if key not in keys:
            yield f"it has no speaker {key}"
    for turn in kept.doubted:
        yield from _place_faults("a turn", turn.first_word, turn.last_word, words)
    for change in kept.unmarked:
        yield from _place_faults("a change", change.word, change.word, words)
    for one in kept.suggestions:
        last = one.first_word if one.last_word == one.first_word - 1 else one.last_word
        yield from _place_faults("a suggestion", one.first_word, last, words + 1)
        yield from _span_faults("a suggestion", one.start_ms, one.end_ms)
    shares = (
        *(one.score for one in kept.named_by),
        *(turn.probability for turn in kept.doubted),
        *(change.probability for change in kept.unmarked),
        *(one.score for one in kept.suggestions),
    )
    for share in shares:
        yield from _share_faults("a score", share)
    yield from _opinion_faults(kept.second_opinion, words)


def _gap_faults(gaps: Iterable[Gap]) -> Iterator[str]:
    for number, gap in enumerate(gaps):
        yield from _span_faults(f"gap {number}", gap.start_ms, gap.end_ms)


def _opinion_faults(second: SecondOpinion | None, words: int) -> Iterator[str]:
    for one in () if second is None else second.opinions:
        yield from _place_faults("an opinion", one.word, one.word, words)


def _place_faults(what: str, first: int, last: int, words: int) -> Iterator[str]:
    if not 0 <= first <= last < words:
        yield f"{what} is of the words {first} to {last} of {words}"


def _span_faults(what: str, start_ms: int, end_ms: int) -> Iterator[str]:
    if not 0 <= start_ms <= end_ms <= MOST_TIME_MS:
        yield f"{what} is from {start_ms} to {end_ms} ms"


def _share_faults(what: str, share: float) -> Iterator[str]:
    if not 0.0 <= share <= 1.0:
        yield f"{what} is {share}, not from 0 to 1"
