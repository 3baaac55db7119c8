"""Vectors in 8 bits a component, each with a scale of its own.

A scale is rounded up to three binary digits. Then half precision holds each component times its
scale exactly, and scaling what was scaled before changes nothing. So such vectors may be written
in half precision and read again any number of times.
"""

from __future__ import annotations

from typing import Any, TypeGuard

import numpy as np
from numpy.typing import NDArray

from embeddings.vectors import Vectors

ScaledVectors = NDArray[np.int8]
"""Shape (n, dim + 2): the components, then the two bytes of the scale in half precision,
little-endian. A component times the scale is the vector's component."""

SCALE_BYTES = 2
"""Columns after the components."""

_LARGEST = np.float32(124.5)
"""The largest component divided by its scale, before rounding. With some other bounds up to 127,
the largest component may be rounded to what a smaller scale would also hold."""

_LEAST_SCALE = np.float32(2.0**-14)
"""The smallest number of full precision in half precision. Unit vectors of up to 16,000 dimensions
have larger scales."""

_DIGITS = 3
"""Binary digits of a scale. With the seven of a component they fit into the eleven of half
precision."""


def scaled(vectors: NDArray[np.float16] | Vectors) -> ScaledVectors:
    """Return vectors in 8 bits.

    A component changes by at most half its scale, which is at most 1/99 of the vector's largest
    component (or 2^-14, if that is more).

    Args:
        vectors: finite, shape (n, dim), at most 65,504.
    """
    vectors = vectors.astype(np.float32, copy=False)
    largest = np.abs(vectors).max(axis=1, initial=0)
    fractions, exponents = np.frexp(largest / _LARGEST)
    digits = np.ceil(np.ldexp(fractions, _DIGITS))
    scales = np.maximum(np.ldexp(digits, exponents - _DIGITS), _LEAST_SCALE)
    rows = np.empty((len(vectors), vectors.shape[1] + SCALE_BYTES), dtype=np.int8)
    rows[:, :-SCALE_BYTES] = np.rint(vectors / scales[:, None])
    rows[:, -SCALE_BYTES:] = scales.astype("<f2").view(np.int8).reshape(-1, SCALE_BYTES)
    return rows


def is_scaled(rows: NDArray[Any]) -> TypeGuard[ScaledVectors]:
    """Return whether rows are what :func:`scaled` returns, and no vectors of another precision."""
    return rows.dtype == np.int8


def scales_of(rows: ScaledVectors) -> Vectors:
    """Return the scales of vectors, shape (n,), float32."""
    held = np.ascontiguousarray(rows[:, -SCALE_BYTES:]).view("<f2")
    return np.asarray(held[:, 0], dtype=np.float32)


def unscaled(rows: ScaledVectors) -> Vectors:
    """Return the vectors that :func:`scaled` made rows of, as they are after rounding.

    Returns:
        Shape (n, dim), float32; half precision holds them exactly.
    """
    return np.asarray(rows[:, :-SCALE_BYTES] * scales_of(rows)[:, None], dtype=np.float32)
