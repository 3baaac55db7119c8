"""A catalog's articles: reading them, listing them, and writing one with its passages."""

from __future__ import annotations

import json
from collections.abc import Sequence

from rag.catalog.database import Database, Transaction
from rag.catalog.rows import (
    ARTICLE_COLUMNS,
    PASSAGE_COLUMNS,
    article_row,
    passage_row,
    read_article,
)
from rag.catalog.story_updates import join_story, leave_bands, regroup
from rag.records.article_id import same_ids
from rag.records.passage import EncodedArticle
from rag.stages import check
from tamngu.records.article import Article
from tamngu.records.filter import Filter, day_of

_ARTICLE = ", ".join(ARTICLE_COLUMNS)
_PASSAGE = ", ".join(PASSAGE_COLUMNS)
_LISTED = ("id", "title", "language", "published_at", "source", "url", "script")
_ROWS_AT_A_TIME = 500


class Articles:
    """The articles of an open catalog."""

    def __init__(self, connections: Database) -> None:
        """Read from a catalog's connections."""
        self._connections = connections

    def get(self, article_id: str) -> Article | None:
        """Return the article of an id, or of one that looks the same; None if it is not stored.

        Raises:
            CollectionDamaged: see :meth:`get_many`.
        """
        found = self.get_many([article_id])
        if not found and (stored := self.stored_id(article_id)) is not None:
            found = self.get_many([stored])
        return found[0] if found else None

    def stored_id(self, article_id: str) -> str | None:
        """Return the id under which an article is stored; see :meth:`stored_ids`."""
        return self.stored_ids([article_id])[article_id]

    def stored_ids(self, ids: Sequence[str]) -> dict[str, str | None]:
        """Return under which id each of the articles is stored; None if it is not stored.

        It is the given id, or one that looks the same
        (:func:`rag.records.article_id.same_ids`).
        """
        forms = {given: same_ids(given) for given in ids}
        wanted = list(dict.fromkeys(form for some in forms.values() for form in some))
        rows = self._connections.rows_in("SELECT id FROM articles WHERE id IN (%s)", wanted)
        held = {row[0] for row in rows}
        return {
            given: next((form for form in some if form in held), None)
            for given, some in forms.items()
        }

    def neighbours(self, article_id: str, count: int) -> list[str]:
        """Return the ids that come before and after an id in their order, ``count`` each way."""
        before = "SELECT id FROM articles WHERE id <= ? ORDER BY id DESC LIMIT ?"
        after = "SELECT id FROM articles WHERE id > ? ORDER BY id LIMIT ?"
        with self._connections.reading():
            rows = [
                *reversed(self._connections.rows(before, (article_id, count))),
                *self._connections.rows(after, (article_id, count)),
            ]
        return [row[0] for row in rows]

    def get_many(self, ids: Sequence[str]) -> list[Article]:
        """Return those of the articles that are stored, in no particular order.

        Raises:
            CollectionDamaged: an article differs from what was stored, or only its passages are
                stored.
        """
        query = f"SELECT {_ARTICLE}, content_hash FROM articles WHERE id IN (%s)"
        passages = "SELECT key FROM passages WHERE article_id IN (%s) LIMIT 1"
        # Both queries have to see one state: another thread may be storing one of the articles.
        with self._connections.reading():
            rows = self._connections.rows_in(query, ids)
            with self._connections.parsing():
                articles = [read_article(row) for row in rows]
            wanted, found = set(ids), {article.id for article in articles}
            if not found <= wanted or self._connections.rows_in(passages, list(wanted - found)):
                raise self._connections.damaged("an article is not under its id")
            return articles

    def content_hash(self, article_id: str) -> str | None:
        """Return the content hash of an article, or None if it is not stored."""
        query = "SELECT content_hash FROM articles WHERE id = ?"
        rows = self._connections.rows(query, (article_id,))
        return rows[0][0] if rows else None

    def ids(self) -> list[str]:
        """Return the ids of all articles, sorted."""
        return [row[0] for row in self._connections.rows("SELECT id FROM articles ORDER BY id")]

    def count_by_language(self) -> dict[str, int]:
        """Return how many articles of each language there are."""
        return dict(self._connections.rows("SELECT language, count(*) FROM articles GROUP BY 1"))

    def listing(self) -> list[dict[str, str | None]]:
        """Return what a list shows of each article, sorted by id: everything but its text."""
        query = f"SELECT {', '.join(_LISTED)} FROM articles ORDER BY id"
        return [dict(zip(_LISTED, row, strict=True)) for row in self._connections.rows(query)]

    def newest(self, limit: int, filters: Filter) -> list[str]:
        """Return the ids of the articles that were published last, the newest first.

        Args:
            limit: how many articles at most.
            filters: conditions that the articles meet.
        """
        query = (
            "SELECT id, language, source, tags, published_at FROM articles"
            " ORDER BY published_at DESC, id"
        )
        found: list[str] = []
        with self._connections.reading():
            for rows in self._connections.stream(query, (), _ROWS_AT_A_TIME):
                check()
                for article_id, language, source, tags, published_at in rows:
                    if filters.takes(
                        language=language,
                        source=source,
                        tags=json.loads(tags),
                        day=day_of(published_at),
                    ):
                        found.append(article_id)
                        if len(found) == limit:
                            return found
        return found

    def page(self, after: str, limit: int, filters: Filter) -> list[dict[str, str | None]]:
        """Return what a list shows of one page of articles, sorted by id.

        Args:
            after: the id that precedes the page.
            limit: how many articles at most.
            filters: conditions that the articles meet.
        """
        query = f"SELECT {', '.join(_LISTED)}, tags FROM articles WHERE id > ? ORDER BY id"
        found: list[dict[str, str | None]] = []
        with self._connections.reading():
            for rows in self._connections.stream(query, (after,), _ROWS_AT_A_TIME):
                # A filter that takes no article reads all of them.
                check()
                for *values, tags in rows:
                    listed = dict(zip(_LISTED, values, strict=True))
                    if filters.takes(
                        language=listed["language"],
                        source=listed["source"],
                        tags=json.loads(tags),
                        day=day_of(listed["published_at"]),
                    ):
                        found.append(listed)
                        if len(found) == limit:
                            return found
        return found


