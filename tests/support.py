"""Small transcripts, a fake aligner and ready-made episodes for tests."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.align.records import Alignment, TimedWord
from pipeline.assemble import EpisodeHeader, assemble
from pipeline.episode import Engine, Episode, Gap, SourceFile, Speaker
from pipeline.progress import Progress, SilentProgress
from pipeline.speakers.turns import TurnDiarizer
from pipeline.transcript.records import (
    Place,
    SoundEvent,
    Transcript,
    TranscriptChapter,
    TranscriptLine,
    TurnMark,
    WrittenWord,
)

LEX = Speaker("lex", "Lex Fridman", ("Lex",), "host")
ELON = Speaker("elon", "Elon Musk", ("Elon",), "guest")

_TOKEN = re.compile(r"(?P<event>\([^()]*\))|-(?:\s*\[(?P<label>[^\]]*)\])?(?=\s|$)|(?P<word>\S+)")


def line_of(text: str, number: int = 1) -> TranscriptLine:
    """Take a line apart in the simplest way: dashes, labels after them, events, words."""
    words: list[WrittenWord] = []
    events: list[SoundEvent] = []
    turns: list[TurnMark] = []
    for found in _TOKEN.finditer(text):
        place = Place(number, found.start() + 1)
        if found["event"] is not None:
            events.append(SoundEvent(found["event"], len(words), place))
        elif found["word"] is not None:
            if any(c.isalnum() for c in found["word"]):
                words.append(WrittenWord(found["word"], place))
        else:
            turns.append(TurnMark(found["label"], len(words), place))
    return TranscriptLine(text, tuple(words), tuple(events), tuple(turns), Place(number, 1))


def transcript_of(*chapters: Sequence[str], repeated_lines: int = 0) -> Transcript:
    """A transcript with these lines in each chapter."""
    return Transcript(
        tuple(
            TranscriptChapter(
                number=number,
                title=f"Chapter {number}",
                lines=tuple(line_of(text, 1 + at) for at, text in enumerate(lines)),
                repeated_lines=repeated_lines if number > 1 else 0,
                place=Place(1, 1),
            )
            for number, lines in enumerate(chapters, start=1)
        )
    )


def timed(start_ms: int | None, end_ms: int | None, confidence: float = 0.9) -> TimedWord:
    """An aligned word, or an absent one if it has no times."""
    if start_ms is None:
        return TimedWord(None, None, 0.0, "absent")
    return TimedWord(start_ms, end_ms, confidence, "aligned")


def alignment_of(
    transcript: Transcript,
    *,
    absent: Sequence[int] = (),
    gaps: tuple[Gap, ...] = (),
    start_ms: int = 1000,
    word_ms: int = 400,
) -> Alignment:
    """One word after the other, each `word_ms` long; those numbered `absent` are not there."""
    words = []
    now_ms = start_ms
    for number in range(len(transcript.words)):
        if number in absent:
            words.append(timed(None, None))
            continue
        words.append(timed(now_ms, now_ms + word_ms - 50))
        now_ms += word_ms
    found = sum(word.status == "aligned" for word in words)
    return Alignment(tuple(words), gaps, now_ms + 2000, found / max(1, len(words)))


def header_of(name: str = "demo", title: str = "The Demo") -> EpisodeHeader:
    return EpisodeHeader(
        id=name,
        title=title,
        audio=SourceFile("demo.opus", "a" * 64),
        transcript=SourceFile("demo.txt", "b" * 64),
        engine=Engine("hmm", "transcript", "0.1.0"),
    )


def episode_of(
    *chapters: Sequence[str],
    speakers: tuple[Speaker, ...] = (LEX, ELON),
    alignment: Alignment | None = None,
    repeated_lines: int = 0,
) -> Episode:
    """An episode of these chapters of lines."""
    transcript = transcript_of(*chapters, repeated_lines=repeated_lines)
    given = alignment or alignment_of(transcript)
    attribution = TurnDiarizer().assign(
        transcript, given, speakers, Path("demo.opus"), SilentProgress()
    )
    return assemble(transcript, given, attribution, header_of())


DEMO = (
    ["- The following is a talk.", "(Elon whistling)", "- [Elon] Yeah. - Kind of, 24/7."],
    ["- A < B & C.", "() - [Lex] So?", "- GPT 35 (laughing)"],
    ["Bye now."],
)


@dataclass
class FakeAligner:
    """Times words without looking at the audio; `fault` is raised instead if there is one."""

    absent: tuple[int, ...] = ()
    gaps: tuple[Gap, ...] = ()
    fault: BaseException | None = None
    seen: list[Path] = field(default_factory=list)

    def align(self, transcript: Transcript, audio: Path, progress: Progress) -> Alignment:
        self.seen.append(audio)
        progress.start("Aligning", 1.0)
        progress.advance(0.5)
        if self.fault is not None:
            raise self.fault
        progress.finish()
        return alignment_of(transcript, absent=self.absent, gaps=self.gaps)


@dataclass
class RecordingProgress:
    """Keeps what it is told."""

    stages: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def start(self, stage: str, total: float | None = None) -> None:
        self.stages.append(stage)

    def advance(self, done: float) -> None:
        pass

    def finish(self) -> None:
        pass

    def note(self, message: str) -> None:
        self.notes.append(message)

    def warn(self, message: str) -> None:
        self.warnings.append(message)
