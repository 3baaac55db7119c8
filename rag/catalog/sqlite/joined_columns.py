"""One column of many passages, read from SQLite in one step.

Python's ``sqlite3`` gives up the interpreter's lock at each row and then waits for it. Beside other
threads that takes up to 5 ms a row. So SQLite itself joins what the rows hold.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rag.catalog.database import Database
from rag.records.passage import Keys

_QUERY = (
    # Bytes are joined as they are.
    "SELECT count(*), group_concat(length({column})), CAST(group_concat({column}, '') AS BLOB),"
    " sum(length(sentence_spans))"
    # SQLite never changes the order of a CROSS JOIN: https://sqlite.org/optoverview.html
    " FROM json_each(?) AS asked CROSS JOIN passages ON passages.key = asked.value"
)


@dataclass(frozen=True)
class JoinedColumn:
    """What some passages hold in a column of bytes.

    Attributes:
        found: the bytes, one passage after the other.
        sizes: how many of them are each passage's, shape (n,).
        span_bytes: bytes that the spans of all their sentences take.
    """

    found: bytearray
    sizes: NDArray[np.int64]
    span_bytes: int


def joined_column(database: Database, column: str, keys: Keys) -> JoinedColumn:
    """Return what passages hold in a column of bytes, in the order of the keys.

    The checksums of their rows are not looked at: these are of whole rows.

    Args:
        database: the catalog's, a SQLite file.
        column: its name.
        keys: the passages', shape (n,).

    Raises:
        CollectionDamaged: a passage is missing, or the column does not hold bytes.
    """
    query = _QUERY.format(column=column)
    ((count, lengths, found, span_bytes),) = database.rows(query, (str(keys.tolist()),))
    if count != len(keys):
        raise database.damaged("it lacks passages that an index holds")
    sizes = np.array([int(size) for size in (lengths or "").split(",") if size], dtype=np.int64)
    if len(sizes) != len(keys) or sizes.sum() != len(found or b""):
        raise database.damaged(f"the column {column} does not hold bytes")
    return JoinedColumn(bytearray(found or b""), sizes, span_bytes or 0)
