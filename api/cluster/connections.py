"""Connections to the PostgreSQL schema of a service, and its errors in ours."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg.types.numeric import Int8Dumper
from psycopg.types.string import StrDumperUnknown
from psycopg_pool import ConnectionPool

from rag.cluster.pool import Connection, open_pool
from rag.cluster.settings import ClusterSettings
from rag.cluster.statements import UNAVAILABLE, first_line
from rag.errors import ClusterUnavailable, StorageError

SCHEMA = "tamngu_service"
"""The PostgreSQL schema that holds what all services of a cluster share."""


class Connections:
    """The connections of one process, for any number of threads; the first use opens them."""

    def __init__(self, settings: ClusterSettings) -> None:
        """Remember where PostgreSQL is; nothing is opened yet."""
        self._settings = settings
        self._lock = threading.Lock()
        self._pool: ConnectionPool[Connection] | None = None

    @contextmanager
    def connection(self, content: str) -> Iterator[Connection]:
        """Yield a connection; each statement outside a transaction is committed by itself.

        Args:
            content: what is used, as the subject of error messages.

        Raises:
            ClusterUnavailable: PostgreSQL cannot be reached.
            StorageError: it refuses a statement.
        """
        try:
            with self._opened().connection() as connection:
                yield connection
        except UNAVAILABLE as error:
            raise ClusterUnavailable(f"PostgreSQL cannot be used: {first_line(error)}.") from error
        except psycopg.Error as error:
            raise StorageError(
                f"{content} cannot be used: {first_line(error)}. Make sure that PostgreSQL has "
                "room, and that its user may create schemas."
            ) from error

    def close(self) -> None:
        """Close all connections; the next use opens some again."""
        with self._lock:
            pool, self._pool = self._pool, None
        if pool is not None:
            pool.close()

    def _opened(self) -> ConnectionPool[Connection]:
        # Opened at the first use, so that no process inherits a connection by a fork.
        with self._lock:
            if self._pool is None:
                self._pool = open_pool(self._settings, "tamngu service", _configure)
            return self._pool


class _TextDumper(StrDumperUnknown):
    """Sends text without the character that PostgreSQL stores in no text."""

    def dump(self, obj: str) -> bytes:
        """Return the bytes that are sent."""
        return obj.replace("\0", "\ufffd").encode()


def _configure(connection: Connection) -> None:
    connection.adapters.register_dumper(int, Int8Dumper)
    connection.adapters.register_dumper(str, _TextDumper)
    connection.execute(f"SET search_path TO {SCHEMA}")
