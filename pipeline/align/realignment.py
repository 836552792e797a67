"""Where words are looked for again that were not found, or that are not there where they were."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from pipeline.align.acoustic_model import AcousticModel
from pipeline.align.phone_decoder import DecodedPhones
from pipeline.align.stretches import Stretch

__all__ = ["between_neighbours", "realignment_windows"]

_LEAST_FRAMES = 15
_LONGEST_FRAMES = 1500  # of speech
_MOST_WORDS = 40
_MOST_ALIKE_WORDS = 100  # said otherwise, as their number and the interval's length agree
_LONGEST_ALIKE_FRAMES = 3750  # of speech
_MOST_WORD_FRAMES = 375_000  # what a search may cost
_FRAMES_PER_WORD = (15, 80)
_EDGE_FRAMES_PER_WORD = 60
_EDGE_FRAMES = 100
_MOST_FORCED_WORDS = 8
_MOST_FORCED_FRAMES = 1500
_SHORTEST_WORD_FRAMES = 9  # so many that a word of three phones can be


def realignment_windows(
    starts: npt.NDArray[np.int32],
    ends: npt.NDArray[np.int32],
    is_found: npt.NDArray[np.bool_],
    is_anchored: npt.NDArray[np.bool_],
    breaks: npt.NDArray[np.int8],
    heard: DecodedPhones,
    model: AcousticModel,
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    """Let words that were not found be looked for between those that were.

    In the whole interval if it may hold them: between anchored words, so that those that are found
    but not sure move, too, else between words found. In an interval that is longer, such as an
    advertisement, beside its edges: a sentence stands wholly on one side of it.

    Args:
        starts: int32, shape (words,): first frame of each word, -1 if it has no place.
        ends: int32, same shape: frame after the last.
        is_found: bool, same shape: words that are there where they are; the others are looked for.
        is_anchored: bool, same shape: those of them that are sure.
        breaks: int8, shape (words + 1,): see `pipeline.align.text_breaks`.
        heard: the phones recognised in the recording.
        model: tells which of them are speech.

    Returns:
        Where each word may begin and end, int32, shape (words,): where it was found, or the
        interval; -1 for words that are not looked for.
    """
    begin, end = starts.copy(), ends.copy()
    frames = int(heard.ends[-1]) if len(heard.ends) else 0
    for neighbours in (is_found, is_found & is_anchored):
        at = np.flatnonzero(neighbours)
        opens = np.concatenate([[0], ends[at]])
        closes = np.concatenate([starts[at], [frames]])
        spoken = heard.speech_between(opens, closes, model.is_speech)
        edges = itertools.pairwise([-1, *at.tolist(), len(starts)])
        for (before, after), low, high, speech in zip(
            edges, opens.tolist(), closes.tolist(), spoken.tolist(), strict=True
        ):
            if after - before == 1:
                continue
            is_between = before >= 0 and after < len(starts)
            if is_between and _may_hold(high - low, speech, after - before - 1):
                begin[before + 1 : after], end[before + 1 : after] = low, high
            elif neighbours is is_found and after - before - 1 <= _MOST_WORDS:
                _beside_edges(begin, end, before, after, low, high, breaks)
    return begin, end


def _may_hold(frames: int, speech_frames: float, words: int) -> bool:
    """Whether an interval may hold so many words; music and silence in it are no place for them."""
    if frames < _LEAST_FRAMES or words * frames > _MOST_WORD_FRAMES:
        return False
    if words <= _MOST_WORDS and speech_frames <= _LONGEST_FRAMES:
        return True
    fastest, slowest = _FRAMES_PER_WORD
    is_alike = fastest * words <= speech_frames <= slowest * words
    return is_alike and words <= _MOST_ALIKE_WORDS and speech_frames <= _LONGEST_ALIKE_FRAMES


def _beside_edges(
    begin: npt.NDArray[np.int32],
    end: npt.NDArray[np.int32],
    before: int,
    after: int,
    low: int,
    high: int,
    breaks: npt.NDArray[np.int8],
) -> None:
    """Set the windows of the words between two others to the edges of the interval between them.

    They are parted at the highest break of the text there, at the later one of two.
    """
    inside = breaks[before + 1 : after + 1]
    parted = after - int(np.argmax(inside[::-1]))
    for first, last, is_left in ((before + 1, parted, True), (parted, after, False)):
        reach = _EDGE_FRAMES + _EDGE_FRAMES_PER_WORD * (last - first)
        if last == first or reach * (last - first) > _MOST_WORD_FRAMES:
            continue
        if is_left and before >= 0:
            begin[first:last], end[first:last] = low, min(high, low + reach)
        elif not is_left and after < len(begin):
            begin[first:last], end[first:last] = max(low, high - reach), high


def between_neighbours(
    starts: npt.NDArray[np.int32],
    ends: npt.NDArray[np.int32],
    is_wanted: npt.NDArray[np.bool_],
    frames: int,
) -> Iterator[Stretch]:
    """Stretches of words without a place that must be between their neighbours.

    Args:
        starts: int32, shape (words,): first frame of each word, -1 if it has no place; ascending.
        ends: int32, same shape: frame after the last.
        is_wanted: bool, same shape: which of those without a place are to get one.
        frames: frames of the recording.

    Yields:
        A few words and the one on either side, which may be anywhere in the frames from the first
        one's start to the last one's end. Runs of wanted words with a single word between them are
        in one stretch.
    """
    placed = np.flatnonzero(starts >= 0)
    ranks = np.searchsorted(placed, np.flatnonzero(is_wanted))
    gaps = np.unique(ranks[(ranks > 0) & (ranks < len(placed))])
    if not len(gaps):
        return
    for group in np.split(gaps, np.flatnonzero(np.diff(gaps) > 1) + 1):
        first, last = placed[group[0] - 1], placed[group[-1]]
        inside = np.arange(first, last + 1)
        words = inside[(starts[inside] >= 0) | is_wanted[inside]].astype(np.int32)
        start, stop = int(starts[first]), int(ends[last])
        lacking = _SHORTEST_WORD_FRAMES * len(words) - (stop - start)
        if lacking > 0:
            start, stop = max(0, start - lacking // 2), min(frames, stop + lacking // 2 + 1)
        length = stop - start
        most = _MOST_FORCED_WORDS * len(group)
        if len(words) - len(group) - 1 > most or length > _MOST_FORCED_FRAMES * len(group):
            continue
        anywhere = np.zeros(length, np.int32)
        yield Stretch(words, start, stop, anywhere, anywhere + np.int32(len(words)))
