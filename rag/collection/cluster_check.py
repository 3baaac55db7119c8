"""Checks a collection on a cluster, and tells Milvus of what it lacks."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing
from functools import partial

import numpy as np

from rag.catalog.catalog import Catalog
from rag.cluster.cluster import Cluster
from rag.cluster.cluster_index import ClusterIndex
from rag.cluster.filling import repair, waiting
from rag.cluster.postgres import PostgresDatabase
from rag.cluster.reencoding import drop_replaced
from rag.collection.check import (
    CheckReport,
    OnArticles,
    broken_articles,
    counted,
    passages_not_found,
)
from rag.errors import CollectionBusy, CollectionDamaged
from rag.index.generation import OnPassages
from rag.records.passage import Keys

_COUNTED = {
    "articles": "SELECT language, count(*) FROM articles GROUP BY 1",
    "passages": "SELECT language, count(*) FROM passages GROUP BY 1",
}


def check_on_cluster(catalog: Catalog, on_articles: OnArticles = lambda _: None) -> CheckReport:
    """Read everything in a collection and report what is wrong; change nothing.

    It checks each row's checksum; that passages and sentences lie inside their articles; that
    vectors are unit vectors of the model's dimensions; the counters; that Milvus holds exactly the
    passages that it was told of; and that it finds a sample of them by vectors and by words.

    Args:
        catalog: the collection's catalog.
        on_articles: called with the number of articles checked since the last call.

    Raises:
        ClusterUnavailable: a part of the cluster does not answer.
    """
    started = time.perf_counter()
    database = _database(catalog)
    problems: list[str] = []
    notes: list[str] = []
    counts = (0, 0)
    with closing(_index(catalog)) as index:
        try:
            with catalog.reading():
                of_languages = catalog.counts().values()
                counts = sum(n for n, _ in of_languages), sum(n for _, n in of_languages)
                problems += _wrong_counters(database)
                problems += broken_articles(catalog, on_articles)
            if left := waiting(database):
                notes.append(f"Milvus has still to be told of {left:,} changes.")
            lacking, surplus = differences(catalog, index)
            if len(lacking):
                problems.append(f"Milvus lacks {counted(lacking)}.")
            if len(surplus):
                problems.append(f"Milvus holds {counted(surplus)} that are not stored.")
            if not problems and not left:
                with index.reading() as snapshot:
                    problems += passages_not_found(catalog, snapshot)
        except CollectionDamaged as error:
            problems.append(str(error))
    took_s = round(time.perf_counter() - started, 3)
    return CheckReport(*counts, None, problems, notes, took_s)


def compact_on_cluster(catalog: Catalog, on_passages: OnPassages = lambda _: None) -> None:
    """Tell Milvus of everything that is stored, and of what it lacks or holds too much.

    Args:
        catalog: the collection's catalog.
        on_passages: called with the number of changes that Milvus was told of.

    Raises:
        ClusterUnavailable: a part of the cluster does not answer.
    """
    database = _database(catalog)
    drop_replaced(database)
    with closing(_index(catalog)) as index:
        index.drain_all(on_passages)
        lacking, surplus = differences(catalog, index)
        repair(database, lacking.tolist(), surplus.tolist())
        index.drain_all(on_passages)


def differences(catalog: Catalog, index: ClusterIndex) -> tuple[Keys, Keys]:
    """Return the keys that Milvus lacks, and those that it holds though they are not stored.

    Changes that it has still to be told of make no difference.

    Raises:
        CollectionBusy: the collection was encoded again meanwhile.
    """
    database, store = _database(catalog), index.store()
    held = _joined(store.keys()) if store.exists() else _joined(iter(()))
    with database.reading():
        if index.store() is not store:
            raise CollectionBusy("The collection was encoded again meanwhile: try again.")
        rows = database.rows("SELECT key FROM passages")
        stored = np.array([row[0] for row in rows], dtype=np.int64)
        rows = database.rows("SELECT DISTINCT key FROM outbox")
        changing = np.array([row[0] for row in rows], dtype=np.int64)
    lacking = np.setdiff1d(np.setdiff1d(stored, held), changing)
    surplus = np.setdiff1d(np.setdiff1d(held, stored), changing)
    return lacking, surplus


def _joined(blocks: Iterator[Keys]) -> Keys:
    return np.concatenate([np.empty(0, dtype=np.int64), *blocks])


def _wrong_counters(database: PostgresDatabase) -> Iterator[str]:
    """Report counters that differ from what they count."""
    for kind, query in _COUNTED.items():
        kept: dict[str, int] = dict(
            database.rows(f"SELECT language, {kind} FROM counts WHERE {kind} <> 0")
        )
        if kept != dict(database.rows(query)):
            yield f"The number of {kind} of a language differs from what was counted."


def _index(catalog: Catalog) -> ClusterIndex:
    database = _database(catalog)
    return ClusterIndex(catalog, database, partial(Cluster(database.settings).vectors, catalog))


def _database(catalog: Catalog) -> PostgresDatabase:
    assert isinstance(catalog.connections, PostgresDatabase)
    return catalog.connections
