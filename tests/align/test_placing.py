"""Placing real (synthetic) speech: the demo's beginning, from jittered true times."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from pipeline.align.acoustic_model import AcousticModel
from pipeline.align.adaptation import Statistics
from pipeline.align.first_pass import RoughTimes
from pipeline.align.first_scores import COLUMNS, OFF_COLUMN, score_recording
from pipeline.align.phone_decoder import PhoneBigram
from pipeline.align.placing import PlacedWords, place_words
from pipeline.align.scores import Mixtures
from pipeline.align.second_pass import LocalPenalties
from pipeline.align.stretches import plan_stretches
from pipeline.audio.spool import FrameSpool
from tests.align.conftest import Beginning, jittered

FIRM = LocalPenalties(1e6, 1e3, 1e6, 1e6)
LENIENT = LocalPenalties(32.0, 1.6, 64.0, 52.0)
pytestmark = pytest.mark.xdist_group("demo")


def place(
    beginning: Beginning,
    rough: RoughTimes,
    model: AcousticModel,
    threads: int = 1,
    penalties: LocalPenalties = FIRM,
) -> tuple[PlacedWords, Statistics]:
    statistics = Statistics.empty(model)
    with ThreadPoolExecutor(threads) as executor:
        placed = PlacedWords.of(rough)
        stretches = plan_stretches(rough.starts, rough.ends, beginning.recording.frames)
        place_words(
            beginning.recording, beginning.forms, stretches, placed, model, Mixtures.of(model),
            beginning.heard, penalties, executor, lambda frame: None, statistics,
        )  # fmt: skip
    return placed, statistics


def test_scores_have_a_best_phone_in_every_frame(
    beginning: Beginning, model: AcousticModel
) -> None:
    rows = beginning.shortfalls.read(0, beginning.recording.frames)
    assert rows.shape == (beginning.recording.frames, COLUMNS)
    phones = rows[:, : 3 * len(model.phones)]
    assert (phones.min(axis=1) == 0).all()
    assert rows[:, OFF_COLUMN].mean() < phones.mean()


def test_frames_passed_over_get_the_scores_between(
    beginning: Beginning, model: AcousticModel
) -> None:
    bigram = PhoneBigram.of(model, np.array([0, 1], dtype=np.int32))
    with FrameSpool(COLUMNS, np.uint8) as every, ThreadPoolExecutor(1) as executor:
        mixtures = Mixtures.of(model)
        list(score_recording(beginning.recording, model, bigram, mixtures, 1, every, executor))
        whole = every.read(0, 1000)[:, :OFF_COLUMN].astype(int)
    half = beginning.shortfalls.read(0, 1000)[:, :OFF_COLUMN].astype(int)
    np.testing.assert_array_equal(half[::2], whole[::2])
    clear = (half[:-2:2] < 200) & (half[2::2] < 200)
    # All scores of a frame are interpolated; what they fall short of is then the same for all.
    deficit = np.where(clear, (half[:-2:2] + half[2::2]) / 2 - half[1:-1:2], np.nan)
    assert np.nanmin(deficit) >= -1
    assert np.nanmax(np.nanmax(deficit, axis=1) - np.nanmin(deficit, axis=1)) <= 2


def test_recognised_phones_cover_the_audio(beginning: Beginning) -> None:
    heard = beginning.heard
    assert (heard.starts < heard.ends).all()
    assert (np.diff(heard.starts) > 0).all()
    assert (heard.ends - heard.starts).sum() == pytest.approx(beginning.recording.frames, rel=0.02)


def test_words_come_to_where_they_are(beginning: Beginning, model: AcousticModel) -> None:
    placed, _ = place(beginning, jittered(beginning), model)
    errors = np.concatenate([placed.starts - beginning.starts, placed.ends - beginning.ends])
    assert np.abs(errors).mean() <= 4
    assert (placed.starts < placed.ends).all()
    assert (placed.ends[:-1] <= placed.starts[1:]).all()
    for values in (placed.excess, placed.worst_excess, placed.hurried):
        assert np.isfinite(values).all()
    assert (placed.worst_excess >= placed.excess - 1e-3).all()
    assert ((placed.hurried >= 0) & (placed.hurried <= 1)).all()


def test_absent_words_stay_absent(beginning: Beginning, model: AcousticModel) -> None:
    rough = jittered(beginning)
    rough.starts[5:9] = rough.ends[5:9] = -1
    placed, _ = place(beginning, rough, model)
    assert (placed.starts[5:9] == -1).all()
    assert np.isnan(placed.excess[5:9]).all()
    there = np.delete(np.arange(len(placed.starts)), np.arange(4, 10))
    assert np.abs(placed.starts - beginning.starts)[there].mean() <= 4


def test_a_wrong_word_fits_worse(beginning: Beginning, model: AcousticModel) -> None:
    rough = jittered(beginning)
    placed, _ = place(beginning, rough, model)
    wrong = Beginning(
        beginning.recording, beginning.shortfalls, beginning.heard, beginning.forms[::-1],
        beginning.starts, beginning.ends,
    )  # fmt: skip
    misplaced, _ = place(wrong, rough, model)
    assert np.nanmedian(misplaced.excess) > np.nanmedian(placed.excess) + 1


def test_threads_change_nothing(beginning: Beginning, model: AcousticModel) -> None:
    rough = jittered(beginning)
    one, statistics = place(beginning, rough, model, 1)
    many, others = place(beginning, rough, model, 4)
    for name in PlacedWords.__dataclass_fields__:
        np.testing.assert_array_equal(getattr(one, name), getattr(many, name), name)
    np.testing.assert_array_equal(statistics.sums, others.sums)
    # Most frames lie in a stretch, and each counts once in each of three streams.
    assert 0.6 < statistics.counts.sum() / 3 / beginning.recording.frames <= 1


def test_no_word_was_found(beginning: Beginning, model: AcousticModel) -> None:
    placed, statistics = place(beginning, RoughTimes.unknown(len(beginning.forms)), model)
    assert (placed.starts == -1).all()
    assert not statistics.counts.any()
