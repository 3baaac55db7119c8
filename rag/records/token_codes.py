"""The tokens of a passage as they are stored, which late interaction compares with a question's."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from embeddings.calibration.calibration import TOKEN_DIM
from embeddings.inner_products import integer_products
from rag.records.passage import CODE_BYTES, Codes

_NEAR = (17, 20)
"""Tokens whose cosine is larger than this fraction, .85, are near each other. Chosen from four
bounds by XQuAD's figures among unrelated passages, so these may flatter it: with .8 they fall by up
to .003 (docs/benchmarks.md)."""

_MOST_COMPARED = 1024
"""Tokens of a passage that are compared with each other. Passages have fewer than 200; memory and
time grow with the square."""


def steps_of(codes: Codes) -> NDArray[np.int8]:
    """Return the components of stored tokens, 1 to 15, shape (n, TOKEN_DIM)."""
    steps = np.empty((len(codes), TOKEN_DIM), dtype=np.uint8)
    np.bitwise_and(codes, 15, out=steps[:, :CODE_BYTES])
    np.right_shift(codes, 4, out=steps[:, CODE_BYTES:])
    return steps.view(np.int8)


def distinct(codes: Codes) -> Codes:
    """Return a passage's tokens without those that are near an earlier one, which is kept.

    The tokens of a word that is repeated are, for example. A question's token matches the one that
    is kept nearly as well. What this returned, it returns unchanged. All tokens of a passage with
    more than 1,024 are kept.
    """
    if not 1 < len(codes) <= _MOST_COMPARED:
        return codes
    centred = steps_of(codes) - np.int8(8)
    # In whole numbers, so that every machine keeps the same tokens.
    products = integer_products(centred, centred).astype(np.int64)
    squares = np.diag(products)
    numerator, denominator = _NEAR
    bounds = numerator**2 * np.outer(squares, squares)
    near = (products > 0) & (denominator**2 * products**2 > bounds)
    kept = np.ones(len(codes), dtype=bool)
    for place in np.flatnonzero(np.triu(near, 1).any(axis=1)).tolist():
        if kept[place]:
            kept[place + 1 :] &= ~near[place, place + 1 :]
    return codes[kept]
