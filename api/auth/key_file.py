"""The SQLite file of a home's API keys, and the seam to where keys are kept."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import Any, Protocol

from api.errors import KeysUnreadable
from rag.catalog.private_files import private_file, private_folder
from rag.catalog.sqlite.wal import use_wal

_BUSY_MS = 5000
"""Milliseconds that a statement waits for another process that writes."""

_SCHEMA_VERSION = 1

_TABLE = """
CREATE TABLE IF NOT EXISTS keys (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    digest BLOB NOT NULL,
    scopes TEXT NOT NULL,
    collections TEXT,
    created_at TEXT NOT NULL,
    last_used_at TEXT,
    revoked_at TEXT
) STRICT
"""


class KeyRows(Protocol):
    """The rows of all keys, for one thread at a time.

    Attributes:
        where: they are, for messages.
    """

    where: str

    def version(self) -> tuple[int, int] | None:
        """Return a value that changes after each write of another process; None: no key."""

    def is_at(self, version: tuple[int, int] | None) -> bool:
        """Tell whether they still are at a version, without any wait; False: nobody knows."""

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Return all rows of a query."""

    def write(self, query: str, values: Sequence[Any]) -> int:
        """Run a statement, durably; return how many rows it changed."""

    def note(self, query: str, values: Sequence[Any]) -> None:
        """Run a statement, or raise an error if another process is writing."""

    def close(self) -> None:
        """Let go of what is open; the next use opens it again."""

    def errors_translated(self) -> AbstractContextManager[None]:
        """Raise KeysUnreadable for all errors of the block."""


class KeyFile:
    """A connection to the file of the keys, which is opened anew when the file was replaced.

    One thread may use it at a time.
    """

    def __init__(self, path: Path) -> None:
        """Remember the path; nothing is opened or written yet."""
        self.path = path
        self.where = str(path)
        self._connection: sqlite3.Connection | None = None
        self._connections = 0
        self._identity: tuple[int, int] | None = None

    def version(self) -> tuple[int, int] | None:
        """Return a value that changes after each write of another connection; None: no file.

        It costs some microseconds: SQLite keeps the number (``PRAGMA data_version``).
        """
        try:
            status = self.path.stat()
        except FileNotFoundError:
            self.close()
            return None
        if self._identity != (status.st_dev, status.st_ino):
            self.close()
        version = int(self.connection().execute("PRAGMA data_version").fetchone()[0])
        return self._connections, version

    def is_at(self, version: tuple[int, int] | None) -> bool:
        """Tell whether the file still is at a version; it is not opened for that.

        Opening may wait for another process, and this is asked for each request.
        """
        try:
            status = self.path.stat()
            is_same = self._identity == (status.st_dev, status.st_ino)
            return self._connection is not None and is_same and self.version() == version
        except FileNotFoundError:
            return version is None
        except (OSError, sqlite3.Error):
            return False

    def connection(self) -> sqlite3.Connection:
        """Return the connection to a file that exists."""
        if self._connection is None:
            status = self.path.stat()
            # Without mode=rw, SQLite would create a file that was removed a moment ago.
            address = f"{self.path.absolute().as_uri()}?mode=rw"
            connection = sqlite3.connect(
                address, uri=True, isolation_level=None, check_same_thread=False
            )
            try:
                _prepare(connection, self.path)
            except BaseException:
                connection.close()
                raise
            self._connection = connection
            self._connections += 1
            self._identity = status.st_dev, status.st_ino
        return self._connection

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Return all rows of a query."""
        return self.connection().execute(query).fetchall()

    def write(self, query: str, values: Sequence[Any]) -> int:
        """Run a statement in the file, which is made readable by its owner only; see the seam."""
        private_folder(self.path.parent)
        private_file(self.path)
        self.version()
        changed = self.connection().execute(query, values).rowcount
        # What was written moves from SQLite's log into the file, unless another process reads it: a
        # key that was revoked stays revoked if the log is lost after the process was killed.
        with suppress(sqlite3.OperationalError):
            self.connection().execute("PRAGMA wal_checkpoint(PASSIVE)")
        return changed

    def note(self, query: str, values: Sequence[Any]) -> None:
        """Run a statement, unless another process is writing."""
        connection = self.connection()
        connection.execute("PRAGMA busy_timeout=0")
        try:
            connection.execute(query, values)
        finally:
            connection.execute(f"PRAGMA busy_timeout={_BUSY_MS}")

    def close(self) -> None:
        """Close the connection; the next use opens it again."""
        if self._connection is not None:
            self._connection.close()
        self._connection = self._identity = None

    @contextmanager
    def errors_translated(self) -> Iterator[None]:
        """Raise KeysUnreadable for errors of SQLite, of the system, or in what the file holds."""
        try:
            yield
        except (sqlite3.Error, OSError, ValueError, TypeError) as error:
            self.close()
            raise KeysUnreadable(
                f"Cannot use the keys in {self.path}: {error}. Make sure that the file can be "
                "written; if it is damaged, remove it and create new keys."
            ) from error


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    """Set the options of a connection, and create the table in a new file."""
    use_wal(connection)
    for pragma in (f"busy_timeout={_BUSY_MS}", "synchronous=FULL"):
        connection.execute(f"PRAGMA {pragma}")
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if version > _SCHEMA_VERSION:
        raise KeysUnreadable(f"{path} was written by a later Tamngu; upgrade this one.")
    if version < _SCHEMA_VERSION:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(_TABLE)
        connection.execute(f"PRAGMA user_version={_SCHEMA_VERSION}")
        connection.execute("COMMIT")
