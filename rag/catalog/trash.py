"""Articles that were deleted and can be restored for a while, with their passages as they were."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from rag.catalog.database import Database, Transaction
from rag.catalog.rows import ARTICLE_COLUMNS, PASSAGE_COLUMNS, read_article, read_passage
from rag.records.passage import EncodedPassage
from tamngu.records.article import Article

KEPT = timedelta(days=30)
"""How long a deleted article can be restored. Chosen manually, not tuned."""

MAX_KEPT = 10_000
"""Deleted articles that can be restored; of more, the oldest are removed. Chosen manually, not
tuned."""

_ARTICLE = ", ".join((*ARTICLE_COLUMNS, "content_hash"))
_MOVED = f"{_ARTICLE}, origin, signature"
_PASSAGE = ", ".join((*PASSAGE_COLUMNS, "checksum"))
_LISTED = ("id", "title", "language", "script", "published_at", "source", "url", "deleted_at")


@dataclass(frozen=True)
class TrashedArticle:
    """An article in the trash.

    Attributes:
        article: as it was.
        passages: as they were; empty if they were encoded with another model than the collection
            has now.
        origin: the path of the file that it was read from.
    """

    article: Article
    passages: Sequence[EncodedPassage]
    origin: str | None


class Trash:
    """The deleted articles of an open catalog."""

    def __init__(self, connections: Database) -> None:
        """Read from a catalog's connections."""
        self._connections = connections

    def listing(self, limit: int) -> list[dict[str, str | None]]:
        """Return what a list shows of deleted articles, the one deleted last first."""
        query = f"SELECT {', '.join(_LISTED)} FROM trash WHERE deleted_at >= ?"
        rows = self._connections.rows(
            f"{query} ORDER BY deleted_at DESC, id LIMIT ?", (_oldest(), limit)
        )
        return [dict(zip(_LISTED, row, strict=True)) for row in rows]

    def get(self, article_id: str) -> TrashedArticle | None:
        """Return a deleted article; None if it cannot be restored.

        Raises:
            CollectionDamaged: it differs from what was stored.
        """
        with self._connections.reading():
            rows = self._connections.rows(
                f"SELECT {_ARTICLE}, origin, identity FROM trash WHERE id = ? AND deleted_at >= ?",
                (article_id, _oldest()),
            )
            if not rows:
                return None
            *article, origin, identity = rows[0]
            present = self._connections.rows("SELECT value FROM settings WHERE name = 'identity'")
            query = f"SELECT {_PASSAGE} FROM trash_passages WHERE article_id = ? ORDER BY start"
            fits = present == [(identity,)]
            passages = self._connections.rows(query, (article_id,)) if fits else []
            with self._connections.parsing():
                return TrashedArticle(
                    read_article(tuple(article)), [read_passage(row) for row in passages], origin
                )


def move_to_trash(connection: Transaction, article_id: str) -> None:
    """Copy an article with its passages to the trash, inside the transaction that deletes it.

    An article of its id that is there already is replaced. What is too old or too much is removed.
    """
    connection.execute("DELETE FROM trash WHERE id = ?", (article_id,))
    connection.execute(
        f"INSERT INTO trash ({_MOVED}, deleted_at, identity) SELECT {_MOVED}, ?,"
        " (SELECT value FROM settings WHERE name = 'identity') FROM articles WHERE id = ?",
        (_now().isoformat(), article_id),
    )
    connection.execute(
        f"INSERT INTO trash_passages ({_PASSAGE}) SELECT {_PASSAGE} FROM passages"
        " WHERE article_id = ?",
        (article_id,),
    )
    remove_old(connection)


def remove_old(connection: Transaction) -> None:
    """Remove for good what has been in the trash for too long, inside a transaction."""
    connection.execute("DELETE FROM trash WHERE deleted_at < ?", (_oldest(),))
    connection.execute(
        "DELETE FROM trash WHERE deleted_at <= (SELECT deleted_at FROM trash"
        " ORDER BY deleted_at DESC LIMIT 1 OFFSET ?)",
        (MAX_KEPT,),
    )


def empty(connection: Transaction, article_id: str | None = None) -> int:
    """Remove one deleted article for good, or all; return how many, inside a transaction."""
    if article_id is None:
        return connection.execute("DELETE FROM trash").rowcount
    return connection.execute("DELETE FROM trash WHERE id = ?", (article_id,)).rowcount


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


def _oldest() -> str:
    return (_now() - KEPT).isoformat()
