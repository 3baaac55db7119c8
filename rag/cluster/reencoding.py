"""A collection's passages encoded with another model, kept apart until all are encoded."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress

from embeddings import Fingerprint
from rag.catalog.catalog import Catalog
from rag.catalog.database import Transaction
from rag.catalog.older_passages import forget_older_passages
from rag.catalog.rows import PASSAGE_COLUMNS, passage_row
from rag.catalog.settings import advance_revision, new_settings, set_setting
from rag.cluster.cluster import Cluster
from rag.cluster.filling import fill_again
from rag.cluster.next_tables import exchange, identity_of_next, make_next
from rag.cluster.outbox import drain
from rag.cluster.postgres import PostgresDatabase
from rag.cluster.schema import REPLACED, SCHEMA_VERSION, next_schema
from rag.cluster.vectors import VectorStore
from rag.errors import ClusterUnavailable, CollectionBusy
from rag.records.passage import EncodedArticle

_LOG = logging.getLogger("tamngu.rag")

_SETTING = "reencoding"
"""Holds what the collection is encoded for, while it is."""

_PASSAGE = ", ".join((*PASSAGE_COLUMNS, "checksum"))
_MARKS = ", ".join("?" * (len(PASSAGE_COLUMNS) + 1))

_IN_USE = "Another process is encoding this collection again; wait until it has finished."


@contextmanager
def reencoding_on_cluster(
    catalog: Catalog, fingerprint: Fingerprint, token_digest: str
) -> Iterator[ClusterReencoding]:
    """Continue an interrupted re-encoding; start again if that was for another model.

    Args:
        catalog: the collection's.
        fingerprint: the new model's.
        token_digest: of the new token calibration; see
            :meth:`rag.catalog.settings.Settings.token_digest`.

    Raises:
        CollectionBusy: another process is encoding the collection again.
        ClusterUnavailable: a part of the cluster does not answer.
    """
    database = catalog.connections
    assert isinstance(database, PostgresDatabase)
    cluster = Cluster(database.settings)
    with database.locked(_SETTING) as is_alone:
        if not is_alone:
            raise CollectionBusy(_IN_USE)
        drop_replaced(database)
        identity = _begin(cluster, database, new_settings(fingerprint, token_digest))
        following = PostgresDatabase(
            database.settings,
            next_schema(database.schema),
            database.name,
            behind=database.schema,
        )
        with (
            closing(following),
            closing(cluster.vectors_of(identity, fingerprint.dim)) as store,
        ):
            if not store.exists():
                store.create(sum(passages for _, passages in catalog.counts().values()))
            fill_again(following, lambda: store)
            yield ClusterReencoding(database, following, store, identity)


class ClusterReencoding:
    """Passages for another model; searches use the old ones meanwhile, and others may write.

    What was stored stays when a process ends, however it ends, and the next one continues there.
    When an article is deleted or changed in between, its passages are deleted here too.
    """

    def __init__(
        self,
        database: PostgresDatabase,
        following: PostgresDatabase,
        store: VectorStore,
        identity: str,
    ) -> None:
        """Use :func:`reencoding_on_cluster`.

        Args:
            database: the collection's.
            following: the schema that takes the place of some of its tables.
            store: finds the new passages.
            identity: that the collection will have.
        """
        self._database = database
        self._following = following
        self._store = store
        self._identity = identity
        self._has_turn = False

    def left(self) -> list[str]:
        """Return the ids of the articles that are not encoded yet, sorted."""
        query = (
            "SELECT id FROM articles a WHERE NOT EXISTS"
            " (SELECT 1 FROM passages p WHERE p.article_id = a.id) ORDER BY id"
        )
        return [row[0] for row in self._following.rows(query)]

    def add(self, articles: Iterable[EncodedArticle]) -> None:
        """Store articles' passages in one transaction, and tell Milvus of them.

        Articles that were deleted or changed since they were read are left out.

        Raises:
            CollectionBusy: another process has begun to encode the collection for another model.
        """
        given = {each.article.id: each for each in articles}
        # Whoever changes articles takes turns with this, or waits until the end of finish.
        taking_turns = self._following.unordered if self._has_turn else self._following.transaction
        with taking_turns() as transaction:
            self._ensure_own(transaction)
            rows = transaction.execute(
                "SELECT id, content_hash, language FROM articles WHERE id = ANY(?)", (list(given),)
            ).fetchall()
            held = {name: (content_hash, language) for name, content_hash, language in rows}
            for name, each in given.items():
                if held.get(name) == (each.article.content_hash, each.article.language):
                    transaction.execute("DELETE FROM passages WHERE article_id = ?", (name,))
                    transaction.executemany(
                        f"INSERT INTO passages ({_PASSAGE}) VALUES ({_MARKS})",
                        map(passage_row, each.passages),
                    )
        # Milvus may be down for a while; what waits is told at the end.
        with suppress(ClusterUnavailable):
            self._drain()

    def finish(self, encode: Callable[[Sequence[str]], object]) -> None:
        """Replace the old passages and their model by the new ones, in one transaction.

        Args:
            encode: encodes and adds what others have stored meanwhile; they wait then.

        Raises:
            CollectionBusy: others use the collection all the time.
            ClusterUnavailable: a part of the cluster does not answer.
        """
        self._drain()
        with self._database.transaction() as transaction:
            self._has_turn = True
            try:
                encode(self.left())
                self._drain()
                self._ensure_own(transaction)
                self._exchange(transaction)
            finally:
                self._has_turn = False
        try:
            drop_replaced(self._database)
        except ClusterUnavailable as error:
            _LOG.warning("All is encoded; Milvus holds the old vectors still. %s", error)

    def _drain(self) -> None:
        while drain(self._following, lambda: self._store):
            pass

    def _ensure_own(self, transaction: Transaction) -> None:
        """Check that no other process has begun anew, if this one's lock was lost."""
        if identity_of_next(transaction, self._database.schema) != self._identity:
            raise CollectionBusy(_IN_USE)

    def _exchange(self, transaction: Transaction) -> None:
        identity = transaction.execute("SELECT value FROM settings WHERE name = 'identity'")
        set_setting(transaction, REPLACED, identity.fetchone()[0])
        exchange(transaction, self._database.schema)
        advance_revision(transaction)
        transaction.execute(
            "UPDATE settings SET value = (SELECT value FROM settings WHERE name = 'revision')"
            " WHERE name = 'deletions_from'"
        )
        forget_older_passages(transaction)
        transaction.execute("DELETE FROM settings WHERE name = ?", (_SETTING,))


