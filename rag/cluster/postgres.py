"""A catalog's database in PostgreSQL: one schema of a database holds one collection."""

from __future__ import annotations

import hashlib
import itertools
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from typing import Any

import psycopg
from psycopg import sql
from psycopg.types.numeric import Int8Dumper

from rag.catalog.database import Row, Transaction, Value
from rag.catalog.rows import PathBytes
from rag.cluster.pool import Connection, connect, open_pool
from rag.cluster.schema import SCHEMA_VERSION, create, upgrade
from rag.cluster.settings import ClusterSettings
from rag.cluster.statements import PathDumper, Statements, marked, reported
from rag.errors import (
    CollectionDamaged,
    CollectionNotFound,
)

_LOCK_WAIT_MS = 60_000
"""Milliseconds that a transaction waits for those before it. Chosen manually, not tuned: a batch is
stored in a fraction of a second."""

_BEGIN_READING = (
    "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; LOCK TABLE settings IN ACCESS SHARE MODE"
)
"""A statement takes its state before it waits for a table. So it would see an old state of other
tables, if a re-encoding puts them in its way; this one waits, and takes no state."""

_STREAMS = itertools.count()
"""Numbers of cursors; a connection may have several at once."""


class PostgresDatabase:
    """One collection's schema, for any number of threads.

    Readers see one state in a ``reading`` block (repeatable read). Transactions of one collection
    take turns: each holds the collection's advisory lock until it ends. So passage keys grow in the
    order of commits, and articles that arrive at once are grouped into one story. A process that
    dies releases the lock with its connection.

    Attributes:
        settings: of the cluster.
        schema: the schema's name.
        name: the collection's, for messages.
        is_new: whether it has no tables yet.
    """

    def __init__(
        self, settings: ClusterSettings, schema: str, name: str, behind: str | None = None
    ) -> None:
        """Open a pool of connections.

        Args:
            settings: of the cluster.
            schema: where the collection's tables are.
            name: the collection's, for messages.
            behind: the schema of those tables that the first one lacks. Their transactions take
                turns with these.

        Raises:
            ClusterUnavailable: PostgreSQL cannot be reached.
            CollectionDamaged: the tables are of a later release.
        """
        self.settings = settings
        self.schema = schema
        self._path = sql.SQL(", ").join(map(sql.Identifier, filter(None, (schema, behind))))
        self.name = name
        self._local = threading.local()
        self._lock_key = int.from_bytes(
            hashlib.sha256((behind or schema).encode()).digest()[:8], "big", signed=True
        )
        self._pool = open_pool(settings, f"tamngu {schema}", self._configure)
        try:
            self._identity = self._oid()
            version = self._version()
            if version > SCHEMA_VERSION:
                raise CollectionDamaged(
                    f"The collection {name!r} has schema version {version}; this Tamngu reads "
                    f"{SCHEMA_VERSION}. Upgrade Tamngu on all machines."
                )
            if 0 < version < SCHEMA_VERSION:
                with self.transaction() as transaction:
                    upgrade(transaction, self._version())
        except BaseException:
            self._pool.close()
            raise
        self.is_new = version == 0

    def _configure(self, connection: Connection) -> None:
        # Whole numbers of one type, whatever their size: a statement is prepared once.
        connection.adapters.register_dumper(int, Int8Dumper)
        connection.adapters.register_dumper(PathBytes, PathDumper)
        connection.execute(sql.SQL("SET search_path TO {}").format(self._path))

    @property
    def exists(self) -> bool:
        """Whether no process has deleted or replaced the schema since it was opened."""
        return self._oid() == self._identity

    def ensure_exists(self) -> None:
        """Check that the schema still exists.

        Raises:
            CollectionNotFound: it has been deleted since it was opened.
        """
        if not self.exists:
            raise CollectionNotFound(
                f"The collection {self.name!r} has been deleted since it was opened."
            )

    def size_bytes(self) -> int:
        """Return the size of all tables and their indexes on disk."""
        query = (
            "SELECT coalesce(sum(pg_total_relation_size(c.oid)), 0) FROM pg_class c"
            " JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE n.nspname = ? AND c.relkind = 'r'"
        )
        return int(self.rows(query, (self.schema,))[0][0])

    def close(self) -> None:
        """Close all connections."""
        self._pool.close()

    def initialise(self, settings: Mapping[str, str]) -> None:
        """Create the tables and store the settings, unless another process has just done so."""
        with self.transaction() as transaction:
            if self._version() == 0:
                create(transaction, self.schema)
                transaction.executemany("INSERT INTO settings VALUES (?, ?)", settings.items())
        self._identity = self._oid()
        self.is_new = False

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Let all reads of this thread inside the block see one state; see the protocol."""
        if self._current is not None:
            yield
            return
        with self._connection() as connection:
            self._local.connection = connection
            try:
                connection.execute(_BEGIN_READING)
                yield
            finally:
                self._local.connection = None
                _end(connection, "COMMIT")

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """Write all of the block's changes, or none of them after an exception.

        Raises:
            CollectionBusy: other transactions took longer than a minute.
            ClusterUnavailable: PostgreSQL cannot be reached.
            StorageError: nothing can be written.
        """
        with self._connection() as connection:
            connection.execute("BEGIN")
            outer, self._local.connection = self._current, connection
            try:
                with self._reported():
                    connection.execute(f"SET LOCAL lock_timeout = {_LOCK_WAIT_MS}")
                    connection.execute("SELECT pg_advisory_xact_lock(%s)", (self._lock_key,))
                    yield Statements(connection)
                    connection.execute("COMMIT")
            except BaseException:
                _end(connection, "ROLLBACK")
                raise
            finally:
                self._local.connection = outer

    @contextmanager
    def unordered(self) -> Iterator[Transaction]:
        """As :meth:`transaction`, without waiting for others: for what is derived."""
        with self._connection() as connection:
            connection.execute("BEGIN")
            outer, self._local.connection = self._current, connection
            try:
                with self._reported():
                    yield Statements(connection)
                    connection.execute("COMMIT")
            except BaseException:
                _end(connection, "ROLLBACK")
                raise
            finally:
                self._local.connection = outer

    @contextmanager
    def locked(self, name: str) -> Iterator[bool]:
        """Yield whether this process alone does something of this name inside the block.

        The lock has a connection of its own, and ends with it: a process that dies gives it back.
        """
        with self._reported(), closing(connect(self.settings)) as connection:
            query = "SELECT pg_try_advisory_lock(hashtextextended(%s, 0))"
            row = connection.execute(query, (f"{self.schema} {name}",)).fetchone()
            yield bool(row and row[0])

    def rows(self, query: str, values: Sequence[Value] = ()) -> list[Row]:
        """Return all rows of a query."""
        return self.rows_of(query, values)

    def rows_of(self, query: str, values: Sequence[Any]) -> list[Row]:
        """Return all rows of a query whose values may be lists."""
        current = self._current
        if current is not None:
            with self._reported():
                return current.execute(marked(query), values or None).fetchall()
        with self._connection() as connection:
            return connection.execute(marked(query), values or None).fetchall()

    def rows_in(self, query: str, values: Sequence[Value]) -> list[Row]:
        """Return all rows of a query that compares with many values: ``... IN (%s) ...``."""
        if not len(values):
            return []
        return self.rows_of(query.replace("IN (%s)", "= ANY(?)"), [list(values)])

    def stream(self, query: str, values: Sequence[Value], size: int) -> Iterator[list[Row]]:
        """Yield the rows of a query, ``size`` at a time; the caller is inside :meth:`reading`."""
        connection = self._current
        assert connection is not None
        name = f"stream{next(_STREAMS)}"
        with self._reported(), connection.cursor(name=name) as cursor:
            cursor.execute(marked(query), tuple(values) or None)
            while block := cursor.fetchmany(size):
                yield block

    @contextmanager
    def parsing(self) -> Iterator[None]:
        """Raise CollectionDamaged where rows that were read cannot be parsed."""
        try:
            yield
        except (ValueError, TypeError) as error:
            raise self.damaged(str(error)) from error

    def damaged(self, what: str) -> CollectionDamaged:
        """Return the error that says how the catalog is damaged and what to do."""
        return CollectionDamaged(
            f"The collection {self.name!r} is damaged ({what}): restore its PostgreSQL schema "
            f"{self.schema!r} from a backup, or delete the collection and ingest again."
        )

    def continue_keys_at(self, transaction: Transaction, key: int) -> None:
        """Let the next passage that is stored have this key, inside a transaction."""
        transaction.execute(
            "SELECT setval(pg_get_serial_sequence('passages', 'key'), ?, false)", (key,)
        )

    @property
    def _current(self) -> Connection | None:
        connection: Connection | None = getattr(self._local, "connection", None)
        return connection

    @contextmanager
    def _connection(self) -> Iterator[Connection]:
        with self._reported(), self._pool.connection() as connection:
            yield connection

    def _oid(self) -> int | None:
        query = "SELECT CAST(oid AS bigint) FROM pg_namespace WHERE nspname = ?"
        rows = self.rows(query, (self.schema,))
        return int(rows[0][0]) if rows else None

    def _version(self) -> int:
        found = self.rows("SELECT to_regclass(?) IS NOT NULL", (f'"{self.schema}".settings',))
        if not found[0][0]:
            return 0
        return int(self.rows("SELECT value FROM settings WHERE name = 'schema'")[0][0])

    def _reported(self) -> AbstractContextManager[None]:
        return reported(self.name, self.damaged)


def _end(connection: Connection, statement: str) -> None:
    """End a transaction, if the connection still lives; the pool drops one that does not."""
    if not connection.closed:
        try:
            connection.execute(statement)
        except psycopg.Error:
            connection.close()
