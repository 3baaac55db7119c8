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
    """The best passages of each question, best first.

    Attributes:
        keys: shape (questions, n), int64; n is the number wanted, or less if fewer passages match.
        scores: same shape, float32; inner products of vectors, or BM25 of words.
    """

    keys: Keys
    scores: NDArray[np.float32]


class VectorIndex(Protocol):
    """Finds the passages whose vectors have the largest inner product with a question's vector.

    It holds one state of a collection and never sees later changes. It need not be durable: it can
    always be derived from the catalog again.
    """

    def search(
        self, questions: Vectors, top_k: int, language: str, filters: Filter = NO_FILTER
    ) -> Matches:
        """Return the ``top_k`` best passages of one language that meet the filters.

        Args:
            questions: unit vectors, shape (n, dim), float32.
            top_k: how many passages to find for each question.
            language: the passages' language.
            filters: conditions on the passages' articles.
        """

    def languages(self) -> Mapping[str, int]:
        """Return how many passages of each language there are."""

    def keys(self) -> Keys:
        """Return the keys of all passages, in no particular order, shape (n,)."""
