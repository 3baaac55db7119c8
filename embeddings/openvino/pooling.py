"""How token vectors become a text's vector: poolings that are a weighted sum."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

_WEIGHTS: dict[str, Callable[[int], NDArray[np.float64]]] = {
    "mean": lambda n: np.full(n, 1 / n),
    "mean_sqrt_len_tokens": lambda n: np.full(n, n**-0.5),
    "cls": lambda n: np.eye(1, n)[0],
    "lasttoken": lambda n: np.eye(1, n, n - 1)[0],
    "weightedmean": lambda n: np.arange(1, n + 1) / (n * (n + 1) / 2),
}

POOLINGS = frozenset(_WEIGHTS)
"""Names of the poolings that are a weighted sum of token vectors, as sentence-transformers has
them."""


def pooling_weights(pooling: str, tokens: int) -> NDArray[np.float32]:
    """Return the weight of each token of a text, shape (tokens,), float32.

    Args:
        pooling: one of :data:`POOLINGS`.
        tokens: number of the text's tokens, special tokens included.

    Raises:
        KeyError: the pooling is not a weighted sum.
    """
    return np.asarray(_WEIGHTS[pooling](tokens), dtype=np.float32)