def insert_article(connection: Transaction, encoded: EncodedArticle) -> None:
    """Store an article and its passages, and group it with its near-duplicates.

    Inside a transaction; no article of that id is stored.
    """
    connection.execute(
        f"INSERT INTO articles ({_ARTICLE}, content_hash, origin, signature)"
        f" VALUES ({_marks(len(ARTICLE_COLUMNS) + 3)})",
        article_row(encoded),
    )
    _insert_passages(connection, encoded)
    if encoded.signature is not None:
        join_story(connection, encoded.article.id, encoded.signature)


def replace_article(connection: Transaction, encoded: EncodedArticle) -> None:
    """Replace an article of the same text, and its passages, inside a transaction.

    Its file, its signature and its story stay as they are.
    """
    values = article_row(encoded)[: len(ARTICLE_COLUMNS) + 1]
    named = ", ".join(f"{name} = ?" for name in (*ARTICLE_COLUMNS, "content_hash"))
    connection.execute(f"UPDATE articles SET {named} WHERE id = ?", (*values, encoded.article.id))
    connection.execute("DELETE FROM passages WHERE article_id = ?", (encoded.article.id,))
    _insert_passages(connection, encoded)


def delete_article(connection: Transaction, article_id: str) -> bool:
    """Delete an article and its passages, inside a transaction; return whether it was stored."""
    held = connection.execute("SELECT story, signature FROM articles WHERE id = ?", (article_id,))
    row = held.fetchone()
    if row is None:
        return False
    story, signature = row
    leave_bands(connection, article_id, signature)
    connection.execute("DELETE FROM articles WHERE id = ?", (article_id,))
    if story is not None:
        regroup(connection, story)
    return True


def _insert_passages(connection: Transaction, encoded: EncodedArticle) -> None:
    connection.executemany(
        f"INSERT INTO passages ({_PASSAGE}, checksum) VALUES ({_marks(len(PASSAGE_COLUMNS) + 1)})",
        map(passage_row, encoded.passages),
    )


def _marks(count: int) -> str:
    return ",".join("?" * count)
