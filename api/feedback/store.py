"""What people said of answers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import astuple, fields
from datetime import datetime
from typing import Any

from api.state import State, tables_of
from tamngu.records.feedback import Feedback

_SCHEMA = """
CREATE TABLE feedback (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    collection TEXT NOT NULL,
    question TEXT NOT NULL,
    language TEXT NOT NULL,
    verdict TEXT NOT NULL,
    article_id TEXT,
    start INTEGER,
    "end" INTEGER,
    quote TEXT,
    note TEXT,
    created_at TEXT NOT NULL
);
CREATE INDEX feedback_by_collection ON feedback (collection, number)
"""

_NAMES = [field.name for field in fields(Feedback)]
_COLUMNS = ", ".join(f'"{name}"' for name in _NAMES)
_MARKS = ", ".join("?" * len(fields(Feedback)))

MAX_KEPT = 100_000
"""Feedback that is kept; the oldest is removed. Chosen manually, not tuned."""

_AT_A_TIME = 1000


class FeedbackStore:
    """What people said of a service's answers, for any number of threads and processes.

    The first feedback creates the file ``feedback.db``, which only its user can read, or the tables
    on a cluster. Every method raises StorageError or ClusterUnavailable if they cannot be used.
    """

    def __init__(self, state: State) -> None:
        """Keep feedback there; nothing is opened yet."""
        self._tables = tables_of(state, "feedback", _SCHEMA, 1, "The list of feedback")

    def close(self) -> None:
        """Let go of what is open; the next use opens it again."""
        self._tables.close()

    def add(self, feedback: Feedback) -> None:
        """Store what somebody said; when this returns, it is durable."""
        *values, created_at = astuple(feedback)
        with self._tables.transaction() as connection:
            connection.execute(
                f"INSERT INTO feedback ({_COLUMNS}) VALUES ({_MARKS})",
                (*values, created_at.isoformat()),
            )
            connection.execute(
                "DELETE FROM feedback WHERE number <= (SELECT max(number) - ? FROM feedback)",
                (MAX_KEPT,),
            )

    def get(self, feedback_id: str) -> Feedback | None:
        """Return what has this id; None if nothing has it."""
        rows = self._tables.rows(f"SELECT {_COLUMNS} FROM feedback WHERE id = ?", feedback_id)
        return _feedback(rows[0]) if rows else None

    def page(self, collection: str, after: str | None, limit: int) -> list[Feedback] | None:
        """Return feedback on a collection, newest first.

        Args:
            collection: that was asked.
            after: only what is older than this one; the result is None if it does not exist.
            limit: number at most.
        """
        number = 2**62
        if after is not None:
            found = self._tables.rows("SELECT number FROM feedback WHERE id = ?", after)
            if not found:
                return None
            number = found[0][0]
        query = (
            f"SELECT {_COLUMNS} FROM feedback WHERE collection = ? AND number < ?"
            " ORDER BY number DESC LIMIT ?"
        )
        return [_feedback(row) for row in self._tables.rows(query, collection, number, limit)]

    def all_of(self, collection: str) -> Iterator[Feedback]:
        """Yield all feedback on a collection, oldest first."""
        number = 0
        query = (
            f"SELECT number, {_COLUMNS} FROM feedback WHERE collection = ? AND number > ?"
            " ORDER BY number LIMIT ?"
        )
        while rows := self._tables.rows(query, collection, number, _AT_A_TIME):
            for number, *row in rows:  # noqa: B007 - the last one is where the next rows begin
                yield _feedback(tuple(row))

    def remove(self, feedback_id: str) -> bool:
        """Remove what has this id; return whether there was any."""
        with self._tables.transaction() as connection:
            found = connection.execute("DELETE FROM feedback WHERE id = ?", (feedback_id,))
            return bool(found.rowcount)


def _feedback(row: tuple[Any, ...]) -> Feedback:
    values = dict(zip(_NAMES, row, strict=True))
    return Feedback(**{**values, "created_at": datetime.fromisoformat(values["created_at"])})
