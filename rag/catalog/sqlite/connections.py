"""The connections to a catalog's SQLite file: reads, transactions, and clear error messages."""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from rag.catalog.database import Row, Transaction, Value
from rag.catalog.private_files import private_file
from rag.catalog.schema import SCHEMA_VERSION, create, upgrade
from rag.catalog.sqlite.database_file import connect, opened
from rag.catalog.sqlite.file_locks import in_use
from rag.catalog.sqlite.shrinking import shrink
from rag.errors import CollectionBusy, CollectionDamaged, CollectionNotFound, StorageError

_LOG = logging.getLogger("tamngu.rag")

_MAX_VARIABLES = 10_000
"""Values in one statement; SQLite's own limit is 32,766."""


class Connections:
    """Connections to one file, for any number of threads: one writes, the others read.

    Readers never wait for the writer. Each thread that reads has a connection to itself while it
    reads; inside :meth:`transaction` a thread reads what it has written.
    """

    def __init__(self, path: Path) -> None:
        """Open the file; create it if it does not exist; upgrade an older schema.

        A file in a folder that cannot be written is opened for reading only.

        Raises:
            CollectionDamaged: the file is not a catalog, or its schema version is later than ours.
            CollectionBusy: another process holds an older file, so it cannot be upgraded.
            StorageError: the file cannot be opened.
        """
        self.path = path
        self._writing = threading.RLock()
        self._idle: list[sqlite3.Connection] = []
        self._local = threading.local()
        existed = path.exists()
        if not existed:
            # SQLite reports the error, with what it was about to do.
            with suppress(OSError):
                private_file(path)
        with self.reported():
            self._writer, self._read_only = opened(path, existed=existed)
            self._identity = _identity_of(path)
            version = self._version()
        if version == 0 and existed and (path.parent / "generations").exists():
            self.close()
            raise damaged(path, "it is empty, but indexes were derived from it")
        if not 0 <= version <= SCHEMA_VERSION:
            self.close()
            raise CollectionDamaged(
                f"{path} has schema version {version}; this Tamngu reads {SCHEMA_VERSION}. "
                "Upgrade Tamngu, or ingest the articles into a new collection."
            )
        self.is_new = version == 0
        if 0 < version < SCHEMA_VERSION:
            if self._read_only is not None:
                self.close()
                raise StorageError(
                    f"{path} was written by an earlier Tamngu and has to be upgraded, but its "
                    "folder cannot be written: change its permissions, or copy it to another home."
                )
            self._change_tables()

    @property
    def exists(self) -> bool:
        """Whether no process has deleted or replaced the file since it was opened."""
        return _identity_of(self.path) == self._identity

    def ensure_exists(self) -> None:
        """Check that the file still exists.

        Raises:
            CollectionNotFound: the file has been deleted since it was opened.
        """
        if not self.exists:
            name = self.path.parent.name
            raise CollectionNotFound(
                f"The collection {name!r} has been deleted since it was opened."
            )

    def size_bytes(self) -> int:
        """Return the size of the file.

        Raises:
            CollectionNotFound: the file has been deleted since it was opened.
        """
        self.ensure_exists()
        return self.path.stat().st_size

    def close(self) -> None:
        """Close all connections."""
        with self._writing:
            self._writer.close()
            while self._idle:
                self._idle.pop().close()
            if self._read_only is not None:
                self._read_only.close()

    def shrink(self) -> None:
        """Give free pages back to the file system: :mod:`rag.catalog.sqlite.shrinking`."""
        self._ensure_writable()
        with self._writing, suppress(CollectionBusy), self.reported():
            shrink(self._writer, self.path)

    def initialise(self, settings: Mapping[str, str]) -> None:
        """Create the tables and store the settings, unless another process has just done so."""
        self._change_tables(settings)
        self.is_new = False

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Let all reads of this thread inside the block see one state of the file.

        Inside another ``reading`` or a transaction, the outer block's state is read.
        """
        if self._current is not None:
            yield
            return
        with self.reported():
            connection = self._idle.pop() if self._idle else self._reader()
            connection.execute("BEGIN")
        self._local.connection = connection
        try:
            yield
        finally:
            self._local.connection = None
            with self.reported():
                _roll_back(connection)
            self._keep(connection)

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Write all of the block's changes, or none of them after an exception.

        Raises:
            StorageError: the file can only be read, or the disk is full.
        """
        self._ensure_writable()
        with self._writing, self.reported():
            self._writer.execute("BEGIN IMMEDIATE")
            outer, self._local.connection = self._current, self._writer
            try:
                yield self._writer
                self._writer.execute("COMMIT")
            except BaseException:
                _roll_back(self._writer)
                raise
            finally:
                self._local.connection = outer

    def rows(self, query: str, values: Sequence[Value] = ()) -> list[Row]:
        """Return all rows of a query."""
        with self.reading(), self.reported():
            connection = self._current
            assert connection is not None
            return connection.execute(query, tuple(values)).fetchall()

    def rows_in(self, query: str, values: Sequence[Value]) -> list[Row]:
        """Return all rows of a query that compares with many values: ``... IN (%s) ...``."""
        found: list[Row] = []
        for start in range(0, len(values), _MAX_VARIABLES):
            block = values[start : start + _MAX_VARIABLES]
            found += self.rows(query % ",".join("?" * len(block)), block)
        return found

    def stream(self, query: str, values: Sequence[Value], size: int) -> Iterator[list[Row]]:
        """Yield the rows of a query, ``size`` at a time; the caller is inside :meth:`reading`."""
        with self.reported():
            connection = self._current
            assert connection is not None
            cursor = connection.execute(query, tuple(values))
            while block := cursor.fetchmany(size):
                yield block

    @contextmanager
    def reported(self) -> Iterator[None]:
        """Raise SQLite's errors as errors that say what to do."""
        try:
            yield
        except sqlite3.OperationalError as error:
            # Python sets no code where a text column holds bytes that are not UTF-8.
            code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
            if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                raise in_use(self.path) from error
            # Our statements are right, so a table or column is missing.
            if code == sqlite3.SQLITE_ERROR:
                raise damaged(self.path, str(error)) from error
            raise StorageError(
                f"Cannot use {self.path}: {error}. Check that its folder can be written and that "
                "the disk has free space."
            ) from error
        except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
            raise damaged(self.path, str(error)) from error

    @contextmanager
    def parsing(self) -> Iterator[None]:
        """Raise CollectionDamaged where rows that were read cannot be parsed."""
        try:
            yield
        except (ValueError, TypeError) as error:
            raise damaged(self.path, str(error)) from error

    def damaged(self, what: str) -> CollectionDamaged:
        """Return the error that says how the catalog is damaged and what to do."""
        return damaged(self.path, what)

    def continue_keys_at(self, transaction: Transaction, key: int) -> None:
        """Let the next passage that is stored have this key, inside a transaction."""
        transaction.execute("DELETE FROM sqlite_sequence WHERE name = 'passages'")
        transaction.execute("INSERT INTO sqlite_sequence VALUES ('passages', ?)", (key - 1,))

    @property
    def _current(self) -> sqlite3.Connection | None:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        return connection

    def _keep(self, connection: sqlite3.Connection) -> None:
        """Keep a connection for the next reader, if it will see the file's state by then."""
        if self._read_only is None:
            self._idle.append(connection)
        else:
            connection.close()

    def _ensure_writable(self) -> None:
        if self._read_only is not None:
            raise StorageError(
                f"{self.path.parent} cannot be written, so its collection can be searched but not "
                "changed. Change the permissions of the folder, or copy it to another home."
            )

    def _reader(self) -> sqlite3.Connection:
        try:
            connection = self._read_only.connect() if self._read_only else connect(self.path)
        except sqlite3.Error:
            self.ensure_exists()
            raise
        # The path may lead to another file by this time, created in place of the deleted one.
        if not self.exists:
            connection.close()
        self.ensure_exists()
        return connection

    def _version(self) -> int:
        return int(self._writer.execute("PRAGMA user_version").fetchone()[0])

    def _change_tables(self, settings: Mapping[str, str] | None = None) -> None:
        with self.transaction() as connection:
            version = self._version()
            if version == 0:
                create(connection)
                connection.executemany(
                    "INSERT INTO settings VALUES (?, ?)", (settings or {}).items()
                )
            elif version < SCHEMA_VERSION:
                _LOG.warning("Upgrading %s; this happens once.", self.path)
                upgrade(connection, version)


def _identity_of(path: Path) -> tuple[int, int] | None:
    """Return what distinguishes a file from one that replaces it; None if there is no file."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


def damaged(path: Path, what: str) -> CollectionDamaged:
    """Return the error that says how a catalog is damaged and what to do."""
    return CollectionDamaged(
        f"{path} is damaged ({what}): restore it from a backup, or remove the collection's folder "
        "and ingest its articles again."
    )


def _roll_back(connection: sqlite3.Connection) -> None:
    # SQLite itself ends the transaction after some errors, such as a full disk.
    if connection.in_transaction:
        connection.execute("ROLLBACK")
