"""Tables that take the place of a collection's, in a schema of their own until they do.

They are like those of the collection. Where that schema has no table of a name, the collection's is
meant (``search_path``). So what fills Milvus works on it as it is.
"""

from __future__ import annotations

import time
from collections.abc import Mapping

import psycopg

from rag.catalog.database import Transaction
from rag.catalog.rows import ARTICLE_COLUMNS
from rag.cluster.outbox import DRAIN_LOCK
from rag.cluster.schema import NOTE_PASSAGES, SCHEMA_VERSION, next_schema
from rag.errors import CollectionBusy

_MOVED = ("passages", "outbox", "indexed", "term_counts", "word_counts", "labels")
"""Tables that take the place of the collection's."""

_LOCKED = ("settings", "articles", "counts", "deletions", *_MOVED)
"""Tables that the exchange changes. Each search begins with the settings, so they come first."""

_TRIES, _WAIT, _PAUSE_S = 30, "800ms", 1.0
"""How often it is tried to have the tables alone, for how long, and the pause between two tries.
Searches wait in a try, and writers all the time. In less than a second PostgreSQL ends nobody
because each waits for the other. Chosen manually, not tuned."""

_THEN_WAIT = "60s"
"""How long what follows may wait: PostgreSQL ends a vacuum that is in the way after a second."""

_MAKE = f"""
DROP SCHEMA IF EXISTS @ CASCADE;
CREATE SCHEMA @;
{"".join(f"CREATE TABLE @.{t} (LIKE {t} INCLUDING ALL EXCLUDING INDEXES);" for t in _MOVED)}
CREATE TABLE @.counts (LIKE counts INCLUDING ALL);
CREATE TABLE @.settings (LIKE settings INCLUDING ALL);
"""

_WATCH = f"""
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
"""Lets changes of articles be changes of the passages that are encoded already."""

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


def identity_of_next(transaction: Transaction, schema: str) -> str | None:
    """Return the identity that a collection will have; None if nothing is made for it.

    Args:
        transaction: on the collection.
        schema: the collection's.
    """
    settings = f'"{next_schema(schema)}".settings'
    if not transaction.execute("SELECT to_regclass(?) IS NOT NULL", (settings,)).fetchone()[0]:
        return None
    query = f"SELECT value FROM {settings} WHERE name = 'identity'"
    row = transaction.execute(query).fetchone()
    return None if row is None else str(row[0])


def make_next(transaction: Transaction, schema: str, settings: Mapping[str, str]) -> None:
    """Make the tables anew, empty.

    Args:
        transaction: on the collection.
        schema: the collection's.
        settings: of the new encoder, with a new identity.
    """
    transaction.execute(_in(_MAKE, schema))
    _copy_indexes(transaction, schema)
    transaction.execute(_in(_WATCH, schema))
    following = next_schema(schema)
    transaction.executemany(
        f'INSERT INTO "{following}".settings VALUES (?, ?)',
        {**settings, "schema": str(SCHEMA_VERSION), "analysis": "0"}.items(),
    )
    _continue_keys(transaction, schema, following)


def exchange(transaction: Transaction, schema: str) -> None:
    """Put the tables in the place of the collection's; what they replace is dropped.

    Args:
        transaction: on the collection; nobody else writes.
        schema: the collection's.

    Raises:
        CollectionBusy: others read the tables all the time.
    """
    following = next_schema(schema)
    for each in (schema, following):
        transaction.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(?, ?))", (each, DRAIN_LOCK)
        )
    # This is in nobody's way but a vacuum's, which PostgreSQL then ends.
    for tables in (_LOCKED, [f'"{following}".{name}' for name in _MOVED]):
        transaction.execute(f"LOCK TABLE {', '.join(tables)} IN SHARE UPDATE EXCLUSIVE MODE")
    _lock_alone(transaction)
    _continue_keys(transaction, following, schema)
    transaction.execute(_in(_EXCHANGE, schema))


def _continue_keys(transaction: Transaction, before: str, after: str) -> None:
    """Let the keys of one schema's passages continue after those of another, if they are larger.

    So no process finds in its memory what another passage of the same key has left.
    """
    key = "nextval(pg_get_serial_sequence(?, 'key'))"
    tables = [f'"{each}".passages' for each in (before, after)]
    transaction.execute(
        f"SELECT setval(pg_get_serial_sequence(?, 'key'), greatest({key}, {key}))",
        (tables[1], *tables),
    )


def _copy_indexes(transaction: Transaction, schema: str) -> None:
    """Make the indexes of the collection's tables, under the same names.

    PostgreSQL itself would name them anew, and a later release could not find them.
    """
    following = next_schema(schema)
    for table in _MOVED:
        place = (f'"{schema}".{table}',)
        constraints = transaction.execute(
            "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint"
            " WHERE conrelid = to_regclass(?) AND contype IN ('p', 'u')",
            place,
        ).fetchall()
        for name, definition in constraints:
            transaction.execute(
                f'ALTER TABLE "{following}".{table} ADD CONSTRAINT "{name}" {definition}'
            )
        indexes = transaction.execute(
            "SELECT pg_get_indexdef(indexrelid) FROM pg_index WHERE indrelid = to_regclass(?)"
            " AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = indexrelid"
            " AND contype IN ('p', 'u'))",
            place,
        ).fetchall()
        for (definition,) in indexes:
            before, _, after = definition.partition(" USING ")
            start = before.partition(" ON ")[0]
            transaction.execute(f'{start} ON "{following}".{table} USING {after}')


def _lock_alone(transaction: Transaction) -> None:
    for left in reversed(range(_TRIES)):
        transaction.execute("SAVEPOINT alone")
        try:
            transaction.execute(f"SET LOCAL lock_timeout = '{_WAIT}'")
            transaction.execute(f"LOCK TABLE {', '.join(_LOCKED)} IN ACCESS EXCLUSIVE MODE")
        except psycopg.errors.LockNotAvailable as error:
            if not left:
                raise CollectionBusy(
                    "Others read the collection all the time, so its tables cannot be exchanged; "
                    "what was encoded is kept: try again when they have finished."
                ) from error
            transaction.execute("ROLLBACK TO SAVEPOINT alone")
            time.sleep(_PAUSE_S)
        else:
            transaction.execute(f"SET LOCAL lock_timeout = '{_THEN_WAIT}'")
            return


def _in(statements: str, schema: str) -> str:
    """Return statements with the names of the two schemas."""
    return statements.replace("@", f'"{next_schema(schema)}"').replace("#", f'"{schema}"')
