"""Tables of a service in PostgreSQL."""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg

from api.cluster.connections import SCHEMA, Connections
from rag.catalog.database import Transaction
from rag.cluster.pool import Connection
from rag.cluster.statements import Statements, marked
from rag.errors import StorageError

_VERSIONS = f"""
CREATE SCHEMA IF NOT EXISTS {SCHEMA};
CREATE TABLE IF NOT EXISTS versions (name text PRIMARY KEY, version bigint NOT NULL)
"""

_TYPES = {
    "INTEGER PRIMARY KEY AUTOINCREMENT": "bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY",
    "INTEGER": "bigint",
    "REAL": "double precision",
    "BLOB": "bytea",
    "TEXT": 'text COLLATE "C"',
    " STRICT": "",
}
"""What SQLite writes, and what PostgreSQL writes for it."""

_LOCK_WAIT_MS = 10_000
"""Milliseconds that a transaction waits for those before it, which take some. As SQLite's."""


class PostgresTables:
    """Some tables in the schema of the service; the first use creates them."""

    exists = True

    def __init__(
        self, connections: Connections, name: str, schema: str, version: int, content: str
    ) -> None:
        """Remember the arguments.

        Args:
            connections: to PostgreSQL.
            name: of these tables, for their version and their lock.
            schema: SQL statements of SQLite that create the tables, separated by semicolons.
            version: of the schema; tables of a later version are refused.
            content: what the tables hold, as the subject of error messages.
        """
        self._connections = connections
        self._name = name
        self._schema = schema
        self._version = version
        self._content = content
        self._is_ready = False
        self._lock = threading.Lock()
        self._lock_key = _lock_key(name)

    def close(self) -> None:
        """Look for the tables again at the next use; the connections are closed elsewhere."""
        self._is_ready = False

    def rows(self, query: str, *values: str | int) -> list[tuple[Any, ...]]:
        """Return all rows of a query; see the protocol."""
        with self.connection() as connection:
            return connection.execute(marked(query), values or None).fetchall()

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """Write all of the block's changes, or none of them; see the protocol."""
        with self.connection() as connection, connection.transaction():
            connection.execute(f"SET LOCAL lock_timeout = {_LOCK_WAIT_MS}")
            connection.execute("SELECT pg_advisory_xact_lock(%s)", (self._lock_key,))
            yield Statements(connection)

    @contextmanager
    def connection(self) -> Iterator[Connection]:
        """Yield a connection to the tables, for what waits for nobody.

        Raises:
            StorageError: the tables cannot be used.
            ClusterUnavailable: PostgreSQL cannot be reached.
        """
        with self._connections.connection(self._content) as connection:
            if not self._is_ready:
                with self._lock:
                    self._prepare(connection)
                    self._is_ready = True
            try:
                yield connection
            except psycopg.errors.UndefinedTable:
                # The schema was removed, or an earlier state of the database was restored.
                self._is_ready = False
                raise

    def _prepare(self, connection: Connection) -> None:
        """Create the tables, unless they exist.

        Raises:
            StorageError: they are of a later release.
        """
        found = connection.execute("SELECT to_regclass('versions') IS NOT NULL").fetchone()
        if found is not None and found[0] and self._stored_version(connection) == self._version:
            return
        with connection.transaction():
            connection.execute("SELECT pg_advisory_xact_lock(%s)", (_lock_key(""),))
            connection.execute(_VERSIONS)
            version = self._stored_version(connection)
            if version > self._version:
                raise StorageError(
                    f"{self._content} is of a later release (version {version}). Upgrade Tamngu "
                    "on all machines."
                )
            if version == 0:
                for statement in _for_postgres(self._schema).split(";"):
                    connection.execute(statement)
                connection.execute(
                    "INSERT INTO versions VALUES (%s, %s)", (self._name, self._version)
                )

    def _stored_version(self, connection: Connection) -> int:
        query = "SELECT version FROM versions WHERE name = %s"
        row = connection.execute(query, (self._name,)).fetchone()
        return 0 if row is None else int(row[0])


def _lock_key(name: str) -> int:
    digest = hashlib.sha256(f"{SCHEMA} {name}".encode()).digest()
    return int.from_bytes(digest[:8], "big", signed=True)


def _for_postgres(schema: str) -> str:
    """Return the statements of SQLite in PostgreSQL's form."""
    return re.sub("|".join(_TYPES), lambda found: _TYPES[found[0]], schema)
