"""One column of many passages, read from SQLite in one step.

Python's ``sqlite3`` gives up the interpreter's lock at each row and then waits for it. Beside other
threads that takes up to 5 ms a row. So SQLite itself joins what the rows hold.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from rag.catalog.database import Database
from rag.records.passage import Keys

_QUERY = (
    "SELECT count(*), group_concat(length({column})), CAST(group_concat({column}, '') AS BLOB)"
    # SQLite joins the rows of a sorted subquery in its order, and joins bytes as they are.
    " FROM (SELECT {column} FROM passages WHERE key IN (%s) ORDER BY key)"
)


def joined_column(
    database: Database, column: str, keys: Keys
) -> tuple[bytearray, NDArray[np.int64]]:
    """Return what passages hold in a column of bytes, one passage after the other.

    The checksums of their rows are not looked at: these are of whole rows.

    Args:
        database: the catalog's, a SQLite file.
        column: its name.
        keys: the passages', ascending, each once, shape (n,).

    Returns:
        The bytes, and how many of them are each passage's, shape (n,).

    Raises:
        CollectionDamaged: a passage is missing, or the column does not hold bytes.
    """
    rows = database.rows_in(_QUERY.format(column=column), keys.tolist())
    found = bytearray().join(row[2] or b"" for row in rows)
    sizes = [int(size) for row in rows if row[1] is not None for size in row[1].split(",")]
    if sum(row[0] for row in rows) != len(keys):
        raise database.damaged("it lacks passages that an index holds")
    if len(sizes) != len(keys) or sum(sizes) != len(found):
        raise database.damaged(f"the column {column} does not hold bytes")
    return found, np.array(sizes, dtype=np.int64)
