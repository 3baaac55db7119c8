"""The catalog: one SQLite file that holds all a collection knows; everything else is derived."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from sqlite3 import Connection
from tempfile import TemporaryDirectory

import numpy as np

from embeddings import Fingerprint
from rag.catalog.connections import CatalogFile, Row, Value, damaged
from rag.catalog.crawl_state import CrawlState, note_files
from rag.catalog.rows import (
    ARTICLE_COLUMNS,
    PASSAGE_COLUMNS,
    article_row,
    passage_row,
    read_article,
    read_passage,
)
from rag.catalog.stories import fits, join_story, regroup, story_of
from rag.errors import CollectionDamaged
from rag.records.passage import EncodedArticle, EncodedPassage, Keys, Passage
from tamngu.records.article import Article
from tamngu.records.filter import Filter, day_of

_MOST_VARIABLES = 10_000
"""Of one statement; SQLite's own limit is 32,766."""

_ARTICLE = ", ".join(ARTICLE_COLUMNS)
_PASSAGE = ", ".join(PASSAGE_COLUMNS)
_STREAMED = 500
"""Passages read at a time: a few megabytes."""


@dataclass(frozen=True)
class StoredPassage:
    """A passage under its key, with its article."""

    key: int
    encoded: EncodedPassage
    article: Article

    @property
    def text(self) -> str:
        """Return the passage's text."""
        passage = self.encoded.passage
        return self.article.text[passage.start : passage.end]


