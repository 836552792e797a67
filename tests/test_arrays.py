"""Archives of arrays: damaged and hostile ones are refused, nothing in them is run."""

from __future__ import annotations

import io
import pickle
import zipfile

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.arrays import load_arrays


def archive(*, compress: int = zipfile.ZIP_STORED, **members: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compress) as file:
        for name, content in members.items():
            file.writestr(f"{name}.npy", content)
    return buffer.getvalue()


def npy(header: str, data: bytes = b"") -> bytes:
    padded = header.encode() + b"\n"
    return b"\x93NUMPY\x01\x00" + len(padded).to_bytes(2, "little") + padded + data


def good() -> bytes:
    buffer = io.BytesIO()
    np.savez(buffer, a=np.arange(40, dtype=np.float32), b=np.array(["x", "yz"]))
    return buffer.getvalue()


def test_arrays_are_read() -> None:
    arrays = load_arrays(good())
    np.testing.assert_array_equal(arrays["a"], np.arange(40, dtype=np.float32))
    assert arrays["b"].tolist() == ["x", "yz"]


class _Bomb:
    def __reduce__(self) -> tuple[object, ...]:
        return (exec, ("import builtins; builtins.exploded = True",))


def test_no_pickle_is_run() -> None:
    import builtins

    objects = io.BytesIO()
    np.savez(objects, a=np.array([_Bomb()], dtype=object))
    bare = pickle.dumps(_Bomb())
    for content in (objects.getvalue(), bare, archive(a=bare)):
        with pytest.raises(ValueError):
            load_arrays(content)
    assert not hasattr(builtins, "exploded")


HUGE = "{'descr': '<f4', 'fortran_order': False, 'shape': (%s,), }"


@pytest.mark.parametrize(
    "member",
    [
        npy(HUGE % 10**11),
        npy(HUGE % 2**62, b"\0" * 64),
        npy(HUGE % -5, b"\0" * 64),
        npy("{'descr': '<U1000000000', 'fortran_order': False, 'shape': (1,), }"),
        npy("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }", pickle.dumps(_Bomb())),
        npy("[" * 5000),
        npy("__import__('os').getcwd()"),
        b"",
    ],
)
def test_impossible_arrays(member: bytes) -> None:
    with pytest.raises(ValueError):
        load_arrays(archive(a=member))


def test_what_unpacks_to_far_more_is_refused() -> None:
    zeros = npy(HUGE % (1 << 24), bytes(1 << 26))
    with pytest.raises(ValueError, match="far larger inside"):
        load_arrays(archive(compress=zipfile.ZIP_DEFLATED, a=zeros))


@given(st.data())
def test_any_damage_is_refused_or_harmless(data: st.DataObject) -> None:
    content = bytearray(good())
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))
    cut = data.draw(st.integers(0, len(content)) | st.just(len(content)))
    try:
        arrays = load_arrays(bytes(content[:cut]))
    except ValueError as error:
        assert str(error) and "\n" not in str(error)
    else:
        assert all(isinstance(array, np.ndarray) for array in arrays.values())
