"""Write-ahead logging of SQLite files that several processes open at once."""

from __future__ import annotations

import sqlite3
import time

_PATIENCE_S = 10.0
_PAUSE_S = 0.01


def use_wal(connection: sqlite3.Connection) -> None:
    """Turn on write-ahead logging as soon as no other process is using the file.

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
            return
