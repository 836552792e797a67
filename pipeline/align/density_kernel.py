"""Log densities of 64 frames under some Gaussians at once: where most of the aligner's time goes.

Written for LLVM, because compilers do not find it: the sums of several Gaussians over many frames
stay in vector registers while the features go by, so that the processor multiplies instead of
loading (as matrix products are made fast: Goto and van de Geijn, "Anatomy of high-performance
matrix multiplication", 2008). Left to itself, LLVM takes twice as long, and older releases of it
ten times.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import Any

import llvmlite.binding
from llvmlite import ir

from pipeline.kernels import intrinsic, types

__all__ = [
    "BLOCK_FRAMES",
    "DENSITIES_AT_ONCE",
    "SIZE",
    "log_densities",
    "raise_to_best",
    "with_wide_vectors",
]

BLOCK_FRAMES = 64
"""Frames are scored in blocks of so many."""

SIZE = 26
"""The 13 squares and the 13 values of a frame, in one stream."""

_HAS_WIDE_REGISTERS = llvmlite.binding.get_host_cpu_features().get("avx512f", False)

DENSITIES_AT_ONCE = 8 if _HAS_WIDE_REGISTERS else 4
"""As many as the registers hold the sums of."""

_LANES = 16
_VECTORS = 2 if _HAS_WIDE_REGISTERS else 1
_VECTOR = ir.VectorType(ir.FloatType(), _LANES)
_INDEX = ir.IntType(64)
_ROW = types.Array(types.float32, 1, "C")
_ROWS = types.Array(types.float32, 2, "C")


@intrinsic
def with_wide_vectors(typing_context: Any) -> Any:
    """Have LLVM use all of the vector registers in the function that says this.

    On Intel's servers it keeps to half of them, which was wise when they slowed down for the other
    half; the scores take a third less with all. There is no public way to say so.
    """

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        # Without it all is the same, but slower.
        with contextlib.suppress(AttributeError, TypeError):
            set.add(builder.function.attributes, '"prefer-vector-width"="512"')
        return context.get_dummy_value()

    return types.void(), codegen


@intrinsic
def log_densities(typing_context: Any, values: Any, factors: Any, density: Any, found: Any) -> Any:
    """Compute a few log densities, for use in numba's functions.

    Args:
        values: float32, shape (26, 64): squares and values of the frames, in one stream.
        factors: float32, shape (densities, 27): see `pipeline.align.scores.Mixtures.quadratics`.
        density: the first of the `DENSITIES_AT_ONCE` that are wanted.
        found: float32, shape (`DENSITIES_AT_ONCE`, 64), for the result.
    """
    if any(array != _ROWS for array in (values, factors, found)):
        return None  # numba reports the types then

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        frames, gaussians, result = (
            _Floats.of_array(context, builder, arguments[n], _ROWS) for n in (0, 1, 3)
        )
        gaussians = gaussians.behind(arguments[2], SIZE + 1)
        for frame in range(0, BLOCK_FRAMES, _LANES * _VECTORS):
            places = range(frame, frame + _LANES * _VECTORS, _LANES)
            sums = [
                [gaussians.everywhere(density * (SIZE + 1) + SIZE)] * _VECTORS
                for density in range(DENSITIES_AT_ONCE)
            ]
            for i in range(SIZE):
                features = [frames.vector(i * BLOCK_FRAMES + place) for place in places]
                for density, row in enumerate(sums):
                    times = gaussians.everywhere(density * (SIZE + 1) + i)
                    for n, feature in enumerate(features):
                        product = builder.fmul(times, feature, flags=("fast",))
                        row[n] = builder.fadd(row[n], product, flags=("fast",))
            for density, row in enumerate(sums):
                for place, total in zip(places, row, strict=True):
                    result.store(density * BLOCK_FRAMES + place, total)
        return context.get_dummy_value()

    return types.void(values, factors, types.int64, found), codegen


@intrinsic
def raise_to_best(typing_context: Any, found: Any, weights: Any, first: Any, best: Any) -> Any:
    """Raise a mixture's score to the best of a few weighted densities.

    Args:
        found: float32, shape (`DENSITIES_AT_ONCE`, 64): their logarithms.
        weights: float32, shape (densities,): logarithms of the mixture's weights.
        first: the density that is the first in `found`.
        best: float32, shape (64,): the best so far; changed.
    """
    if (found, weights, best) != (_ROWS, _ROW, _ROW):
        return None

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        densities = _Floats.of_array(context, builder, arguments[0], _ROWS)
        log_weights = _Floats.of_array(context, builder, arguments[1], _ROW).behind(arguments[2], 1)
        result = _Floats.of_array(context, builder, arguments[3], _ROW)
        added = [log_weights.everywhere(density) for density in range(DENSITIES_AT_ONCE)]
        for place in range(0, BLOCK_FRAMES, _LANES):
            highest = result.vector(place)
            for density, weight in enumerate(added):
                at = densities.vector(density * BLOCK_FRAMES + place)
                score = builder.fadd(at, weight, flags=("fast",))
                is_higher = builder.fcmp_ordered(">", score, highest, flags=("fast",))
                highest = builder.select(is_higher, score, highest)
            result.store(place, highest)
        return context.get_dummy_value()

    return types.void(found, weights, types.int64, best), codegen


@dataclass(frozen=True)
class _Floats:
    """Writes code that reads and writes an array of float32 by the vector."""

    builder: Any
    pointer: Any

    @classmethod
    def of_array(cls, context: Any, builder: Any, array: Any, array_type: Any) -> _Floats:
        return cls(builder, context.make_array(array_type)(context, builder, array).data)

    def behind(self, rows: Any, row_size: int) -> _Floats:
        """The array from a row on, which is only known when the code runs."""
        offset = self.builder.mul(rows, ir.Constant(_INDEX, row_size))
        return _Floats(self.builder, self.builder.gep(self.pointer, [offset]))

    def vector(self, offset: int) -> Any:
        loaded = self.builder.load(self._place(offset))
        loaded.align = 4
        return loaded

    def everywhere(self, offset: int) -> Any:
        """One number, the same in every lane."""
        place = self.builder.gep(self.pointer, [ir.Constant(_INDEX, offset)])
        undefined = ir.Constant(_VECTOR, ir.Undefined)
        first = ir.Constant(ir.IntType(32), 0)
        one = self.builder.insert_element(undefined, self.builder.load(place), first)
        lanes = ir.Constant(ir.VectorType(ir.IntType(32), _LANES), [0] * _LANES)
        return self.builder.shuffle_vector(one, undefined, lanes)

    def store(self, offset: int, vector: Any) -> None:
        self.builder.store(vector, self._place(offset)).align = 4

    def _place(self, offset: int) -> Any:
        place = self.builder.gep(self.pointer, [ir.Constant(_INDEX, offset)])
        return self.builder.bitcast(place, _VECTOR.as_pointer())
