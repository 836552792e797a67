from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import InputError
from pipeline.speakers.registry import load_diarizer
from pipeline.speakers.voice_sample import VoiceSample, read_voices, render_voices

SAMPLE = VoiceSample(
    "ann",
    "Ann Ö",
    "voices",
    np.ones((3, 20), np.float32),
    np.full(3, 5, np.float32),
    np.full(256, 0.0625, np.float32),
)


def test_what_is_written_is_read(tmp_path: Path) -> None:
    path = tmp_path / "show.voices"
    path.write_bytes(render_voices([SAMPLE]))
    (sample,) = read_voices(path)
    assert (sample.key, sample.name, sample.source) == ("ann", "Ann Ö", "voices")
    np.testing.assert_array_equal(sample.envelope, SAMPLE.envelope)
    np.testing.assert_array_equal(sample.log_f0, SAMPLE.log_f0)
    np.testing.assert_array_equal(sample.embedding, SAMPLE.embedding)


@given(st.binary(max_size=200), st.integers(0, 2000), st.integers(0, 2000))
def test_damaged_files_are_refused_or_read(junk: bytes, start: int, stop: int) -> None:
    good = render_voices([SAMPLE])
    bad = good[:start] + junk + good[stop:]
    path = Path("x.voices")
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("pipeline.speakers.voice_sample.read_bytes", lambda p, what, most: bad)
            samples = read_voices(path)
    except InputError as error:
        assert str(error).startswith("x.voices: not a voices file;")
    else:
        assert all(len(sample.envelope) == len(sample.log_f0) > 0 for sample in samples)


def test_missing_file_and_a_diarizer_without_ears(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="voices file"):
        load_diarizer("transcript", tmp_path / "none.voices")
    with pytest.raises(InputError, match="the diarizer text does not listen to voices"):
        load_diarizer("text", tmp_path / "none.voices")


@pytest.mark.parametrize(
    "changed",
    [
        {"key": "a b"},
        {"key": ""},
        {"name": " "},
        {"name": "Ann\x1b[2J"},
        {"name": "Ann\n00:00:01,000 --> 00:00:02,000"},
        {"name": "\u202eAnn"},
        {"envelope": np.full((3, 20), np.nan, np.float32)},
        {"envelope": np.ones((3, 19), np.float32)},
        {"envelope": np.ones((0, 20), np.float32), "log_f0": np.ones(0, np.float32)},
        {"log_f0": np.ones(4, np.float32)},
        {"log_f0": np.float32(1)},
        {"embedding": np.ones(255, np.float32)},
        {"embedding": np.full(256, np.inf, np.float32)},
    ],
)
def test_impossible_voices_are_refused(changed: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "show.voices"
    path.write_bytes(render_voices([replace(SAMPLE, **changed)]))
    with pytest.raises(InputError, match="not a voices file"):
        read_voices(path)
