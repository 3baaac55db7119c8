"""Arrays of vectors that encoders return, and how they are normalised."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Vectors: TypeAlias = NDArray[np.float32]
"""L2-normalised rows, shape (n, dim), float32."""


@dataclass(frozen=True)
class TokenVectors:
    """The last layer's vectors of a text's own tokens, without prompt and special tokens.

    Attributes:
        ids: of the tokens in the model's vocabulary, shape (n,), int32.
        vectors: as the model returns them, not normalised, shape (n, dim), float32.
    """

    ids: NDArray[np.int32]
    vectors: NDArray[np.float32]


def normalised(vectors: Vectors) -> Vectors:
    """Return the rows scaled to length 1; a row of zeros stays a row of zeros.

    Args:
        vectors: shape (n, dim), float32, of any length.
    """
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    result: Vectors = vectors / np.maximum(lengths, np.finfo(np.float32).tiny)
    return result
