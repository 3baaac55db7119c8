"""Write-ahead logging of SQLite files that several processes open at once."""

from __future__ import annotations

import sqlite3
import time

_PATIENCE_S = 10.0
_PAUSE_S = 0.01

LOG_BYTES = 16 * 2**20
"""Bytes to which a log is cut when it begins anew. SQLite writes a log back to its database from 4
MB on; without this bound, the file would keep the size of the largest transaction ever. Chosen
manually, not tuned."""


def use_wal(connection: sqlite3.Connection) -> None:
    """Turn on write-ahead logging as soon as no other process is using the file, and bound its log.

    SQLite itself does not wait here, whatever its timeout: when two processes opened a new file at
    once, one of them got an error.

    Raises:
        sqlite3.OperationalError: the file cannot be used, or others used it for ten seconds.
    """
    end = time.monotonic() + _PATIENCE_S
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            busy = error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
            if not busy or time.monotonic() > end:
                raise
            time.sleep(_PAUSE_S)
        else:
            connection.execute(f"PRAGMA journal_size_limit={LOG_BYTES}")
            return
