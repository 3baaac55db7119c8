"""The seam to the tables that keep what a service needs beside its collections."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any, Protocol

from rag.catalog.database import Transaction


class Tables(Protocol):
    """Some tables: an SQLite file of one machine, or a part of a cluster's PostgreSQL schema.

    Any number of threads and processes may use them. Statements are written once, in what both
    databases understand, with ``?`` for each value.
    """

    @property
    def exists(self) -> bool:
        """Whether reading makes nothing that was not there."""

    def close(self) -> None:
        """Let go of what is open; the next use opens it again."""

    def rows(self, query: str, *values: str | int) -> list[tuple[Any, ...]]:
        """Return all rows of a query.

        Raises:
            StorageError: the tables cannot be used.
            ClusterUnavailable: PostgreSQL cannot be reached.
        """

    def transaction(self) -> AbstractContextManager[Transaction]:
        """Write all of the block's changes, or none of them on an exception.

        Transactions on the same tables take turns, also those of other processes.

        Raises:
            StorageError: the tables cannot be used.
            ClusterUnavailable: PostgreSQL cannot be reached.
        """
