"""Anchors: places where the text's phones are surely those of the audio.

Runs of four phones that occur in both are seeds. A seed that enough others support on nearly the
same diagonal is kept, and the heaviest chain of kept seeds, ascending in text and audio alike,
gives the anchors: as genomes are aligned (Li, "Minimap2", 2018). What the audio or the text has in
excess costs a chain nothing, so that advertisements or cuts of any length do no harm.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipeline.align.phone_decoder import DecodedPhones
from pipeline.kernels import kernel

__all__ = ["Anchors", "find_anchors"]

_SEED_PHONES = 4
_KEYS_AT_ONCE = 20_000
_MOST_PLACES = 64  # a seed found more often in the text tells too little
_REACH_PHONES = 100
_MIN_SUPPORT = 4
_LEAST_DRIFT_PHONES = 6
_DRIFT = 0.25
_BAND_PHONES = 25  # the most that a seed may drift within reach


@dataclass(frozen=True, eq=False)
class Anchors:
    """Chained anchors, ascending in both.

    Attributes:
        text: int32, shape (anchors,): position among the text's phones.
        frame: int32, shape (anchors,): the frame where that phone begins.
        support: int32, shape (anchors,): independent seeds nearby that agree, itself included.
    """

    text: npt.NDArray[np.int32]
    frame: npt.NDArray[np.int32]
    support: npt.NDArray[np.int32]


def _keys(phones: npt.NDArray[np.int32], base: int) -> npt.NDArray[np.int64]:
    count = max(0, len(phones) - _SEED_PHONES + 1)
    keys = np.zeros(count, dtype=np.int64)
    for offset in range(_SEED_PHONES):
        keys = keys * base + phones[offset : offset + count]
    return keys


def _seeds(
    text: npt.NDArray[np.int32], audio: npt.NDArray[np.int32]
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    """All common runs: their places in the text and in the audio, ascending in the audio."""
    base = int(max(text.max(initial=0), audio.max(initial=0))) + 1
    text_keys, audio_keys = _keys(text, base), _keys(audio, base)
    order = np.argsort(text_keys, kind="stable")
    ordered = text_keys[order]
    parts = [(np.zeros(0, np.int32), np.zeros(0, np.int32))]
    for begin in range(0, len(audio_keys), _KEYS_AT_ONCE):
        keys = audio_keys[begin : begin + _KEYS_AT_ONCE]
        low = np.searchsorted(ordered, keys, "left")
        count = np.searchsorted(ordered, keys, "right") - low
        count[count > _MOST_PLACES] = 0
        at_audio = np.repeat(np.arange(len(keys)), count)
        within = np.arange(len(at_audio)) - np.repeat(np.cumsum(count) - count, count)
        at_text = order[np.repeat(low, count) + within]
        parts.append((at_text.astype(np.int32), (at_audio + begin).astype(np.int32)))
    at_texts, at_audios = zip(*parts, strict=True)
    return np.concatenate(at_texts), np.concatenate(at_audios)


def _count_support(
    text: npt.NDArray[np.int32], audio: npt.NDArray[np.int32]
) -> npt.NDArray[np.int32]:
    """Seeds near each seed's diagonal that do not overlap one another, itself included."""
    band = (text - audio) // np.int32(_BAND_PHONES)
    order = np.argsort(band, kind="stable").astype(np.int32)
    band = band[order]
    firsts = np.flatnonzero(np.append(True, band[1:] != band[:-1]))
    support = np.empty(len(text), np.int32)
    support[order] = _count_near(
        text[order], audio[order], band[firsts], np.append(firsts, len(text))
    )
    return support


