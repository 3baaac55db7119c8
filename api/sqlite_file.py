"""A small SQLite file of the service, which several server processes may use at the same time."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rag.catalog.private_files import private_file, private_folder
from rag.catalog.sqlite.wal import use_wal
from rag.errors import StorageError


class SqliteFile:
    """A SQLite file with one connection, which any number of threads may use.

    The first write creates the file, which only its user can read.
    """

    def __init__(self, path: Path, schema: str, version: int, content: str) -> None:
        """Remember the arguments; nothing is opened yet.

        Args:
            path: of the file.
            schema: SQL statements that create the tables, separated by semicolons.
            version: of the schema; a file with a later version is refused.
            content: what the file holds, as the subject of error messages.
        """
        self._path = path
        self._schema = schema
        self._version = version
        self._content = content
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None

    def close(self) -> None:
        """Close the file; the next use opens it again."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    @property
    def exists(self) -> bool:
        """Whether the file exists, that is, whether anything was ever written."""
        return self._path.exists()

    def rows(self, query: str, *values: str | int) -> list[tuple[Any, ...]]:
        """Return all rows of a query; an empty list if the file does not exist.

        Raises:
            StorageError: the file cannot be used.
        """
        if not self.exists:
            return []
        with self._lock, self._errors_translated():
            return self._open().execute(query, values).fetchall()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Yield a connection whose writes are committed together, or not at all on an exception.

        Raises:
            StorageError: the file cannot be used.
        """
        with self._lock, self._errors_translated():
            connection = self._open()
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise

    def _open(self) -> sqlite3.Connection:
        # Opened at the first use, so that no process inherits the connection by a fork.
        if self._connection is None:
            self._connection = self._connect()
        return self._connection

    @contextmanager
    def _errors_translated(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            raise StorageError(
                f"{self._content} cannot be used: {error}. Make sure that the server's folder can "
                "be written and that the disk has room."
            ) from error

    def _connect(self) -> sqlite3.Connection:
        private_folder(self._path.parent)
        private_file(self._path)
        connection = sqlite3.connect(
            self._path, timeout=10, isolation_level=None, check_same_thread=False
        )
        try:
            use_wal(connection)
            connection.execute("PRAGMA synchronous=FULL")
            connection.execute("BEGIN IMMEDIATE")
            version = connection.execute("PRAGMA user_version").fetchone()[0]
            if version > self._version:
                raise sqlite3.DatabaseError(f"it is of a later release (version {version})")
            if version == 0:
                for statement in self._schema.split(";"):
                    connection.execute(statement)
                connection.execute(f"PRAGMA user_version = {self._version}")
            connection.execute("COMMIT")
        except BaseException:
            connection.close()
            raise
        return connection
