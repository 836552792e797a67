from __future__ import annotations

import functools
import os
import shutil
import struct
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.align.acoustic_model import (
    AcousticModel,
    default_model_folder,
    load_acoustic_model,
)
from pipeline.errors import InputError

FILES = ("mdef", "means", "variances", "sendump", "transition_matrices")


def test_sizes(model: AcousticModel) -> None:
    assert len(model.phones) == 42
    assert model.phones[model.silence] == "SIL"
    assert {"AA", "ZH", "+NSN+"} <= set(model.phones)
    assert model.means.shape == model.precisions.shape == (42, 3, 128, 13)
    assert model.constants.shape == (42, 3, 128)
    assert model.log_weights.shape == (5126, 3, 128)
    assert model.triphone_senones.shape == (len(model.triphones), 3)


def test_senones_without_context_are_the_first(model: AcousticModel) -> None:
    np.testing.assert_array_equal(model.ci_senones.ravel(), np.arange(126))
    np.testing.assert_array_equal(model.senone_phone[:126], np.repeat(np.arange(42), 3))


def test_every_triphone_has_senones_of_its_phone(model: AcousticModel) -> None:
    base = model.triphones // (4 * 42**2)
    np.testing.assert_array_equal(
        model.senone_phone[model.triphone_senones], base[:, None].repeat(3, 1)
    )
    assert (np.diff(model.triphones) > 0).all()


def test_weights_and_transitions_are_probabilities(model: AcousticModel) -> None:
    np.testing.assert_allclose(np.exp(model.log_weights).sum(axis=2), 1, atol=0.1)
    leaving = np.exp(model.log_stay) + np.exp(model.log_leave)
    assert (leaving <= 1 + 1e-5).all()
    assert np.isfinite(model.log_stay[: model.silence]).all()


def context(model: AcousticModel, base: str, left: str, right: str, position: int) -> list[int]:
    names = [model.phone_index[name] for name in (base, left, right)]
    return [*names, position]


def test_known_triphones_are_looked_up(model: AcousticModel) -> None:
    n = len(model.phones)
    some = np.random.default_rng(0).choice(len(model.triphones), 500, replace=False)
    keys = model.triphones[some]
    rest, position = np.divmod(keys, 4)
    rest, right = np.divmod(rest, n)
    base, left = np.divmod(rest, n)
    contexts = np.stack([base, left, right, position], axis=1).astype(np.int32)
    np.testing.assert_array_equal(model.senones_of(contexts), model.triphone_senones[some])


def test_unknown_contexts_back_off(model: AcousticModel) -> None:
    contexts = np.array(
        [
            context(model, "SIL", "SIL", "SIL", 3),
            context(model, "AA", "+NSN+", "+NSN+", 0),
            context(model, "T", "S", "R", 0),
        ],
        dtype=np.int32,
    )
    senones = model.senones_of(contexts)
    np.testing.assert_array_equal(senones[:2], model.ci_senones[contexts[:2, 0]])
    assert (senones[2] != model.ci_senones[contexts[2, 0]]).all()
    np.testing.assert_array_equal(model.senone_phone[senones], contexts[:, :1].repeat(3, 1))


