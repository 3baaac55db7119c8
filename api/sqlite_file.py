"""A small SQLite file of the service's own, which several server processes may use at once."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rag.catalog.wal import use_wal
from rag.errors import StorageError


class SqliteFile:
    """An open file, for any number of threads; made with the first write to it."""

    def __init__(self, path: Path, schema: str, version: int, holds: str) -> None:
        """Open nothing yet.

        Args:
            path: of the file.
            schema: statements that make its tables.
            version: of the schema; a file of a later one is not used.
            holds: what is in it, for errors.
        """
        self._path = path
        self._schema = schema
        self._version = version
        self._holds = holds
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None

    def close(self) -> None:
        """Close the file; it is opened again when needed."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    @property
    def is_there(self) -> bool:
        """Whether anything was ever written."""
        return self._path.exists()

    def rows(self, query: str, *values: str | int) -> list[tuple[Any, ...]]:
        """Return all rows of a query, none where there is no file.

        Raises:
            StorageError: the file cannot be used.
        """
        if not self.is_there:
            return []
        with self._lock, self._reported():
            return self._opened().execute(query, values).fetchall()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Write: all of it or, after an exception, nothing.

        Raises:
            StorageError: the file cannot be used.
        """
        with self._lock, self._reported():
            connection = self._opened()
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise

    def _opened(self) -> sqlite3.Connection:
        # Opened late, so that no process is forked with it.
        if self._connection is None:
            self._connection = self._connect()
        return self._connection

    @contextmanager
    def _reported(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            raise StorageError(
                f"{self._holds} cannot be used: {error}. See that the server's folder can be "
                "written and that the disk has room."
            ) from error

    def _connect(self) -> sqlite3.Connection:
        self._path.parent.mkdir(parents=True, exist_ok=True)
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
