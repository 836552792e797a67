"""Doubts words, most of all alone amid speech that the text lacks or text that the speech lacks.

Where a passage is missing from the audio and an advertisement from the text, a few of the missing
words always sound like something in the advertisement.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from pipeline.align.acoustic_model import AcousticModel
from pipeline.align.phone_decoder import DecodedPhones
from pipeline.align.placing import PlacedWords

__all__ = ["doubtful_words", "scattered_words", "stray_words"]

_MOST_WORDS = 5
_LONGEST_FRAMES = 300
_HOLE_FRAMES = 200
_MOST_WORDS_AFAR = 12
_MOST_WORDS_ALONE = 2
_AROUND_WORDS = 40
_FEWEST_FOUND = 0.25
_FAR_FRAMES = 1000
_PHONES_PER_FRAME = 0.05
_MANY_MISSING_WORDS = 10
_MISSING_PER_WORD = 5
_BEYOND_DOUBT = 3.0  # nats, all words of a group together
_BEYOND_DOUBT_AFAR = 6.0  # the same where all others are far
_LIKELY = 0.5  # the same for each word on average


def doubtful_words(
    placed: PlacedWords,
    confidence: npt.NDArray[np.float64],
    least_confidence: float,
    heard: DecodedPhones,
    model: AcousticModel,
) -> npt.NDArray[np.int64]:
    """Words of too little confidence, and the scattered and stray ones among the others.

    Args:
        placed: where the words are.
        confidence: float64, shape (words,): how likely each word is there, 0 to 1.
        least_confidence: that of words not in doubt.
        heard: the phones recognised in the recording.
        model: tells which of them is silence.

    Returns:
        int64: indices of the words, ascending; those that were not found are not among them.
    """
    starts = np.where(confidence >= least_confidence, placed.starts, -1)
    starts[scattered_words(starts, confidence)] = -1
    starts[stray_words(starts, placed.ends, confidence, heard, model)] = -1
    return np.flatnonzero((placed.starts >= 0) & (starts < 0))


def stray_words(
    starts: npt.NDArray[np.int32],
    ends: npt.NDArray[np.int32],
    confidence: npt.NDArray[np.float64],
    heard: DecodedPhones,
    model: AcousticModel,
) -> npt.NDArray[np.int64]:
    """Words in small groups between borders, beside words not found or far from all others.

    A border is a long stretch of foreign speech, a long run of missing words, or the audio's end.
    A group whose words all together are beyond doubt is none of these.

    Args:
        starts: int32, shape (words,): first frame of each word, -1 if absent; ascending.
        ends: int32, shape (words,): frame after the last.
        confidence: float64, shape (words,): how likely each word is there, 0 to 1.
        heard: the phones recognised in the recording.
        model: tells which of them is silence.

    Returns:
        int64: indices of the words, ascending.
    """
    spoken = np.sort(heard.starts[heard.phones != model.silence])
    frames = int(heard.ends[-1]) if len(heard.ends) else 0
    kept = np.flatnonzero(starts >= 0)
    while len(kept):
        begin, end = starts[kept], np.maximum.accumulate(ends[kept])
        hole_start = np.concatenate([[0], end])
        hole_stop = np.concatenate([begin, [frames]])
        length = hole_stop - hole_start
        phones = np.searchsorted(spoken, hole_stop) - np.searchsorted(spoken, hole_start)
        is_foreign = (length >= _HOLE_FRAMES) & (phones >= _PHONES_PER_FRAME * length)
        missing = np.diff(kept, prepend=-1, append=len(starts)) - 1
        is_border = is_foreign | (missing >= _MANY_MISSING_WORDS)
        is_border[[0, -1]] = True
        group = np.cumsum(is_border[:-1]) - 1  # words between two borders share a number
        borders = np.flatnonzero(is_border)
        before, after = borders[:-1], borders[1:]
        words = after - before
        is_far = is_foreign & (length >= _FAR_FRAMES)
        is_short = (words <= _MOST_WORDS) & (end[after - 1] - begin[before] <= _LONGEST_FRAMES)
        missing_beside = missing[before] + missing[after]
        is_afar = is_far[before] & is_far[after]
        is_short |= is_afar & (missing_beside >= 2 * words) & (words <= _MOST_WORDS_AFAR)
        is_amid_speech = is_foreign[before] | is_foreign[after]
        lacks_words = missing_beside > 0
        is_amid_missing = words * _MISSING_PER_WORD <= np.minimum(missing[before], missing[after])
        stray = (is_short & is_amid_speech & lacks_words) | is_amid_missing
        beyond_doubt = np.where(is_afar, _BEYOND_DOUBT_AFAR, _BEYOND_DOUBT)
        stray &= _is_doubtful(confidence[kept], before, words, beyond_doubt)
        given_up = stray[group] | _far_from_all(is_far)
        if not given_up.any():
            break
        kept = kept[~given_up]
    return np.setdiff1d(np.flatnonzero(starts >= 0), kept)


def scattered_words(
    starts: npt.NDArray[np.int32], confidence: npt.NDArray[np.float64]
) -> npt.NDArray[np.int64]:
    """Words here and there of a passage that is missing.

    Args:
        starts: int32, shape (words,): first frame of each word, -1 if absent; ascending.
        confidence: float64, shape (words,): how likely each word is there, 0 to 1.

    Returns:
        int64: indices of the words, ascending. Words that follow each other and all together are
        beyond doubt are not among them.
    """
    kept = np.flatnonzero(starts >= 0)
    while len(kept):
        low = np.maximum(0, kept - _AROUND_WORDS)
        high = np.minimum(len(starts), kept + _AROUND_WORDS + 1)
        found = np.searchsorted(kept, high) - np.searchsorted(kept, low)
        runs = np.flatnonzero(np.diff(kept, prepend=-2) > 1)
        words = np.diff(runs, append=len(kept))
        doubtful = np.repeat(_is_doubtful(confidence[kept], runs, words, _BEYOND_DOUBT), words)
        scattered = (found < _FEWEST_FOUND * (high - low)) & doubtful
        if not scattered.any():
            break
        kept = kept[~scattered]
    return np.setdiff1d(np.flatnonzero(starts >= 0), kept)


def _is_doubtful(
    confidence: npt.NDArray[np.float64],
    firsts: npt.NDArray[np.int64],
    words: npt.NDArray[np.int64],
    beyond_doubt: npt.NDArray[np.float64] | float,
) -> npt.NDArray[np.bool_]:
    """Bool, shape (groups,): the groups of so many `words` from each of `firsts` on."""
    likely = np.clip(confidence, 0.001, 0.999)
    together = np.add.reduceat(np.log(likely / (1.0 - likely)), firsts)
    doubtful: npt.NDArray[np.bool_] = (together < beyond_doubt) | (together < _LIKELY * words)
    return doubtful


def _far_from_all(is_far: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Bool, shape (words,): the few words between two holes of bool, shape (words + 1,)."""
    alone = np.zeros(len(is_far) - 1, np.bool_)
    far = np.flatnonzero(is_far)
    if len(far):
        words = np.diff(far)
        alone[far[0] : far[-1]] = np.repeat(words <= _MOST_WORDS_ALONE, words)
    return alone
