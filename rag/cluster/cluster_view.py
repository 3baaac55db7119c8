"""The passages of one language on a cluster, and those of them that Milvus may not show yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embeddings import Vectors
from embeddings.inner_products import HalfVectors
from embeddings.scaled_vectors import ScaledVectors
from rag.cluster.passage_rows import PassageRows, PassageVectors
from rag.records.passage import Codes, Keys, Starts


@dataclass(frozen=True)
class ClusterTail:
    """The passages of one language that Milvus may not show yet.

    Attributes:
        keys: shape (n,).
        rows: the passages.
        vectors: shape (n, dim), float32.
        is_uncounted: which of them are in no statistics yet, shape (n,).
        deleted: the keys of passages that Milvus may still show.
    """

    keys: Keys
    rows: Sequence[PassageVectors]
    vectors: Vectors
    is_uncounted: NDArray[np.bool_]
    deleted: Keys


class ClusterView:
    """The passages of one language; a :class:`rag.index.seam.LanguageView`."""

    def __init__(self, rows: PassageRows) -> None:
        """Read from a catalog's passages."""
        self._rows = rows

    def vectors(self, keys: Keys) -> HalfVectors:
        """Return passages' vectors in the order of the keys, shape (n, dim), float16."""
        return _stacked([row.vector for row in self._held(keys)])

    def sentences(self, keys: Keys) -> tuple[ScaledVectors, Starts]:
        """Return the sentence vectors of all passages, and where each passage's vectors begin."""
        return _joined([row.sentences for row in self._held(keys)], np.int8)

    def tokens(self, keys: Keys) -> tuple[Codes, Starts]:
        """Return the stored tokens of all passages, and where each passage's tokens begin."""
        found = self._rows.tokens(keys.tolist())
        return _joined([found[key] for key in keys.tolist()], np.uint8)

    def days(self, keys: Keys) -> NDArray[np.int32]:
        """Return the days on which passages' articles were published, shape (n,)."""
        return np.array([row.day for row in self._held(keys)], dtype=np.int32)

    def _held(self, keys: Keys) -> list[PassageVectors]:
        found = self._rows.vectors(keys.tolist())
        return [found[key] for key in keys.tolist()]


_NO_KEYS: Keys = np.empty(0, dtype=np.int64)

NO_TAIL = ClusterTail(
    _NO_KEYS, (), np.empty((0, 1), dtype=np.float32), np.empty(0, dtype=bool), _NO_KEYS
)


def _stacked(vectors: Sequence[HalfVectors]) -> HalfVectors:
    return np.stack(vectors) if vectors else np.empty((0, 1), np.float16)


def _joined(parts: Sequence[NDArray[Any]], dtype: type[np.generic]) -> tuple[NDArray[Any], Starts]:
    starts = np.concatenate([np.zeros(1, np.int64), np.cumsum([len(part) for part in parts])])
    joined = np.concatenate(parts) if parts else np.empty((0, 1), dtype)
    return joined.astype(dtype), starts.astype(np.int64)
