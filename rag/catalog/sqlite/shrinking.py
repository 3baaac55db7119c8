"""A SQLite file without the pages that deleted and shortened rows have left."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

_LEAST_FREE = 10
"""A file is rewritten if one page in so many is free. Chosen manually, not tuned."""


def shrink(connection: sqlite3.Connection, path: Path) -> None:
    """Rewrite a file without its free pages, if they are a tenth of it or more.

    Nothing happens where the disk has no room for two more copies. Readers continue, and others
    wait to write. After a crash the file is as it was.

    Args:
        connection: to the file, in no transaction.
        path: of the file.

    Raises:
        sqlite3.Error: it cannot be rewritten; it is as it was.
    """
    free, pages = (
        connection.execute(f"PRAGMA {name}").fetchone()[0]
        for name in ("freelist_count", "page_count")
    )
    has_room = shutil.disk_usage(path.parent).free > 2 * path.stat().st_size
    if has_room and free and _LEAST_FREE * free >= pages:
        connection.execute("VACUUM")
        # Without this the file keeps its length until its log is next written back.
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
