"""What a catalog knows of pages on the web: as they were fetched last, and those still to be."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from sqlite3 import Connection

from rag.catalog.connections import CatalogFile
from rag.readers.listing import Entry


@dataclass(frozen=True)
class Visit:
    """How a page was when it was fetched last.

    Attributes:
        how: the way it was read; see :func:`rag.ingestion.file_changes.reading_way`.
        digest: SHA-256 of its bytes; None where it could not be fetched.
        etag: as the server stated it.
        last_modified: as the server stated it.
        stamp: of the entry that led to it, see :class:`rag.readers.listing.Entry`.
        articles: how many it held.
    """

    how: str
    digest: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    stamp: str | None = None
    articles: int = 0

    def to_json(self) -> str:
        """Return it as it is stored."""
        return json.dumps(dataclasses.asdict(self))


@dataclass(frozen=True)
class Pending:
    """A page that is still to be fetched, under its key."""

    key: int
    url: str
    entry: Entry


class CrawlState:
    """The pages of a catalog."""

    def __init__(self, file: CatalogFile) -> None:
        """Look after the pages of a catalog's file."""
        self._file = file

    def visit(self, url: str) -> Visit | None:
        """Return how a page was when it was fetched last; None where it has not been."""
        rows = self._file.rows("SELECT digest FROM files WHERE path = ?", (url,))
        try:
            return Visit(**json.loads(rows[0][0])) if rows else None
        except (ValueError, TypeError):
            # Of another release: the page is fetched anew.
            return None

    def queue(self, listing: str, entries: Iterable[tuple[str, Entry]]) -> None:
        """Note pages that a listing names; those that are waiting already keep their place."""
        with self._file.transaction() as connection:
            connection.executemany(
                "INSERT INTO pending (listing, url, entry) VALUES (?, ?, ?)"
                " ON CONFLICT (listing, url) DO UPDATE SET entry = excluded.entry",
                [(listing, url, json.dumps(dataclasses.asdict(entry))) for url, entry in entries],
            )

    def next_pending(self, listing: str, after: int) -> Pending | None:
        """Return the page of a listing that waits longest, of those with a larger key."""
        rows = self._file.rows(
            "SELECT key, url, entry FROM pending WHERE listing = ? AND key > ?"
            " ORDER BY key LIMIT 1",
            (listing, after),
        )
        if not rows:
            return None
        key, url, stated = rows[0]
        known = json.loads(stated)
        return Pending(key, url, Entry(**{**known, "authors": tuple(known["authors"])}))

    def count_pending(self, listing: str) -> int:
        """Return how many pages of a listing wait."""
        query = "SELECT count(*) FROM pending WHERE listing = ?"
        return int(self._file.rows(query, (listing,))[0][0])


def note_files(connection: Connection, digests: Mapping[str, str]) -> None:
    """Note that all of some files or pages is stored, by path or URL; none of them waits then."""
    connection.executemany("INSERT OR REPLACE INTO files VALUES (?, ?)", digests.items())
    connection.executemany("DELETE FROM pending WHERE url = ?", [(path,) for path in digests])
