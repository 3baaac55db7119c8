"""Articles that are encoded again, and what is found of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing

from embeddings import Encoder
from rag import Collection, make_article, search
from rag.collection.paths import Home, open_catalog
from rag.collection.upkeep import check_collection
from rag.ingestion.reindexing import ReindexReport, reindex
from tamngu.records.article import Article
from tamngu.records.request import SearchRequest

ARTICLES = [
    make_article(f"Bài số {i} nói về ngoại giao. " * 40, key="k", id=f"a{i}") for i in range(12)
]

Interrupted = Callable[[Home, Encoder], None]
"""Begins to encode the collection again, and is interrupted."""


def reindexed(home: Home, encoder: Encoder) -> ReindexReport:
    with closing(open_catalog(home, "c")) as catalog:
        report = reindex(catalog, encoder)
        assert check_collection(catalog).problems == []
    return report


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


def collection_articles(collection: Collection) -> list[Article]:
    return list(collection.catalog.articles.get_many(collection.catalog.articles.ids()))
