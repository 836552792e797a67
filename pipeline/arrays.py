"""NumPy archives (.npz) that may be damaged or hostile: nothing is run, unpacked without bound."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["load_arrays"]

_MOST_EXPANSION = 20
"""An archive that claims to hold more times its own size is a bomb."""


def load_arrays(content: bytes) -> dict[str, npt.NDArray[Any]]:
    """Read all arrays of an archive that `numpy.savez` or `savez_compressed` wrote.

    Raises:
        ValueError: it is no such archive, damaged, holds Python objects, or is far larger inside
            than outside.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            claimed = sum(member.file_size for member in archive.infolist())
        if claimed > _MOST_EXPANSION * len(content):
            raise ValueError("far larger inside than outside")
        with np.load(io.BytesIO(content), allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in stored.files}
    # A damaged archive fails in as many ways as there are bytes.
    except Exception as error:
        raise ValueError(" ".join(str(error).split()) or type(error).__name__) from error
    if not all(isinstance(array, np.ndarray) for array in arrays.values()):
        raise ValueError("not all of it are arrays")
    return arrays