class Catalog:
    """An open catalog; its methods may be called from many threads."""

    def __init__(self, path: Path) -> None:
        """Open the file, creating it when it is not there.

        Raises:
            CollectionDamaged: it is no catalog, or one of a later schema version.
        """
        self.path = path
        self._file = CatalogFile(path)
        self.crawl = CrawlState(self._file)

    @property
    def size_bytes(self) -> int:
        """What its file takes on the disk.

        Raises:
            CollectionNotFound: it was deleted after it was opened.
        """
        self.see_that_it_is_there()
        return self.path.stat().st_size

    @property
    def is_there(self) -> bool:
        """Whether it has not been deleted since it was opened, nor made anew, by any process."""
        return self._file.is_there

    def see_that_it_is_there(self) -> None:
        """Do nothing where it is.

        Raises:
            CollectionNotFound: it was deleted after it was opened.
        """
        self._file.see_that_it_is_there()

    @property
    def is_new(self) -> bool:
        """Whether it has no tables yet."""
        return self._file.is_new

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def initialise(self, fingerprint: Fingerprint, tokens: str = "") -> None:
        """Create the tables of a new catalog, unless another process just has.

        Args:
            fingerprint: of the encoder.
            tokens: see :meth:`tokens`.
        """
        identity = uuid.uuid4().hex
        self._file.initialise(
            {"fingerprint": fingerprint.to_json(), "identity": identity, "tokens": tokens}
        )

    def fingerprint(self) -> Fingerprint:
        """Return the encoder's identity that the vectors were made with."""
        try:
            return Fingerprint.from_json(self._setting("fingerprint"))
        except (ValueError, TypeError) as error:
            raise damaged(self.path, str(error)) from error

    def tokens(self) -> str:
        """Return the digest of the token calibration that passages' tokens are stored by.

        Empty where none are, as in a catalog of before there were any.
        """
        rows = self._file.rows("SELECT value FROM settings WHERE name = 'tokens'")
        return str(rows[0][0]) if rows else ""

    def identity(self) -> str:
        """Return a name that no other catalog has; what is derived from this one carries it."""
        return self._setting("identity")

    def revision(self) -> int:
        """Return a number that grows with every change of what can be found."""
        return self._number("revision")

    def reading(self) -> AbstractContextManager[None]:
        """Make all reads inside see one and the same state, whatever is written meanwhile."""
        return self._file.reading()

    # Writing.

    def put_many(
        self, batch: Iterable[EncodedArticle], files: Mapping[str, str] | None = None
    ) -> None:
        """Store several articles in one transaction: all of them or none.

        Args:
            batch: articles; one of an id that is there takes its place.
            files: digests, by path, of files whose last article this batch or one before it holds.
        """
        with self._file.transaction() as connection:
            for encoded in batch:
                _remove(connection, encoded.article.id)
                _insert(connection, encoded)
            note_files(connection, files or {})
            _advance(connection)

    def delete(self, article_id: str) -> bool:
        """Remove an article with its passages; False when it was not there."""
        return self.delete_many([article_id]) == 1

    def delete_many(self, article_ids: Iterable[str]) -> int:
        """Remove articles in one transaction; return how many were there."""
        with self._file.transaction() as connection:
            removed = sum(_remove(connection, article_id) for article_id in article_ids)
            if removed:
                _advance(connection)
        return removed

    def set_origins(self, origins: Mapping[str, str], files: Mapping[str, str]) -> None:
        """Note where articles that are unchanged were read from now, and digests of those files."""
        with self._file.transaction() as connection:
            connection.executemany(
                "UPDATE articles SET origin = ? WHERE id = ?",
                [(origin, article_id) for article_id, origin in origins.items()],
            )
            note_files(connection, files)

    def forget_deletions(self, through: int) -> None:
        """Drop the log of deletions up to a revision that the index on disk has taken in."""
        with self._file.transaction() as connection:
            connection.execute("DELETE FROM deletions WHERE revision <= ?", (through,))
            _set(connection, "deletions_from", str(max(through, self.deletions_from())))

    # Articles.

    def content_hash(self, article_id: str) -> str | None:
        """Return the content hash of the article of that id, None when there is none."""
        rows = self._file.rows("SELECT content_hash FROM articles WHERE id = ?", (article_id,))
        return rows[0][0] if rows else None

    def origin(self, article_id: str) -> str | None:
        """Return the path of the file that an article was read from, where it was."""
        rows = self._file.rows("SELECT origin FROM articles WHERE id = ?", (article_id,))
        return rows[0][0] if rows else None

    def article(self, article_id: str) -> Article | None:
        """Return the article of that id, None when there is none."""
        return next(iter(self.articles([article_id])), None)

    def articles(self, ids: Sequence[str]) -> list[Article]:
        """Return the articles of those ids that are there, in no particular order.

        Raises:
            CollectionDamaged: one is not as it was stored, or only its passages are there.
        """
        query = f"SELECT {_ARTICLE}, content_hash FROM articles WHERE id IN (%s)"
        # Both reads of one state: another thread may be storing one of them.
        with self.reading():
            try:
                articles = [read_article(row) for row in self._of(query, ids)]
            except (ValueError, TypeError) as error:
                raise damaged(self.path, str(error)) from error
            asked, found = set(ids), {article.id for article in articles}
            if not found <= asked or len(self.keys_of(list(asked - found))):
                raise damaged(self.path, "an article is not under its id")
            return articles

    def article_ids(self) -> list[str]:
        """Return all ids, sorted."""
        return [row[0] for row in self._file.rows("SELECT id FROM articles ORDER BY id")]

    def listing(self) -> list[dict[str, str | None]]:
        """Return what a list shows of each article, sorted by id: all but its text."""
        columns = ("id", "title", "language", "published_at", "source", "url")
        rows = self._file.rows(f"SELECT {', '.join(columns)} FROM articles ORDER BY id")
        return [dict(zip(columns, row, strict=True)) for row in rows]

    def page(self, after: str, limit: int, chosen: Filter) -> list[dict[str, str | None]]:
        """Return what a list shows of some articles, in the order of their ids.

        Args:
            after: the id that they come after.
            limit: how many at most.
            chosen: conditions that they meet.
        """
        columns = ("id", "title", "language", "published_at", "source", "url")
        query = f"SELECT {', '.join(columns)}, tags FROM articles WHERE id > ? ORDER BY id"
        found: list[dict[str, str | None]] = []
        with self.reading():
            for rows in self._file.stream(query, (after,), _STREAMED):
                for *values, tags in rows:
                    known = dict(zip(columns, values, strict=True))
                    if chosen.takes(
                        language=known["language"],
                        source=known["source"],
                        tags=json.loads(tags),
                        day=day_of(known["published_at"]),
                    ):
                        found.append(known)
                        if len(found) == limit:
                            return found
        return found

    def counts(self) -> dict[str, tuple[int, int]]:
        """Return (articles, passages) by language."""
        articles: dict[str, int] = dict(
            self._file.rows("SELECT language, count(*) FROM articles GROUP BY 1")
        )
        passages: dict[str, int] = dict(
            self._file.rows("SELECT language, count(*) FROM passages GROUP BY 1")
        )
        languages = articles.keys() | passages.keys()
        if not all(isinstance(language, str) for language in languages):
            raise damaged(self.path, "a language is no text")
        return {
            language: (articles.get(language, 0), passages.get(language, 0))
            for language in sorted(languages)
        }

    def stories(self, article_ids: Sequence[str]) -> dict[str, int]:
        """Return the stories of those of the articles that share theirs with others."""
        query = "SELECT id, story FROM articles WHERE id IN (%s) AND story IS NOT NULL"
        return dict(self._of(query, article_ids))

    def told_by(self, stories: Sequence[int]) -> dict[int, list[str]]:
        """Return the ids of each story's articles, sorted."""
        told: dict[int, list[str]] = {}
        query = "SELECT story, id FROM articles WHERE story IN (%s) ORDER BY id"
        for story, article_id in self._of(query, stories):
            told.setdefault(story, []).append(article_id)
        return told

    def told_twice(self) -> tuple[int, int]:
        """Return how many stories are told by several articles, and by how many in all."""
        query = "SELECT count(DISTINCT story), count(story) FROM articles"
        stories, articles = self._file.rows(query)[0]
        return stories, articles

    # Files.

    def file_digest(self, path: str) -> str | None:
        """Return the digest of a file whose articles are all stored, None when they are not."""
        rows = self._file.rows("SELECT digest FROM files WHERE path = ?", (path,))
        return rows[0][0] if rows else None

    def count_from(self, path: str) -> int:
        """Return how many articles were read from a file."""
        return int(self._file.rows("SELECT count(*) FROM articles WHERE origin = ?", (path,))[0][0])

    def origins(self) -> list[tuple[str, str]]:
        """Return (article id, path) of all articles that were read from files."""
        query = "SELECT id, origin FROM articles WHERE origin IS NOT NULL ORDER BY id"
        return [(row[0], row[1]) for row in self._file.rows(query)]

    # Passages.

    def keys(self) -> tuple[Keys, list[str]]:
        """Return all passage keys in order, shape (n,), and their languages."""
        rows = self._file.rows("SELECT key, language FROM passages ORDER BY key")
        return self._keys(rows), [row[1] for row in rows]

    def keys_of(self, article_ids: Sequence[str]) -> Keys:
        """Return the keys of those articles' passages, sorted."""
        rows = self._of("SELECT key FROM passages WHERE article_id IN (%s)", article_ids)
        return np.sort(self._keys(rows))

    def keys_after(self, key: int) -> int:
        """Return how many passages came after the one of that key."""
        return int(self._file.rows("SELECT count(*) FROM passages WHERE key > ?", (key,))[0][0])

    def deleted_since(self, revision: int) -> Keys:
        """Return the keys of passages removed after a revision of :meth:`deletions_from` on."""
        return self._keys(
            self._file.rows("SELECT key FROM deletions WHERE revision > ?", (revision,))
        )

    def deletions_from(self) -> int:
        """Return the revision after which the log of deletions is whole."""
        return self._number("deletions_from")

    def passages(self, keys: Sequence[int]) -> dict[int, Passage]:
        """Return the passages of those keys.

        Raises:
            CollectionDamaged: one is not there, or not as it was stored.
        """
        return {key: encoded.passage for key, encoded in zip(keys, self.encoded(keys), strict=True)}

    def encoded(self, keys: Sequence[int]) -> list[EncodedPassage]:
        """Return the passages of those keys with their vectors, in the order of the keys.

        Raises:
            CollectionDamaged: one is not there, or not as it was stored.
        """
        found = dict(self._encoded(keys))
        try:
            return [found[key] for key in keys]
        except KeyError as error:
            raise damaged(self.path, f"it lacks the passage {error}") from error

    def stored(self, *, after: int = 0, language: str | None = None) -> Iterator[StoredPassage]:
        """Yield passages in the order of their keys; the caller is inside :meth:`reading`.

        Args:
            after: those with a larger key.
            language: of this language; default: all.

        Raises:
            CollectionDamaged: one is not as it was stored.
        """
        of_language = "" if language is None else " AND language = ?"
        article: Article | None = None
        for rows in self._file.stream(
            f"SELECT key, {_PASSAGE}, checksum FROM passages WHERE key > ?{of_language}"
            " ORDER BY key",
            (after,) if language is None else (after, language),
            _STREAMED,
        ):
            for key, *row in rows:
                encoded = self._read_passage(tuple(row))
                if language not in (None, encoded.passage.language):
                    raise damaged(self.path, f"the passage {key} is not under its language")
                if article is None or article.id != encoded.passage.article_id:
                    article = self.article(encoded.passage.article_id)
                if article is None:
                    raise damaged(self.path, f"the passage {key} is of no article")
                yield StoredPassage(key, encoded, article)

    def problems(self) -> list[str]:
        """Return what is wrong with the file's structure and with what it counts."""
        rows = self._file.rows("PRAGMA integrity_check(20)")
        rows += self._file.rows("PRAGMA foreign_key_check")
        problems = [str(row) if len(row) > 1 else row[0] for row in rows if row != ("ok",)]
        problems += [f"{name!r} is not as it was made." for name in self._file.altered()]
        # A key that is used again would be taken for the passage that had it.
        used = self._file.rows(
            "SELECT max(key) FROM (SELECT key FROM passages UNION ALL SELECT key FROM deletions)"
            " HAVING max(key) > coalesce("
            "(SELECT max(seq) FROM sqlite_sequence WHERE name = 'passages'), 0)"
        )
        problems += [
            f"The passage {key} came after the last one that was counted." for (key,) in used
        ]
        if self.deletions_from() > self.revision():
            problems.append("The log of deletions begins after the last change.")
        return problems

    def unlike_signatures(self, article_ids: Sequence[str]) -> list[str]:
        """Return those articles whose bands are not the ones of their signature."""
        query = "SELECT id, signature FROM articles WHERE id IN (%s)"
        signatures: dict[str, bytes | None] = dict(self._of(query, article_ids))
        held: dict[str, set[int]] = {article_id: set() for article_id in article_ids}
        query = "SELECT article_id, band FROM bands WHERE article_id IN (%s)"
        for article_id, band in self._of(query, article_ids):
            held.setdefault(article_id, set()).add(band)
        return [name for name in held if not fits(signatures.get(name), held[name])]

    def _encoded(self, keys: Sequence[int]) -> Iterator[tuple[int, EncodedPassage]]:
        query = f"SELECT key, {_PASSAGE}, checksum FROM passages WHERE key IN (%s)"
        for key, *row in self._of(query, keys):
            yield key, self._read_passage(tuple(row))

    def _read_passage(self, row: Row) -> EncodedPassage:
        try:
            return read_passage(row)
        except (ValueError, TypeError) as error:
            raise damaged(self.path, str(error)) from error

    def _of(self, query: str, values: Sequence[Value]) -> list[Row]:
        """Run a query for many values, in place of its ``%s``."""
        found: list[Row] = []
        for start in range(0, len(values), _MOST_VARIABLES):
            some = values[start : start + _MOST_VARIABLES]
            found += self._file.rows(query % ",".join("?" * len(some)), some)
        return found

    def _keys(self, rows: Sequence[Row]) -> Keys:
        try:
            return np.array([row[0] for row in rows], dtype=np.int64)
        except (ValueError, TypeError) as error:
            raise damaged(self.path, "a key is no number") from error

    def _number(self, name: str) -> int:
        try:
            return int(self._setting(name))
        except ValueError as error:
            raise damaged(self.path, f"the setting {name!r} is no number") from error

    def _setting(self, name: str) -> str:
        rows = self._file.rows("SELECT value FROM settings WHERE name = ?", (name,))
        if not rows:
            raise CollectionDamaged(f"{self.path} lacks the setting {name!r}.")
        return str(rows[0][0])


