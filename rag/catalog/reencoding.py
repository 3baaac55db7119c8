"""A catalog's passages encoded with another model, kept apart until all are encoded."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from sqlite3 import Connection
from types import TracebackType

from embeddings import Fingerprint
from rag.catalog.older_passages import forget_older_passages
from rag.catalog.rows import PASSAGE_COLUMNS, passage_row
from rag.catalog.settings import advance_revision, new_settings, set_setting
from rag.catalog.sqlite.connections import Connections
from rag.records.passage import EncodedArticle

_SETTING = "reencoding"
_PASSAGE = ", ".join((*PASSAGE_COLUMNS, "checksum"))
_MARKS = ", ".join("?" * (len(PASSAGE_COLUMNS) + 1))


class Reencoding:
    """Passages for another model, in a table of their own; searches use the old ones meanwhile.

    What was stored stays when a process ends, however it ends, and the next one continues there.
    When an article is deleted or replaced in between, its passages are deleted with it. The caller
    is the only writer.
    """

    def __init__(self, path: Path, fingerprint: Fingerprint, token_digest: str) -> None:
        """Continue an interrupted re-encoding; start again if that was for another model.

        Args:
            path: the catalog's file.
            fingerprint: the new model's.
            token_digest: of the new token calibration; see
                :meth:`rag.catalog.settings.Settings.token_digest`.
        """
        self._connections = Connections(path)
        self._fingerprint = fingerprint
        self._token_digest = token_digest
        wanted = f"{fingerprint.to_json()} {token_digest}"
        with self._connections.transaction() as connection:
            row = connection.execute(
                "SELECT value FROM settings WHERE name = ?", (_SETTING,)
            ).fetchone()
            if row is None or row[0] != wanted:
                connection.execute("DROP TABLE IF EXISTS reencoded")
                _create(connection)
                set_setting(connection, _SETTING, wanted)
            connection.execute(
                "CREATE TRIGGER IF NOT EXISTS reencoded_in_another_language"
                " AFTER UPDATE OF language ON articles WHEN new.language <> old.language"
                " BEGIN DELETE FROM reencoded WHERE article_id = new.id; END"
            )

    def __enter__(self) -> Reencoding:
        """Return this object; leaving the ``with`` block closes the file."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close the file; the stored passages stay."""
        self._connections.close()

    def left(self) -> list[str]:
        """Return the ids of the articles that are not encoded yet, sorted."""
        query = (
            "SELECT id FROM articles WHERE id NOT IN (SELECT article_id FROM reencoded) ORDER BY id"
        )
        return [row[0] for row in self._connections.rows(query)]

    def add(self, articles: Iterable[EncodedArticle]) -> None:
        """Store articles' passages in one transaction."""
        with self._connections.transaction() as connection:
            for article in articles:
                connection.executemany(
                    f"INSERT INTO reencoded ({_PASSAGE}) VALUES ({_MARKS})",
                    map(passage_row, article.passages),
                )

    def finish(self, encode: Callable[[Sequence[str]], object]) -> None:
        """Replace the old passages and their model by the new ones, in one transaction.

        Args:
            encode: encodes and adds the articles that are left.
        """
        encode(self.left())
        with self._connections.transaction() as connection:
            statements = [
                row[0]
                for row in connection.execute(
                    "SELECT sql FROM sqlite_master WHERE tbl_name = 'passages'"
                    " AND type IN ('index', 'trigger') AND sql IS NOT NULL"
                )
            ]
            connection.execute("DROP TABLE passages")
            connection.execute("DROP INDEX reencoded_by_article")
            connection.execute("DROP TRIGGER reencoded_in_another_language")
            connection.execute("ALTER TABLE reencoded RENAME TO passages")
            for statement in statements:
                connection.execute(statement)
            connection.execute("DELETE FROM deletions")
            forget_older_passages(connection)
            connection.execute("DELETE FROM settings WHERE name = ?", (_SETTING,))
            advance_revision(connection)
            connection.execute(
                "UPDATE settings SET value = (SELECT value FROM settings WHERE name = 'revision')"
                " WHERE name = 'deletions_from'"
            )
            # The new identity makes everything that was derived from the old passages invalid.
            for name, value in new_settings(self._fingerprint, self._token_digest).items():
                set_setting(connection, name, value)


def _create(connection: Connection) -> None:
    """Create a table like ``passages``, whose keys continue after the largest key in use."""
    (statement,) = connection.execute(
        "SELECT sql FROM sqlite_master WHERE type = 'table' AND name = 'passages'"
    ).fetchone()
    connection.execute(re.sub(r'^CREATE TABLE "?passages"?', "CREATE TABLE reencoded", statement))
    connection.execute("CREATE INDEX reencoded_by_article ON reencoded (article_id)")
    connection.execute(
        "INSERT INTO sqlite_sequence (name, seq)"
        " SELECT 'reencoded', seq FROM sqlite_sequence WHERE name = 'passages'"
    )
