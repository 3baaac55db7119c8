"""Saved questions, and what was found for them."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from api.jobs.store import new_id
from api.state import State, tables_of
from api.watching.question_rows import alert_of, asked_json, found_json, question_of
from rag.answering.new_articles import NewAnswer
from tamngu.records.request import AskRequest
from tamngu.records.saved_question import Alert, SavedQuestion

_SCHEMA = """
CREATE TABLE questions (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    collection TEXT NOT NULL,
    asked TEXT NOT NULL,
    token TEXT NOT NULL UNIQUE,
    created_at TEXT NOT NULL,
    checked_at TEXT,
    identity TEXT NOT NULL,
    through INTEGER NOT NULL
);
CREATE TABLE alerts (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    question_id TEXT NOT NULL,
    article_id TEXT NOT NULL,
    found TEXT NOT NULL,
    found_at TEXT NOT NULL,
    seen INTEGER NOT NULL DEFAULT 0,
    UNIQUE (question_id, article_id)
)
"""

_QUESTION = (
    "SELECT id, collection, asked, token, created_at, checked_at,"
    " (SELECT count(*) FROM alerts WHERE question_id = questions.id),"
    " (SELECT count(*) FROM alerts WHERE question_id = questions.id AND seen = 0) FROM questions"
)
_ALERT = (
    "SELECT alerts.id, question_id, asked, collection, found, found_at, seen FROM alerts"
    " JOIN questions ON questions.id = question_id"
)

MAX_QUESTIONS = 200
"""Questions that can be saved in a home. Each is asked whenever articles come. Chosen manually,
not tuned."""

_MAX_ALERTS = 1000
"""Alerts that are kept for one question; the oldest are removed. Chosen manually, not tuned."""

_TOKEN_BYTES = 24


@dataclass(frozen=True)
class Place:
    """How far a collection was looked through.

    Attributes:
        identity: the catalog's.
        through: the largest key of its passages.
    """

    identity: str
    through: int


@dataclass(frozen=True)
class Due:
    """A saved question, and up to where new articles were looked through for it."""

    id: str
    collection: str
    request: AskRequest
    place: Place


class QuestionStore:
    """The saved questions of a service, for any number of threads and processes.

    The first question creates the file ``alerts.db``, which only its user can read, or the tables
    on a cluster. Every method raises StorageError or ClusterUnavailable if they cannot be used.
    """

    def __init__(self, state: State) -> None:
        """Keep questions there; nothing is opened yet."""
        self._tables = tables_of(state, "alerts", _SCHEMA, 1, "The list of saved questions")

    @property
    def exists(self) -> bool:
        """Whether anything was ever stored."""
        return self._tables.exists

    def close(self) -> None:
        """Let go of what is open; the next use opens it again."""
        self._tables.close()

    def add(self, collection: str, request: AskRequest, place: Place) -> SavedQuestion | None:
        """Save a question; None if there are :data:`MAX_QUESTIONS` already.

        Args:
            collection: whose articles are looked through.
            request: the question and its conditions on languages, sources and tags.
            place: what is looked through already.
        """
        question_id = new_id()
        with self._tables.transaction() as connection:
            (count,) = connection.execute("SELECT count(*) FROM questions").fetchone()
            if count >= MAX_QUESTIONS:
                return None
            connection.execute(
                "INSERT INTO questions (id, collection, asked, token, created_at, identity,"
                " through) VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    question_id,
                    collection,
                    asked_json(request),
                    secrets.token_urlsafe(_TOKEN_BYTES),
                    _now(),
                    place.identity,
                    place.through,
                ),
            )
        return self.get(question_id)

    def get(self, question_id: str) -> SavedQuestion | None:
        """Return a saved question; None if none has this id."""
        rows = self._tables.rows(f"{_QUESTION} WHERE id = ?", question_id)
        return question_of(rows[0]) if rows else None

    def of_token(self, token: str) -> SavedQuestion | None:
        """Return the saved question whose feed has this token."""
        rows = self._tables.rows(f"{_QUESTION} WHERE token = ?", token)
        return question_of(rows[0]) if rows else None

    def all(self) -> list[SavedQuestion]:
        """Return all saved questions, the newest first."""
        return [question_of(row) for row in self._tables.rows(f"{_QUESTION} ORDER BY number DESC")]

    def remove(self, question_id: str) -> None:
        """Remove a question with what was found for it."""
        with self._tables.transaction() as connection:
            connection.execute("DELETE FROM alerts WHERE question_id = ?", (question_id,))
            connection.execute("DELETE FROM questions WHERE id = ?", (question_id,))

    def renew_token(self, question_id: str) -> None:
        """Give the feed of a question another address; the present one ends."""
        with self._tables.transaction() as connection:
            connection.execute(
                "UPDATE questions SET token = ? WHERE id = ?",
                (secrets.token_urlsafe(_TOKEN_BYTES), question_id),
            )

    def due(self) -> list[Due]:
        """Return all questions with how far they were looked through, the oldest first."""
        rows = self._tables.rows(
            "SELECT id, collection, asked, identity, through FROM questions ORDER BY number"
        )
        return [
            Due(row[0], row[1], AskRequest(**json.loads(row[2])), Place(row[3], row[4]))
            for row in rows
        ]

    def note(self, question_id: str, place: Place, found: Iterable[NewAnswer]) -> None:
        """Store how far new articles were looked through, and which of them answer."""
        now = _now()
        with self._tables.transaction() as connection:
            changed = connection.execute(
                "UPDATE questions SET checked_at = ?, identity = ?, through = ? WHERE id = ?",
                (now, place.identity, place.through, question_id),
            )
            if not changed.rowcount:
                return
            connection.executemany(
                "INSERT INTO alerts (id, question_id, article_id, found, found_at)"
                " VALUES (?, ?, ?, ?, ?) ON CONFLICT (question_id, article_id) DO NOTHING",
                [
                    (new_id(), question_id, each.citation.article_id, found_json(each), now)
                    for each in found
                ],
            )
            connection.execute(
                "DELETE FROM alerts WHERE question_id = ? AND number <= (SELECT number FROM alerts"
                " WHERE question_id = ? ORDER BY number DESC LIMIT 1 OFFSET ?)",
                (question_id, question_id, _MAX_ALERTS),
            )

    def alerts(
        self,
        collections: Sequence[str] | None,
        *,
        question_id: str | None = None,
        unseen: bool = False,
        limit: int = 100,
    ) -> list[Alert]:
        """Return what was found, the newest first.

        Args:
            collections: of the questions; None: of all.
            question_id: only what was found for this question.
            unseen: only what nobody has marked as seen.
            limit: number at most.
        """
        where, values = _among(collections)
        if question_id is not None:
            where, values = f"{where} AND question_id = ?", [*values, question_id]
        if unseen:
            where += " AND seen = 0"
        query = f"{_ALERT} WHERE {where} ORDER BY alerts.number DESC LIMIT ?"
        return [alert_of(row) for row in self._tables.rows(query, *values, limit)]

    def mark_seen(
        self,
        collections: Sequence[str] | None,
        *,
        ids: Sequence[str] = (),
        question_id: str | None = None,
    ) -> None:
        """Mark alerts as seen: those with these ids, or all of one question."""
        where, values = _among(collections)
        column, wanted = ("question_id", [question_id]) if question_id else ("id", [*ids])
        with self._tables.transaction() as connection:
            connection.executemany(
                f"UPDATE alerts SET seen = 1 WHERE {column} = ? AND question_id IN"
                f" (SELECT id FROM questions WHERE {where})",
                [(each, *values) for each in wanted],
            )


def _among(collections: Sequence[str] | None) -> tuple[str, list[str]]:
    if collections is None:
        return "1 = 1", []
    if not collections:
        return "1 = 0", []
    return f"collection IN ({', '.join('?' * len(collections))})", [*collections]


def _now() -> str:
    return datetime.now(UTC).replace(microsecond=0).isoformat()
