"""The catalog: one SQLite file with all that a collection stores; all else is derived from it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from embeddings import Fingerprint
from rag.catalog.articles import Articles, delete_article, insert_article, replace_article
from rag.catalog.crawl_state import CrawlState
from rag.catalog.database import Database
from rag.catalog.deletions import Deletions
from rag.catalog.facet_table import FacetTables
from rag.catalog.files import Files, set_digests, set_origins
from rag.catalog.passages import Passages
from rag.catalog.settings import Settings, advance_revision, new_settings
from rag.catalog.sqlite.connections import Connections
from rag.catalog.stories import Stories
from rag.catalog.trash import Trash, empty, move_to_trash, remove_old
from rag.records.article_id import same_ids
from rag.records.passage import EncodedArticle


class Catalog:
    """An open catalog; any number of threads may use it at once.

    It owns the connections to its database and the transactions that change articles. Reads are
    grouped by subject.

    Attributes:
        connections: the connections to its database.
        settings: the encoder, the catalog's identity and revision.
        articles: the articles.
        passages: the articles' passages with their vectors.
        stories: groups of near-duplicate articles.
        files: the files that articles were read from.
        crawl: web pages, fetched and still to be fetched.
        deletions: the log of deleted passages.
        facets: what articles can be counted by.
        trash: articles that were deleted and can be restored.
    """

    def __init__(self, path: Path) -> None:
        """Open the file; create it if it does not exist.

        Raises:
            CollectionDamaged: the file is not a catalog, or its schema version is later than ours.
        """
        self._use(Connections(path), path)

    @classmethod
    def on(cls, database: Database) -> Catalog:
        """Open the catalog in a database elsewhere."""
        catalog = cls.__new__(cls)
        catalog._use(database, None)
        return catalog

    def _use(self, database: Database, path: Path | None) -> None:
        self._path = path
        self.connections = database
        self.settings = Settings(self.connections)
        self.articles = Articles(self.connections)
        self.passages = Passages(self.connections, self.articles)
        self.stories = Stories(self.connections)
        self.files = Files(self.connections)
        self.crawl = CrawlState(self.connections)
        self.deletions = Deletions(self.connections, self.settings)
        self.facets = FacetTables(self.connections, self.settings)
        self.trash = Trash(self.connections)

    @property
    def path(self) -> Path:
        """Its SQLite file; only a catalog of this machine has one."""
        assert self._path is not None
        return self._path

    @property
    def is_local(self) -> bool:
        """Whether it is a file of this machine."""
        return self._path is not None

    @property
    def size_bytes(self) -> int:
        """The size of the file.

        Raises:
            CollectionNotFound: the catalog has been deleted since it was opened.
        """
        return self.connections.size_bytes()

    @property
    def exists(self) -> bool:
        """Whether no process has deleted or replaced the file since it was opened."""
        return self.connections.exists

    def ensure_exists(self) -> None:
        """Check that the file still exists.

        Raises:
            CollectionNotFound: the catalog has been deleted since it was opened.
        """
        self.connections.ensure_exists()

    @property
    def is_new(self) -> bool:
        """Whether it has no tables yet."""
        return self.connections.is_new

    def initialise(self, fingerprint: Fingerprint, token_digest: str = "") -> None:
        """Create the tables of a new catalog, unless another process has just done so.

        Args:
            fingerprint: the encoder's.
            token_digest: see :meth:`rag.catalog.settings.Settings.token_digest`.
        """
        self.connections.initialise(new_settings(fingerprint, token_digest))

    def close(self) -> None:
        """Close the file."""
        self.connections.close()

    def reading(self) -> AbstractContextManager[None]:
        """Let all reads inside the block see one state, whatever is written meanwhile."""
        return self.connections.reading()

    def counts(self) -> dict[str, tuple[int, int]]:
        """Return (articles, passages) by language, sorted by language.

        Raises:
            CollectionDamaged: a language is not text.
        """
        if not self.is_local:
            # Counting takes minutes there; the database keeps these.
            query = (
                "SELECT language, articles, passages FROM counts"
                " WHERE articles > 0 OR passages > 0 ORDER BY language"
            )
            return {row[0]: (row[1], row[2]) for row in self.connections.rows(query)}
        articles = self.articles.count_by_language()
        passages = self.passages.count_by_language()
        languages = articles.keys() | passages.keys()
        if not all(isinstance(language, str) for language in languages):
            raise self.connections.damaged("a language is not text")
        return {
            language: (articles.get(language, 0), passages.get(language, 0))
            for language in sorted(languages)
        }

    def put_many(
        self,
        batch: Iterable[EncodedArticle],
        files: Mapping[str, str] | None = None,
        *,
        as_they_are: bool = False,
        check: Callable[[], object] = lambda: None,
    ) -> None:
        """Store several articles in one transaction: all of them or none.

        Args:
            batch: the articles; each replaces a stored article of its id.
            files: digests, by path, of files whose last article is in this batch or a former one.
            as_they_are: keep stored articles whose ids look the same, but are written in another
                way; otherwise they are replaced too (:func:`rag.records.article_id.same_ids`).
            check: called in the transaction; if it raises an error, nothing is stored.
        """
        with self.connections.transaction() as connection:
            check()
            for encoded in batch:
                article_id = encoded.article.id
                for same in [article_id] if as_they_are else same_ids(article_id):
                    delete_article(connection, same)
                insert_article(connection, encoded)
            set_digests(connection, files or {})
            advance_revision(connection)

    def replace(self, encoded: EncodedArticle, check: Callable[[], object] = lambda: None) -> None:
        """Replace a stored article of the same text and its passages, in one transaction.

        Its story and its file stay what they are; so an unchanged file is not read again.

        Args:
            encoded: the article.
            check: as :meth:`put_many` takes it.
        """
        with self.connections.transaction() as connection:
            check()
            replace_article(connection, encoded)
            advance_revision(connection)

    def delete(self, article_id: str, *, restorable: bool = False) -> bool:
        """Delete an article with its passages; return whether it was stored.

        An id that looks the same is meant too; see :meth:`Articles.stored_ids`.

        Args:
            article_id: of the article.
            restorable: keep it in the trash. Otherwise nothing is kept of it, and one that is in
                the trash counts as stored.
        """
        stored = self.articles.stored_id(article_id)
        with self.connections.transaction() as connection:
            in_trash = not restorable and empty(connection, stored or article_id) > 0
            if stored is None:
                return in_trash
            if restorable:
                move_to_trash(connection, stored)
            delete_article(connection, stored)
            advance_revision(connection)
        return True

    def delete_many(self, article_ids: Iterable[str]) -> int:
        """Delete articles in one transaction; return how many were stored."""
        with self.connections.transaction() as connection:
            deleted = sum(delete_article(connection, article_id) for article_id in article_ids)
            if deleted:
                advance_revision(connection)
        return deleted

    def set_origins(self, origins: Mapping[str, str], files: Mapping[str, str]) -> None:
        """Store where unchanged articles have been read from, in one transaction.

        Args:
            origins: paths of the articles' files, by article id.
            files: digests of files whose articles are all stored, by path.
        """
        with self.connections.transaction() as connection:
            set_origins(connection, origins)
            set_digests(connection, files)

    def forget_deletions(self, through: int) -> None:
        """Shorten the log of deletions up to the revision that the index on disk includes."""
        with self.connections.transaction() as connection:
            self.deletions.forget(connection, through)
            remove_old(connection)

    def forget_trashed(self, article_id: str) -> None:
        """Remove a deleted article from the trash."""
        with self.connections.transaction() as connection:
            empty(connection, article_id)

    def empty_trash(self) -> int:
        """Remove all deleted articles for good; return how many there were."""
        with self.connections.transaction() as connection:
            return empty(connection)

    def shrink(self) -> None:
        """Give space that deleted and rewritten rows have left back to the file system.

        The caller is the only writer. A database on a cluster does this by itself.
        """
        if isinstance(self.connections, Connections):
            self.connections.shrink()

    def continue_keys_at(self, key: int) -> None:
        """Let the next passage that is stored have this key; it is larger than all keys in use."""
        with self.connections.transaction() as connection:
            self.connections.continue_keys_at(connection, key)


@contextmanager
def scratch_catalog() -> Iterator[Catalog]:
    """Open an empty catalog that is deleted at the end of the block."""
    with TemporaryDirectory() as folder:
        catalog = Catalog(Path(folder, "catalog.db"))
        catalog.initialise(Fingerprint("none", "", 1, "", "", ""))
        try:
            yield catalog
        finally:
            catalog.close()
