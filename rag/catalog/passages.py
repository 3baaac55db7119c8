"""A catalog's passages, with their vectors, under keys that are never used twice."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from embeddings.scaled_vectors import SCALE_BYTES, ScaledVectors
from rag.catalog.articles import Articles
from rag.catalog.database import Database, Row
from rag.catalog.rows import (
    PASSAGE_COLUMNS,
    SPAN_BYTES,
    read_keys,
    read_passage,
    read_sentences,
)
from rag.catalog.sqlite.joined_columns import joined_column
from rag.records.passage import (
    CODE_BYTES,
    Codes,
    EncodedPassage,
    Keys,
    Passage,
    Starts,
    StoredPassage,
)
from tamngu.records.article import Article

_PASSAGE = ", ".join(PASSAGE_COLUMNS)

_ROWS_AT_A_TIME = 500
"""Rows read at a time: a few megabytes."""


class Passages:
    """The passages of an open catalog."""

    def __init__(self, connections: Database, articles: Articles) -> None:
        """Read from a catalog's connections, and the passages' articles from ``articles``."""
        self._connections = connections
        self._articles = articles

    def keys(self) -> tuple[Keys, list[str]]:
        """Return the keys of all passages in ascending order, shape (n,), and their languages."""
        rows = self._connections.rows("SELECT key, language FROM passages ORDER BY key")
        with self._connections.parsing():
            return read_keys(rows), [row[1] for row in rows]

    def keys_of(self, article_ids: Sequence[str]) -> Keys:
        """Return the keys of the articles' passages in ascending order, shape (n,)."""
        query = "SELECT key FROM passages WHERE article_id IN (%s)"
        rows = self._connections.rows_in(query, article_ids)
        with self._connections.parsing():
            return np.sort(read_keys(rows))

    def count_after(self, key: int) -> int:
        """Return how many passages have a larger key."""
        query = "SELECT count(*) FROM passages WHERE key > ?"
        return int(self._connections.rows(query, (key,))[0][0])

    def last_key(self) -> int:
        """Return the largest key; 0 if there is no passage."""
        return int(self._connections.rows("SELECT coalesce(max(key), 0) FROM passages")[0][0])

    def articles_after(self, key: int, most: int) -> tuple[int, list[str]]:
        """Return the articles that were stored after a passage.

        Args:
            key: of the passage.
            most: articles to return at most.

        Returns:
            The key of their last passage, or ``key`` where no article came; their ids.
        """
        rows = self._connections.rows(
            "SELECT max(key), article_id FROM passages WHERE key > ? GROUP BY article_id"
            " ORDER BY 1 LIMIT ?",
            (key, most),
        )
        return (rows[-1][0] if rows else key), [row[1] for row in rows]

    def count_by_language(self) -> dict[str, int]:
        """Return how many passages of each language there are."""
        return dict(self._connections.rows("SELECT language, count(*) FROM passages GROUP BY 1"))

    def get_many(self, keys: Sequence[int]) -> dict[int, Passage]:
        """Return passages by their keys.

        Raises:
            CollectionDamaged: a passage is missing or differs from what was stored.
        """
        return {key: encoded.passage for key, encoded in zip(keys, self.encoded(keys), strict=True)}

    def encoded(self, keys: Sequence[int]) -> list[EncodedPassage]:
        """Return passages with their vectors, in the order of the keys.

        Raises:
            CollectionDamaged: a passage is missing or differs from what was stored.
        """
        query = f"SELECT key, {_PASSAGE}, checksum FROM passages WHERE key IN (%s)"
        rows = self._connections.rows_in(query, keys)
        found = {key: self._read(tuple(row)) for key, *row in rows}
        try:
            return [found[key] for key in keys]
        except KeyError as error:
            raise self._connections.damaged(f"it lacks the passage {error}") from error

    def tokens(self, keys: Keys) -> tuple[Codes, Starts]:
        """Return the stored tokens of passages, without looking at the rows' checksums.

        Only a catalog that is a file of this machine has this.

        Args:
            keys: the passages', shape (n,).

        Returns:
            The codes of one passage after the other, in the order of the keys, shape (tokens,
            CODE_BYTES); the row where each passage begins, and the row after the last, shape
            (n + 1,).

        Raises:
            CollectionDamaged: a passage is missing, or what is stored are no tokens.
        """
        held = joined_column(self._connections, "tokens", keys)
        if (held.sizes % CODE_BYTES).any():
            raise self._connections.damaged("a passage's tokens are cut off")
        codes = np.frombuffer(held.found, dtype=np.uint8).reshape(-1, CODE_BYTES)
        return codes, _starts(held.sizes // CODE_BYTES)

    def sentences(self, keys: Keys, dim: int) -> tuple[ScaledVectors, Starts]:
        """Return the vectors of passages' sentences, as :meth:`tokens` returns tokens.

        Args:
            keys: the passages', shape (n,).
            dim: the vectors' dimensions.

        Raises:
            CollectionDamaged: a passage is missing, or what is stored are no vectors.
        """
        held = joined_column(self._connections, "sentence_vectors", keys)
        width = dim + SCALE_BYTES
        with self._connections.parsing():
            # Older rows have more bytes for a sentence.
            if SPAN_BYTES * len(held.found) == held.span_bytes * width:
                vectors = np.frombuffer(held.found, dtype=np.int8).reshape(-1, width)
                if (held.sizes % width).any():
                    raise ValueError("a passage's sentences are cut off")
                return vectors, _starts(held.sizes // width)
            spans = joined_column(self._connections, "sentence_spans", keys).sizes
            vectors = read_sentences(held.found, held.sizes, spans, dim)
            return vectors, _starts(spans // SPAN_BYTES)

    def stream(self, *, after: int = 0, language: str | None = None) -> Iterator[StoredPassage]:
        """Yield passages in ascending order of their keys; the caller reads in a ``reading`` block.

        Args:
            after: only passages with a larger key.
            language: only passages of this language; None for all.

        Raises:
            CollectionDamaged: a passage differs from what was stored.
        """
        condition = "" if language is None else " AND language = ?"
        query = f"SELECT key, {_PASSAGE}, checksum FROM passages WHERE key > ?{condition}"
        values = (after,) if language is None else (after, language)
        article: Article | None = None
        for rows in self._connections.stream(f"{query} ORDER BY key", values, _ROWS_AT_A_TIME):
            for key, *row in rows:
                encoded = self._read(tuple(row))
                if language not in (None, encoded.passage.language):
                    raise self._connections.damaged(f"the passage {key} is not under its language")
                if article is None or article.id != encoded.passage.article_id:
                    article = self._articles.get(encoded.passage.article_id)
                if article is None:
                    raise self._connections.damaged(f"the passage {key} belongs to no article")
                yield StoredPassage(key, encoded, article)

    def _read(self, row: Row) -> EncodedPassage:
        with self._connections.parsing():
            return read_passage(row)


def _starts(sizes: NDArray[np.int64]) -> Starts:
    """Return where each passage's rows begin and the last one's end, from their numbers."""
    return np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(sizes)])
