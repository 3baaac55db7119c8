"""Passages read from PostgreSQL by their keys; what was read is kept in memory.

The passage under a key never changes, so what is kept stays true. It may have been deleted, so
whether it is stored is asked each time, in the state that the caller reads.
"""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np

from embeddings.inner_products import HalfVectors
from embeddings.scaled_vectors import ScaledVectors
from rag.catalog.database import Row
from rag.catalog.rows import read_vectors
from rag.cluster.postgres import PostgresDatabase
from rag.cluster.term_counts import TermCounts, count_terms
from rag.records.passage import CODE_BYTES, Codes, Keys
from tamngu.records.filter import Filter, day_of

_VECTOR_BYTES = 192 * 2**20
_TOKEN_BYTES = 128 * 2**20
_TERM_BYTES = 64 * 2**20
"""Bytes of passages that are kept of each kind: together about 40,000 passages. Chosen manually,
not tuned."""

Part = TypeVar("Part")


@dataclass(frozen=True)
class PassageVectors:
    """What a passage is scored by first.

    Attributes:
        vector: shape (dim,), float16.
        sentences: the vectors of its sentences.
        language: its code.
        source: its article's.
        tags: its article's.
        day: see :func:`tamngu.records.filter.day_of`.
    """

    vector: HalfVectors
    sentences: ScaledVectors
    language: str
    source: str | None
    tags: tuple[str, ...]
    day: int

    def meets(self, filters: Filter) -> bool:
        """Return whether its article meets all conditions but the one on its id."""
        return filters.takes(
            language=self.language, source=self.source, tags=self.tags, day=self.day
        )


class _Kept(Generic[Part]):
    """Parts of passages by key; those that were used least recently are dropped."""

    def __init__(self, most_bytes: int, size_of: Callable[[Part], int]) -> None:
        self._most = most_bytes
        self._size_of = size_of
        self._parts: OrderedDict[int, Part] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    def get(self, keys: Iterable[int]) -> dict[int, Part]:
        found = {}
        with self._lock:
            for key in keys:
                part = self._parts.get(key)
                if part is not None:
                    self._parts.move_to_end(key)
                    found[key] = part
        return found

    def keep(self, parts: dict[int, Part]) -> None:
        with self._lock:
            for key, part in parts.items():
                if key not in self._parts:
                    self._parts[key] = part
                    self._bytes += self._size_of(part)
            while self._bytes > self._most and self._parts:
                _, part = self._parts.popitem(last=False)
                self._bytes -= self._size_of(part)


class PassageRows:
    """The passages of one catalog, for any number of threads."""

    def __init__(self, database: PostgresDatabase) -> None:
        """Read from a catalog's database."""
        self._database = database
        self._vectors: _Kept[PassageVectors] = _Kept(
            _VECTOR_BYTES, lambda part: part.vector.nbytes + part.sentences.nbytes + 300
        )
        self._tokens: _Kept[Codes] = _Kept(_TOKEN_BYTES, lambda part: part.nbytes + 200)
        self._terms: _Kept[TermCounts] = _Kept(
            _TERM_BYTES, lambda part: part.terms.nbytes + part.counts.nbytes + 300
        )

    def stored(self, keys: Keys) -> Keys:
        """Return those of the keys that are stored, in their order, shape (n,)."""
        if not len(keys):
            return keys
        query = "SELECT key FROM passages WHERE key = ANY(?)"
        held = {row[0] for row in self._database.rows_of(query, [keys.tolist()])}
        return np.array([key for key in keys.tolist() if key in held], dtype=np.int64)

    def vectors(self, keys: Sequence[int]) -> dict[int, PassageVectors]:
        """Return the vectors of those of the passages that are stored, or were when last read."""
        query = (
            "SELECT p.key, p.sentence_spans, p.vector, p.sentence_vectors, p.language, a.source,"
            " a.tags, a.published_at FROM passages p JOIN articles a ON a.id = p.article_id"
            " WHERE p.key = ANY(?)"
        )
        return self._read(self._vectors, query, keys, _vectors_of)

    def tokens(self, keys: Sequence[int]) -> dict[int, Codes]:
        """Return the tokens of passages; see :meth:`vectors`."""
        query = "SELECT key, tokens FROM passages WHERE key = ANY(?)"
        return self._read(self._tokens, query, keys, _codes_of)

    def terms(self, keys: Sequence[int]) -> dict[int, TermCounts]:
        """Return the terms of passages; see :meth:`vectors`."""
        query = "SELECT key, lengths, terms FROM indexed WHERE key = ANY(?)"
        found = self._read(self._terms, query, keys, lambda row: TermCounts.of_bytes(*row[1:]))
        new = [key for key in keys if key not in found]
        if new:
            query = (
                "SELECT p.key, p.language, substr(a.text, CAST(p.start + 1 AS integer),"
                ' CAST(p."end" - p.start AS integer))'
                " FROM passages p JOIN articles a ON a.id = p.article_id WHERE p.key = ANY(?)"
            )
            found |= self._read(self._terms, query, new, lambda row: count_terms(row[2], row[1]))
        return found

    def _read(
        self,
        kept: _Kept[Part],
        query: str,
        keys: Sequence[int],
        part_of: Callable[[Row], Part],
    ) -> dict[int, Part]:
        found = kept.get(keys)
        missing = [key for key in keys if key not in found]
        if missing:
            rows = self._database.rows_of(query, [missing])
            with self._database.parsing():
                read = {row[0]: part_of(row) for row in rows}
            kept.keep(read)
            found |= read
        return found


def _vectors_of(row: Row) -> PassageVectors:
    vector, sentences = read_vectors(*row[1:4])
    language, source, tags, published_at = row[4:]
    day = day_of(published_at)
    return PassageVectors(
        vector.astype(np.float16), sentences, language, source, tuple(json.loads(tags)), day
    )


def _codes_of(row: Row) -> Codes:
    return np.frombuffer(row[1], dtype=np.uint8).reshape(-1, CODE_BYTES)
