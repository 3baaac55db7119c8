"""Filters in the vector index and the word index, on disk and in memory."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from embeddings import Encoder
from rag import Collection, ingest, make_article, search
from rag.index.snapshot import Snapshot
from tamngu.records.article import Article
from tamngu.records.filter import Filter
from tamngu.records.request import RANKINGS, SearchRequest

SOURCES = ("Báo Một", "Báo Hai", None)
TAGS = (("kinh tế",), ("kinh tế", "ASEAN"), ())
DATES = ("2023-12-31", "2024-01-01T08:00:00+07:00", "2024-06", None)

CASES: dict[str, tuple[Filter, Callable[[Article], bool]]] = {
    "source": (Filter(sources=["Báo Một"]), lambda a: a.source == "Báo Một"),
    "one of two tags": (Filter(tags=["ASEAN", "x"]), lambda a: "ASEAN" in a.tags),
    "from a day on": (
        Filter(published_from=date(2024, 1, 1)),
        lambda a: (a.published_at or "") >= "2024-01-01",
    ),
    "up to a day": (
        Filter(published_to=date(2024, 1, 1)),
        lambda a: a.published_at is not None and a.published_at[:10] <= "2024-01-01",
    ),
    "ids": (Filter(article_ids=["vi-3", "zh-4", "none"]), lambda a: a.id in ("vi-3", "zh-4")),
    "all at once": (
        Filter(
            languages=["vi"],
            sources=["Báo Một", "Báo Hai"],
            tags=["kinh tế"],
            published_from=date(2023, 1, 1),
        ),
        lambda a: (
            a.language == "vi"
            and a.source is not None
            and "kinh tế" in a.tags
            and a.published_at is not None
        ),
    ),
    "nothing": (Filter(sources=["Báo Ba"]), lambda a: False),
}


def article(language: str, i: int, version: str = "") -> Article:
    text = {
        "vi": f"Bài số {i} về quan hệ kinh tế của ASEAN{version}. Hội nghị thứ {i} ở Hà Nội.",
        "zh": f"第{i}篇报道谈东盟经济关系{version}。第{i}次会议在河内举行。",
    }[language]
    return make_article(
        text,
        key="k",
        id=f"{language}-{i}",
        language=language,
        source=SOURCES[i % 3],
        tags=TAGS[i // 3 % 3],
        published_at=(*DATES[:2], "2024-06-01", DATES[3])[i % 4],
    )


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Collection:
    """A collection with passages on disk and in memory; some of both have been deleted."""
    home: Path = tmp_path_factory.mktemp("filters")
    collection = Collection.open_or_create(home, "c", encoder)
    ingest(collection, [article(language, i) for language in ("vi", "zh") for i in range(36)])
    collection.compact()
    ingest(collection, [article("vi", i) for i in range(36, 60)])
    ingest(collection, [article("zh", i, " (mới)") for i in range(6, 12)])
    for name in ("vi-2", "vi-40", "zh-9", "zh-20"):
        assert collection.delete(name)
    with collection.reading() as snapshot:
        assert isinstance(snapshot, Snapshot)
        views = snapshot.views.values()
        assert all(view.segment is not None and view.tail is not None for view in views)
    return collection


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("k", [3, 100])
def test_both_indexes_return_the_best_that_meet_the_filters_and_no_others(
    mixed: Collection, name: str, k: int
) -> None:
    chosen, passes = CASES[name]
    stored = mixed.catalog.articles.get_many(mixed.catalog.articles.ids())
    question = mixed.encoder.encode_questions(["Hội nghị ASEAN về kinh tế"])
    with mixed.reading() as snapshot:
        for language in ("vi", "zh"):
            words = "Hội nghị ASEAN" if language == "vi" else "东盟会议"
            keys = mixed.catalog.passages.keys_of(
                [a.id for a in stored if a.language == language and passes(a)]
            )
            vectors = [held.vector for held in mixed.catalog.passages.encoded(keys.tolist())]
            cosines = np.array([float(vector @ question[0]) for vector in vectors])
            near = snapshot.search(question, k, language, chosen)
            expected = np.sort(cosines)[::-1][:k]
            np.testing.assert_allclose(near.scores[0], expected, atol=5e-4)
            assert set(near.keys[0].tolist()) <= set(keys.tolist())
            found = snapshot.match_words(words, k, language, chosen)
            assert set(found.keys[0].tolist()) <= set(keys.tolist())
            assert found.keys.shape[1] == min(k, len(keys))
            # All passages share the words, so the same passages are best with and without filters.
            of_all = snapshot.match_words(words, 1000, language)
            best = [key for key in of_all.keys[0].tolist() if key in set(keys.tolist())][:k]
            assert sorted(best) == sorted(found.keys[0].tolist()) or len(keys) > k


def test_a_search_keeps_to_its_filters(mixed: Collection) -> None:
    request = SearchRequest(
        "ASEAN",
        top_k=50,
        sources=["Báo Hai"],
        published_to=date(2023, 12, 31),
        include_duplicates=True,
    )
    for ranking in RANKINGS:
        hits = search(mixed, replace(request, ranking=ranking)).hits
        assert hits
        assert {(hit.source, hit.published_at) for hit in hits} == {("Báo Hai", "2023-12-31")}
    both = search(mixed, replace(request, languages=["zh"])).hits
    assert {hit.language for hit in both} == {"zh"}


@pytest.mark.parametrize(
    "day", [{"published_from": date(1, 1, 1)}, {"published_to": date(9999, 12, 31)}]
)
def test_an_article_without_a_date_is_in_no_range(mixed: Collection, day: dict[str, Any]) -> None:
    request = replace(SearchRequest("ASEAN", top_k=100, include_duplicates=True), **day)
    hits = search(mixed, request).hits
    assert hits
    assert all(hit.published_at for hit in hits)
