"""The passages of one language that came after the generation on disk, in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from embeddings import Vectors
from rag.catalog.catalog import StoredPassage
from rag.index.labels import Columns, Labels, Mask
from rag.index.lexical_tail import LexicalTail
from rag.records.passage import Codes, Keys


@dataclass(frozen=True)
class TailView:
    """A tail as it was at one moment; what is added later is not in it.

    Attributes:
        keys: sorted, shape (n,).
        vectors: shape (n, dim), float32.
        sentences: each passage's sentence vectors.
        tokens: each passage's tokens.
        columns: what filters look at, shape (n, 3).
        alive: which of them have not been deleted since, shape (n,).
        lexical: over the passages' words; rows from n on are of no concern.
    """

    keys: Keys
    vectors: Vectors
    sentences: Sequence[Vectors]
    tokens: Sequence[Codes]
    columns: Columns
    alive: Mask
    lexical: LexicalTail


class Tail:
    """Grows at its end only, so that views taken before stay true; one thread at a time adds."""

    def __init__(self, dim: int, language: str) -> None:
        """Start empty."""
        self._size = 0
        self._keys: Keys = np.empty(0, dtype=np.int64)
        self._vectors: Vectors = np.empty((0, dim), dtype=np.float32)
        self._columns: Columns = np.empty((0, 3), dtype=np.int32)
        self._sentences: list[Vectors] = []
        self._tokens: list[Codes] = []
        self._lexical = LexicalTail(language)

    def __len__(self) -> int:
        return self._size

    def add(self, passages: Sequence[StoredPassage], labels: Labels) -> None:
        """Append passages that come in the order of their keys."""
        start, end = self._size, self._size + len(passages)
        self._keys = _grown(self._keys, end)
        self._vectors = _grown(self._vectors, end)
        self._columns = _grown(self._columns, end)
        for row, passage in enumerate(passages, start):
            self._keys[row] = passage.key
            # Rounded as on disk: a passage scores the same here and there.
            self._vectors[row] = passage.encoded.vector.astype(np.float16)
            self._columns[row] = labels.row(passage.article)
            self._sentences.append(passage.encoded.sentence_vectors)
            self._tokens.append(passage.encoded.tokens)
        self._lexical.add(range(start, end), [passage.text for passage in passages])
        self._size = end

    def view(self, alive: Mask) -> TailView:
        """Return what is there now; ``alive`` has shape (len(self),)."""
        size = self._size
        return TailView(
            self._keys[:size],
            self._vectors[:size],
            self._sentences,
            self._tokens,
            self._columns[:size],
            alive,
            self._lexical,
        )


Kind = TypeVar("Kind", bound=np.generic)


def _grown(array: NDArray[Kind], size: int) -> NDArray[Kind]:
    """Return an array with room for ``size`` rows; the old one stays as it is."""
    if size <= len(array):
        return array
    grown = np.empty((max(size, 2 * len(array)), *array.shape[1:]), dtype=array.dtype)
    grown[: len(array)] = array
    return grown
