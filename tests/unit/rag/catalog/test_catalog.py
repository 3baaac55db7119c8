from __future__ import annotations

import sqlite3
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from embeddings import Fingerprint
from embeddings.scaled_vectors import scaled, unscaled
from rag.catalog.catalog import Catalog
from rag.errors import CollectionDamaged, CollectionNotFound
from rag.records.new_article import make_article
from rag.records.passage import EncodedArticle, EncodedPassage, Passage
from rag.text.span import Span
from tamngu.records.article import Article

PRINT = Fingerprint("tiny", "00", 4, "mean", "", "")


def open_new(path: Path) -> Catalog:
    catalog = Catalog(path)
    catalog.initialise(PRINT)
    return catalog


def encoded(article: Article, cuts: list[int]) -> EncodedArticle:
    """Cut the text at the given offsets, which are also the seeds of the vectors."""
    edges = sorted({0, len(article.text), *(cut % len(article.text) for cut in cuts)})
    result = []
    for start, end in pairwise(edges):
        passage = Passage(article.id, start, end, article.language, (Span(start, end),))
        vectors = np.random.default_rng(start).normal(size=(2, 4)).astype(np.float16)
        result.append(
            EncodedPassage(passage, vectors[0].astype(np.float32), vectors[1:].astype(np.float32))
        )
    return EncodedArticle(article, result)


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(
        st.tuples(
            st.sampled_from("abc"),
            st.text(min_size=1).filter(lambda text: make_safe(text) != ""),
            st.lists(st.integers(0, 99), max_size=3),
            st.sampled_from(["vi", "zh", "en"]),
        ),
        max_size=8,
    ),
    st.sets(st.sampled_from("abc")),
)
def test_the_last_stored_version_of_each_article_is_read_back(
    tmp_path_factory: pytest.TempPathFactory,
    puts: list[tuple[str, str, list[int], str]],
    gone: set[str],
) -> None:
    path = tmp_path_factory.mktemp("catalog") / "catalog.db"
    catalog = open_new(path)
    kept: dict[str, EncodedArticle] = {}
    for name, text, cuts, language in puts:
        article = make_article(text, key="k", id=name, language=language, tags=["t"])
        kept[name] = encoded(article, cuts)
        catalog.put_many([kept[name]])
    for name in gone:
        assert catalog.delete(name) == (name in kept)
        kept.pop(name, None)
    catalog.close()

    catalog = Catalog(path)
    assert catalog.articles.ids() == sorted(kept)
    found = sorted(catalog.articles.get_many(sorted(kept)), key=lambda article: article.id)
    assert found == [kept[name].article for name in sorted(kept)]
    keys, languages = catalog.passages.keys()
    stored = catalog.passages.get_many(keys.tolist())
    expected = {p.passage: p for article in kept.values() for p in article.passages}
    assert sorted(stored.values(), key=repr) == sorted(expected, key=repr)
    for key, language, held in zip(
        keys.tolist(), languages, catalog.passages.encoded(keys.tolist()), strict=True
    ):
        source = expected[stored[key]]
        assert language == stored[key].language
        np.testing.assert_array_equal(held.vector, source.vector)
        rounded = unscaled(scaled(source.sentence_vectors))
        np.testing.assert_array_equal(held.sentence_vectors, rounded)
    catalog.close()


def make_safe(text: str) -> str:
    return text.replace("\ufeff", "").strip()


def test_a_batch_that_fails_changes_nothing(tmp_path: Path) -> None:
    catalog = open_new(tmp_path / "catalog.db")
    good = make_article("Một hai ba", key="k", id="good")
    catalog.put_many([encoded(good, [])])
    revision = catalog.settings.revision()
    bad = make_article("Bốn", key="k", id="bad")
    foreign = encoded(make_article("Năm", key="k", id="unknown"), [])
    with pytest.raises(CollectionDamaged):
        catalog.put_many([encoded(bad, []), EncodedArticle(good, foreign.passages)])
    assert catalog.articles.ids() == ["good"]
    assert catalog.settings.revision() == revision
    assert len(catalog.passages.keys()[0]) == 1


def test_no_key_is_used_twice(tmp_path: Path) -> None:
    catalog = open_new(tmp_path / "catalog.db")
    article = make_article("Một", key="k", id="a")
    seen: set[int] = set()
    for _ in range(3):
        catalog.put_many([encoded(article, [])])
        (key,) = catalog.passages.keys()[0].tolist()
        assert key not in seen
        seen.add(key)
        catalog.delete("a")


def test_reads_in_one_block_see_one_state(tmp_path: Path) -> None:
    first, second = open_new(tmp_path / "catalog.db"), Catalog(tmp_path / "catalog.db")
    article = make_article("Một", key="k", id="a")
    with first.reading():
        assert first.articles.ids() == []
        second.put_many([encoded(article, [])])
        assert first.articles.ids() == []
    assert first.articles.ids() == ["a"]


def test_a_file_that_is_not_a_catalog_is_named(tmp_path: Path) -> None:
    path = tmp_path / "catalog.db"
    path.write_bytes(b"not a database at all, " * 100)
    with pytest.raises(CollectionDamaged, match="is damaged"):
        Catalog(path)


def test_a_catalog_of_another_schema_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "catalog.db"
    open_new(path).close()
    other = sqlite3.connect(path)
    other.execute("PRAGMA user_version=99")
    other.close()
    with pytest.raises(CollectionDamaged, match="schema version 99"):
        Catalog(path)


@pytest.mark.parametrize("is_replaced", [False, True])
def test_a_catalog_that_replaces_a_deleted_one_is_not_read(
    tmp_path: Path, is_replaced: bool
) -> None:
    path = tmp_path / "news" / "catalog.db"
    path.parent.mkdir()
    catalog = open_new(path)
    catalog.put_many([encoded(make_article("Một.", key="k", id="old"), [])])
    path.parent.rename(tmp_path / "gone")
    if is_replaced:
        path.parent.mkdir()
        open_new(path).close()
    # A read opens a connection by the path, which may lead to another file.
    with pytest.raises(CollectionNotFound, match="'news' has been deleted since it was opened"):
        catalog.articles.ids()
    with pytest.raises(CollectionNotFound):
        _ = catalog.size_bytes
    catalog.close()
