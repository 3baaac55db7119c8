"""The table of a cluster's API keys in PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from api.cluster.state import ClusterState
from api.errors import KeysUnreadable
from rag.errors import ClusterUnavailable, StorageError

_SCHEMA_VERSION = 1

_SCHEMA = """
CREATE TABLE keys (
    rowid INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    digest BLOB NOT NULL,
    scopes TEXT NOT NULL,
    collections TEXT,
    created_at TEXT NOT NULL,
    last_used_at TEXT,
    revoked_at TEXT
);
CREATE TABLE key_changes (number INTEGER NOT NULL);
INSERT INTO key_changes VALUES (1)
"""


class KeyTable:
    """The rows of all keys of a cluster; see :class:`api.auth.key_file.KeyRows`.

    Each use of the keys asks PostgreSQL whether they have changed, which takes one round trip.
    """

    where = "the cluster"

    def __init__(self, state: ClusterState) -> None:
        """Use the keys of a cluster; nothing is opened yet."""
        self._tables = state.tables("keys", _SCHEMA, _SCHEMA_VERSION, "The list of keys")

    def version(self) -> tuple[int, int]:
        """Return a value that changes after each write."""
        return 0, int(self._tables.rows("SELECT number FROM key_changes")[0][0])

    def is_at(self, version: tuple[int, int] | None) -> bool:
        """Return False: to know, one has to wait for PostgreSQL."""
        return False

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Return all rows of a query."""
        return self._tables.rows(query)

    def write(self, query: str, values: Sequence[Any]) -> int:
        """Run a statement; return how many rows it changed."""
        with self._tables.transaction() as transaction:
            changed = transaction.execute(query, values).rowcount
            transaction.execute("UPDATE key_changes SET number = number + 1")
            return changed

    def note(self, query: str, values: Sequence[Any]) -> None:
        """Run a statement that changes no key."""
        with self._tables.transaction() as transaction:
            transaction.execute(query, values)

    def close(self) -> None:
        """Let go of what is open; the next use opens it again."""
        self._tables.close()

    @contextmanager
    def errors_translated(self) -> Iterator[None]:
        """Raise KeysUnreadable for errors of PostgreSQL."""
        try:
            yield
        except (ClusterUnavailable, StorageError) as error:
            raise KeysUnreadable(f"The keys cannot be read: {error}") from error
