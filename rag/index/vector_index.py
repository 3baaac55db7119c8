"""The seam to nearest-neighbour search."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from embeddings import Vectors
from rag.records.passage import Keys
from tamngu.records.filter import NO_FILTER, Filter


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

    One state of a collection: nothing that is written later is seen. Nothing is durable here; an
    index can always be made again from the catalog.
    """

    def search(
        self, questions: Vectors, k: int, language: str, chosen: Filter = NO_FILTER
    ) -> Matches:
        """Return the ``k`` best passages of one language that pass, for questions (n, dim)."""

    def languages(self) -> Mapping[str, int]:
        """Return how many passages of each language there are."""

    def keys(self) -> Keys:
        """Return all keys, in no particular order."""
