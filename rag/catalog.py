"""The catalog: one SQLite file that holds all a collection knows; everything else is derived."""

from __future__ import annotations

import sqlite3
import threading
import uuid
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from embeddings import Fingerprint, Vectors
from rag.article import Article
from rag.catalog_rows import (
    ARTICLE_COLUMNS,
    article_row,
    passage_row,
    read_article,
    read_passage,
)
from rag.errors import CollectionBusy, CollectionDamaged, StorageError
from rag.passage import EncodedPassage, Passage
from rag.vector_index import Keys

SCHEMA_VERSION = 1

_SCHEMA = """
CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE articles (
    id TEXT PRIMARY KEY,
    content_hash TEXT NOT NULL,
    title TEXT NOT NULL,
    language TEXT NOT NULL,
    script TEXT,
    url TEXT,
    source TEXT,
    published_at TEXT,
    authors TEXT NOT NULL,
    tags TEXT NOT NULL,
    text TEXT NOT NULL
);
-- AUTOINCREMENT: a key is never used again, so an index that holds it holds that very passage.
CREATE TABLE passages (
    key INTEGER PRIMARY KEY AUTOINCREMENT,
    article_id TEXT NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
    start INTEGER NOT NULL,
    "end" INTEGER NOT NULL,
    language TEXT NOT NULL,
    sentence_spans BLOB NOT NULL,
    vector BLOB NOT NULL,
    sentence_vectors BLOB NOT NULL
);
CREATE INDEX passages_by_article ON passages (article_id);
CREATE INDEX passages_by_language ON passages (language);
"""

_MOST_VARIABLES = 10_000
"""Of one statement; SQLite's own limit is 32,766."""


