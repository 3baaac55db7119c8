"""The seam to nearest-neighbour search."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from embeddings import Vectors

Keys = NDArray[np.int64]


@dataclass(frozen=True)
class Matches:
    """The nearest passages of each question, best first.

    Attributes:
        keys: shape (questions, n), int64; n is k, or all passages where there are fewer.
        scores: inner products, same shape, float32.
    """

    keys: Keys
    scores: NDArray[np.float32]


class VectorIndex(Protocol):
    """Finds the passages whose vectors have the largest inner product with a question's.

    Upserts and deletes are seen by the next search. Nothing is durable here: an index can always
    be built again from the catalog.
    """

    def upsert(self, keys: Keys, languages: Sequence[str], vectors: Vectors) -> None:
        """Put vectors, shape (n, dim), under passage keys, shape (n,), replacing older ones."""

    def delete(self, keys: Keys) -> None:
        """Forget passage keys; those that are not there are passed over."""

    def search(self, questions: Vectors, k: int, language: str) -> Matches:
        """Return the ``k`` best passages of one language for each question, shape (n, dim)."""

    def languages(self) -> Mapping[str, int]:
        """Return how many passages of each language there are."""

    def keys(self) -> Keys:
        """Return all keys, in no particular order."""
