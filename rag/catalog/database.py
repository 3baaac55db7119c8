"""The seam to the database that holds a catalog: SQLite on one machine, PostgreSQL on a cluster.

The statements of this package are written once, in what both databases understand. Values are
marked with ``?``, and lists of values with ``IN (%s)``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

from rag.errors import CollectionDamaged

Value = str | int | bytes | None
"""What a column holds."""

Row = tuple[Any, ...]
"""The values of one row."""


class Result(Protocol):
    """What a statement gives back."""

    @property
    def rowcount(self) -> int:
        """How many rows it changed."""

    def fetchone(self) -> Any:  # noqa: ANN401
        """Return the next row; None after the last."""

    def __iter__(self) -> Iterator[Any]:
        """Yield the rows that are left."""

    def fetchall(self) -> list[Any]:
        """Return all rows that are left."""


class Transaction(Protocol):
    """An open transaction."""

    def execute(self, query: str, values: Sequence[Any] = (), /) -> Result:
        """Run one statement."""

    def executemany(self, query: str, rows: Iterable[Sequence[Any]], /) -> object:
        """Run one statement for many rows."""


class Database(Protocol):
    """An open catalog's database, for any number of threads.

    Attributes:
        is_new: whether it has no tables yet.
    """

    is_new: bool

    @property
    def exists(self) -> bool:
        """Whether no process has deleted or replaced it since it was opened."""

    def ensure_exists(self) -> None:
        """Check that it still exists.

        Raises:
            CollectionNotFound: it has been deleted since it was opened.
        """

    def size_bytes(self) -> int:
        """Return its size on disk."""

    def close(self) -> None:
        """Close all connections."""

    def initialise(self, settings: Mapping[str, str]) -> None:
        """Create the tables and store the settings, unless another process has just done so."""

    def reading(self) -> AbstractContextManager[None]:
        """Let all reads of this thread inside the block see one state.

        Inside another ``reading`` or a transaction, the outer block's state is read.
        """

    def transaction(self) -> AbstractContextManager[Transaction]:
        """Write all of the block's changes, or none of them after an exception.

        Transactions take turns. Inside, the thread reads what it has written.

        Raises:
            StorageError: nothing can be written.
        """

    def rows(self, query: str, values: Sequence[Value] = ()) -> list[Row]:
        """Return all rows of a query."""

    def rows_in(self, query: str, values: Sequence[Value]) -> list[Row]:
        """Return all rows of a query that compares with many values: ``... IN (%s) ...``."""

    def stream(self, query: str, values: Sequence[Value], size: int) -> Iterator[list[Row]]:
        """Yield the rows of a query, ``size`` at a time; the caller is inside :meth:`reading`."""

    def parsing(self) -> AbstractContextManager[None]:
        """Raise CollectionDamaged where rows that were read cannot be parsed."""

    def damaged(self, what: str) -> CollectionDamaged:
        """Return the error that says how the catalog is damaged and what to do."""

    def continue_keys_at(self, transaction: Transaction, key: int) -> None:
        """Let the next passage that is stored have this key, inside a transaction."""
