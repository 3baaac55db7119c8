"""Passages that earlier releases stored, rewritten as this release stores them.

Both forms are read, so this can wait, and stop at any time. What was rewritten stays so.
"""

from __future__ import annotations

from collections.abc import Callable

from rag.catalog.database import Database, Transaction
from rag.catalog.rows import PASSAGE_COLUMNS, passage_row, read_passage
from rag.catalog.settings import set_setting

_SETTING = "older_passages"
"""Holds the key up to which passages were rewritten; absent where there is nothing to rewrite."""

_AT_A_TIME = 200
"""Passages in one transaction, about a fifth of a second. Chosen manually."""

_COLUMNS = ", ".join((*PASSAGE_COLUMNS, "checksum"))
_VALUES = ", ".join(f"{column} = ?" for column in (*PASSAGE_COLUMNS, "checksum"))


def note_older_passages(connection: Transaction) -> None:
    """Note that the passages that are stored now are to be rewritten, inside a transaction."""
    connection.execute(
        f"INSERT INTO settings SELECT '{_SETTING}', '0' WHERE EXISTS (SELECT 1 FROM passages)"
    )


def forget_older_passages(connection: Transaction) -> None:
    """Note that all passages are stored as this release stores them, inside a transaction."""
    connection.execute("DELETE FROM settings WHERE name = ?", (_SETTING,))


def count_older_passages(database: Database) -> int:
    """Return how many passages are still to be looked at."""
    with database.reading():
        after = _after(database)
        if after is None:
            return 0
        query = "SELECT count(*) FROM passages WHERE key > ?"
        return int(database.rows(query, (after,))[0][0])


def rewrite_older_passages(
    database: Database,
    most: int | None = None,
    on_passages: Callable[[int], object] = lambda _: None,
) -> None:
    """Rewrite passages that earlier releases stored; their keys and what they say stay.

    Args:
        database: the catalog's.
        most: passages to rewrite, to the next 200; None for all.
        on_passages: called with the number of passages done since the last call.

    Raises:
        CollectionDamaged: a passage differs from what was stored.
        StorageError: the catalog cannot be written.
    """
    done = 0
    while (most is None or done < most) and _after(database) is not None:
        with database.transaction() as connection:
            count = _rewrite_some(database, connection)
        done += count
        on_passages(count)


def _rewrite_some(database: Database, connection: Transaction) -> int:
    """Rewrite the next passages; return how many, 0 after the last one."""
    # Another process may have gone on meanwhile, so this is read inside the transaction.
    after = _after(database)
    query = f"SELECT key, {_COLUMNS} FROM passages WHERE key > ? ORDER BY key LIMIT ?"
    rows = [] if after is None else database.rows(query, (after, _AT_A_TIME))
    if not rows:
        forget_older_passages(connection)
        return 0
    for key, *row in rows:
        with database.parsing():
            rewritten = passage_row(read_passage(tuple(row)))
        if rewritten != tuple(row):
            connection.execute(
                f"UPDATE passages SET {_VALUES} WHERE key = ?",
                (*rewritten, key),
            )
    set_setting(connection, _SETTING, str(rows[-1][0]))
    return len(rows)


def _after(database: Database) -> int | None:
    rows = database.rows("SELECT value FROM settings WHERE name = ?", (_SETTING,))
    with database.parsing():
        return int(rows[0][0]) if rows else None
