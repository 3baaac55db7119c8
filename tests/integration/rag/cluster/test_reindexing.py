"""Encoding a collection again, on one machine and on a cluster: the same tests for both."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from embeddings import Encoder
from rag import Collection, ingest, make_article, search
from rag.collection.paths import Home
from rag.errors import CollectionBusy, ModelMismatch
from rag.ingestion.editing import edit
from tests.integration.rag.cluster.encoded_again import (
    ARTICLES,
    Interrupted,
    ids_found,
    reindexed,
)

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("stored")]


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
    home: Home, encoder: Encoder, other: Encoder, interrupted: Interrupted
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
    home: Home, encoder: Encoder, other: Encoder, interrupted: Interrupted
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
    home: Home, encoder: Encoder, other: Encoder, interrupted: Interrupted
) -> None:
    interrupted(home, other)
    with closing(Collection.open(home, "c", encoder)) as collection:
        assert edit(collection, "a0", {"language": "en"}) is not None
    reindexed(home, other)
    with closing(Collection.open(home, "c", other)) as collection:
        keys = collection.catalog.passages.keys_of(["a0"]).tolist()
        passages = collection.catalog.passages.encoded(keys)
        assert {each.passage.language for each in passages} == {"en"}