def drop_replaced(database: PostgresDatabase) -> None:
    """Delete the vectors that a re-encoding has replaced, if they are still there.

    Raises:
        ClusterUnavailable: Milvus does not answer; the next compaction tries again.
    """
    query = "SELECT value FROM settings WHERE name = ?"
    for (identity,) in database.rows(query, (REPLACED,)):
        with closing(Cluster(database.settings).vectors_of(identity)) as store:
            store.drop()
        with database.transaction() as transaction:
            transaction.execute(
                "DELETE FROM settings WHERE name = ? AND value = ?", (REPLACED, identity)
            )


def _begin(cluster: Cluster, database: PostgresDatabase, settings: Mapping[str, str]) -> str:
    """Make the tables, unless there are some for the same model; return their identity."""
    wanted = " ".join((settings["fingerprint"], settings["tokens"], str(SCHEMA_VERSION)))
    with database.transaction() as transaction:
        identity = identity_of_next(transaction, database.schema)
        query = "SELECT value FROM settings WHERE name = ?"
        row = transaction.execute(query, (_SETTING,)).fetchone()
        if identity is not None and row is not None and row[0] == wanted:
            return identity
        if identity is not None:
            with closing(cluster.vectors_of(identity)) as store:
                store.drop()
        make_next(transaction, database.schema, settings)
        set_setting(transaction, _SETTING, wanted)
    return settings["identity"]
