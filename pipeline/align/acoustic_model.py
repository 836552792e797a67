"""Reads the acoustic model that the pocketsphinx wheel carries (US English, PTM, BSD licence).

The formats are CMU Sphinx's own: S3 parameter files (`means`, `variances`,
`transition_matrices`), the quantised mixture weights of `sendump` and the binary model
definition `mdef`; see `s3gau_io`, `ptm_mgau` and `bin_mdef` in
https://github.com/cmusphinx/pocketsphinx.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt

from pipeline.errors import InputError
from pipeline.installed import package_folder, read_installed, reinstalling
from pipeline.lexicon.phones import PHONE_SET

__all__ = ["AcousticModel", "default_model_folder", "load_acoustic_model"]

_BYTE_ORDER_MARK = 0x11223344
_WEIGHT_STEP = -1024.0 * np.log(1.0001)
_VARIANCE_FLOOR = 1e-4
_STATES = 3
_STREAMS, _CEPSTRA = 3, 13
_LARGEST = 1e6
"""Means and variances of cepstra are far smaller; sums of such stay finite."""


@dataclass(frozen=True, eq=False)
class AcousticModel:
    """Phonetically tied mixtures: one codebook for each phone, senones weight its densities.

    Attributes:
        phones: names of the context-independent phones; index = codebook = base phone.
        means: float32, shape (phones, streams, densities, 13).
        precisions: float32, same shape: 1 / (2 variance).
        constants: float32, shape (phones, streams, densities): log normalisers, nats.
        log_weights: float32, shape (senones, streams, densities): log mixture weights, nats.
        senone_phone: int32, shape (senones,): base phone of each senone.
        ci_senones: int32, shape (phones, 3): senones of the phones without context.
        log_stay: float32, shape (phones, 3): log probability of staying in each state.
        log_leave: float32, shape (phones, 3): log probability of going on to the next.
        triphones: context to senones, by the key `(base, left, right, position)` packed as
            `((base * n + left) * n + right) * 4 + position`; sorted int64 keys.
        triphone_senones: int32, shape (triphones, 3), in the order of `triphones`.
    """

    phones: tuple[str, ...]
    means: npt.NDArray[np.float32]
    precisions: npt.NDArray[np.float32]
    constants: npt.NDArray[np.float32]
    log_weights: npt.NDArray[np.float32]
    senone_phone: npt.NDArray[np.int32]
    ci_senones: npt.NDArray[np.int32]
    log_stay: npt.NDArray[np.float32]
    log_leave: npt.NDArray[np.float32]
    triphones: npt.NDArray[np.int64]
    triphone_senones: npt.NDArray[np.int32]

    @cached_property
    def phone_index(self) -> dict[str, int]:
        """Index of each phone name."""
        return {name: index for index, name in enumerate(self.phones)}

    @property
    def silence(self) -> int:
        """Index of the silence phone."""
        return self.phone_index["SIL"]

    @cached_property
    def is_speech(self) -> npt.NDArray[np.bool_]:
        """Which phones are neither silence nor noises, bool, shape (phones,)."""
        is_speech = np.array([not name.startswith("+") for name in self.phones])
        is_speech[self.silence] = False
        return is_speech

    @cached_property
    def senone_state(self) -> npt.NDArray[np.int32]:
        """Which of its phone's three states each senone is of, int32, shape (senones,)."""
        state = np.zeros(len(self.senone_phone), np.int32)
        for senones in (self.ci_senones, self.triphone_senones):
            state[senones] = np.arange(_STATES)
        return state

    def senones_of(self, contexts: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
        """Senones of phones in context.

        Backs off as pocketsphinx does: to other word positions of the same triphone, then to the
        phone without context.

        Args:
            contexts: int32, shape (n, 4): base phone, left phone, right phone, and position: 0
                inside its word, 1 at its beginning, 2 at its end, 3 alone in it.

        Returns:
            int32, shape (n, 3).
        """
        n = len(self.phones)
        base, left, right, position = contexts.astype(np.int64).T
        triphone = ((base * n + left) * n + right) * 4
        senones: npt.NDArray[np.int32] = self.ci_senones[base]
        missing = np.ones(len(base), dtype=np.bool_)
        for where in (position, *(np.full_like(position, p) for p in range(4))):
            keys = triphone + where
            at = np.minimum(np.searchsorted(self.triphones, keys), len(self.triphones) - 1)
            found = missing & (self.triphones[at] == keys)
            senones[found] = self.triphone_senones[at[found]]
            missing &= ~found
        return senones


def default_model_folder() -> Path:
    """Folder of the US English model in the installed pocketsphinx wheel."""
    return package_folder("pocketsphinx") / "model" / "en-us" / "en-us"


def load_acoustic_model(folder: Path | None = None) -> AcousticModel:
    """Read the model in `folder` (default: the one of the pocketsphinx wheel).

    Raises:
        InputError: a file is missing or damaged, or one of the wheel's differs from what was
            installed.
    """
    folder = folder or default_model_folder()
    definition = folder / "mdef"
    try:
        phones, ci_senones, keys, senones, n_senones = _read_definition(definition)
        means = _read_gaussians(folder / "means")
        variances = np.maximum(_read_gaussians(folder / "variances"), _VARIANCE_FLOOR)
        log_weights = _read_weights(folder / "sendump", means.shape[1], means.shape[2], n_senones)
        transitions = _read_transitions(folder / "transition_matrices")
    except (ValueError, struct.error, IndexError) as error:
        raise InputError(
            f"the acoustic model cannot be read ({error})",
            path=folder,
            remedy=reinstalling("pocketsphinx"),
        ) from error
    if means.shape != variances.shape or not (
        means.shape[0] == len(phones) == transitions.shape[0]
    ):
        raise InputError("the acoustic model's files do not fit together", path=folder)
    if senones.size and int(senones.max()) >= n_senones:
        raise InputError("the acoustic model's definition is damaged", path=definition)
    constants = -0.5 * np.sum(np.log(2 * np.pi * variances), axis=3)
    senone_phone = np.zeros(n_senones, dtype=np.int32)
    senone_phone[senones] = (keys // (4 * len(phones) ** 2)).astype(np.int32)[:, None]
    senone_phone[ci_senones] = np.arange(len(phones), dtype=np.int32)[:, None]
    with np.errstate(divide="ignore"):
        log_stay = np.log(np.stack([transitions[:, s, s] for s in range(_STATES)], axis=1))
        log_leave = np.log(np.stack([transitions[:, s, s + 1] for s in range(_STATES)], axis=1))
    return AcousticModel(
        phones=phones,
        means=means,
        precisions=(0.5 / variances).astype(np.float32),
        constants=constants.astype(np.float32),
        log_weights=log_weights,
        senone_phone=senone_phone,
        ci_senones=ci_senones,
        log_stay=log_stay.astype(np.float32),
        log_leave=log_leave.astype(np.float32),
        triphones=keys,
        triphone_senones=senones,
    )


def _after_s3_header(data: bytes) -> int:
    end = data.find(b"endhdr\n")
    if not data.startswith(b"s3\n") or end < 0:
        raise ValueError("no S3 header")
    start = end + len(b"endhdr\n")
    if struct.unpack_from("<I", data, start)[0] != _BYTE_ORDER_MARK:
        raise ValueError("wrong byte order")
    return start + 4


def _read_gaussians(path: Path) -> npt.NDArray[np.float32]:
    data = read_installed(path, "pocketsphinx")
    at = _after_s3_header(data)
    codebooks, streams, densities = struct.unpack_from("<3i", data, at)
    if not (0 < codebooks <= 255 and streams == _STREAMS and 0 < densities <= 4096):
        raise ValueError(f"{path.name}: impossible sizes")
    *lengths, count = struct.unpack_from(f"<{_STREAMS + 1}i", data, at + 12)
    if set(lengths) != {_CEPSTRA} or count != codebooks * densities * sum(lengths):
        raise ValueError(f"{path.name}: unexpected stream lengths")
    values = np.frombuffer(data, "<f4", count, at + 16 + 4 * _STREAMS)
    if not (np.abs(values) <= _LARGEST).all():
        raise ValueError(f"{path.name}: impossible values")
    return values.reshape(codebooks, _STREAMS, densities, _CEPSTRA).copy()


def _read_transitions(path: Path) -> npt.NDArray[np.float32]:
    data = read_installed(path, "pocketsphinx")
    at = _after_s3_header(data)
    matrices, rows, columns, count = struct.unpack_from("<4i", data, at)
    if (rows, columns) != (_STATES, _STATES + 1) or count != matrices * rows * columns:
        raise ValueError(f"{path.name}: not three-state phones")
    values = np.frombuffer(data, "<f4", count, at + 16).reshape(matrices, rows, columns)
    if not (np.isfinite(values).all() and (values >= 0).all()):
        raise ValueError(f"{path.name}: values are not probabilities")
    sums = values.sum(axis=2, keepdims=True)
    if (sums <= 0).any():
        raise ValueError(f"{path.name}: an empty row")
    normalised: npt.NDArray[np.float32] = values / sums
    return normalised


def _read_weights(
    path: Path, streams: int, densities: int, n_senones: int
) -> npt.NDArray[np.float32]:
    data = read_installed(path, "pocketsphinx")
    at = 0
    while True:
        (length,) = struct.unpack_from("<i", data, at)
        at += 4
        if length == 0:
            break
        if not 0 < length < 4096:
            raise ValueError(f"{path.name}: damaged header")
        at += length
    rows, columns = struct.unpack_from("<2i", data, at)
    if (rows, columns) != (densities, n_senones):
        raise ValueError(f"{path.name}: {rows}x{columns} weights, expected {densities}x{n_senones}")
    quantised = np.frombuffer(data, np.uint8, streams * rows * columns, at + 8)
    weights = quantised.reshape(streams, densities, n_senones).transpose(2, 0, 1)
    log_weights: npt.NDArray[np.float32] = np.ascontiguousarray(weights, dtype=np.float32)
    log_weights *= np.float32(_WEIGHT_STEP)
    return log_weights


def _read_definition(
    path: Path,
) -> tuple[
    tuple[str, ...],
    npt.NDArray[np.int32],
    npt.NDArray[np.int64],
    npt.NDArray[np.int32],
    int,
]:
    """Phones, senones without context, packed triphone keys, their senones, senone count."""
    data = read_installed(path, "pocketsphinx")
    if data[:4] != b"BMDF":
        raise ValueError("mdef: not a binary model definition")
    _version, format_length = struct.unpack_from("<2i", data, 4)
    at = 12 + format_length
    counts = struct.unpack_from("<10i", data, at)
    (
        n_ci,
        n_phone,
        n_states,
        _n_ci_senones,
        n_senones,
        _n_tmat,
        n_sequences,
        _n_ctx,
        n_tree,
        _sil,
    ) = counts
    if (
        n_states != _STATES
        or not 0 < n_ci <= 255
        or min(counts) < 0
        or n_phone <= n_ci
        or format_length < 0
    ):
        raise ValueError("mdef: impossible sizes")
    at += 40
    start = at
    names = []
    for _ in range(n_ci):
        end = data.index(b"\0", at)
        names.append(data[at:end].decode("ascii"))
        at = end + 1
    if len(set(names)) != n_ci or not PHONE_SET | {"SIL"} <= set(names):
        raise ValueError("mdef: phones are missing")
    at = start + (at - start + 3) // 4 * 4 + 8 * n_tree
    record = np.dtype(
        [("sequence", "<i4"), ("matrix", "<i4"), ("position", "u1"), ("ctx", "u1", 3)]
    )
    entries = np.frombuffer(data, record, n_phone, at)
    at += 12 * n_phone + 4
    sequences = np.frombuffer(data, "<u2", n_sequences * _STATES, at).reshape(-1, _STATES)
    which = entries["sequence"]
    context = entries["ctx"][n_ci:].astype(np.int64)
    position = entries["position"][n_ci:]
    if which.min() < 0 or context.max() >= n_ci or position.max() >= 4:
        raise ValueError("mdef: impossible phones")
    senones = sequences.astype(np.int32)[which]
    keys = ((context[:, 0] * n_ci + context[:, 1]) * n_ci + context[:, 2]) * 4 + position
    order = np.argsort(keys, kind="stable")
    return (
        tuple(names),
        senones[:n_ci].copy(),
        keys[order],
        senones[n_ci:][order].copy(),
        n_senones,
    )
