"""The catalog's SQLite file: its connections, transactions, and what it reports in one sentence."""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from rag.catalog.schema import SCHEMA_VERSION, create, upgrade
from rag.errors import CollectionBusy, CollectionDamaged, CollectionNotFound, StorageError

_LOG = logging.getLogger("tamngu.rag")

Value = str | int | bytes | None
Row = tuple[Any, ...]


class CatalogFile:
    """An open file, for any number of threads: one writes, the others read and do not wait.

    Each thread that reads has a connection to itself for as long; inside :meth:`transaction` a
    thread reads what it has written.
    """

    def __init__(self, path: Path) -> None:
        """Open the file, creating it when it is not there; an older one is upgraded.

        Raises:
            CollectionDamaged: it is no catalog, or one of a later version.
            CollectionBusy: an older one cannot be upgraded now.
            StorageError: it cannot be opened.
        """
        self.path = path
        self._writing = threading.RLock()
        self._idle: list[sqlite3.Connection] = []
        self._local = threading.local()
        is_there = path.exists()
        with self.reported():
            self._writer = self._connect()
            self._identity = _identity_of(path)
            version = self._version()
        if version == 0 and is_there and (path.parent / "generations").exists():
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
            self._change_tables()

    @property
    def is_there(self) -> bool:
        """Whether it has not been deleted since it was opened, nor made anew, by any process."""
        return _identity_of(self.path) == self._identity

    def see_that_it_is_there(self) -> None:
        """Do nothing where it is.

        Raises:
            CollectionNotFound: it was deleted after it was opened.
        """
        if not self.is_there:
            name = self.path.parent.name
            raise CollectionNotFound(f"The collection {name!r} has been deleted meanwhile.")

    def close(self) -> None:
        """Close all connections."""
        with self._writing:
            self._writer.close()
            while self._idle:
                self._idle.pop().close()

    def initialise(self, settings: Mapping[str, str]) -> None:
        """Create the tables of a new catalog, settings in them, unless another process just has."""
        self._change_tables(settings)
        self.is_new = False

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Make all reads of this thread inside see one and the same state.

        Inside another ``reading`` or a transaction, the state is that one's.
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
            self._idle.append(connection)

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Write: all of it or, after an exception, nothing."""
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

    def stream(self, query: str, values: Sequence[Value], size: int) -> Iterator[list[Row]]:
        """Yield the rows of a query, ``size`` at a time; the caller is inside :meth:`reading`."""
        with self.reported():
            connection = self._current
            assert connection is not None
            cursor = connection.execute(query, tuple(values))
            while some := cursor.fetchmany(size):
                yield some

    def altered(self) -> list[str]:
        """Return the names of tables, indexes and triggers that are not as they were made."""
        query = "SELECT name, sql FROM sqlite_master"
        with closing(sqlite3.connect(":memory:", isolation_level=None)) as fresh:
            create(fresh)
            expected = dict(fresh.execute(query).fetchall())
        found: dict[str, Value] = dict(self.rows(query))
        return [name for name in expected if _plain(found.get(name)) != _plain(expected[name])]

    @contextmanager
    def reported(self) -> Iterator[None]:
        """Say what SQLite reports in one sentence."""
        try:
            yield
        except sqlite3.OperationalError as error:
            # There is no code where Python found text that is none.
            code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
            if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                raise CollectionBusy(
                    f"Another process holds {self.path}; try again when it is done."
                ) from error
            # Tables or columns that are not there: the statements are right.
            if code == sqlite3.SQLITE_ERROR:
                raise damaged(self.path, str(error)) from error
            raise StorageError(
                f"Cannot use {self.path}: {error}. See that its folder can be written and that "
                "the disk has room."
            ) from error
        except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
            raise damaged(self.path, str(error)) from error

    @property
    def _current(self) -> sqlite3.Connection | None:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        return connection

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self.path, timeout=10, isolation_level=None, check_same_thread=False
        )
        # Memory-mapped reads: vectors and texts are not copied through a page cache first.
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "mmap_size=1073741824",
        ):
            connection.execute(f"PRAGMA {pragma}")
        return connection

    def _reader(self) -> sqlite3.Connection:
        try:
            connection = self._connect()
        except sqlite3.Error:
            self.see_that_it_is_there()
            raise
        # What is opened by the path may be another file, made in place of this one.
        if not self.is_there:
            connection.close()
        self.see_that_it_is_there()
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
    """Tell a file from another that takes its place; None: there is none."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


def damaged(path: Path, what: str) -> CollectionDamaged:
    """Return the error that says a catalog is damaged, and what to do."""
    return CollectionDamaged(
        f"{path} is damaged ({what}): restore it from a backup, or remove the collection's folder "
        "and ingest its articles again."
    )


def _plain(statement: Value) -> str:
    """Return a statement without what differs between ways to make the same table."""
    return " ".join(str(statement).replace('"', "").split())


def _roll_back(connection: sqlite3.Connection) -> None:
    # SQLite has ended the transaction itself after some errors, such as a full disk.
    if connection.in_transaction:
        connection.execute("ROLLBACK")
