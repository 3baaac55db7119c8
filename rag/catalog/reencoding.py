"""A catalog's passages encoded anew, kept beside the old ones until all are there."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable
from pathlib import Path
from sqlite3 import Connection
from types import TracebackType

from embeddings import Fingerprint
from rag.catalog.connections import CatalogFile
from rag.catalog.rows import PASSAGE_COLUMNS, passage_row
from rag.records.passage import EncodedArticle

_SETTING = "reencoding"
_PASSAGE = ", ".join((*PASSAGE_COLUMNS, "checksum"))
_MARKS = ", ".join("?" * (len(PASSAGE_COLUMNS) + 1))


class Reencoding:
    """Passages for another model, in a table of their own; searches use the old ones meanwhile.

    What is there when a process ends, however it ends, is there for the next one. Passages of an
    article that is deleted or replaced in between go with it. The caller is the only writer.
    """

    def __init__(self, path: Path, fingerprint: Fingerprint, tokens: str) -> None:
        """Go on where it was left; start afresh when that was for another model.

        ``tokens`` is what :meth:`rag.catalog.catalog.Catalog.tokens` will return.
        """
        self._file = CatalogFile(path)
        self._fingerprint = fingerprint
        self._tokens = tokens
        wanted = f"{fingerprint.to_json()} {tokens}"
        with self._file.transaction() as connection:
            row = connection.execute(
                "SELECT value FROM settings WHERE name = ?", (_SETTING,)
            ).fetchone()
            if row is None or row[0] != wanted:
                connection.execute("DROP TABLE IF EXISTS reencoded")
                _create(connection)
                connection.execute(
                    "INSERT OR REPLACE INTO settings VALUES (?, ?)", (_SETTING, wanted)
                )

    def __enter__(self) -> Reencoding:
        """Use it in a ``with``, which closes the file."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close the file; what was added stays."""
        self._file.close()

    def left(self) -> list[str]:
        """Return the ids of the articles that are not there yet, sorted."""
        query = (
            "SELECT id FROM articles WHERE id NOT IN (SELECT article_id FROM reencoded) ORDER BY id"
        )
        return [row[0] for row in self._file.rows(query)]

    def add(self, articles: Iterable[EncodedArticle]) -> None:
        """Store articles' passages in one transaction."""
        with self._file.transaction() as connection:
            for article in articles:
                connection.executemany(
                    f"INSERT INTO reencoded ({_PASSAGE}) VALUES ({_MARKS})",
                    map(passage_row, article.passages),
                )

    def finish(self) -> None:
        """Put the new passages in the place of the old ones, with their model: all or nothing."""
        with self._file.transaction() as connection:
            statements = [
                row[0]
                for row in connection.execute(
                    "SELECT sql FROM sqlite_master WHERE tbl_name = 'passages'"
                    " AND type IN ('index', 'trigger') AND sql IS NOT NULL"
                )
            ]
            connection.execute("DROP TABLE passages")
            connection.execute("DROP INDEX reencoded_by_article")
            connection.execute("ALTER TABLE reencoded RENAME TO passages")
            for statement in statements:
                connection.execute(statement)
            connection.execute("DELETE FROM deletions")
            connection.execute("DELETE FROM settings WHERE name = ?", (_SETTING,))
            connection.execute("UPDATE settings SET value = value + 1 WHERE name = 'revision'")
            connection.execute(
                "UPDATE settings SET value = (SELECT value FROM settings WHERE name = 'revision')"
                " WHERE name = 'deletions_from'"
            )
            # What was derived from the old passages is of no use any more.
            settings = {
                "fingerprint": self._fingerprint.to_json(),
                "identity": uuid.uuid4().hex,
                "tokens": self._tokens,
            }
            connection.executemany(
                "INSERT OR REPLACE INTO settings VALUES (?, ?)", settings.items()
            )


def _create(connection: Connection) -> None:
    """Make a table like that of the passages, whose keys go on where theirs end."""
    (statement,) = connection.execute(
        "SELECT sql FROM sqlite_master WHERE type = 'table' AND name = 'passages'"
    ).fetchone()
    connection.execute(re.sub(r'^CREATE TABLE "?passages"?', "CREATE TABLE reencoded", statement))
    connection.execute("CREATE INDEX reencoded_by_article ON reencoded (article_id)")
    connection.execute(
        "INSERT INTO sqlite_sequence (name, seq)"
        " SELECT 'reencoded', seq FROM sqlite_sequence WHERE name = 'passages'"
    )
