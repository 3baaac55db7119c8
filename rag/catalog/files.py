"""The files that a catalog's articles were read from, and what is stored of each."""

from __future__ import annotations

from collections.abc import Mapping

from rag.catalog.database import Database, Transaction
from rag.catalog.rows import path_value, read_path_value


class Files:
    """The source files of an open catalog."""

    def __init__(self, connections: Database) -> None:
        """Read from a catalog's connections."""
        self._connections = connections

    def digest(self, path: str) -> str | None:
        """Return the digest of a file if all of its articles are stored, else None."""
        rows = self._connections.rows(
            "SELECT digest FROM files WHERE path = ?", (path_value(path),)
        )
        return rows[0][0] if rows else None

    def count_articles(self, path: str) -> int:
        """Return how many articles were read from a file."""
        query = "SELECT count(*) FROM articles WHERE origin = ?"
        return int(self._connections.rows(query, (path_value(path),))[0][0])

    def origin_of(self, article_id: str) -> str | None:
        """Return the path of an article's file; None if it was not read from a file."""
        rows = self._connections.rows("SELECT origin FROM articles WHERE id = ?", (article_id,))
        return None if not rows or rows[0][0] is None else read_path_value(rows[0][0])

    def origins(self) -> list[tuple[str, str]]:
        """Return (article id, path) of all articles that were read from files, sorted by id."""
        query = "SELECT id, origin FROM articles WHERE origin IS NOT NULL ORDER BY id"
        return [(row[0], read_path_value(row[1])) for row in self._connections.rows(query)]


def set_origins(connection: Transaction, origins: Mapping[str, str]) -> None:
    """Store the paths of articles' files, by article id, inside a transaction."""
    connection.executemany(
        "UPDATE articles SET origin = ? WHERE id = ?",
        [(path_value(origin), article_id) for article_id, origin in origins.items()],
    )


def set_digests(connection: Transaction, digests: Mapping[str, str]) -> None:
    """Store the digests of files or pages whose articles are all stored, inside a transaction.

    A page that was still to be fetched is removed from those that wait.

    Args:
        connection: the transaction's.
        digests: by path or URL.
    """
    stored = [(path_value(path), digest) for path, digest in digests.items()]
    connection.executemany(
        "INSERT INTO files VALUES (?, ?) ON CONFLICT (path) DO UPDATE SET digest = excluded.digest",
        stored,
    )
    connection.executemany("DELETE FROM pending WHERE url = ?", [(path,) for path, _ in stored])
