"""What can be wrong between a transcript and an audio. Each fault is a function Take -> Take.

Faults of the timeline (what is said when), of the text (what the transcript claims) and of the
recording (how it sounds). Whatever they do, the words keep their true times.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from bench.synth import sound
from bench.synth.episode import (
    SAMPLE_RATE_HZ,
    Segment,
    SegmentKind,
    SpokenWord,
    Take,
    join,
    pause,
    speak_text,
)
from bench.synth.script import Chapter, Line, Part, Script

__all__ = [
    "adverts",
    "babble",
    "corrupt_words",
    "cut",
    "degrade",
    "delete_passage",
    "insert",
    "laughter_segment",
    "music_segment",
    "paraphrase",
    "repeat_passage",
    "speed",
    "swap_passages",
    "white_noise",
]

_LONGEST_LINE = 60

# --- timeline ------------------------------------------------------------------------------------


def _starts_s(take: Take) -> list[float]:
    starts, at_s = [], 0.0
    for segment in take.segments:
        starts.append(at_s)
        at_s += segment.duration_s
    return [*starts, at_s]


def _seam(take: Take, fraction: float) -> int:
    """The segment index nearest to a fraction of the duration where an utterance begins."""
    starts = _starts_s(take)
    seams = [n for n, segment in enumerate(take.segments) if segment.words] or [0]
    return min(seams, key=lambda n: abs(starts[n] - fraction * starts[-1]))


def insert(take: Take, fraction: float, extra: Sequence[Segment]) -> Take:
    """Put audio that the transcript lacks between two utterances; 0 is the very start."""
    at = 0 if fraction <= 0 else _seam(take, fraction)
    return replace(take, segments=(*take.segments[:at], *extra, *take.segments[at:]))


def delete_passage(take: Take, fraction: float, seconds: float) -> Take:
    """Take a passage out of the audio; the transcript keeps it."""
    first = _seam(take, fraction)
    last, left_s = first, seconds
    while last < len(take.segments) and left_s > 0:
        left_s -= take.segments[last].duration_s
        last += 1
    return replace(take, segments=(*take.segments[:first], *take.segments[last:]))


def swap_passages(take: Take, fraction: float, seconds: float) -> Take:
    """Two neighbouring passages change places in the audio; their words become doubtful."""
    first = _seam(take, fraction)
    starts = _starts_s(take)
    middle = next((n for n, s in enumerate(starts) if s >= starts[first] + seconds), first)
    last = next((n for n, s in enumerate(starts) if s >= starts[first] + 2 * seconds), middle)
    one, two = take.segments[first:middle], take.segments[middle:last]
    moved = tuple(
        replace(s, words=tuple(replace(w, doubtful=True) for w in s.words)) for s in (*two, *one)
    )
    return replace(take, segments=(*take.segments[:first], *moved, *take.segments[last:]))


def cut(take: Take, start_s: float, end_s: float) -> Take:
    """Cut the audio off at both ends, in the middle of a word if it comes to that."""
    kept: list[Segment] = []
    for segment, at_s in zip(take.segments, _starts_s(take), strict=False):
        begin = min(len(segment.samples), max(0, round((start_s - at_s) * SAMPLE_RATE_HZ)))
        stop = max(begin, min(len(segment.samples), round((end_s - at_s) * SAMPLE_RATE_HZ)))
        if begin == stop:
            continue
        low, high = begin / SAMPLE_RATE_HZ, stop / SAMPLE_RATE_HZ
        words = [
            SpokenWord(
                w.said,
                max(w.start_s, low) - low,
                min(w.end_s, high) - low,
                w.speaker,
                w.doubtful or w.start_s < low or w.end_s > high,
            )
            for w in segment.words
            if w.end_s > low and w.start_s < high
        ]
        # a segment is doubtful as a whole: part it, so that only the cut word is
        kept += _part_doubtful(replace(segment, samples=segment.samples[begin:stop]), words)
    return replace(take, segments=tuple(kept))


def _part_doubtful(segment: Segment, words: Sequence[SpokenWord]) -> list[Segment]:
    if not any(w.doubtful for w in words) or all(w.doubtful for w in words):
        return [replace(segment, words=tuple(words))]
    if words[0].doubtful:
        at_s, left, right = words[1].start_s, words[:1], words[1:]
    else:
        at_s, left, right = words[-1].start_s, words[:-1], words[-1:]
    at = round(at_s * SAMPLE_RATE_HZ)
    at_s = at / SAMPLE_RATE_HZ
    moved = [replace(w, start_s=max(0.0, w.start_s - at_s), end_s=w.end_s - at_s) for w in right]
    return [
        *_part_doubtful(replace(segment, samples=segment.samples[:at]), left),
        *_part_doubtful(replace(segment, samples=segment.samples[at:]), moved),
    ]


def repeat_passage(take: Take, fraction: float, seconds: float) -> Take:
    """A passage is said twice, word for word, and stands twice in the transcript."""
    first = _seam(take, fraction)
    last, left_s = first, seconds
    while last < len(take.segments) and left_s > 0:
        left_s -= take.segments[last].duration_s
        last += 1
    passage = take.segments[first:last]
    said = [w.said for segment in passage for w in segment.words]
    if not said:
        return take
    fresh = 1 + max(
        max((p.said for p in take.script.words if p.said is not None), default=0),
        max(w.said for segment in take.segments for w in segment.words),
    )
    new = {old: fresh + n for n, old in enumerate(said)}
    again = tuple(
        replace(s, words=tuple(replace(w, said=new[w.said]) for w in s.words)) for s in passage
    )
    copies = [replace(p, said=new[p.said], glued=False) for p in take.script.words if p.said in new]
    lines = [Line(tuple(copies[n : n + 7])) for n in range(0, len(copies), 7)]
    script = _insert_lines(take.script, said[-1], lines)
    return Take(script, (*take.segments[:last], *again, *take.segments[last:]))


def _insert_lines(script: Script, after_said: int, extra: Sequence[Line]) -> Script:
    chapters = []
    for chapter in script.chapters:
        lines: list[Line] = []
        for line in chapter.lines:
            at = next((n for n, p in enumerate(line.parts) if p.said == after_said), None)
            if at is None:
                lines.append(line)
                continue
            lines += [Line(line.parts[: at + 1]), *extra]
            if line.parts[at + 1 :]:
                lines.append(Line(line.parts[at + 1 :]))
        chapters.append(replace(chapter, lines=tuple(lines)))
    return Script(tuple(chapters))


# --- extra audio ---------------------------------------------------------------------------------


def adverts(
    seconds: float,
    voices: Sequence[str],
    rng: np.random.Generator,
    *,
    music_db: float | None = None,
    cache_dir: Path | None = None,
) -> list[Segment]:
    """Sponsor reads of at least so many seconds, the voices in turn.

    `music_db`: how far below the speech music lies under it, None for none.
    """
    sentences = _advert_sentences()
    parts: list[Segment] = []
    total_s, number, order = 0.0, 0, list[int]()
    while total_s < seconds:
        order = order or [int(n) for n in rng.permutation(len(sentences))]
        voice = voices[number // 5 % len(voices)]
        parts.append(speak_text(sentences[order.pop()], voice, cache_dir))
        total_s += parts[-1].duration_s
        number += 1
    speech = sound.to_float(join(parts)[: round(seconds * SAMPLE_RATE_HZ)])
    if music_db is not None:
        under = sound.music(len(speech) / SAMPLE_RATE_HZ, rng)
        speech = sound.add_noise(speech, under, music_db)
    return [Segment("untranscribed", sound.to_int16(speech)), pause(0.4)]


def _advert_sentences() -> list[str]:
    text = (Path(__file__).parent / "adverts.txt").read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line]


def music_segment(seconds: float, rng: np.random.Generator) -> Segment:
    """Music alone."""
    return Segment("music", sound.to_int16(0.7 * sound.music(seconds, rng)))


def laughter_segment(seconds: float, rng: np.random.Generator) -> Segment:
    """Laughter alone."""
    return Segment("noise", sound.to_int16(sound.laughter(seconds, rng)))


def silence_segment(seconds: float) -> Segment:
    """Nothing but a faint hiss."""
    kind: SegmentKind = "silence"
    return pause(seconds, kind)


# --- text ----------------------------------------------------------------------------------------


def _edit(script: Script, edit: Callable[[int, Part], Sequence[Part]]) -> Script:
    """Replace each word by none, one or several.

    Lines that lose every word hand their dashes and labels to the next; long ones are wrapped.
    """
    index = 0
    chapters: list[Chapter] = []
    for chapter in script.chapters:
        lines: list[Line] = []
        carried: list[Part] = []
        for line in chapter.lines:
            parts = carried
            for part in line.parts:
                if part.kind == "word":
                    parts += edit(index, part)
                    index += 1
                else:
                    parts.append(part)
            carried = []
            if all(part.kind in ("dash", "label", "mark") for part in parts):
                carried = [part for part in parts if part.kind != "mark"]
            else:
                lines += _wrap(parts)
        # a chapter cannot repeat more lines than the one before still has
        most = len(chapters[-1].lines) if chapters else 0
        repeated = min(chapter.repeated_lines, most)
        chapters.append(replace(chapter, lines=tuple(lines), repeated_lines=repeated))
    return Script(tuple(chapters))


def _wrap(parts: Sequence[Part]) -> list[Line]:
    lines: list[list[Part]] = [[]]
    for part in parts:
        if part.kind == "word" and len(Line((*lines[-1], part)).text) > _LONGEST_LINE:
            opening = []
            while lines[-1] and lines[-1][-1].kind in ("dash", "label"):
                opening.insert(0, lines[-1].pop())
            lines.append([*opening, replace(part, glued=False)])
        else:
            lines[-1].append(part)
    return [Line(tuple(line)) for line in lines if line]


def _bare(text: str) -> str:
    return "".join(c for c in text.lower() if c.isalpha())


def _vocabulary(script: Script) -> list[str]:
    return sorted({b for word in script.words if len(b := _bare(word.text)) >= 3})


def _other_word(vocabulary: Sequence[str], near: set[str], rng: np.random.Generator) -> str:
    """A word that does not begin like one of those around it."""
    word = "something"
    for _ in range(50):
        word = vocabulary[int(rng.integers(len(vocabulary)))]
        if not any(word[:2] == other[:2] for other in near):
            return word
    return word


def corrupt_words(take: Take, share: float, rng: np.random.Generator) -> Take:
    """In the transcript, replace, drop or add one word in `1 / share`; the audio stays."""
    vocabulary = _vocabulary(take.script)
    bare = [_bare(word.text) for word in take.script.words]
    turns = take.script.turns()
    alone = np.bincount(turns)[turns] == 1  # a turn must not lose its only word

    def edit(index: int, part: Part) -> list[Part]:
        if rng.random() >= share:
            return [part]
        near = set(bare[max(0, index - 2) : index + 3])
        strange = Part("word", _other_word(vocabulary, near, rng), speaker=part.speaker)
        kind = int(rng.integers(3))
        if kind == 0:
            tail = part.text[len(part.text.rstrip(".,?!")) :]
            return [replace(strange, text=strange.text + tail)]
        return [] if kind == 1 and not alone[index] else [part, strange]

    return replace(take, script=_edit(take.script, edit))


def paraphrase(take: Take, share: float, rng: np.random.Generator) -> Take:
    """In the transcript, reword so many of the sentences: about half of their words stay."""
    vocabulary = _vocabulary(take.script)
    words = take.script.words
    sentence, chosen = 0, dict[int, bool]()
    of: list[int] = []
    for word in words:
        of.append(sentence)
        sentence += word.text.rstrip("\"'”’").endswith((".", "?", "!"))
    lengths = np.bincount(of)
    for number in range(len(lengths)):
        chosen[number] = lengths[number] >= 5 and bool(rng.random() < share)
    bare = [_bare(word.text) for word in words]

    def edit(index: int, part: Part) -> list[Part]:
        if not chosen[of[index]] or rng.random() < 0.45:
            return [part]
        near = set(bare[max(0, index - 2) : index + 3])
        count = int(rng.choice([0, 1, 1, 2]))
        made = [
            Part("word", _other_word(vocabulary, near, rng), speaker=part.speaker)
            for _ in range(count)
        ]
        tail = part.text[len(part.text.rstrip(".?!")) :]
        if made and tail:
            made[-1] = replace(made[-1], text=made[-1].text + tail)
        return made

    return replace(take, script=_edit(take.script, edit))


# --- recording -----------------------------------------------------------------------------------


def degrade(take: Take, change: Callable[[sound.Signal], sound.Signal]) -> Take:
    """Change how the whole audio sounds; a change of its length moves the words with it."""
    before = join(take.segments)
    after = sound.to_int16(change(sound.to_float(before)))
    factor = len(after) / len(before)
    segments, at = [], 0
    for segment in take.segments:
        begin, stop = round(at * factor), round((at + len(segment.samples)) * factor)
        words = tuple(
            replace(w, start_s=w.start_s * factor, end_s=w.end_s * factor) for w in segment.words
        )
        segments.append(replace(segment, samples=after[begin:stop], words=words))
        at += len(segment.samples)
    return replace(take, segments=tuple(segments))


def speed(take: Take, factor: float) -> Take:
    """Everybody speaks faster (above 1) or slower."""
    return degrade(take, lambda signal: sound.stretch(signal, factor))


def white_noise(take: Take, snr_db: float, rng: np.random.Generator) -> Take:
    """White noise so far below the speech."""
    noise = rng.normal(0, 1, 37 * SAMPLE_RATE_HZ).astype(np.float32)
    return degrade(take, lambda signal: sound.add_noise(signal, noise, snr_db))


def babble(
    take: Take,
    snr_db: float,
    rng: np.random.Generator,
    voices: Sequence[str] = ("awb", "kal16", "slt", "rms"),
    *,
    cache_dir: Path | None = None,
) -> Take:
    """Six people talk in the background."""
    length = 61 * SAMPLE_RATE_HZ
    noise = np.zeros(length, dtype=np.float32)
    for number in range(6):
        talk = adverts(70, [voices[number % len(voices)]], rng, cache_dir=cache_dir)[0]
        noise += np.roll(sound.to_float(talk.samples)[:length], int(rng.integers(length)))
    return degrade(take, lambda signal: sound.add_noise(signal, noise, snr_db))
