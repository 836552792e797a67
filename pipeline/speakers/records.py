"""What a diarizer hands on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

from pipeline.align.records import Alignment
from pipeline.audio.tracks import Audio
from pipeline.episode import Speaker
from pipeline.progress import Progress
from pipeline.speakers.voice_sample import VoiceSample
from pipeline.transcript.records import Transcript

__all__ = ["Attribution", "Diarizer", "DoubtedTurn", "NameSource", "NamedBy", "UnmarkedChange"]

NameSource = Literal["label", "clip", "voices", "order", "none"]


@dataclass(frozen=True, slots=True)
class NamedBy:
    """What decided that a voice has a speaker's name.

    `score` is how well that agrees with what is heard, 0 to 1: for `label` the share of the
    labelled speech that is in this voice, for `clip` and `voices` the probability that the sample
    is of this voice; for `order` and `none` 1 over the number of voices.
    """

    speaker: str
    source: NameSource
    score: float


@dataclass(frozen=True, slots=True)
class DoubtedTurn:
    """A turn that the text marks and the voice does not support.

    Attributes:
        first_word: its first word.
        last_word: its last word, included.
        speaker: key of the speaker to whom it is attributed.
        voice: key of the speaker whom it sounds like.
        reason: `label` where a name in the text is kept against the voice, `mark` where the text
            marks a change and the voice goes on.
        probability: of `voice`, by the voice alone, 0 to 1.
    """

    first_word: int
    last_word: int
    speaker: str
    voice: str
    reason: Literal["label", "mark"]
    probability: float


@dataclass(frozen=True, slots=True)
class UnmarkedChange:
    """The speaker changes before `word` although the text does not say so.

    `probability` is that of the new speaker there, 0 to 1.
    """

    word: int
    before: str
    after: str
    probability: float


@dataclass(frozen=True, slots=True)
class Attribution:
    """Who says each word.

    Attributes:
        speakers: the configured speakers, then those that only the transcript or the audio knows.
        words: the key of a speaker for each word of the transcript, in order; None if unknown.
        named_by: what decided, for each speaker who says anything.
        doubted: turns that text and voice disagree on, in order.
        unmarked: changes that the text does not mark, in order.
        samples: what the voices sound like, to know them again in another episode.
    """

    speakers: tuple[Speaker, ...]
    words: tuple[str | None, ...]
    named_by: tuple[NamedBy, ...] = ()
    doubted: tuple[DoubtedTurn, ...] = ()
    unmarked: tuple[UnmarkedChange, ...] = ()
    samples: tuple[VoiceSample, ...] = ()


class Diarizer(Protocol):
    """Finds out who says each word."""

    def assign(
        self,
        transcript: Transcript,
        alignment: Alignment,
        speakers: tuple[Speaker, ...],
        audio: Audio,
        progress: Progress,
    ) -> Attribution:
        """Attribute each word; `speakers` are the configured ones, possibly none.

        Raises:
            InputError: the audio cannot be read.
        """
