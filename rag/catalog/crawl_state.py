"""What a catalog stores of web pages: how each was last fetched, and which are still to fetch."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable
from dataclasses import dataclass

from rag.catalog.database import Database
from rag.readers.listing import Entry


@dataclass(frozen=True)
class Visit:
    """A page as it was when it was last fetched.

    Attributes:
        how: the way it was read; see :func:`rag.ingestion.file_changes.reading_fingerprint`.
        digest: SHA-256 of its bytes; None if it could not be fetched.
        etag: the server's ETag.
        last_modified: the server's Last-Modified.
        stamp: the stamp of the entry that led to it; see :class:`rag.readers.listing.Entry`.
        articles: how many articles it held.
    """

    how: str
    digest: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    stamp: str | None = None
    articles: int = 0

    def to_json(self) -> str:
        """Return the form in which it is stored."""
        return json.dumps(dataclasses.asdict(self))


@dataclass(frozen=True)
class Pending:
    """A page that is still to be fetched, under its key."""

    key: int
    url: str
    entry: Entry


class CrawlState:
    """The web pages of an open catalog."""

    def __init__(self, connections: Database) -> None:
        """Read and write through a catalog's connections."""
        self._connections = connections

    def visit(self, url: str) -> Visit | None:
        """Return a page as it was when it was last fetched; None if it never was."""
        rows = self._connections.rows("SELECT digest FROM files WHERE path = ?", (url,))
        try:
            return Visit(**json.loads(rows[0][0])) if rows else None
        except (ValueError, TypeError):
            # Another release wrote it: the page is fetched again.
            return None

    def queue(self, listing: str, entries: Iterable[tuple[str, Entry]]) -> None:
        """Store pages that a listing names; a page that already waits keeps its place."""
        with self._connections.transaction() as connection:
            connection.executemany(
                "INSERT INTO pending (listing, url, entry) VALUES (?, ?, ?)"
                " ON CONFLICT (listing, url) DO UPDATE SET entry = excluded.entry",
                [(listing, url, json.dumps(dataclasses.asdict(entry))) for url, entry in entries],
            )

    def next_pending(self, listing: str, after: int) -> Pending | None:
        """Return the page of a listing that has waited longest, of those with a larger key."""
        rows = self._connections.rows(
            "SELECT key, url, entry FROM pending WHERE listing = ? AND key > ?"
            " ORDER BY key LIMIT 1",
            (listing, after),
        )
        if not rows:
            return None
        key, url, entry = rows[0]
        fields = json.loads(entry)
        return Pending(key, url, Entry(**{**fields, "authors": tuple(fields["authors"])}))

    def count_pending(self, listing: str) -> int:
        """Return how many pages of a listing wait to be fetched."""
        query = "SELECT count(*) FROM pending WHERE listing = ?"
        return int(self._connections.rows(query, (listing,))[0][0])
