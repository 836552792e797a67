"""What the voice encoder makes of an episode's segments: the second view of its voices."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipeline.align.records import Alignment
from pipeline.audio.features import FRAME_MS
from pipeline.speakers.voice_encoder import EMBEDDING_SIZE, MEL_SIZE, WINDOW_FRAMES, embed, filled
from pipeline.speakers.voice_space import Points

__all__ = ["Embeddings", "Windows", "embed_windows", "windows_of"]

_MOST_WINDOWS = 300
"""More would cost more than they tell; the rest of a long episode goes by what these teach."""
_LEAST_FRAMES = 40
_FRAME_VARIANCE = 1.4
"""Of segments of one voice, times their frames, along any component; alike for all voices."""
_MOST_COMPONENTS = 16
_WINDOWS_A_COMPONENT = 4


@dataclass(frozen=True, slots=True)
class Windows:
    """Which frames the encoder hears.

    Attributes:
        segment: int64, shape (n,): the segment that each window is of.
        begin: int64, shape (n,): its first frame of 10 ms.
        end: int64, shape (n,): the frame behind its last one, at most 160 later.
    """

    segment: npt.NDArray[np.int64]
    begin: npt.NDArray[np.int64]
    end: npt.NDArray[np.int64]

    def frames(self, count: int) -> npt.NDArray[np.bool_]:
        """Bool, shape (count,): the frames in any window."""
        inside = np.zeros(count, np.bool_)
        for begin, end in zip(self.begin, self.end, strict=True):
            inside[begin:end] = True
        return inside


@dataclass(frozen=True, slots=True)
class Embeddings:
    """Points of segments, and the directions in which they differ most.

    Attributes:
        segment: int64, shape (n,): the segments that were encoded.
        points: float32, shape (n, 256).
        mean: float64, shape (256,): mean of the points.
        components: float64, shape (256, components): their principal components.
    """

    segment: npt.NDArray[np.int64]
    points: npt.NDArray[np.float32]
    mean: npt.NDArray[np.float64]
    components: npt.NDArray[np.float64]

    def of_words(self, cuts: npt.NDArray[np.int64], frames: npt.NDArray[np.float64]) -> Points:
        """Each word has its segment's point for as long as it is; of others nothing is known.

        Args:
            cuts: int64, shape (segments + 1,): the first words of the segments, then their end.
            frames: float64, shape (words,): audible frames of each word.
        """
        place = np.full(len(cuts) - 1, -1)
        place[self.segment] = np.arange(len(self.segment))
        place = np.repeat(place, np.diff(cuts))
        known = np.where(place >= 0, frames, 0.0)
        rows = np.vstack([self.project(self.points), np.zeros((1, self.components.shape[1]))])
        sums = rows.astype(np.float32)[place] * known.astype(np.float32)[:, None]
        return Points(sums, known, _FRAME_VARIANCE)

    def project(self, points: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
        """Shape (n, components)."""
        result: npt.NDArray[np.float64] = (points - self.mean) @ self.components
        return result


def windows_of(cuts: npt.NDArray[np.int64], alignment: Alignment) -> Windows:
    """The middle of each segment that is long enough; evenly chosen ones of very many."""
    found = []
    for segment in range(len(cuts) - 1):
        timed = [
            (word.start_ms, word.end_ms)
            for word in alignment.words[cuts[segment] : cuts[segment + 1]]
            if word.start_ms is not None and word.end_ms is not None
        ]
        if not timed:
            continue
        begin, end = timed[0][0] // FRAME_MS, max(end_ms for _, end_ms in timed) // FRAME_MS
        spare = max(0, end - begin - WINDOW_FRAMES)
        begin, end = begin + spare // 2, end - (spare - spare // 2)
        if end - begin >= _LEAST_FRAMES:
            found.append((segment, begin, end))
    if len(found) > _MOST_WINDOWS:
        long = [window for window in found if window[2] - window[1] >= WINDOW_FRAMES // 2]
        found = long if len(long) >= _MOST_WINDOWS else found
        found = [found[n * len(found) // _MOST_WINDOWS] for n in range(_MOST_WINDOWS)]
    columns = np.array(found, np.int64).reshape(-1, 3).T
    return Windows(*columns)


def embed_windows(windows: Windows, mel: npt.NDArray[np.float32]) -> Embeddings:
    """Encode the windows.

    Args:
        windows: which frames they are of.
        mel: float32, shape (n, 40): mel energies of the frames in any window, in order; where the
            audio ends early there are fewer.
    """
    frames = np.flatnonzero(windows.frames(int(windows.end.max(initial=0))))
    places = np.searchsorted(frames, windows.begin)
    rows = np.empty((len(windows.segment), WINDOW_FRAMES, MEL_SIZE), np.float32)
    for number, (place, length) in enumerate(zip(places, windows.end - windows.begin, strict=True)):
        heard = mel[place : place + length]
        silence = np.zeros((length - len(heard), MEL_SIZE), np.float32)
        rows[number] = filled(np.vstack([heard, silence]))
    points = embed(rows)
    mean = points.mean(axis=0, dtype=np.float64) if len(points) else np.zeros(EMBEDDING_SIZE)
    centred = points - mean
    _, vectors = np.linalg.eigh(centred.T @ centred)
    size = int(np.clip(len(points) // _WINDOWS_A_COMPONENT, 2, _MOST_COMPONENTS))
    return Embeddings(windows.segment, points, mean, vectors[:, ::-1][:, :size])
