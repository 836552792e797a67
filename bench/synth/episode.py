"""Speaks a script: a timeline of audio segments that know which words they hold, and its truth."""

from __future__ import annotations

import json
import wave
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from bench.synth.flite import SAMPLE_RATE_HZ
from bench.synth.script import Part, Script
from bench.synth.spoken import spoken_words
from bench.synth.voices import speak_cached

__all__ = [
    "Segment",
    "SegmentKind",
    "SpokenWord",
    "Take",
    "join",
    "pause",
    "speak_script",
    "speak_text",
    "truth_of",
    "write_truth",
    "write_wav",
]

SegmentKind = Literal["speech", "pause", "untranscribed", "music", "silence", "noise"]
_LONGEST_UTTERANCE = 45  # words; flite slows down on longer ones


@dataclass(frozen=True, slots=True)
class SpokenWord:
    """Word `said` of the spoken script, in seconds from the start of its segment.

    A `doubtful` word is there, but nobody can say that an aligner must find it: half of it is cut
    off, or its passage stands in another order than in the transcript.
    """

    said: int
    start_s: float
    end_s: float
    speaker: str
    doubtful: bool = False


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of audio: int16 samples at 16 kHz and the words in it."""

    kind: SegmentKind
    samples: NDArray[np.int16]
    words: tuple[SpokenWord, ...] = ()

    @property
    def duration_s(self) -> float:
        return len(self.samples) / SAMPLE_RATE_HZ


@dataclass(frozen=True, slots=True)
class Take:
    """A transcript and an audio that belong together, more or less."""

    script: Script
    segments: tuple[Segment, ...]

    @property
    def duration_s(self) -> float:
        return sum(segment.duration_s for segment in self.segments)


def pause(seconds: float, kind: SegmentKind = "pause") -> Segment:
    """Silence; digital zero is not what recordings hold, so it carries a faint hiss."""
    count = round(seconds * SAMPLE_RATE_HZ)
    hiss = np.random.default_rng(count).normal(0, 3, count)
    return Segment(kind, np.round(hiss).astype(np.int16))


def speak_script(
    script: Script, voices: Mapping[str, str], *, seed: int = 0, cache_dir: Path | None = None
) -> Take:
    """Speak every word of a script, in order, each speaker in their own voice.

    `voices` maps a speaker (label in lower case, or `a` and `b`) to a voice of flite or espeak-ng;
    `*` is anyone else. One segment is one utterance, pauses are segments of their own.
    """
    rng = np.random.default_rng(seed)
    words = script.words
    speakers, turns = script.speakers(), script.turns()
    events = _events_before(script)
    segments = [pause(0.3)]
    first = 0
    while first < len(words):
        last = _end_of_utterance([w.text for w in words], turns, events, first)
        if first:
            if turns[first] != turns[first - 1]:
                long = rng.random() < 0.05
                segments.append(pause(rng.uniform(0.8, 2.5) if long else rng.uniform(0.1, 0.8)))
            else:
                segments.append(pause(rng.uniform(0.0, 0.25)))
        if events[first]:
            segments.append(pause(rng.uniform(0.4, 1.6)))
        speaker = speakers[first]
        voice = voices.get(speaker) or voices["*"]
        segments.append(_speak(words[first:last], speaker, voice, cache_dir))
        first = last
    segments.append(pause(0.5))
    return Take(script, tuple(segments))


def speak_text(text: str, voice: str, cache_dir: Path | None) -> Segment:
    """Speech that no transcript knows: one segment without words."""
    spoken = _speak([Part("word", word) for word in text.split()], "", voice, cache_dir)
    return Segment("untranscribed", spoken.samples)


def _events_before(script: Script) -> list[bool]:
    found, pending = [], False
    for line in script.lines:
        for part in line.parts:
            if part.kind == "event":
                pending = True
            elif part.kind == "word":
                found.append(pending)
                pending = False
    return found


def _end_of_utterance(
    texts: Sequence[str], turns: Sequence[int], events: Sequence[bool], first: int
) -> int:
    last = first + 1
    while last < len(texts) and turns[last] == turns[first] and not events[last]:
        before = texts[last - 1].rstrip("\"'”’)")
        if before.endswith((".", "?", "!", "…")) or last - first >= _LONGEST_UTTERANCE:
            break
        if last - first >= _LONGEST_UTTERANCE // 2 and before.endswith((",", ";", ":")):
            break
        last += 1
    return last


def _speak(parts: Sequence[Part], speaker: str, voice: str, cache_dir: Path | None) -> Segment:
    spoken: list[str] = []
    first: list[int] = []  # of the spoken words of each part
    for part in parts:
        plain = spoken_words(part.text)
        mark = part.text.rstrip("\"'”’)")[-1:]
        if mark and mark in ",;:.?!":
            plain[-1] += "," if mark in ",;:" else mark
        first.append(len(spoken))
        spoken += plain
    utterance = speak_cached(" ".join(spoken), voice, cache_dir)
    words = []
    for part, begin, end in zip(parts, first, [*first[1:], len(spoken)], strict=True):
        if part.said is not None:
            start_s, end_s = utterance.times_s[begin, 0], utterance.times_s[end - 1, 1]
            words.append(SpokenWord(part.said, float(start_s), float(end_s), speaker))
    return Segment("speech", utterance.samples, tuple(words))


def join(segments: Sequence[Segment]) -> NDArray[np.int16]:
    """All samples in order."""
    return np.concatenate([segment.samples for segment in segments])


def write_wav(path: Path, samples: NDArray[np.int16], rate_hz: int = SAMPLE_RATE_HZ) -> None:
    """Write mono 16-bit PCM."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(rate_hz)
        out.writeframes(samples.astype("<i2").tobytes())


