"""The catalog's statements and values in PostgreSQL's form, and its errors in ours."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg_pool import PoolTimeout

from rag.catalog.rows import PathBytes
from rag.cluster.pool import Connection
from rag.errors import (
    ClusterUnavailable,
    CollectionBusy,
    CollectionDamaged,
    CollectionNotFound,
    StorageError,
)

_VALUES = re.compile(r"\bVALUES (\([?, ]+\))")

_ROWS = 100
"""Rows of a statement at most. PostgreSQL takes 65,535 values in one."""

UNAVAILABLE = (psycopg.OperationalError, psycopg.InterfaceError, PoolTimeout)
"""Errors that say that PostgreSQL cannot be reached, or has gone."""


class Statements:
    """A connection that takes the catalog's statements."""

    def __init__(self, connection: Connection) -> None:
        """Run statements on a connection."""
        self.connection = connection

    def execute(self, query: str, values: Sequence[Any] = (), /) -> psycopg.Cursor[tuple[Any, ...]]:
        """Run one statement."""
        return self.connection.execute(marked(query), values or None)

    def executemany(self, query: str, rows: Iterable[Sequence[Any]], /) -> None:
        """Run one statement for many rows, in one round trip.

        Rows that are only inserted are sent in statements of many rows. Those of an article's
        bands take half the time then.
        """
        rows = list(rows)
        found = _VALUES.search(query)
        if found is None or "DO UPDATE" in query:
            self.connection.cursor().executemany(marked(query), rows)
            return
        before, row, after = query[: found.start(1)], found[1], query[found.end(1) :]
        for start in range(0, len(rows), _ROWS):
            some = rows[start : start + _ROWS]
            values = [value for each in some for value in each]
            self.execute(f"{before}{', '.join([row] * len(some))}{after}", values)


class PathDumper(psycopg.adapt.Dumper):
    """Sends a name that is not UTF-8 as text."""

    oid = psycopg.adapters.types["text"].oid

    def dump(self, obj: PathBytes) -> bytes:
        """Return the bytes that are sent."""
        return obj.as_text().encode()


def marked(query: str) -> str:
    """Return a statement with the marks that psycopg knows."""
    return query.replace("?", "%s")


@contextmanager
def reported(name: str, damaged: Callable[[str], CollectionDamaged]) -> Iterator[None]:
    """Raise PostgreSQL's errors as errors that say what to do.

    Args:
        name: of the collection.
        damaged: returns the error about damage.
    """
    try:
        yield
    except psycopg.errors.LockNotAvailable as error:
        raise CollectionBusy(
            f"Other processes are writing to the collection {name!r}; try again when "
            "they have finished."
        ) from error
    except (psycopg.errors.UndefinedTable, psycopg.errors.InvalidSchemaName) as error:
        raise CollectionNotFound(
            f"The collection {name!r} has been deleted since it was opened."
        ) from error
    except (psycopg.errors.DiskFull, psycopg.errors.InsufficientPrivilege) as error:
        raise StorageError(
            f"PostgreSQL cannot store what belongs to {name!r}: {first_line(error)}; check "
            "its free space and the rights of the user."
        ) from error
    except UNAVAILABLE as error:
        raise ClusterUnavailable(f"PostgreSQL cannot be used: {first_line(error)}.") from error
    except psycopg.Error as error:
        raise damaged(first_line(error)) from error


def first_line(error: BaseException) -> str:
    """Return the first line of what an error says."""
    return (str(error).strip() or type(error).__name__).splitlines()[0].rstrip(".")
