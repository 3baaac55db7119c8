"""Putting passages into the outbox again: all of them, or those that Milvus lacks."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rag.cluster.outbox import DRAIN_LOCK, number_of
from rag.cluster.postgres import PostgresDatabase
from rag.cluster.vectors import VectorStore


def fill_again(
    database: PostgresDatabase, open_store: Callable[[], VectorStore], *, if_missing: bool = True
) -> bool:
    """Begin to fill Milvus from the catalog; return whether it has lost what it held.

    Nothing is encoded or analysed again. The work itself is done by :func:`drain`.

    Args:
        database: the catalog's.
        open_store: returns the store, which is lost or emptied; see
            :func:`rag.cluster.outbox.drain`.
        if_missing: only if the store does not exist or is empty; else always, from the start.
    """
    with database.unordered() as transaction:
        transaction.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(?, ?))", (database.schema, DRAIN_LOCK)
        )
        store = open_store()
        indexed = number_of(
            transaction, "SELECT count(*) FROM (SELECT 1 FROM indexed LIMIT 1) AS o"
        )
        if if_missing and store.exists() and (not indexed or store.count()):
            return False
        store.drop()
        store.create(number_of(transaction, "SELECT coalesce(sum(passages), 0) FROM counts"))
        transaction.execute("DELETE FROM outbox WHERE is_stored")
        transaction.execute(
            "INSERT INTO outbox (key, language, is_stored)"
            " SELECT key, language, true FROM passages ORDER BY key"
        )
    return bool(indexed)


def repair(database: PostgresDatabase, lacking: Sequence[int], surplus: Sequence[int]) -> None:
    """Let passages that Milvus lacks, or holds though they are deleted, be told again."""
    with database.unordered() as transaction:
        transaction.execute(
            "INSERT INTO outbox (key, language, is_stored)"
            " SELECT key, language, true FROM passages WHERE key = ANY(?)",
            (list(lacking),),
        )
        transaction.execute(
            "INSERT INTO outbox (key, language, is_stored) SELECT unnest(?::bigint[]), '', false",
            (list(surplus),),
        )


def waiting(database: PostgresDatabase) -> int:
    """Return how many changes Milvus has still to be told."""
    return int(database.rows("SELECT count(*) FROM outbox WHERE drained_at IS NULL")[0][0])
