from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.align.acoustic_model import AcousticModel, load_acoustic_model
from pipeline.align.gaps import find_gaps
from pipeline.align.phone_decoder import DecodedPhones
from pipeline.audio.features import CEPSTRA
from pipeline.audio.recording import Recording
from pipeline.episode import Gap

QUIET, LOUD = 60.0, 100.0
SPEECH_FRAMES, LONG_FRAMES = 9, 80


def find(
    pieces: Sequence[tuple[str, int]],
    words: Sequence[tuple[int, int]],
    model: AcousticModel,
) -> tuple[Gap, ...]:
    """Gaps of audio made of pieces (kind, frames) around words (start, end)."""
    rng = np.random.default_rng(0)
    speech = [i for i, name in enumerate(model.phones) if name[0] != "+" and name != "SIL"]
    phones: list[tuple[int, int, int]] = []
    levels: list[npt.NDArray[np.float64]] = []
    now = 0
    for kind, frames in pieces:
        step = {"speech": SPEECH_FRAMES, "music": LONG_FRAMES, "silence": frames}[kind]
        for start in range(now, now + frames, step):
            phone = model.silence if kind == "silence" else int(rng.choice(speech))
            phones.append((phone, start, min(start + step, now + frames)))
        level = QUIET if kind == "silence" else LOUD
        level_of_frame = np.full(frames, level)
        if kind == "speech":
            level_of_frame[np.arange(frames) % 25 < 5] = QUIET  # as between syllables
        levels.append(level_of_frame + rng.normal(0, 2, frames))
        now += frames
    cepstra = np.zeros((now, CEPSTRA), np.float32)
    cepstra[:, 0] = np.concatenate(levels)
    columns = np.array(phones, dtype=np.int32).reshape(-1, 3).T
    starts, ends = np.array(words, dtype=np.int32).reshape(-1, 2).T
    with Recording() as recording:
        list(recording.fill([cepstra]))
        return find_gaps(starts, ends, DecodedPhones(*columns), recording, model)


def spoken(start: int, stop: int) -> list[tuple[int, int]]:
    """Words of 0.3 s without pauses."""
    return [(at, min(at + 30, stop)) for at in range(start, stop, 30)]


@pytest.mark.parametrize(
    ("filling", "kind"),
    [("speech", "untranscribed"), ("music", "music"), ("silence", "silence")],
)
@pytest.mark.parametrize("frames", [300, 1000, 30000])
def test_a_hole_is_named_after_its_filling(
    model: AcousticModel, filling: str, kind: str, frames: int
) -> None:
    pieces = [("speech", 1200), (filling, frames), ("speech", 1200)]
    words = spoken(0, 1200) + spoken(1200 + frames, 2400 + frames)
    [gap] = find(pieces, words, model)
    assert gap == Gap(12000, 12000 + 10 * frames, kind)


def test_the_beginning_and_the_end_count(model: AcousticModel) -> None:
    pieces = [("music", 1000), ("speech", 1500), ("silence", 900)]
    gaps = find(pieces, spoken(1000, 2500), model)
    assert gaps == (Gap(0, 10000, "music"), Gap(25000, 34000, "silence"))


def test_a_hole_of_several_kinds_is_divided(model: AcousticModel) -> None:
    pieces = [
        ("speech", 900),
        ("silence", 1000),
        ("speech", 2000),
        ("music", 1500),
        ("speech", 900),
    ]
    words = spoken(0, 900) + spoken(5400, 6300)
    gaps = find(pieces, words, model)
    assert [gap.kind for gap in gaps] == ["silence", "untranscribed", "music"]
    assert [gap.start_ms for gap in gaps] == pytest.approx([9000, 19000, 39000], abs=1000)
    assert all(a.end_ms == b.start_ms for a, b in itertools.pairwise(gaps))


def test_an_advertisement_is_one_gap_with_the_music_and_silences_in_it(
    model: AcousticModel,
) -> None:
    pieces = [
        ("speech", 900),
        ("music", 1000),
        ("speech", 2000),
        ("music", 1500),
        ("speech", 1000),
        ("silence", 600),
        ("speech", 1500),
        ("silence", 800),
        ("speech", 900),
    ]
    gaps = find(pieces, spoken(0, 900) + spoken(9300, 10_200), model)
    assert [gap.kind for gap in gaps] == ["music", "untranscribed", "silence"]
    assert [gap.start_ms for gap in gaps] == pytest.approx([9000, 19000, 85000], abs=1000)


@pytest.mark.parametrize("frames", [1, 50, 199, 200])
def test_up_to_two_seconds_are_no_gap(model: AcousticModel, frames: int) -> None:
    pieces = [("speech", 900), ("silence", frames), ("speech", 900)]
    assert find(pieces, spoken(0, 900) + spoken(900 + frames, 1800 + frames), model) == ()


def test_just_over_two_seconds_are_one(model: AcousticModel) -> None:
    pieces = [("speech", 900), ("silence", 201), ("speech", 900)]
    gaps = find(pieces, spoken(0, 900) + spoken(1101, 2001), model)
    assert [(gap.start_ms, gap.end_ms) for gap in gaps] == [(9000, 11010)]


def test_no_words_at_all(model: AcousticModel) -> None:
    assert find([("speech", 1000)], [], model) == (Gap(0, 10000, "untranscribed"),)


@given(
    st.lists(
        st.tuples(st.sampled_from(["speech", "music", "silence"]), st.integers(1, 700)),
        min_size=1, max_size=12,
    ),
    st.data(),
)  # fmt: skip
@settings(max_examples=60, deadline=None)
def test_gaps_ascend_are_long_and_hold_no_word(
    pieces: list[tuple[str, int]], data: st.DataObject
) -> None:
    frames = sum(length for _, length in pieces)
    edges = sorted(data.draw(st.sets(st.integers(0, frames), max_size=16)))
    words = list(zip(edges[::2], edges[1::2], strict=False))
    gaps = find(pieces, words, load_acoustic_model())
    for gap in gaps:
        assert gap.end_ms - gap.start_ms > 2000
        assert not any(10 * s < gap.end_ms and gap.start_ms < 10 * e for s, e in words)
    for before, after in itertools.pairwise(gaps):
        assert before.end_ms <= after.start_ms
        assert before.kind != after.kind or before.end_ms < after.start_ms
    covered = sum(gap.end_ms - gap.start_ms for gap in gaps) // 10
    bounds = [0, *(edge for word in words for edge in word), frames]
    holes = [b - a for a, b in zip(bounds[::2], bounds[1::2], strict=True)]
    assert covered == sum(hole for hole in holes if hole > 200)
