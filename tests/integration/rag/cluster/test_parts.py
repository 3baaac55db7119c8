"""What only a cluster has: several writers, and parts that are lost or down."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from pymilvus import MilvusClient

from embeddings import Encoder
from rag import Collection, search
from rag.catalog.older_passages import count_older_passages
from rag.catalog.rows import passage_checksum
from rag.cluster.cluster import Cluster
from rag.cluster.filling import waiting
from rag.cluster.outbox import drain
from rag.cluster.postgres import PostgresDatabase
from rag.cluster.settings import ClusterSettings, read_settings
from rag.cluster.vectors import VectorStore
from rag.collection.export_writer import export_collection
from rag.collection.paths import open_catalog
from rag.collection.restore import import_collection
from rag.collection.upkeep import check_collection, compact_collection, upgrade_passages
from rag.errors import ClusterUnavailable
from rag.records.passage import EncodedArticle
from tests.cluster_parts import Part, milvus_lite
from tests.integration.rag.test_older_passages import NAMES, UPDATE, in_more_bytes
from tests.integration.tamngu.command import run
from tests.waiting import wait_until

NAME = "news"

pytestmark = pytest.mark.slow


@pytest.fixture
def collection(cluster: Cluster, encoder: Encoder) -> Iterator[Collection]:
    with closing(Collection.open_or_create(cluster, NAME, encoder, "none")) as opened:
        yield opened


@pytest.fixture
def store(cluster: Cluster, collection: Collection) -> Iterator[VectorStore]:
    with closing(cluster.vectors(collection.catalog)) as opened:
        yield opened


def database_of(collection: Collection) -> PostgresDatabase:
    assert isinstance(collection.catalog.connections, PostgresDatabase)
    return collection.catalog.connections


def answers(collection: Collection) -> bool:
    """Return whether a question is answered; a client needs a while to find a part again."""
    try:
        search(collection, "ASEAN")
    except ClusterUnavailable:
        return False
    return True


def told_all(collection: Collection) -> bool:
    """Tell Milvus of what waits; return whether nothing waits any more."""
    collection.save()
    return waiting(database_of(collection)) == 0


def all_shown_by_milvus(collection: Collection) -> None:
    """Let searches rely on Milvus for everything, as they do some seconds later."""
    with database_of(collection).unordered() as transaction:
        transaction.execute("DELETE FROM outbox WHERE drained_at IS NOT NULL")


def test_milvus_alone_gives_the_hits_of_one_machine(
    collection: Collection, sample: Collection, encoded: Sequence[EncodedArticle]
) -> None:
    collection.put(encoded)
    collection.save()
    all_shown_by_milvus(collection)
    for each in encoded[::6]:
        here = search(sample, each.article.title).hits
        there = search(collection, each.article.title).hits
        assert [hit.passage_id for hit in there] == [hit.passage_id for hit in here]
        for one, other in zip(here, there, strict=True):
            assert one.score == pytest.approx(other.score, abs=2e-3)
            assert one.parts == pytest.approx(other.parts, abs=2e-3)


def test_a_collection_moves_to_the_cluster_and_back_unchanged(
    cluster: Cluster, sample: Collection, tmp_path: Path
) -> None:
    files = [tmp_path / f"{i}.zip" for i in range(3)]
    export_collection(sample.catalog, files[0])
    import_collection(cluster, NAME, files[0])
    with closing(open_catalog(cluster, NAME)) as there:
        export_collection(there, files[1])
    import_collection(tmp_path / "home", NAME, files[1])
    with closing(open_catalog(tmp_path / "home", NAME)) as back:
        export_collection(back, files[2])
    assert len({file.read_bytes() for file in files}) == 1


def test_a_collection_of_the_former_release_is_upgraded(
    cluster: Cluster, collection: Collection, encoder: Encoder, encoded: Sequence[EncodedArticle]
) -> None:
    collection.put(encoded[:4])
    collection.save()
    title = encoded[2].article.title
    hits = search(collection, title).hits
    before = f"SELECT key, {', '.join(NAMES)} FROM passages ORDER BY key"
    with database_of(collection).transaction() as transaction:
        transaction.execute(
            "ALTER TABLE bands ADD CONSTRAINT bands_article_id_fkey"
            " FOREIGN KEY (article_id) REFERENCES articles (id) ON DELETE CASCADE"
        )
        transaction.execute("CREATE INDEX bands_by_article ON bands (article_id)")
        transaction.execute("UPDATE bands SET band = (band << 32) + 1995")
        transaction.execute("UPDATE settings SET value = '1' WHERE name = 'schema'")
        for key, *row in transaction.execute(before).fetchall():
            wider = in_more_bytes(row[:-1])
            transaction.execute(UPDATE, (*wider, passage_checksum(tuple(wider)), key))
    old = database_of(collection).rows(before)
    with closing(Collection.open(cluster, NAME, encoder, "none")) as upgraded:
        database = database_of(upgraded)
        assert count_older_passages(database) == len(old)
        assert [hit.passage_id for hit in search(upgraded, title).hits] == [
            hit.passage_id for hit in hits
        ]
        upgrade_passages(upgraded.catalog)
        assert count_older_passages(database) == 0
        for new, wide in zip(database.rows(before), old, strict=True):
            assert new[0] == wide[0]
            assert len(new[6]) == len(wide[6]) / 2
            assert len(new[8]) == len(wide[8]) / 2
        assert check_collection(upgraded.catalog).problems == []
        assert [hit.passage_id for hit in search(upgraded, title).hits] == [
            hit.passage_id for hit in hits
        ]
        assert upgraded.delete(encoded[2].article.id)
        assert check_collection(upgraded.catalog).problems == []


def test_a_lost_milvus_is_filled_again_and_searches_go_on(
    collection: Collection, store: VectorStore, encoded: Sequence[EncodedArticle]
) -> None:
    collection.put(encoded[:8])
    collection.save()
    all_shown_by_milvus(collection)
    store.drop()
    title = encoded[3].article.title
    lost = search(collection, title)
    assert lost.notice is not None
    assert "Milvus" in lost.notice
    assert check_collection(collection.catalog).problems
    compact_collection(collection.catalog)
    assert check_collection(collection.catalog).problems == []
    all_shown_by_milvus(collection)
    again = search(collection, title)
    assert again.notice is None
    assert again.hits[0].article_id == encoded[3].article.id


def test_a_milvus_that_was_left_half_made_is_filled_again(
    cluster: Cluster, collection: Collection, store: VectorStore, encoded: Sequence[EncodedArticle]
) -> None:
    collection.put(encoded[:4])
    collection.save()
    all_shown_by_milvus(collection)
    # As a process leaves it that dies while it makes the collection.
    name = f"tamngu_{collection.catalog.settings.identity()}"
    with closing(MilvusClient(cluster.settings.vectors)) as client:
        client.release_collection(name)
        client.drop_index(name, "words")
    assert not store.exists()
    compact_collection(collection.catalog)
    all_shown_by_milvus(collection)
    assert search(collection, encoded[3].article.title).hits[0].article_id == encoded[3].article.id
    assert check_collection(collection.catalog).problems == []


def test_what_milvus_lacks_and_what_it_should_not_hold_is_repaired(
    collection: Collection, store: VectorStore, encoded: Sequence[EncodedArticle]
) -> None:
    collection.put(encoded[:4])
    collection.save()
    all_shown_by_milvus(collection)
    (key,) = collection.catalog.passages.keys_of([encoded[1].article.id]).tolist()[:1]
    store.delete([key])
    assert any("lacks" in each for each in check_collection(collection.catalog).problems)
    compact_collection(collection.catalog)
    assert check_collection(collection.catalog).problems == []


def test_a_drain_that_dies_before_its_end_is_done_again(
    collection: Collection, store: VectorStore, encoded: Sequence[EncodedArticle]
) -> None:
    database = database_of(collection)
    collection.put(encoded[:3])
    collection.save()
    collection.put(encoded[3:6])

    class Dying:
        """Takes everything, and then fails, as if the process had been killed."""

        has_words = store.has_words

        def upsert(self, passages: Sequence[object]) -> None:
            store.upsert(passages)  # type: ignore[arg-type]

        def delete(self, keys: Sequence[int]) -> None:
            raise KeyboardInterrupt

    before = waiting(database)
    with pytest.raises(KeyboardInterrupt):
        drain(database, Dying)  # type: ignore[arg-type]
    assert waiting(database) == before > 0
    collection.save()
    assert waiting(database) == 0
    passages = sum(len(each.passages) for each in encoded[:6])
    assert store.count() == passages
    counted = database.rows("SELECT sum(passages) FROM word_counts")
    assert int(counted[0][0]) == passages


def test_labels_are_read_once_for_a_state(
    collection: Collection, encoded: Sequence[EncodedArticle]
) -> None:
    def put(each: EncodedArticle, tag: str) -> None:
        collection.put([replace(each, article=replace(each.article, tags=(tag,)))])

    put(encoded[0], "one")
    with collection.reading() as first, collection.reading() as second:
        assert first.tags is second.tags
        assert list(first.tags.names) == ["one"]
    put(encoded[1], "two")
    collection.save()
    with collection.reading() as third:
        assert set(third.tags.names) == {"one", "two"}
    all_shown_by_milvus(collection)
    collection.delete(encoded[0].article.id)
    collection.save()
    with collection.reading() as fourth:
        assert list(fourth.tags.names) == ["two"]


def test_several_processes_write_at_once(
    cluster: Cluster, encoder: Encoder, collection: Collection, encoded: Sequence[EncodedArticle]
) -> None:
    failed: list[BaseException] = []

    def write(part: Sequence[EncodedArticle]) -> None:
        try:
            with closing(Collection.open(cluster, NAME, encoder, "none")) as own:
                for each in part:
                    own.put([each])
                    own.compact_if_grown()
                own.delete(part[0].article.id)
                own.put(part[:1])
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=write, args=(encoded[i:24:3],)) for i in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    collection.save()
    report = check_collection(collection.catalog)
    assert (report.problems, report.articles) == ([], 24)


def test_articles_are_stored_while_milvus_is_down(
    tmp_path: Path, postgres_part: Part, encoder: Encoder, encoded: Sequence[EncodedArticle]
) -> None:
    with milvus_lite() as part:
        settings = ClusterSettings(
            f"postgresql://postgres@127.0.0.1:{postgres_part.port}/postgres",
            f"http://127.0.0.1:{part.port}",
            timeout_s=3,
        )
        cluster = Cluster(settings)
        with closing(Collection.open_or_create(cluster, "down", encoder, "none")) as collection:
            collection.put(encoded[:3])
            collection.save()
            part.stop()
            collection.put(encoded[3:6])
            collection.save()
            assert len(collection.catalog.articles.ids()) == 6
            with pytest.raises(ClusterUnavailable, match="Milvus"):
                search(collection, encoded[4].article.title)
            part.start()
            wait_until(lambda: answers(collection) and told_all(collection))
            hits = search(collection, encoded[4].article.title).hits
            assert hits[0].article_id == encoded[4].article.id
            assert check_collection(collection.catalog).problems == []
        cluster.delete("down")


def test_a_postgres_that_is_restarted_is_used_again(
    collection: Collection, postgres_part: Part, encoded: Sequence[EncodedArticle]
) -> None:
    collection.put(encoded[:2])
    postgres_part.stop()
    try:
        with pytest.raises(ClusterUnavailable, match="PostgreSQL"):
            collection.put(encoded[2:4])
        with pytest.raises(ClusterUnavailable, match="PostgreSQL"):
            search(collection, encoded[0].article.title)
    finally:
        postgres_part.start()
    collection.put(encoded[2:4])
    collection.save()
    report = check_collection(collection.catalog)
    assert (report.problems, report.articles) == ([], 4)


def test_articles_are_stored_where_milvus_was_down_from_the_start(
    cluster: Cluster, encoder: Encoder, encoded: Sequence[EncodedArticle]
) -> None:
    with milvus_lite() as part:
        part.stop()
        address = f"http://127.0.0.1:{part.port}"
        away = Cluster(replace(cluster.settings, vectors=address, timeout_s=2))
        with closing(Collection.open_or_create(away, NAME, encoder, "none")) as collection:
            collection.put(encoded[:2])
            collection.save()
            with pytest.raises(ClusterUnavailable, match="Milvus"):
                search(collection, "ASEAN")
            part.start()
            wait_until(lambda: _is_told(collection))
            assert check_collection(collection.catalog).articles == 2
            assert search(collection, "ASEAN").hits


def _is_told(collection: Collection) -> bool:
    try:
        collection.compact()
    except ClusterUnavailable:
        return False
    return True


def test_the_commands_take_a_cluster(
    capsys: pytest.CaptureFixture[str],
    cluster_file: Path,
    collection: Collection,
    encoded: Sequence[EncodedArticle],
    tmp_path: Path,
) -> None:
    article = tmp_path / "a.txt"
    article.write_text("Lào gia nhập ASEAN năm 1997, cùng với Myanmar, tại Kuala Lumpur.\n")
    where = ("--cluster", cluster_file, "-c", NAME)
    code, out, err = run(capsys, "ingest", article, *where)
    assert (code, err) == (0, "")
    assert "1 added" in out
    code, out, _ = run(capsys, "ingest", article, *where)
    assert "1 unchanged" in out
    code, out, _ = run(capsys, "articles", "list", *where)
    article_id = out.split()[0]
    code, out, _ = run(capsys, "articles", "show", article_id, *where)
    assert (code, "Kuala Lumpur" in out) == (0, True)
    code, out, _ = run(capsys, "search", "Lào gia nhập ASEAN năm nào?", *where, "--json")
    assert (code, article_id in out) == (0, True)
    code, out, _ = run(capsys, "ask", "Lào gia nhập ASEAN năm nào?", *where, "--reader", "none")
    assert code == 0
    code, out, _ = run(capsys, "collections", "list", "--cluster", cluster_file)
    assert out == f"{NAME}\n"
    code, out, _ = run(capsys, "collections", "stats", *where)
    assert (code, "vi: 1 articles" in out) == (0, True)
    code, out, _ = run(capsys, "collections", "check", *where)
    assert (code, "no problem" in out) == (0, True)
    code, out, _ = run(capsys, "articles", "delete", article_id, *where)
    assert code == 0
    code, _, err = run(capsys, "articles", "show", article_id, *where)
    assert (code, "There is no article" in err) == (1, True)
    code, _, err = run(capsys, "search", "x", "--cluster", cluster_file, "-c", "none")
    assert (code, "no collection 'none'" in err) == (1, True)


def test_a_cluster_that_does_not_answer_is_named(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "cluster.toml"
    file.write_text(
        'catalog = "postgresql://postgres@127.0.0.1:1/postgres"\n'
        'vectors = "http://127.0.0.1:1"\ntimeout_s = 2\n'
    )
    assert read_settings(file).timeout_s == 2
    code, out, err = run(capsys, "collections", "list", "--cluster", file)
    assert (code, out) == (1, "")
    assert "PostgreSQL cannot be used" in err
    assert "Traceback" not in err