@contextmanager
def scratch_catalog() -> Iterator[Catalog]:
    """Open a catalog that is gone afterwards and holds no article."""
    with TemporaryDirectory() as folder:
        catalog = Catalog(Path(folder, "catalog.db"))
        catalog.initialise(Fingerprint("none", "", 1, "", "", ""))
        try:
            yield catalog
        finally:
            catalog.close()


def _insert(connection: Connection, encoded: EncodedArticle) -> None:
    connection.execute(
        f"INSERT INTO articles ({_ARTICLE}, content_hash, origin, signature)"
        f" VALUES ({_marks(len(ARTICLE_COLUMNS) + 3)})",
        article_row(encoded),
    )
    connection.executemany(
        f"INSERT INTO passages ({_PASSAGE}, checksum) VALUES ({_marks(len(PASSAGE_COLUMNS) + 1)})",
        map(passage_row, encoded.passages),
    )
    if encoded.signature is not None:
        join_story(connection, encoded.article.id, encoded.signature)


def _remove(connection: Connection, article_id: str) -> bool:
    story = story_of(connection, article_id)
    gone = connection.execute("DELETE FROM articles WHERE id = ?", (article_id,)).rowcount
    if story is not None:
        regroup(connection, story)
    return bool(gone)


def _advance(connection: Connection) -> None:
    connection.execute("UPDATE settings SET value = value + 1 WHERE name = 'revision'")


def _set(connection: Connection, name: str, value: str) -> None:
    connection.execute("INSERT OR REPLACE INTO settings VALUES (?, ?)", (name, value))


def _marks(count: int) -> str:
    return ",".join("?" * count)