def truth_of(take: Take) -> dict[str, Any]:
    """The truth about a transcript, perhaps edited, and its audio.

    Times in milliseconds from the start of the audio, as fractions. A word that the audio lacks
    has null times and stands in `absent`. Words in `ambiguous_words` and times in `ambiguous` are
    not judged as absent or as gaps.
    """
    script, segments = take.script, take.segments
    spoken: dict[int, tuple[float, float, str, bool]] = {}
    spans: dict[str, list[list[float]]] = {}
    at_s = 0.0
    for segment in segments:
        for word in segment.words:
            spoken[word.said] = (
                1000 * (at_s + word.start_s),
                1000 * (at_s + word.end_s),
                word.speaker,
                word.doubtful,
            )
        doubtful = any(word.doubtful for word in segment.words)
        key = "ambiguous" if doubtful else segment.kind
        _extend(spans.setdefault(key, []), 1000 * at_s, 1000 * (at_s + segment.duration_s))
        at_s += segment.duration_s
    speakers = script.speakers()
    words, lines, chapters, absent, ambiguous = [], [], [], [], []
    for index_line, line in enumerate(script.lines):
        first = len(words)
        for part in line.words:
            hit = spoken.get(part.said) if part.said is not None else None
            index = len(words)
            if hit is None:
                absent.append(index)
            elif hit[3]:
                ambiguous.append(index)
            words.append(
                {
                    "index": index,
                    "text": part.text,
                    "line": index_line,
                    "start_ms": None if hit is None else round(hit[0], 3),
                    "end_ms": None if hit is None else round(hit[1], 3),
                    "speaker": speakers[index] if hit is None else hit[2],
                }
            )
        timed = [w for w in words[first:] if w["start_ms"] is not None]
        lines.append(
            {
                "index": index_line,
                "text": line.text,
                "first_word": first,
                "last_word": len(words) - 1,
                "start_ms": timed[0]["start_ms"] if timed else None,
                "end_ms": timed[-1]["end_ms"] if timed else None,
            }
        )
    number_line = 0
    for number, chapter in enumerate(script.chapters, 1):
        after = [x for x in lines[number_line:] if x["start_ms"] is not None]
        chapters.append(
            {
                "number": number,
                "title": chapter.title,
                "first_line": number_line,
                "repeated_lines": chapter.repeated_lines,
                "start_ms": after[0]["start_ms"] if after else None,
            }
        )
        number_line += len(chapter.lines)
    return {
        "duration_ms": round(1000 * at_s, 3),
        "words": words,
        "lines": lines,
        "chapters": chapters,
        "turns": _turns(script.turns(), words),
        "untranscribed": spans.get("untranscribed", []),
        "music": spans.get("music", []),
        "silence": spans.get("silence", []),
        "noise": spans.get("noise", []),
        "ambiguous": spans.get("ambiguous", []),
        "ambiguous_words": ambiguous,
        "absent": absent,
    }


def _extend(spans: list[list[float]], start: float, end: float) -> None:
    if spans and start - spans[-1][1] < 1:
        spans[-1][1] = round(end, 3)
    elif end > start:
        spans.append([round(start, 3), round(end, 3)])


def _turns(numbers: Sequence[int], words: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    turns: list[dict[str, Any]] = []
    last: int | None = None
    for number, word in zip(numbers, words, strict=True):
        if word["start_ms"] is None:
            continue
        if last == number and turns[-1]["speaker"] == word["speaker"]:
            turns[-1]["end_ms"] = word["end_ms"]
        else:
            turns.append({k: word[k] for k in ("speaker", "start_ms", "end_ms")})
        last = number
    return turns


def write_truth(path: Path, truth: Mapping[str, Any]) -> None:
    """Write the truth as JSON, one record a line."""
    rows = []
    for key, value in truth.items():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            inner = ",\n  ".join(json.dumps(item, ensure_ascii=False) for item in value)
            rows.append(f' "{key}": [\n  {inner}]')
        else:
            rows.append(f' "{key}": {json.dumps(value)}')
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("{\n" + ",\n".join(rows) + "\n}\n", encoding="utf-8")
