"""Times of words in windows, by `whisperx.align`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipeline.align.ctc.edges import Sound
from pipeline.align.ctc.model import AlignModel
from pipeline.align.ctc.samples import Samples
from pipeline.align.ctc.spelling import WILDCARD, Spelling
from pipeline.align.ctc.windows import Window

__all__ = ["HeardWord", "align_windows"]

_WINDOWS_A_BATCH = 8
_SURE = 0.9


@dataclass(frozen=True, slots=True)
class HeardWord:
    """When a word is spoken.

    Attributes:
        start_ms: where its first letter is heard.
        end_ms: where what follows its last letter is heard.
        score: mean probability that the network gives its letters, 0 to 1.
        is_spelled: false if no letter of it is known, so that its place is only what others leave.
    """

    start_ms: int
    end_ms: int
    score: float
    is_spelled: bool


@dataclass(frozen=True, slots=True)
class _Letter:
    """Of the word number `word`; times count from the start of the window."""

    word: int
    start_s: float
    end_s: float
    score: float


def align_windows(
    windows: Sequence[Window],
    spellings: Sequence[Sequence[Spelling]],
    samples: Samples,
    model: AlignModel,
) -> Iterator[tuple[Window, Mapping[int, HeardWord]]]:
    """Find the words of each window; nothing of one whose audio is too short for its words.

    Where a word can be said in several ways, the one that the network hears best is taken.

    Args:
        windows: where to look for which words.
        spellings: for each word of the text the ways to spell it.
        samples: the audio.
        model: the network.

    Yields:
        Each window in order, with its words by number.
    """
    for at in range(0, len(windows), _WINDOWS_A_BATCH):
        batch = windows[at : at + _WINDOWS_A_BATCH]
        audio = [samples.read_ms(window.start_ms, window.end_ms) for window in batch]
        model.prepare(audio)
        chosen = [dict.fromkeys(window.words, 0) for window in batch]
        found = _align(batch, audio, spellings, chosen, model)
        for number, window in enumerate(batch):
            letters = found[number]
            for word in window.words:
                if len(spellings[word]) > 1 and _score(letters, word) < _SURE:
                    letters = _best_way(
                        word, window, audio[number], spellings, chosen[number], letters, model
                    )
            yield window, _words(window, letters, spellings, audio[number])


def _best_way(
    word: int,
    window: Window,
    audio: npt.NDArray[np.float32],
    spellings: Sequence[Sequence[Spelling]],
    chosen: dict[int, int],
    letters: list[_Letter],
    model: AlignModel,
) -> list[_Letter]:
    """The letters of the window with the best of the ways to say `word`; notes it in `chosen`."""
    best, usual = letters, chosen[word]
    for way in range(len(spellings[word])):
        if way == usual:
            continue
        tried = chosen | {word: way}
        [other] = _align([window], [audio], spellings, [tried], model)
        if _fit(other) > _fit(best):
            best, chosen[word] = other, way
    return best


def _align(
    windows: Sequence[Window],
    audio: Sequence[npt.NDArray[np.float32]],
    spellings: Sequence[Sequence[Spelling]],
    chosen: Sequence[Mapping[int, int]],
    model: AlignModel,
) -> list[list[_Letter]]:
    """The letters of each window; none where whisperx finds no way."""
    texts: list[str] = []
    owners: list[list[int]] = []
    for window, ways in zip(windows, chosen, strict=True):
        text, owner = "", []
        for word in window.words:
            spoken = model.divider.join(spellings[word][ways[word]])
            if text:
                text += model.divider
                owner += [-1] * len(model.divider)
            text += spoken
            owner += [-1 if letter == " " else word for letter in spoken]
        texts.append(text)
        owners.append(owner)
    aligned = model.align(texts, audio)
    return [
        [_Letter(word, *letter) for word, letter in zip(owner, letters, strict=True) if word >= 0]
        if letters
        else []
        for owner, letters in zip(owners, aligned, strict=True)
    ]


def _score(letters: Sequence[_Letter], word: int) -> float:
    scores = [letter.score for letter in letters if letter.word == word]
    return float(np.mean(scores)) if scores else 0.0


def _fit(letters: Sequence[_Letter]) -> float:
    """Mean probability over the time that the letters take."""
    if not letters:
        return 0.0
    length_s = np.array([letter.end_s - letter.start_s for letter in letters])
    score = np.array([letter.score for letter in letters])
    return float((length_s * score).sum() / max(1e-9, float(length_s.sum())))


def _words(
    window: Window,
    letters: Sequence[_Letter],
    spellings: Sequence[Sequence[Spelling]],
    audio: npt.NDArray[np.float32],
) -> dict[int, HeardWord]:
    by_word: dict[int, list[_Letter]] = {}
    for letter in letters:
        by_word.setdefault(letter.word, []).append(letter)
    sound = Sound(audio)
    words = {}
    for word, own in by_word.items():
        first, last = own[0], own[-1]
        end_ms = sound.end_of(1000 * last.start_s, 1000 * last.end_s)
        start_ms = 1000 * first.start_s
        if len(own) > 1:
            start_ms = sound.start_of(start_ms, 1000 * own[1].start_s)
        words[word] = HeardWord(
            window.start_ms + round(start_ms),
            window.start_ms + round(max(end_ms, start_ms)),
            float(np.mean([letter.score for letter in own])),
            spellings[word][0] != (WILDCARD,),
        )
    return words