def test_another_position_of_the_same_triphone_is_next_best(model: AcousticModel) -> None:
    n = len(model.phones)
    triphone, count = np.unique(model.triphones // 4, return_counts=True)
    lonely = triphone[count == 1][:50]
    at = np.searchsorted(model.triphones // 4, lonely)
    position = model.triphones[at] % 4
    contexts = np.stack(
        [lonely // n**2, lonely // n % n, lonely % n, (position + 1) % 4], axis=1
    ).astype(np.int32)
    np.testing.assert_array_equal(model.senones_of(contexts), model.triphone_senones[at])


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Links to the model's files, to be replaced one by one."""
    copy = tmp_path_factory.mktemp("model") / "en-us"
    copy.mkdir()
    for name in FILES:
        (copy / name).symlink_to(default_model_folder() / name)
    return copy


@functools.cache
def content(name: str) -> bytes:
    return (default_model_folder() / name).read_bytes()


def assert_refused(folder: Path, name: str, data: bytes) -> None:
    path = folder / name
    path.unlink()
    path.write_bytes(data)
    try:
        with pytest.raises(InputError) as caught:
            load_acoustic_model(folder)
    finally:
        path.unlink()
        path.symlink_to(default_model_folder() / name)
    assert str(folder) in str(caught.value)


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("share", [0.0, 0.00001, 0.001, 0.5, 0.999999])
def test_truncated_file(folder: Path, name: str, share: float) -> None:
    data = content(name)
    assert_refused(folder, name, data[: min(int(len(data) * share), len(data) - 16)])


@given(st.sampled_from(FILES), st.data())
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_truncated_anywhere(folder: Path, name: str, data: st.DataObject) -> None:
    whole = content(name)
    early = st.integers(0, 400)
    anywhere = st.integers(0, len(whole) - 16)
    assert_refused(folder, name, whole[: data.draw(early | anywhere)])


@pytest.mark.parametrize("name", FILES)
def test_damaged_beginning(folder: Path, name: str) -> None:
    data = content(name)
    flipped = bytes(255 - byte for byte in data[:200])
    assert_refused(folder, name, flipped + data[200:])


@pytest.mark.parametrize("name", FILES)
def test_another_file_in_its_place(folder: Path, name: str) -> None:
    other = FILES[(FILES.index(name) + 2) % len(FILES)]
    assert_refused(folder, name, content(other))


@pytest.mark.parametrize("name", FILES)
def test_missing_file(folder: Path, tmp_path: Path, name: str) -> None:
    copy = tmp_path / "model"
    shutil.copytree(folder, copy, symlinks=True)
    (copy / name).unlink()
    with pytest.raises(InputError, match=f"{name}: a file of the package pocketsphinx is missing"):
        load_acoustic_model(copy)


@pytest.mark.parametrize("name", FILES)
def test_something_else_in_the_place_of_a_file(folder: Path, tmp_path: Path, name: str) -> None:
    copy = tmp_path / "model"
    shutil.copytree(folder, copy, symlinks=True)
    path = copy / name
    for make, complaint in (
        (path.mkdir, "is a directory"),
        (lambda: path.symlink_to(tmp_path / "nowhere"), "is missing"),
        (lambda: os.mkfifo(path), "no plain file"),
        (lambda: (path.touch(), os.truncate(path, 1 << 33)), "larger than 64 MB"),
    ):
        shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
        make()
        with pytest.raises(InputError, match=complaint) as caught:
            load_acoustic_model(copy)
        assert caught.value.path == str(path)


def damaged(name: str, at: int, form: str, *values: float) -> bytes:
    """A file with other values at a place, counted from its end if negative."""
    data = bytearray(content(name))
    struct.pack_into(form, data, at % len(data), *values)
    return bytes(data)


@pytest.mark.parametrize("name", ["means", "variances", "transition_matrices"])
@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf"), 3e38])
def test_impossible_numbers(folder: Path, name: str, value: float) -> None:
    # A checksum of four bytes is the end of each.
    if name != "transition_matrices" or value != 3e38:
        assert_refused(folder, name, damaged(name, -8, "<f", value))


@pytest.mark.parametrize(
    ("place", "form", "value"),
    [(0, "<i", -1), (0, "<i", 1 << 30), (8, "<B", 4), (9, "<B", 42), (11, "<B", 255)],
)
def test_triphones_of_nothing(folder: Path, place: int, form: str, value: int) -> None:
    """The last of them: its sequence of senones, its position, and its phones."""
    data = content("mdef")
    n_sequences = struct.unpack_from("<10i", data, 12 + struct.unpack_from("<i", data, 8)[0])[6]
    last = len(data) - 6 * n_sequences - 4 - 12
    assert_refused(folder, "mdef", damaged("mdef", last + place, form, value))


@given(st.sampled_from(FILES), st.integers(0, 399), st.integers(1, 255))
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_flipped_byte_is_refused_or_harmless(
    folder: Path, name: str, at: int, change: int
) -> None:
    data = bytearray(content(name))
    data[at] ^= change
    path = folder / name
    path.unlink()
    path.write_bytes(bytes(data))
    try:
        loaded = load_acoustic_model(folder)
    except InputError:
        return
    finally:
        path.unlink()
        path.symlink_to(default_model_folder() / name)
    assert loaded.senone_phone.max() < len(loaded.phones)
    assert loaded.means.shape == loaded.precisions.shape
    assert np.isfinite(loaded.means).all()
    assert np.isfinite(loaded.constants).all()