class Catalog:
    """An open catalog; its methods may be called from many threads."""

    def __init__(self, path: Path) -> None:
        """Open the file, creating it when it is not there.

        Raises:
            CollectionDamaged: it is no catalog, or one of another schema version.
        """
        self.path = path
        self._lock = threading.RLock()
        with self._reported():
            self._connection = sqlite3.connect(
                path, timeout=10, isolation_level=None, check_same_thread=False
            )
            for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
                self._connection.execute(f"PRAGMA {pragma}")
            version = self._connection.execute("PRAGMA user_version").fetchone()[0]
        if version not in (0, SCHEMA_VERSION):
            raise CollectionDamaged(
                f"{path} has schema version {version}; this Tamngu reads {SCHEMA_VERSION}. "
                "Upgrade Tamngu, or ingest the articles into a new collection."
            )
        self.is_new = version == 0

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()

    def initialise(self, fingerprint: Fingerprint) -> None:
        """Create the tables of a new catalog, in one transaction."""
        with self._transaction():
            if self._connection.execute("PRAGMA user_version").fetchone()[0] == 0:
                for statement in _SCHEMA.split(";\n"):
                    self._connection.execute(statement)
                self._set("fingerprint", fingerprint.to_json())
                self._set("revision", "0")
                self._set("identity", uuid.uuid4().hex)
                self._connection.execute(f"PRAGMA user_version={SCHEMA_VERSION}")
        self.is_new = False

    def fingerprint(self) -> Fingerprint:
        """Return the encoder's identity that the vectors were made with."""
        return Fingerprint.from_json(self._get("fingerprint"))

    def identity(self) -> str:
        """Return a name that no other catalog has; what is derived from this one carries it."""
        return self._get("identity")

    def revision(self) -> int:
        """Return a number that grows with every change."""
        return int(self._get("revision"))

    def put_many(self, batch: Iterable[tuple[Article, Sequence[EncodedPassage]]]) -> None:
        """Store several articles in one transaction: all of them or none."""
        with self._transaction():
            for article, passages in batch:
                self._connection.execute("DELETE FROM articles WHERE id = ?", (article.id,))
                self._connection.execute(
                    "INSERT INTO articles VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    article_row(article),
                )
                self._connection.executemany(
                    'INSERT INTO passages (article_id, start, "end", language, sentence_spans,'
                    " vector, sentence_vectors) VALUES (?, ?, ?, ?, ?, ?, ?)",
                    map(passage_row, passages),
                )
            self._advance()

    def delete(self, article_id: str) -> bool:
        """Remove an article with its passages; False when it was not there."""
        with self._transaction():
            gone = self._connection.execute("DELETE FROM articles WHERE id = ?", (article_id,))
            if gone.rowcount:
                self._advance()
            return bool(gone.rowcount)

    def content_hash(self, article_id: str) -> str | None:
        """Return the content hash of the article of that id, None when there is none."""
        rows = self._rows("SELECT content_hash FROM articles WHERE id = ?", (article_id,))
        return rows[0][0] if rows else None

    def article(self, article_id: str) -> Article | None:
        """Return the article of that id, None when there is none."""
        return next(iter(self.articles([article_id])), None)

    def articles(self, ids: Sequence[str]) -> list[Article]:
        """Return the articles of those ids that are there, in no particular order."""
        columns = ", ".join(ARTICLE_COLUMNS)
        return [
            read_article(row)
            for row in self._rows(
                f"SELECT {columns} FROM articles WHERE id IN ({_marks(ids)})", ids
            )
        ]

    def article_ids(self) -> list[str]:
        """Return all ids, sorted."""
        return [row[0] for row in self._rows("SELECT id FROM articles ORDER BY id")]

    def listing(self) -> list[dict[str, str | None]]:
        """Return what a list shows of each article, sorted by id: all but its text."""
        columns = ("id", "title", "language", "published_at", "source", "url")
        rows = self._rows(f"SELECT {', '.join(columns)} FROM articles ORDER BY id")
        return [dict(zip(columns, row, strict=True)) for row in rows]

    def counts(self) -> dict[str, tuple[int, int]]:
        """Return (articles, passages) by language."""
        rows = self._rows(
            "SELECT a.language, count(DISTINCT a.id), count(p.key) FROM articles a"
            " LEFT JOIN passages p ON p.article_id = a.id GROUP BY 1 ORDER BY 1"
        )
        return {language: (articles, passages) for language, articles, passages in rows}

    def keys(self) -> tuple[Keys, list[str]]:
        """Return all passage keys in order, shape (n,), and their languages."""
        rows = self._rows("SELECT key, language FROM passages ORDER BY key")
        return np.array([row[0] for row in rows], dtype=np.int64), [row[1] for row in rows]

    def passages(self, keys: Sequence[int]) -> dict[int, Passage]:
        """Return the passages of those keys that are there."""
        rows = self._rows(
            'SELECT key, article_id, start, "end", language, sentence_spans FROM passages'
            f" WHERE key IN ({_marks(keys)})",
            keys,
        )
        return {row[0]: read_passage(row) for row in rows}

    def vectors(self, keys: Sequence[int]) -> Vectors:
        """Return the passages' vectors, shape (len(keys), dim), in the order of the keys.

        Raises:
            CollectionDamaged: a key is not there.
        """
        blobs = self._blobs("vector", keys)
        return np.frombuffer(b"".join(blobs), dtype="<f4").reshape(len(keys), self._dim)

    def sentence_vectors(self, keys: Sequence[int]) -> list[Vectors]:
        """Return each passage's sentence vectors, shape (sentences, dim), in the order of the keys.

        Raises:
            CollectionDamaged: a key is not there.
        """
        return [
            np.frombuffer(blob, dtype="<f2").reshape(-1, self._dim).astype(np.float32)
            for blob in self._blobs("sentence_vectors", keys)
        ]

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Make all reads inside see one and the same state, whatever is written meanwhile."""
        with self._lock, self._reported():
            self._connection.execute("BEGIN")
            try:
                yield
            finally:
                self._roll_back()

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with self._lock, self._reported():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._connection.execute("COMMIT")
            except BaseException:
                self._roll_back()
                raise

    def _roll_back(self) -> None:
        # SQLite has ended the transaction itself after some errors, such as a full disk.
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")

    @contextmanager
    def _reported(self) -> Iterator[None]:
        """Say what SQLite reports in one sentence."""
        try:
            yield
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                raise CollectionBusy(
                    f"Another process holds {self.path}; try again when it is done."
                ) from error
            raise StorageError(
                f"Cannot use {self.path}: {error}. See that its folder can be written and that "
                "the disk has room."
            ) from error
        except sqlite3.DatabaseError as error:
            raise CollectionDamaged(
                f"{self.path} is damaged ({error}): restore it from a backup, or remove the "
                "collection's folder and ingest its articles again."
            ) from error

    def _rows(self, query: str, values: Sequence[str | int] = ()) -> list[tuple[Any, ...]]:
        with self._lock, self._reported():
            return self._connection.execute(query, tuple(values)).fetchall()

    def _get(self, name: str) -> str:
        rows = self._rows("SELECT value FROM settings WHERE name = ?", (name,))
        if not rows:
            raise CollectionDamaged(f"{self.path} lacks the setting {name!r}.")
        return str(rows[0][0])

    def _set(self, name: str, value: str) -> None:
        self._connection.execute("INSERT OR REPLACE INTO settings VALUES (?, ?)", (name, value))

    def _advance(self) -> None:
        self._set("revision", str(self.revision() + 1))

    @cached_property
    def _dim(self) -> int:
        return self.fingerprint().dim

    def _blobs(self, column: str, keys: Sequence[int]) -> list[bytes]:
        found: dict[int, bytes] = {}
        for start in range(0, len(keys), _MOST_VARIABLES):
            some = keys[start : start + _MOST_VARIABLES]
            found |= self._rows(
                f"SELECT key, {column} FROM passages WHERE key IN ({_marks(some)})", some
            )
        try:
            return [found[key] for key in keys]
        except KeyError as error:
            raise CollectionDamaged(f"{self.path} lacks the passage {error}.") from error


def _marks(values: Sequence[object]) -> str:
    return ",".join("?" * len(values))
