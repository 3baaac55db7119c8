from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import count
from pathlib import Path

import pytest

from embeddings import Encoder, load_encoder
from embeddings.calibration.calibration import Calibration
from rag import Collection, ingest, make_article, search
from rag.catalog.catalog import Catalog
from rag.collection.check import check
from rag.errors import CollectionBusy, ModelMismatch
from rag.ingestion.editing import edit
from rag.ingestion.encoding import ChunkedArticle, encode_articles
from rag.ingestion.reindexing import ReindexReport, reindex
from rag.records.passage import EncodedArticle
from tamngu.records.article import Article
from tamngu.records.request import SearchRequest

pytestmark = pytest.mark.slow

ARTICLES = [
    make_article(f"Bài số {i} nói về ngoại giao. " * 40, key="k", id=f"a{i}") for i in range(12)
]


def reindexed(home: Path, encoder: Encoder) -> ReindexReport:
    directory = home / "collections" / "c"
    catalog = Catalog(directory / "catalog.db")
    try:
        report = reindex(directory, catalog, encoder)
        assert check(directory, catalog).problems == []
    finally:
        catalog.close()
    return report


@pytest.fixture
def interrupted(monkeypatch: pytest.MonkeyPatch) -> Callable[[Path, Encoder], None]:
    """Start to reindex in small batches, and interrupt it at the third."""
    monkeypatch.setattr("rag.ingestion.reindexing.BATCH_PASSAGES", 8)

    def run(home: Path, encoder: Encoder) -> None:
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


@pytest.fixture
def home(tmp_path: Path, encoder: Encoder) -> Path:
    collection = Collection.open_or_create(tmp_path, "c", encoder)
    ingest(collection, ARTICLES)
    collection.close()
    return tmp_path


def ids_found(collection: Collection, articles: Sequence[Article] = ARTICLES) -> set[str]:
    hits = search(collection, SearchRequest("ngoại giao", top_k=100, include_duplicates=True)).hits
    for hit in hits:
        article = collection.catalog.articles.get(hit.article_id)
        assert article is not None
        assert article.text[hit.start : hit.end] == hit.text
    return {hit.article_id for hit in hits}


def test_reindexing_changes_the_model(home: Path, encoder: Encoder, other: Encoder) -> None:
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
    home: Path, encoder: Encoder, other: Encoder
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
    home: Path, encoder: Encoder, other: Encoder
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
    home: Path,
    encoder: Encoder,
    other: Encoder,
    interrupted: Callable[[Path, Encoder], None],
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
    home: Path,
    encoder: Encoder,
    other: Encoder,
    interrupted: Callable[[Path, Encoder], None],
) -> None:
    interrupted(home, other)
    assert reindexed(home, encoder).resumed == 0
    collection = Collection.open(home, "c", encoder)
    assert ids_found(collection) == {article.id for article in ARTICLES}
    collection.close()


def test_reindexing_is_refused_while_another_process_writes(home: Path, encoder: Encoder) -> None:
    collection = Collection.open(home, "c", encoder)
    with collection.writing(), pytest.raises(CollectionBusy):
        reindexed(home, encoder)
    collection.close()
