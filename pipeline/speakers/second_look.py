"""Where text and voices disagree. Pure."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from pipeline.speakers.boundaries import Boundary, TextCues
from pipeline.speakers.records import DoubtedTurn, UnmarkedChange
from pipeline.speakers.voice_model import Fit

__all__ = ["doubted_turns", "settle_names", "unmarked_changes"]

_DOUBT_NATS = 3.0
_CONTRADICTED_NATS = 5.0


def settle_names(fit: Fit, cues: TextCues, named: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """The likeliest speakers, but where a voice contradicts a label the label has the whole turn.

    Otherwise the label would keep its first sentence only, and the rest would silently go to the
    voice. Where the voice supports the label, what follows may be another speaker's.

    Args:
        fit: what was learnt.
        cues: the text's evidence.
        named: int64, shape (words,): speaker whom a label names, -1 where none does.
    """
    path = fit.path.copy()
    for first, last in _turns(cues):
        speaker = named[first]
        if speaker < 0:
            continue
        labelled = first + int((named[first : last + 1] >= 0).sum())
        heard = fit.heard[first:labelled].sum(axis=0)
        other = int(heard.argmax())
        if heard[other] - heard[speaker] < _CONTRADICTED_NATS:
            continue
        following = path[labelled : last + 1]
        until = int(np.argmax(following != other)) if (following != other).any() else len(following)
        path[first : labelled + until] = speaker
    return path


def doubted_turns(
    fit: Fit,
    cues: TextCues,
    path: npt.NDArray[np.int64],
    named: npt.NDArray[np.int64],
    keys: list[str],
) -> tuple[DoubtedTurn, ...]:
    """Turns that the voice does not support; arguments as in `settle_names`."""
    found = []
    for first, last in _turns(cues):
        marked = first > 0 and cues.boundary[first] == Boundary.DASH
        # A turn in which an unmarked change was found is judged up to there.
        same = path[first : last + 1] == path[first]
        end = last if same.all() else first + int(np.argmin(same)) - 1
        heard = fit.heard[first : end + 1].sum(axis=0)
        likely = np.exp(heard - heard.max())
        likely /= likely.sum()
        voice = int(heard.argmax())
        speaker = int(path[first])
        if named[first] >= 0:
            if heard[voice] - heard[speaker] >= _DOUBT_NATS:
                found.append(
                    DoubtedTurn(
                        first, end, keys[speaker], keys[voice], "label", float(likely[voice])
                    )
                )
        elif marked and (
            path[first - 1] == speaker or heard[voice] - heard[speaker] >= _DOUBT_NATS
        ):
            found.append(
                DoubtedTurn(first, end, keys[speaker], keys[voice], "mark", float(likely[voice]))
            )
    return tuple(found)


def unmarked_changes(
    fit: Fit, cues: TextCues, path: npt.NDArray[np.int64], keys: list[str]
) -> tuple[UnmarkedChange, ...]:
    """Changes of speaker inside marked turns; arguments as in `settle_names`."""
    changes = np.flatnonzero((path[1:] != path[:-1]) & (cues.boundary[1:] != Boundary.DASH)) + 1
    return tuple(
        UnmarkedChange(
            int(word),
            keys[path[word - 1]],
            keys[path[word]],
            float(fit.posterior[word, path[word]]),
        )
        for word in changes
    )


def _turns(cues: TextCues) -> Iterator[tuple[int, int]]:
    """Yield the first and the last word of each marked turn that has words."""
    begins = np.flatnonzero(np.diff(cues.turn, prepend=-1))
    for first, behind in zip(begins, [*begins[1:], len(cues.turn)], strict=True):
        yield int(first), int(behind) - 1
