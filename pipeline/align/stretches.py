"""Divides the words that were found into stretches for the second pass."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipeline.align.acoustic_model import AcousticModel
from pipeline.align.phone_decoder import DecodedPhones

__all__ = ["Stretch", "plan_stretches", "second_chances"]

_ALWAYS_SPLIT_FRAMES = 60
_PAUSE_FRAMES = 15
_SHORTEST_FRAMES = 1000
_LONGEST_FRAMES = 4000
_MARGIN_FRAMES = 40
_WINDOW_FRAMES = 20
_LONG_WORD_FRAMES = 40
_LONGEST_HOLE_FRAMES = 1500  # of speech
_MOST_MISSING_WORDS = 40
_FEW_WORDS = 8
_FEW_WORDS_BESIDE_SPEECH = 3
_FOREIGN_FRAMES = 12
_MOST_ALIKE_WORDS = 100  # said otherwise, as their number and the hole's length agree
_LONGEST_ALIKE_FRAMES = 3750  # of speech
_MOST_WORD_FRAMES = 375_000  # what a search may cost
_FRAMES_PER_WORD = (15, 80)


@dataclass(frozen=True, eq=False)
class Stretch:
    """Words to be aligned in the frames `start` to `stop`.

    Attributes:
        words: int32, shape (words,): which words of the text, ascending.
        start: first frame.
        stop: frame after the last.
        first_word: int32, shape (frames,): the first of `words` that each frame may belong to.
        last_word: int32, shape (frames,): the last one; `len(words)` is the closing silence.
    """

    words: npt.NDArray[np.int32]
    start: int
    stop: int
    first_word: npt.NDArray[np.int32]
    last_word: npt.NDArray[np.int32]


def second_chances(
    starts: npt.NDArray[np.int32],
    ends: npt.NDArray[np.int32],
    strays: npt.NDArray[np.int64],
    heard: DecodedPhones,
    model: AcousticModel,
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    """Let missing words be looked for again in the hole between their neighbours.

    Where a sentence was said otherwise, a word of it may stand among the others all the same. And
    where a word was said that the text lacks, or another one in its place, its neighbour may have
    been taken for it.

    Args:
        starts: int32, shape (words,): rough first frame of each word, -1 if absent.
        ends: int32, shape (words,): rough frame after the last.
        strays: int64: words that may be there by chance.
        heard: the phones recognised in the recording.
        model: tells which of them are speech.

    Returns:
        The same, with the hole's begin and end for words that may fit into one. Strays, and few
        words between missing ones or speech that the text lacks, are no neighbours to others:
        they are looked for in the hole as well where it may hold them, else where they were found.
    """
    found = starts >= 0
    found[strays] = False
    firm = found.copy()
    behind_found = _speech_behind(found, starts, ends, heard, model)
    firm[_loose_words(found, behind_found)] = False
    behind_firm = _speech_behind(firm, starts, ends, heard, model)
    begin, end = starts.copy(), ends.copy()
    # The hole between firm words where it may hold all that is in it, else the lesser ones in it.
    for neighbours, speech in ((found, behind_found), (firm, behind_firm)):
        pairs = itertools.pairwise(np.flatnonzero(neighbours).tolist())
        for (before, after), speech_frames in zip(pairs, speech.tolist(), strict=True):
            hole = int(starts[after] - ends[before])
            if _may_hold(hole, speech_frames, after - before - 1):
                begin[before + 1 : after] = ends[before]
                end[before + 1 : after] = starts[after]
    return begin, end


def _speech_behind(
    words: npt.NDArray[np.bool_],
    starts: npt.NDArray[np.int32],
    ends: npt.NDArray[np.int32],
    heard: DecodedPhones,
    model: AcousticModel,
) -> npt.NDArray[np.float64]:
    """Frames of speech between each of these words and the next of them."""
    at = np.flatnonzero(words)
    return heard.speech_between(ends[at[:-1]], starts[at[1:]], model.is_speech)


def _loose_words(
    found: npt.NDArray[np.bool_], speech: npt.NDArray[np.float64]
) -> npt.NDArray[np.int64]:
    """Few words between borders: what was found may be something else that sounds alike.

    A border is a missing word, or `speech` in frames between a word found and the next.
    """
    present = np.flatnonzero(found)
    is_missing = np.diff(present, prepend=-1, append=len(found)) > 1
    is_border = is_missing.copy()
    is_border[1:-1] |= speech >= _FOREIGN_FRAMES
    borders = np.unique(np.concatenate([[0], np.flatnonzero(is_border), [len(present)]]))
    before, after = borders[:-1], borders[1:]
    few = np.where(is_missing[before] & is_missing[after], _FEW_WORDS, _FEW_WORDS_BESIDE_SPEECH)
    words = after - before
    is_loose = is_border[before] & is_border[after] & (words <= few)
    loose: npt.NDArray[np.int64] = present[np.repeat(is_loose, words)]
    return loose


def _may_hold(frames: int, speech_frames: float, words: int) -> bool:
    """Whether a hole may hold so many words; music and silence in it are no place for them."""
    if not words or frames < _PAUSE_FRAMES or words * frames > _MOST_WORD_FRAMES:
        return False
    if words <= _MOST_MISSING_WORDS and speech_frames <= _LONGEST_HOLE_FRAMES:
        return True
    fastest, slowest = _FRAMES_PER_WORD
    is_alike = fastest * words <= speech_frames <= slowest * words
    return is_alike and words <= _MOST_ALIKE_WORDS and speech_frames <= _LONGEST_ALIKE_FRAMES


def plan_stretches(
    starts: npt.NDArray[np.int32], ends: npt.NDArray[np.int32], frames: int
) -> Iterator[Stretch]:
    """Split at pauses, roughly every 10 to 40 s.

    Args:
        starts: int32, shape (words,): rough first frame of each word, -1 if absent.
        ends: int32, shape (words,): rough frame after the last.
        frames: frames of the recording.
    """
    present = np.flatnonzero(starts >= 0)
    if not len(present):
        return
    begin, end = starts[present], ends[present]
    cuts = _cuts(begin, end)
    for low, high in itertools.pairwise(cuts):
        before = int(end[low - 1]) if low else 0
        after = int(begin[high]) if high < len(begin) else frames
        start = max(int(begin[low]) - _MARGIN_FRAMES, (int(begin[low]) + before + 1) // 2, 0)
        stop = min(int(end[high - 1]) + _MARGIN_FRAMES, (int(end[high - 1]) + after + 1) // 2)
        first, last = _windows(begin[low:high] - start, end[low:high] - start, stop - start)
        yield Stretch(present[low:high].astype(np.int32), start, stop, first, last)


def _cuts(begin: npt.NDArray[np.int32], end: npt.NDArray[np.int32]) -> Sequence[int]:
    """Where stretches begin among the words, and the number of words."""
    pauses = begin[1:] - end[:-1]
    cuts = [0]
    for word in range(1, len(begin)):
        pause = pauses[word - 1]
        length = end[word - 1] - begin[cuts[-1]]
        if pause >= _ALWAYS_SPLIT_FRAMES or (pause >= _PAUSE_FRAMES and length >= _SHORTEST_FRAMES):
            cuts.append(word)
        elif length >= _LONGEST_FRAMES:
            inside = pauses[cuts[-1] : word]
            late = inside[len(inside) // 2 :]
            longest = int(np.argmax(late))
            if late[longest] >= 0:  # else all of these words are looked for in one hole
                cuts.append(cuts[-1] + len(inside) - len(late) + longest + 1)
    cuts.append(len(begin))
    return cuts


def _windows(
    begin: npt.NDArray[np.int32], end: npt.NDArray[np.int32], frames: int
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    # A word that is looked for in a hole may end, and the silence behind it begin, early in it.
    earliest_end = np.minimum(end, begin + _LONG_WORD_FRAMES)
    earlier_end = np.concatenate([begin[:1], earliest_end[:-1]])
    opens = np.minimum(begin, earlier_end) - _WINDOW_FRAMES
    opens = np.append(opens, earliest_end[-1] - _WINDOW_FRAMES)
    closes = np.maximum.accumulate(end + _WINDOW_FRAMES)
    opens = np.minimum.accumulate(opens[::-1])[::-1]
    t = np.arange(frames)
    first = np.searchsorted(closes, t, side="right")
    last = np.searchsorted(opens, t, side="right") - 1
    last = np.maximum(last, first)
    last[-1] = len(begin)
    return first.astype(np.int32), last.astype(np.int32)
