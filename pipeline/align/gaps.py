"""What fills the audio where no word is: speech without text, music, or silence."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from pipeline.align.acoustic_model import AcousticModel
from pipeline.align.phone_decoder import DecodedPhones
from pipeline.audio.features import FRAME_MS
from pipeline.audio.recording import Recording
from pipeline.episode import Gap, GapKind

__all__ = ["find_gaps"]

_SHORTEST_FRAMES = 200
_CELL_FRAMES = 50
_REACH_CELLS = 2
_SPEECH_PHONES_PER_S = 5.5
_LONGEST_PHONE_FRAMES = 30
_SOUND_SHARE = 0.15
_SOUND_C0 = 15.0  # above the recording's quiet: about 13 dB


def find_gaps(
    starts: npt.NDArray[np.int32],
    ends: npt.NDArray[np.int32],
    heard: DecodedPhones,
    recording: Recording,
    model: AcousticModel,
) -> tuple[Gap, ...]:
    """Find and name the stretches of more than 2 s without a word.

    Speech is where phones follow each other as fast as in speech, silence where next to nothing
    is heard; what remains is called music, other lasting sounds included. Music and silences inside
    a passage that the transcript lacks belong to it.

    Args:
        starts: int32: first frames of the words found, ascending.
        ends: int32: frames after their last.
        heard: the phones recognised in the whole recording.
        recording: the recording, for its loudness.
        model: for the names of its phones.
    """
    gaps = []
    for start, stop in _holes(starts, ends, recording.frames):
        pieces = _pieces(start, stop, heard, recording, model)
        for kind, low, high in _whole_passages(pieces):
            gaps.append(Gap(low * FRAME_MS, high * FRAME_MS, kind))
    return tuple(gaps)


def _holes(
    starts: npt.NDArray[np.int32], ends: npt.NDArray[np.int32], frames: int
) -> Iterator[tuple[int, int]]:
    begin = np.concatenate([[0], np.maximum.accumulate(ends)])
    end = np.concatenate([starts, [frames]])
    for low, high in zip(begin.tolist(), end.tolist(), strict=True):
        if high - low > _SHORTEST_FRAMES:
            yield low, high


def _pieces(
    start: int, stop: int, heard: DecodedPhones, recording: Recording, model: AcousticModel
) -> Sequence[tuple[GapKind, int, int]]:
    cells = max(1, (stop - start) // _CELL_FRAMES)
    edges = np.linspace(start, stop, cells + 1).astype(np.int64)
    inside = heard.between(start, stop)
    is_speech_phone = model.is_speech[inside.phones]
    is_speech_phone &= inside.ends - inside.starts <= _LONGEST_PHONE_FRAMES
    middles = (inside.starts + inside.ends)[is_speech_phone] // 2
    phones = np.histogram(middles, edges)[0].astype(np.float64)
    loudness = recording.read(start, stop)[:, 0].astype(np.float64)
    sounding = (loudness > recording.quiet_c0 + _SOUND_C0).astype(np.float64)
    sound = np.add.reduceat(sounding, edges[:-1] - start) / np.diff(edges)
    rate = _smoothed(phones) / (np.diff(edges) * FRAME_MS / 1000)
    kinds: list[GapKind] = [
        "untranscribed" if r >= _SPEECH_PHONES_PER_S else "music" if s > _SOUND_SHARE else "silence"
        for r, s in zip(rate, _smoothed(sound), strict=True)
    ]
    return _joined(kinds, edges.tolist())


def _whole_passages(
    pieces: Sequence[tuple[GapKind, int, int]],
) -> Sequence[tuple[GapKind, int, int]]:
    """The same with one piece from the first speech to the last."""
    speech = [n for n, (kind, _, _) in enumerate(pieces) if kind == "untranscribed"]
    if not speech:
        return pieces
    first, last = speech[0], speech[-1]
    whole: tuple[GapKind, int, int] = ("untranscribed", pieces[first][1], pieces[last][2])
    return [*pieces[:first], whole, *pieces[last + 1 :]]


def _smoothed(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    total = np.concatenate([[0.0], np.cumsum(values)])
    at = np.arange(len(values))
    low = np.maximum(0, at - _REACH_CELLS)
    high = np.minimum(len(values), at + _REACH_CELLS + 1)
    mean: npt.NDArray[np.float64] = (total[high] - total[low]) / (high - low)
    return mean


def _joined(kinds: list[GapKind], edges: list[int]) -> Sequence[tuple[GapKind, int, int]]:
    """Runs of one kind; runs that are too short go to the longer of their neighbours."""
    pieces: list[tuple[GapKind, int, int]] = []
    at = 0
    for kind, members in itertools.groupby(kinds):
        behind = at + len(list(members))
        pieces.append((kind, edges[at], edges[behind]))
        at = behind
    while len(pieces) > 1:
        at = min(range(len(pieces)), key=lambda i: pieces[i][2] - pieces[i][1])
        if pieces[at][2] - pieces[at][1] > _SHORTEST_FRAMES:
            break
        beside = [i for i in (at - 1, at + 1) if 0 <= i < len(pieces)]
        into = max(beside, key=lambda i: pieces[i][2] - pieces[i][1])
        kind = pieces[into][0]
        low, high = min(at, into), max(at, into)
        pieces[low : high + 1] = [(kind, pieces[low][1], pieces[high][2])]
        if low > 0 and pieces[low - 1][0] == kind:
            pieces[low - 1 : low + 1] = [(kind, pieces[low - 1][1], pieces[low][2])]
            low -= 1
        if low + 1 < len(pieces) and pieces[low + 1][0] == kind:
            pieces[low : low + 2] = [(kind, pieces[low][1], pieces[low + 1][2])]
    return pieces
