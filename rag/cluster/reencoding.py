"""A collection's passages encoded with another model, kept apart until all are encoded.

They are in a schema of their own, whose tables are like those of the collection. Where that schema
has no table of a name, the collection's is meant. So what fills Milvus works on it as it is.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass

import psycopg

from embeddings import Fingerprint
from rag.catalog.catalog import Catalog
from rag.catalog.database import Transaction
from rag.catalog.rows import ARTICLE_COLUMNS, PASSAGE_COLUMNS, passage_row
from rag.catalog.settings import advance_revision, new_settings, set_setting
from rag.cluster.cluster import Cluster
from rag.cluster.filling import fill_again
from rag.cluster.outbox import DRAIN_LOCK, drain
from rag.cluster.postgres import PostgresDatabase
from rag.cluster.schema import NOTE_PASSAGES, SCHEMA_VERSION, next_schema
from rag.cluster.vectors import VectorStore
from rag.errors import ClusterUnavailable, CollectionBusy
from rag.records.passage import EncodedArticle

_SETTING = "reencoding"
"""Holds what the collection is encoded for, while it is."""

_REPLACED = "replaced"
"""Holds the identity whose vectors are to be deleted."""

_PASSAGE = ", ".join((*PASSAGE_COLUMNS, "checksum"))
_MARKS = ", ".join("?" * (len(PASSAGE_COLUMNS) + 1))

_MOVED = ("passages", "outbox", "indexed", "term_counts", "word_counts", "labels")
"""Tables that take the place of the collection's."""

_LOCK_TRIES, _LOCK_WAIT, _LOCK_PAUSE_S = 30, "800ms", 1.0
"""How often it is tried to have the tables alone, for how long, and the pause between two tries.
Searches wait in a try, and writers all the time. In less than a second PostgreSQL ends nobody
because each waits for the other. Chosen manually, not tuned."""

_BEGIN = f"""
DROP SCHEMA IF EXISTS @ CASCADE;
CREATE SCHEMA @;
{"".join(f"CREATE TABLE @.{name} (LIKE {name} INCLUDING ALL);" for name in _MOVED)}
CREATE TABLE @.counts (LIKE counts INCLUDING ALL);
CREATE TABLE @.settings (LIKE settings INCLUDING ALL);
SET LOCAL search_path TO @, #;
ALTER TABLE passages ADD FOREIGN KEY (article_id) REFERENCES articles (id) ON DELETE CASCADE;
{NOTE_PASSAGES}
CREATE FUNCTION forget_edited() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM @.passages WHERE article_id = new.id;
    RETURN NULL;
END
$$;
CREATE TRIGGER forget_edited AFTER UPDATE OF {", ".join(ARTICLE_COLUMNS)}, content_hash ON articles
FOR EACH ROW EXECUTE FUNCTION forget_edited();
SET LOCAL search_path TO #;
"""
"""Makes the schema "@" of the collection in the schema "#"."""

_EXCHANGE = f"""
UPDATE counts SET passages = 0;
INSERT INTO counts (language, passages) SELECT language, passages FROM @.counts
ON CONFLICT (language) DO UPDATE SET passages = excluded.passages;
{"".join(f"DROP TABLE {name}; ALTER TABLE @.{name} SET SCHEMA #;" for name in _MOVED)}
DROP TRIGGER note_passage ON passages;
CREATE TRIGGER note_passage AFTER INSERT OR DELETE ON passages
FOR EACH ROW EXECUTE FUNCTION note_passage();
INSERT INTO settings SELECT name, value FROM @.settings WHERE name <> 'schema'
ON CONFLICT (name) DO UPDATE SET value = excluded.value;
DELETE FROM deletions;
DROP SCHEMA @ CASCADE;
"""
"""Puts the tables in the place of the collection's."""


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
            raise CollectionBusy(
                "Another process is encoding this collection again; wait until it has finished."
            )
        _begin(cluster, database, new_settings(fingerprint, token_digest))
        following = PostgresDatabase(
            database.settings, next_schema(database.schema), "next", behind=database.schema
        )
        with (
            closing(Catalog.on(following)) as new,
            closing(cluster.vectors(new)) as store,
        ):
            if not store.exists():
                store.create(sum(passages for _, passages in catalog.counts().values()))
            fill_again(following, lambda: store)
            yield ClusterReencoding(database, following, store)


