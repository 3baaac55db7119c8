"""Encoding a collection of a cluster again, while others read and write."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from itertools import count

import psycopg
import pytest
from pymilvus import MilvusClient

from embeddings import Encoder
from embeddings.calibration.calibration import Calibration
from rag import Collection, ingest, make_article
from rag.catalog.database import Transaction
from rag.cluster.cluster import Cluster
from rag.cluster.next_tables import exchange
from rag.cluster.postgres import PostgresDatabase
from rag.cluster.reencoding import drop_replaced, reencoding_on_cluster
from rag.collection.paths import open_catalog
from rag.collection.upkeep import check_collection, compact_collection
from rag.errors import CollectionBusy
from rag.ingestion.editing import edit
from rag.ingestion.encoding import ChunkedArticle, encode_articles
from rag.ingestion.reindexing import reindex
from rag.records.passage import EncodedArticle
from tests.integration.rag.cluster.encoded_again import (
    ARTICLES,
    Interrupted,
    collection_articles,
    ids_found,
    reindexed,
)
from tests.waiting import PATIENCE_S

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("stored")]


@pytest.fixture
def home(cluster: Cluster) -> Cluster:
    return cluster


@pytest.fixture
def milvus(home: Cluster) -> Iterator[MilvusClient]:
    with closing(MilvusClient(home.settings.vectors)) as client:
        yield client


def in_milvus(milvus: MilvusClient, home: Cluster) -> set[str]:
    """Return the names of the collections of Milvus that belong to the collection."""
    found: set[str] = set()
    with psycopg.connect(home.settings.catalog) as connection:
        schema = home.ensure_collection("c")
        for settings in (f'"{schema}".settings', f'"{schema}_next".settings'):
            row = connection.execute("SELECT to_regclass(%s)", (settings,)).fetchone()
            if row and row[0]:
                query = f"SELECT value FROM {settings} WHERE name IN ('identity', 'replaced')"
                found |= {f"tamngu_{identity}" for (identity,) in connection.execute(query)}
    return found & set(milvus.list_collections())


def test_what_others_do_meanwhile_is_kept(
    home: Cluster, encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rag.ingestion.reindexing.BATCH_PASSAGES", 8)
    new = [make_article(f"Bài mới {i} về ngoại giao.", key="k", id=f"n{i}") for i in range(3)]
    with closing(Collection.open(home, "c", encoder)) as collection:
        batches = count(1)

        def encode(
            with_: Encoder, articles: Sequence[ChunkedArticle], by: Calibration
        ) -> list[EncodedArticle]:
            done = encode_articles(with_, articles, by)
            if next(batches) == 2:
                # One that is encoded, one of this batch, one that is not read yet.
                collection.delete(ARTICLES[0].id)
                collection.delete(articles[-1].article.id)
                ingest(collection, new)
                edit(collection, "a9", {"title": "Tên khác"})
            return done

        with monkeypatch.context() as patched:
            patched.setattr("rag.ingestion.reindexing.encode_articles", encode)
            reindexed(home, encoder)
        ids = collection.catalog.articles.ids()
        assert len(ids) == 12 - 2 + 3
        assert ids_found(collection, collection_articles(collection)) == set(ids)
        # It tells the new passages' store of what is stored now.
        ingest(collection, [make_article("Bài cuối.", key="k", id="last")])
        compact_collection(collection.catalog)
        assert check_collection(collection.catalog).problems == []


def test_a_search_that_begins_during_the_exchange_finds_everything(
    home: Cluster, encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    # All is found by Milvus, nothing in the tail.
    monkeypatch.setattr("rag.cluster.outbox.SETTLE_S", 0)
    monkeypatch.setattr("rag.cluster.cluster_index.SETTLE_S", 0)
    exchanged = threading.Event()

    def slowly(transaction: Transaction, schema: str) -> None:
        exchange(transaction, schema)
        exchanged.set()
        time.sleep(0.5)

    monkeypatch.setattr("rag.cluster.reencoding.exchange", slowly)
    with (
        closing(Collection.open(home, "c", encoder)) as collection,
        ThreadPoolExecutor(1) as threads,
    ):
        collection.save()
        # The question's language is given, so no look at the collection comes first.
        assert ids_found(collection, language="vi") == {each.id for each in ARTICLES}
        reindexing = threads.submit(reindexed, home, encoder)
        assert exchanged.wait(PATIENCE_S)
        assert ids_found(collection, language="vi") == {each.id for each in ARTICLES}
        reindexing.result()


def test_keys_are_new_and_indexes_keep_their_names(home: Cluster, encoder: Encoder) -> None:
    with closing(open_catalog(home, "c")) as catalog:
        database = catalog.connections

        def keys() -> set[int]:
            return {row[0] for row in database.rows("SELECT key FROM passages")}

        def indexes() -> list[tuple[str, str]]:
            query = (
                "SELECT indexname, indexdef FROM pg_indexes"
                " WHERE schemaname = current_schema() ORDER BY 1"
            )
            return [(row[0], row[1]) for row in database.rows(query)]

        seen, named = keys(), indexes()
        for _ in range(2):
            reindex(catalog, encoder)
            assert not seen & keys()
            seen |= keys()
        assert indexes() == named


def test_vectors_that_were_replaced_are_deleted_after_a_crash(
    home: Cluster, milvus: MilvusClient, encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(Collection.open(home, "c", encoder)) as collection:
        collection.save()
    (before,) = in_milvus(milvus, home)

    def crash(_: PostgresDatabase) -> None:
        raise KeyboardInterrupt

    with closing(open_catalog(home, "c")) as catalog:
        with monkeypatch.context() as patched:
            # It is called before and after.
            steps = iter((drop_replaced, crash))
            patched.setattr("rag.cluster.reencoding.drop_replaced", lambda d: next(steps)(d))
            with pytest.raises(KeyboardInterrupt):
                reindex(catalog, encoder)
        assert len(in_milvus(milvus, home)) == 2
        compact_collection(catalog)
        (after,) = in_milvus(milvus, home)
    assert before != after


def test_where_another_process_has_begun_anew_nothing_more_is_added(
    home: Cluster,
    encoder: Encoder,
    other: Encoder,
    made: Sequence[EncodedArticle],
) -> None:
    with (
        closing(open_catalog(home, "c")) as catalog,
        reencoding_on_cluster(catalog, encoder.fingerprint, "") as first,
    ):
        database = catalog.connections
        assert isinstance(database, PostgresDatabase)
        database.rows(
            "SELECT pg_terminate_backend(pid, 60_000) FROM pg_locks"
            " WHERE locktype = 'advisory' AND pid <> pg_backend_pid()"
        )
        with reencoding_on_cluster(catalog, other.fingerprint, "") as second:
            with pytest.raises(CollectionBusy):
                first.add(made)
            assert len(second.left()) == len(ARTICLES)
            with pytest.raises(CollectionBusy):
                first.finish(lambda _: None)


def test_it_begins_anew_where_its_tables_were_lost(
    home: Cluster,
    encoder: Encoder,
    other: Encoder,
    interrupted: Interrupted,
) -> None:
    interrupted(home, other)
    with psycopg.connect(home.settings.catalog) as connection:
        schema = home.ensure_collection("c")
        connection.execute(f'DROP SCHEMA "{schema}_next" CASCADE')
    assert reindexed(home, other).resumed == 0


def test_only_one_process_encodes_again(home: Cluster, encoder: Encoder) -> None:
    with closing(open_catalog(home, "c")) as catalog:
        database = catalog.connections
        assert isinstance(database, PostgresDatabase)
        with database.locked("reencoding") as is_alone:
            assert is_alone
            with pytest.raises(CollectionBusy, match="encoding this collection again"):
                reindex(catalog, encoder)


def test_nothing_is_left_of_a_collection_that_was_half_encoded(
    home: Cluster,
    milvus: MilvusClient,
    encoder: Encoder,
    other: Encoder,
    interrupted: Interrupted,
) -> None:
    with closing(Collection.open(home, "c", encoder)) as collection:
        collection.save()
    interrupted(home, other)
    assert len(in_milvus(milvus, home)) == 2
    held = set(milvus.list_collections())
    ours = in_milvus(milvus, home)
    home.delete("c")
    assert set(milvus.list_collections()) == held - ours
    with psycopg.connect(home.settings.catalog) as connection:
        rows = connection.execute(
            "SELECT nspname FROM pg_namespace WHERE nspname LIKE 'tamngu_%\\_next'"
        )
        assert rows.fetchall() == []
