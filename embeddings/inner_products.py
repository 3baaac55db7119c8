"""Inner products of stored vectors with a question's, on the calling thread alone.

numkong has kernels for half precision and for integers, chosen for the processor at run time. They
read stored vectors as they are, and release the interpreter's lock meanwhile. Without numkong, and
on processors for which it has nothing of its own, NumPy widens them to single precision, a block at
a time. Integers give the same result both ways, to the bit; vectors give it up to the rounding of
sums, about 1e-7. NumPy also multiplies what is in single precision already.

NumPy's products are small enough for OpenBLAS not to use its threads. Those wait for more work
actively, for longer than a question takes, and slow down other questions.
"""

from __future__ import annotations

import os
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embeddings.errors import TamnguError
from embeddings.scaled_vectors import SCALE_BYTES, ScaledVectors, is_scaled, scales_of, unscaled
from embeddings.vectors import Vectors

HalfVectors = NDArray[np.float16]

VARIABLE = "TAMNGU_KERNELS"
"""Environment variable that chooses: ``numkong`` or ``numpy``."""

_ON_ONE_THREAD = 3_000_000 if os.environ.get("OPENBLAS_NUM_THREADS") == "1" else 200_000
"""Multiplications in a matrix product that OpenBLAS does on the calling thread: it uses threads
from 262,144 on, if it has any. For a product with one vector it would use them from 9,216 on.
Larger blocks, which the cache still holds, take a third less time."""

_LARGEST_SUM = 2**24
"""Up to here single precision has all integers."""

_REST_SCALE = np.float32(2**11)
"""Half precision has 11 binary digits; what is rounded away is this much smaller."""

_LARGEST_INTEGER = np.float32(127)
"""What the largest component of a vector becomes in 8 bits."""

_INTEGER_REST_SCALE = np.float32(2 * 127)
"""What is rounded away from a component in 8 bits is at most half a unit, and in 8 bits becomes at
most 127."""


def _load_kernels() -> ModuleType | None:
    """Return numkong; None where NumPy is asked for, and where numkong is of no use.

    Raises:
        TamnguError: the variable has a value that is not allowed, or names what is not installed.
    """
    chosen = os.environ.get(VARIABLE, "")
    if chosen not in ("", "numkong", "numpy"):
        raise TamnguError(f"{VARIABLE} is {chosen!r:.100}; it must be numkong or numpy.")
    if chosen == "numpy":
        return None
    try:
        import numkong
    except ImportError as error:
        if chosen:
            raise TamnguError(
                f"{VARIABLE} is numkong, which cannot be imported: {error}. Install it, or set "
                "numpy."
            ) from error
        return None
    has_own = any(has for kind, has in numkong.get_capabilities().items() if kind != "serial")
    return numkong if has_own or chosen else None


_kernels: Any = _load_kernels()


def inner_products(rows: HalfVectors | Vectors | ScaledVectors, vectors: Vectors) -> Vectors:
    """Return the inner products of rows with vectors, shape (n, m), float32.

    Args:
        rows: shape (n, dim), float16 or float32; or what
            :func:`embeddings.scaled_vectors.scaled` returns, int8.
        vectors: a few vectors, shape (m, dim), float32. Their components are at most 65,504.
    """
    if is_scaled(rows):
        return _scaled_products(rows, vectors)
    if _kernels is None or not len(rows) or rows.dtype != np.float16:
        return _in_blocks(rows, vectors)
    # Rounding the vectors to half precision would cost 4e-5. What is rounded away is multiplied
    # on its own, scaled so that half precision has all of its digits.
    halves = vectors.astype(np.float16)
    rests = ((vectors - halves) * _REST_SCALE).astype(np.float16)
    products = _packed(rows, np.concatenate([halves, rests]))
    return np.asarray(products[:, : len(vectors)] + products[:, len(vectors) :] / _REST_SCALE)


def integer_products(
    rows: NDArray[np.int8] | NDArray[np.float32], vectors: NDArray[np.int8]
) -> NDArray[np.int32]:
    """Return the inner products of rows with vectors, shape (n, m).

    Args:
        rows: shape (n, dim), of integers up to 15; in single precision if :func:`prepared` made
            them so.
        vectors: shape (m, dim).

    Raises:
        ValueError: there are too many dimensions for exact sums.
    """
    if 15 * 128 * rows.shape[1] > _LARGEST_SUM:
        raise ValueError(f"{rows.shape[1]} dimensions are too many")
    if _kernels is None or not len(rows) or rows.dtype != np.int8:
        return _in_blocks(rows, vectors.astype(np.float32)).astype(np.int32)
    products: NDArray[np.int32] = _packed(rows, vectors)
    return products


def prepared_vectors(rows: NDArray[Any]) -> NDArray[Any]:
    """Return rows for :func:`inner_products` in the form in which they are multiplied fastest."""
    return unscaled(rows) if _kernels is None and is_scaled(rows) else prepared(rows)


def prepared(rows: NDArray[Any]) -> NDArray[Any]:
    """Return rows, float16 or int8, in the form in which they are multiplied fastest.

    NumPy would widen rows that many questions are compared with for each of them.
    """
    return rows if _kernels is not None else rows.astype(np.float32)


def _scaled_products(rows: ScaledVectors, vectors: Vectors) -> Vectors:
    # The rows are multiplied with their scales' bytes, which saves a copy; those count as nothing.
    widened = np.pad(vectors, ((0, 0), (0, SCALE_BYTES)))
    # Eight bits would change a product by up to .001, sixteen by about 1e-6.
    largest = np.abs(vectors).max(axis=1, keepdims=True, initial=np.finfo(np.float32).tiny)
    units = np.asarray(largest / _LARGEST_INTEGER, dtype=np.float32)
    wholes = np.rint(widened / units)
    rests = np.rint((widened / units - wholes) * _INTEGER_REST_SCALE)
    if _kernels is None or not len(rows):
        # Rounded too, so that both ways give the same order.
        products = _in_blocks(rows, (wholes + rests / _INTEGER_REST_SCALE) * units)
    else:
        sums = _packed(rows, np.concatenate([wholes, rests]).astype(np.int8)).astype(np.float32)
        parts = sums[:, : len(vectors)] + sums[:, len(vectors) :] / _INTEGER_REST_SCALE
        products = parts * units[:, 0]
    return np.asarray(products * scales_of(rows)[:, None], dtype=np.float32)


def _packed(rows: NDArray[Any], vectors: NDArray[Any]) -> NDArray[Any]:
    packed = _kernels.dots_pack(np.ascontiguousarray(vectors), dtype=vectors.dtype.name)
    return np.asarray(_kernels.dots_packed(np.ascontiguousarray(rows), packed))


def _in_blocks(rows: NDArray[Any], vectors: Vectors) -> Vectors:
    products = np.empty((len(rows), len(vectors)), dtype=np.float32)
    size = max(1, _ON_ONE_THREAD // max(1, vectors.size))
    for start in range(0, len(rows), size):
        block = rows[start : start + size].astype(np.float32, copy=False)
        if len(vectors) == 1:
            products[start : start + size, 0] = np.vecdot(block, vectors[0])
        else:
            np.matmul(block, vectors.T, out=products[start : start + size])
    return products
