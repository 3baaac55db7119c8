"""Write-ahead logging of SQLite files that several processes open at once."""

from __future__ import annotations

import sqlite3
import time

_PATIENCE_S = 10.0
_PAUSE_S = 0.01


def use_wal(connection: sqlite3.Connection) -> None:
    """Have a file's changes logged ahead, as soon as nobody else is at it.

    SQLite itself does not wait here, whatever its timeout: a new file that two open at once was
    refused to one of them.

    Raises:
        sqlite3.OperationalError: the file cannot be used, or was not free for ten seconds.
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
