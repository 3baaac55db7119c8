"""Encoding a collection again, on one machine and on a cluster."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from itertools import count
from pathlib import Path

import psycopg
import pytest
from pymilvus import MilvusClient

from embeddings import Encoder, load_encoder
from embeddings.calibration.calibration import Calibration
from embeddings.calibration.store import calibration_for
from rag import Collection, ingest, make_article, search
from rag.catalog.database import Transaction
from rag.cluster.cluster import Cluster
from rag.cluster.next_tables import exchange
from rag.cluster.postgres import PostgresDatabase
from rag.cluster.reencoding import drop_replaced, reencoding_on_cluster
from rag.collection.paths import Home, open_catalog
from rag.collection.upkeep import check_collection, compact_collection
from rag.errors import CollectionBusy, ModelMismatch
from rag.ingestion.editing import edit
from rag.ingestion.encoding import ChunkedArticle, chunk_article, encode_articles
from rag.ingestion.reindexing import ReindexReport, reindex
from rag.records.passage import EncodedArticle
from tamngu.records.article import Article
from tamngu.records.request import SearchRequest
from tests.waiting import PATIENCE_S

pytestmark = pytest.mark.slow

ARTICLES = [
    make_article(f"Bài số {i} nói về ngoại giao. " * 40, key="k", id=f"a{i}") for i in range(12)
]


def reindexed(home: Home, encoder: Encoder) -> ReindexReport:
    with closing(open_catalog(home, "c")) as catalog:
        report = reindex(catalog, encoder)
        assert check_collection(catalog).problems == []
    return report


@pytest.fixture
def interrupted(monkeypatch: pytest.MonkeyPatch) -> Callable[[Home, Encoder], None]:
    """Start to reindex in small batches, and interrupt it at the third."""
    monkeypatch.setattr("rag.ingestion.reindexing.BATCH_PASSAGES", 8)

    def run(home: Home, encoder: Encoder) -> None:
        batches = count(1)

        def encode(
            with_: Encoder, articles: Sequence[ChunkedArticle], by: Calibration
        ) -> list[EncodedArticle]:
            if next(batches) == 3:
                raise KeyboardInterrupt
            return encode_articles(with_, articles, by)

        with monkeypatch.context() as patched:
            patched.setattr("rag.ingestion.reindexing.encode_articles", encode)
            with pytest.raises(KeyboardInterrupt):
                reindexed(home, encoder)

    return run


@pytest.fixture
def other(small_model: Path) -> Encoder:
    return load_encoder(str(small_model))


@pytest.fixture(scope="module")
def made(encoder: Encoder) -> list[EncodedArticle]:
    chunked = [chunk_article(encoder, article) for article in ARTICLES]
    return encode_articles(encoder, chunked, calibration_for(encoder))


@pytest.fixture(autouse=True)
def _stored(home: Home, encoder: Encoder, made: Sequence[EncodedArticle]) -> None:
    with closing(Collection.open_or_create(home, "c", encoder)) as collection:
        collection.put(made)


def ids_found(
    collection: Collection,
    articles: Sequence[Article] = ARTICLES,
    language: str | None = None,
) -> set[str]:
    request = SearchRequest("ngoại giao", top_k=100, include_duplicates=True, language=language)
    hits = search(collection, request).hits
    for hit in hits:
        article = collection.catalog.articles.get(hit.article_id)
        assert article is not None
        assert article.text[hit.start : hit.end] == hit.text
    return {hit.article_id for hit in hits}


def test_reindexing_changes_the_model(home: Home, encoder: Encoder, other: Encoder) -> None:
    report = reindexed(home, other)
    assert (report.articles, report.resumed) == (12, 0)
    collection = Collection.open(home, "c", other)
    assert ids_found(collection) == {article.id for article in ARTICLES}
    assert ingest(collection, ARTICLES).unchanged == 12
    collection.close()
    with pytest.raises(ModelMismatch):
        Collection.open(home, "c", encoder)
    reindexed(home, encoder)
    collection = Collection.open(home, "c", encoder)
    assert ids_found(collection) == {article.id for article in ARTICLES}
    collection.close()


def test_an_open_collection_notices_the_new_model(
    home: Home, encoder: Encoder, other: Encoder
) -> None:
    collection = Collection.open(home, "c", encoder)
    before = search(collection, "ngoại giao").hits
    reindexed(home, encoder)
    again = search(collection, "ngoại giao").hits
    assert [hit.passage_id for hit in again] == [hit.passage_id for hit in before]
    reindexed(home, other)
    with pytest.raises(ModelMismatch):
        search(collection, "ngoại giao")
    collection.close()


def test_an_open_collection_stores_nothing_for_the_old_model(
    home: Home, encoder: Encoder, other: Encoder
) -> None:
    collection = Collection.open(home, "c", encoder)
    reindexed(home, other)
    with pytest.raises(ModelMismatch):
        ingest(collection, [make_article("Bài mới về ngoại giao.", key="k", id="new")])
    with pytest.raises(ModelMismatch):
        edit(collection, "a0", {"title": "Tên khác"})
    collection.close()
    collection = Collection.open(home, "c", other)
    assert ids_found(collection) == {article.id for article in ARTICLES}
    assert collection.catalog.articles.get("a0") == ARTICLES[0]
    collection.close()


def test_an_interrupted_run_changes_nothing_and_the_next_one_continues(
    home: Home,
    encoder: Encoder,
    other: Encoder,
    interrupted: Callable[[Home, Encoder], None],
) -> None:
    interrupted(home, other)
    collection = Collection.open(home, "c", encoder)
    assert ids_found(collection) == {article.id for article in ARTICLES}
    # Changes between the two runs are not lost.
    changed = make_article("Một bài khác về ngoại giao.", key="k", id="a0")
    new = make_article("Bài mới về ngoại giao.", key="k", id="new")
    ingest(collection, [changed, new])
    collection.delete("a1")
    collection.close()
    report = reindexed(home, other)
    assert report.articles == 12
    assert 0 < report.resumed < 12
    collection = Collection.open(home, "c", other)
    assert collection.catalog.articles.get("a0") == changed
    expected = {article.id for article in ARTICLES} - {"a1"} | {"new"}
    assert ids_found(collection) == expected
    collection.close()


def test_passages_encoded_for_another_model_are_not_used(
    home: Home,
    encoder: Encoder,
    other: Encoder,
    interrupted: Callable[[Home, Encoder], None],
) -> None:
    interrupted(home, other)
    assert reindexed(home, encoder).resumed == 0
    collection = Collection.open(home, "c", encoder)
    assert ids_found(collection) == {article.id for article in ARTICLES}
    collection.close()


def test_on_one_machine_it_is_refused_while_another_process_writes(
    tmp_path: Path, encoder: Encoder
) -> None:
    home = tmp_path / "one"
    with closing(Collection.open_or_create(home, "c", encoder)) as collection:
        ingest(collection, ARTICLES[:1])
        with collection.writing(), pytest.raises(CollectionBusy):
            reindexed(home, encoder)


def test_an_edited_language_counts_in_the_passages_that_were_encoded_before(
    home: Home, encoder: Encoder, other: Encoder, interrupted: Callable[[Home, Encoder], None]
) -> None:
    interrupted(home, other)
    with closing(Collection.open(home, "c", encoder)) as collection:
        assert edit(collection, "a0", {"language": "en"}) is not None
    reindexed(home, other)
    with closing(Collection.open(home, "c", other)) as collection:
        keys = collection.catalog.passages.keys_of(["a0"]).tolist()
        passages = collection.catalog.passages.encoded(keys)
        assert {each.passage.language for each in passages} == {"en"}


class TestOnACluster:
    """What only a cluster allows: others write while all is encoded again."""

    @pytest.fixture
    def home(self, cluster: Cluster) -> Cluster:
        return cluster

    def in_milvus(self, milvus: MilvusClient, home: Cluster) -> set[str]:
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
        self, home: Cluster, encoder: Encoder, monkeypatch: pytest.MonkeyPatch
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
        self, home: Cluster, encoder: Encoder, monkeypatch: pytest.MonkeyPatch
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

    def test_keys_are_new_and_indexes_keep_their_names(
        self, home: Cluster, encoder: Encoder
    ) -> None:
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
        self, home: Cluster, encoder: Encoder, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        milvus = MilvusClient(home.settings.vectors)
        with closing(Collection.open(home, "c", encoder)) as collection:
            collection.save()
        (before,) = self.in_milvus(milvus, home)

        def crash(_: PostgresDatabase) -> None:
            raise KeyboardInterrupt

        with closing(open_catalog(home, "c")) as catalog:
            with monkeypatch.context() as patched:
                # It is called before and after.
                steps = iter((drop_replaced, crash))
                patched.setattr("rag.cluster.reencoding.drop_replaced", lambda d: next(steps)(d))
                with pytest.raises(KeyboardInterrupt):
                    reindex(catalog, encoder)
            assert len(self.in_milvus(milvus, home)) == 2
            compact_collection(catalog)
            (after,) = self.in_milvus(milvus, home)
        assert before != after
        milvus.close()

    def test_where_another_process_has_begun_anew_nothing_more_is_added(
        self,
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
        self,
        home: Cluster,
        encoder: Encoder,
        other: Encoder,
        interrupted: Callable[[Home, Encoder], None],
    ) -> None:
        interrupted(home, other)
        with psycopg.connect(home.settings.catalog) as connection:
            schema = home.ensure_collection("c")
            connection.execute(f'DROP SCHEMA "{schema}_next" CASCADE')
        assert reindexed(home, other).resumed == 0

    def test_only_one_process_encodes_again(self, home: Cluster, encoder: Encoder) -> None:
        with closing(open_catalog(home, "c")) as catalog:
            database = catalog.connections
            assert isinstance(database, PostgresDatabase)
            with database.locked("reencoding") as is_alone:
                assert is_alone
                with pytest.raises(CollectionBusy, match="encoding this collection again"):
                    reindex(catalog, encoder)

    def test_nothing_is_left_of_a_collection_that_was_half_encoded(
        self,
        home: Cluster,
        encoder: Encoder,
        other: Encoder,
        interrupted: Callable[[Home, Encoder], None],
    ) -> None:
        milvus = MilvusClient(home.settings.vectors)
        with closing(Collection.open(home, "c", encoder)) as collection:
            collection.save()
        interrupted(home, other)
        assert len(self.in_milvus(milvus, home)) == 2
        held = set(milvus.list_collections())
        ours = self.in_milvus(milvus, home)
        home.delete("c")
        assert set(milvus.list_collections()) == held - ours
        with psycopg.connect(home.settings.catalog) as connection:
            rows = connection.execute(
                "SELECT nspname FROM pg_namespace WHERE nspname LIKE 'tamngu_%\\_next'"
            )
            assert rows.fetchall() == []
        milvus.close()


def collection_articles(collection: Collection) -> list[Article]:
    return list(collection.catalog.articles.get_many(collection.catalog.articles.ids()))