@kernel()
def _count_near(
    text: npt.NDArray[np.int32],
    audio: npt.NDArray[np.int32],
    bands: npt.NDArray[np.int32],
    firsts: npt.NDArray[np.int64],
) -> npt.NDArray[np.int32]:
    """Support of seeds in order of their bands of diagonals, ascending in audio within a band.

    What is near enough lies in a seed's own band or in one of its two neighbours, which are read
    side by side: the work grows with the number of seeds, not with its square.
    """
    support = np.zeros(len(text), np.int32)
    low = np.zeros(3, np.int64)
    stop = np.zeros(3, np.int64)
    at = np.zeros(3, np.int64)
    for b in range(len(bands)):
        for side in range(3):
            other = b + side - 1
            beside = 0 <= other < len(bands) and bands[other] == bands[b] + side - 1
            low[side] = firsts[other] if beside else 0
            stop[side] = firsts[other + 1] if beside else 0
        for i in range(firsts[b], firsts[b + 1]):
            for side in range(3):
                while low[side] < stop[side] and audio[low[side]] < audio[i] - _REACH_PHONES:
                    low[side] += 1
                at[side] = low[side]
            last = -_SEED_PHONES
            while True:
                nearest = -1
                for side in range(3):
                    if at[side] < stop[side] and (
                        nearest < 0 or audio[at[side]] < audio[at[nearest]]
                    ):
                        nearest = side
                if nearest < 0 or audio[at[nearest]] > audio[i] + _REACH_PHONES:
                    break
                j = at[nearest]
                at[nearest] += 1
                along = audio[j] - audio[i]
                across = abs((text[j] - text[i]) - along)
                drift = max(_LEAST_DRIFT_PHONES, _DRIFT * abs(along))
                forward = along * (text[j] - text[i]) > 0 or j == i
                if forward and across <= drift and audio[j] >= last + _SEED_PHONES:
                    support[i] += 1
                    last = audio[j]
    return support


@kernel()
def _heaviest_chain(
    text: npt.NDArray[np.int32], audio: npt.NDArray[np.int32], weight: npt.NDArray[np.int32]
) -> npt.NDArray[np.int32]:
    """Heaviest subsequence ascending in both, by a Fenwick tree of prefix maxima."""
    n = len(text)
    size = text.max() + 2
    tree = np.full(size + 1, -1, np.int32)  # seed whose chain is heaviest up to a text place
    total = np.zeros(n, np.int64)
    before = np.full(n, -1, np.int32)
    i = 0
    while i < n:
        j = i
        while j < n and audio[j] == audio[i]:
            best = -1
            k = text[j]
            while k > 0:
                seed = tree[k]
                if seed >= 0 and (best < 0 or total[seed] > total[best]):
                    best = seed
                k -= k & -k
            before[j] = best
            total[j] = weight[j] + (total[best] if best >= 0 else 0)
            j += 1
        for seed in range(i, j):
            k = text[seed] + 1
            while k <= size:
                if tree[k] < 0 or total[seed] > total[tree[k]]:
                    tree[k] = seed
                k += k & -k
        i = j
    chain = np.empty(n, np.int32)
    count = 0
    at = np.argmax(total)
    while at >= 0:
        chain[count] = at
        count += 1
        at = before[at]
    return chain[:count][::-1].copy()


def find_anchors(text: npt.NDArray[np.int32], heard: DecodedPhones, silence: int) -> Anchors:
    """Anchor a text's phones in the phones recognised.

    Args:
        text: int32, shape (phones,): the usual phones of the text.
        heard: the phones recognised in the audio.
        silence: index of the silence phone, which is passed over.
    """
    spoken = np.flatnonzero(heard.phones != silence)
    at_text, at_audio = _seeds(text, heard.phones[spoken])
    if len(at_text):
        support = _count_support(at_text, at_audio)
        kept = support >= _MIN_SUPPORT
        at_text, at_audio, support = at_text[kept], at_audio[kept], support[kept]
    if not len(at_text):
        nothing = np.zeros(0, dtype=np.int32)
        return Anchors(nothing, nothing, nothing)
    chain = _heaviest_chain(at_text, at_audio, support)
    return Anchors(at_text[chain], heard.starts[spoken[at_audio[chain]]], support[chain])