@dataclass(frozen=True)
class ClusterReencoding:
    """Passages for another model; searches use the old ones meanwhile, and others may write.

    What was stored stays when a process ends, however it ends, and the next one continues there.
    When an article is deleted or changed in between, its passages are deleted here too.

    Attributes:
        database: the collection's.
        following: the schema that takes the place of some of its tables.
        store: finds the new passages.
    """

    database: PostgresDatabase
    following: PostgresDatabase
    store: VectorStore

    def left(self) -> list[str]:
        """Return the ids of the articles that are not encoded yet, sorted."""
        query = (
            "SELECT id FROM articles a WHERE NOT EXISTS"
            " (SELECT 1 FROM passages p WHERE p.article_id = a.id) ORDER BY id"
        )
        return [row[0] for row in self.following.rows(query)]

    def add(self, articles: Iterable[EncodedArticle]) -> None:
        """Store articles' passages in one transaction, and tell Milvus of them.

        Articles that were deleted or changed since they were read are left out.
        """
        given = {each.article.id: each for each in articles}
        with self.following.transaction() as transaction:
            # Whoever changes one of them waits, and finds the new passages.
            rows = transaction.execute(
                "SELECT id, content_hash, language FROM articles WHERE id = ANY(?) FOR SHARE",
                (list(given),),
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
        with self.database.transaction() as transaction:
            encode(self.left())
            self._drain()
            self._exchange(transaction)
        drop_replaced(self.database)

    def _drain(self) -> None:
        while drain(self.following, lambda: self.store):
            pass

    def _exchange(self, transaction: Transaction) -> None:
        for schema in (self.database.schema, self.following.schema):
            transaction.execute(
                "SELECT pg_advisory_xact_lock(hashtextextended(?, ?))", (schema, DRAIN_LOCK)
            )
        _lock_tables(transaction)
        query = "SELECT value FROM settings WHERE name = 'identity'"
        set_setting(transaction, _REPLACED, transaction.execute(query).fetchone()[0])
        keys = [_last_key(transaction, each.schema) for each in (self.database, self.following)]
        transaction.execute(_in(_EXCHANGE, self.database))
        self.database.continue_keys_at(transaction, max(keys) + 1)
        advance_revision(transaction)
        transaction.execute(
            "UPDATE settings SET value = (SELECT value FROM settings WHERE name = 'revision')"
            " WHERE name = 'deletions_from'"
        )
        transaction.execute("DELETE FROM settings WHERE name = ?", (_SETTING,))


def drop_replaced(database: PostgresDatabase) -> None:
    """Delete the vectors that a re-encoding has replaced, if they are still there.

    Raises:
        ClusterUnavailable: Milvus does not answer; the next compaction tries again.
    """
    query = "SELECT value FROM settings WHERE name = ?"
    for (identity,) in database.rows(query, (_REPLACED,)):
        with closing(Cluster(database.settings).vectors_of(identity)) as store:
            store.drop()
        with database.transaction() as transaction:
            transaction.execute("DELETE FROM settings WHERE name = ?", (_REPLACED,))


def _begin(cluster: Cluster, database: PostgresDatabase, settings: Mapping[str, str]) -> None:
    """Create the schema, unless there is one for the same model."""
    wanted = " ".join((settings["fingerprint"], settings["tokens"], str(SCHEMA_VERSION)))
    with database.transaction() as transaction:
        query = "SELECT value FROM settings WHERE name = ?"
        row = transaction.execute(query, (_SETTING,)).fetchone()
        if row is not None and row[0] == wanted:
            return
        for store in cluster.unfinished_vectors(database.schema):
            store.drop()
            store.close()
        transaction.execute(_in(_BEGIN, database))
        of_schema = {"schema": str(SCHEMA_VERSION), "analysis": "0"}
        following = next_schema(database.schema)
        transaction.executemany(
            f'INSERT INTO "{following}".settings VALUES (?, ?)', {**settings, **of_schema}.items()
        )
        # No process finds in its memory what another passage of the same key has left.
        transaction.execute(
            "SELECT setval(pg_get_serial_sequence(?, 'key'), ?, false)",
            (f'"{following}".passages', _last_key(transaction, database.schema) + 1),
        )
        set_setting(transaction, _SETTING, wanted)


def _last_key(transaction: Transaction, schema: str) -> int:
    query = "SELECT coalesce(pg_sequence_last_value(pg_get_serial_sequence(?, 'key')::regclass), 0)"
    return int(transaction.execute(query, (f'"{schema}".passages',)).fetchone()[0])


def _in(statements: str, database: PostgresDatabase) -> str:
    """Return statements with the names of the two schemas."""
    following = next_schema(database.schema)
    return statements.replace("@", f'"{following}"').replace("#", f'"{database.schema}"')


def _lock_tables(transaction: Transaction) -> None:
    """Wait until nobody uses the tables that are exchanged.

    Each search begins with the settings, so it sees the tables as they are before or afterwards.
    """
    for left in reversed(range(_LOCK_TRIES)):
        transaction.execute("SAVEPOINT alone")
        try:
            transaction.execute(f"SET LOCAL lock_timeout = '{_LOCK_WAIT}'")
            transaction.execute(
                f"LOCK TABLE settings, articles, counts, deletions, {', '.join(_MOVED)}"
                " IN ACCESS EXCLUSIVE MODE"
            )
        except psycopg.errors.LockNotAvailable:
            if not left:
                raise
            transaction.execute("ROLLBACK TO SAVEPOINT alone")
            time.sleep(_LOCK_PAUSE_S)
        else:
            return
