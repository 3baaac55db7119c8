"""The passages of one language that are not in the generation on disk yet, in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from embeddings import Vectors
from rag.index.labels import Columns, Labels, Mask
from rag.index.lexical_tail import LexicalTail
from rag.records.passage import Keys, StoredPassage


@dataclass(frozen=True)
class TailView:
    """A tail at one moment; passages that are added later are not in it.

    Attributes:
        keys: the passages' keys, sorted, shape (n,).
        vectors: the passages' vectors, shape (n, dim), float32.
        columns: sources, tags and days, for filters, shape (n, 3).
        alive: which passages have not been deleted, shape (n,).
        lexical: the index of the passages' words; it may also hold later rows, from n on.
    """

    keys: Keys
    vectors: Vectors
    columns: Columns
    alive: Mask
    lexical: LexicalTail


class Tail:
    """A growing list of passages; earlier views stay valid, and one thread at a time adds."""

    def __init__(self, dim: int, language: str) -> None:
        """Start without passages."""
        self._size = 0
        self._keys: Keys = np.empty(0, dtype=np.int64)
        self._vectors: Vectors = np.empty((0, dim), dtype=np.float32)
        self._columns: Columns = np.empty((0, 3), dtype=np.int32)
        self._lexical = LexicalTail(language)

    def __len__(self) -> int:
        return self._size

    def add(self, passages: Sequence[StoredPassage], labels: Labels) -> None:
        """Append passages, in ascending order of keys that are larger than all before."""
        start, end = self._size, self._size + len(passages)
        self._keys = _grown(self._keys, end)
        self._vectors = _grown(self._vectors, end)
        self._columns = _grown(self._columns, end)
        for row, passage in enumerate(passages, start):
            self._keys[row] = passage.key
            # Rounded as on disk, so that a passage has the same score here and there.
            self._vectors[row] = passage.encoded.vector.astype(np.float16)
            self._columns[row] = labels.row(passage.article)
        self._lexical.add(range(start, end), [passage.text for passage in passages])
        self._size = end

    def view(self, alive: Mask) -> TailView:
        """Return the present passages; ``alive`` has shape (len(self),)."""
        size = self._size
        return TailView(
            self._keys[:size],
            self._vectors[:size],
            self._columns[:size],
            alive,
            self._lexical,
        )


Scalar = TypeVar("Scalar", bound=np.generic)


def _grown(array: NDArray[Scalar], size: int) -> NDArray[Scalar]:
    """Return an array with space for ``size`` rows; the old array is not changed."""
    if size <= len(array):
        return array
    grown = np.empty((max(size, 2 * len(array)), *array.shape[1:]), dtype=array.dtype)
    grown[: len(array)] = array
    return grown
