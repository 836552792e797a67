"""What surrounds the neural pipeline; the pipeline itself runs in `tests/whisperx`."""

import numpy as np

from pipeline.align.records import Alignment
from pipeline.speakers.pyannote import ClusterTurn, clusters_of_words, snap_to_dashes
from tests.support import timed


def test_a_word_goes_to_whoever_speaks_over_most_of_it() -> None:
    turns = [ClusterTurn(0, 1000, 0), ClusterTurn(900, 2000, 1), ClusterTurn(5000, 6000, 0)]
    words = (
        timed(0, 400),
        timed(800, 1300),
        timed(None, None),
        timed(2900, 3000),
        timed(4800, 4900),
    )
    path = clusters_of_words(turns, Alignment(words, (), 7000, 0.8))
    assert path is not None
    assert path.tolist() == [0, 1, 1, 1, 0]


def test_nobody_heard() -> None:
    assert clusters_of_words([], Alignment((timed(0, 400),), (), 1000, 1.0)) is None


def test_changes_move_to_a_dash_nearby() -> None:
    starts = np.arange(10) * 200.0
    dash = np.zeros(10, np.bool_)
    dash[5] = True
    for change in (3, 4, 5, 6, 7):
        path = (np.arange(10) >= change).astype(np.int64)
        assert snap_to_dashes(path, dash, starts).tolist() == [0] * 5 + [1] * 5
    far = (np.arange(10) >= 8).astype(np.int64)
    assert snap_to_dashes(far, dash, starts).tolist() == far.tolist()
