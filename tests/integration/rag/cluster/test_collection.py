"""What a collection promises, on one machine and on a cluster: the same tests for both."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import fields, replace
from datetime import date
from pathlib import Path

import pytest

from embeddings import Encoder
from rag import Collection, ask, search
from rag.collection.deletion import delete_collection
from rag.collection.export_writer import export_collection
from rag.collection.paths import Home, collection_names, open_catalog
from rag.collection.restore import import_collection
from rag.collection.statistics import statistics
from rag.collection.upkeep import check_collection, compact_collection
from rag.errors import BadCollectionName, CollectionExists, CollectionNotFound, ModelMismatch
from rag.ingestion.editing import edit
from rag.ingestion.restoring import restore
from rag.readers.listing import Entry
from rag.records.passage import EncodedArticle
from rag.retrieval.facets import count_facets
from tamngu.records.article import Article
from tamngu.records.filter import NO_FILTER, Filter
from tamngu.records.request import SearchRequest

NAME = "news"


@pytest.fixture
def collection(home: Home, encoder: Encoder) -> Iterator[Collection]:
    with closing(Collection.open_or_create(home, NAME, encoder, "none")) as opened:
        yield opened


def found(collection: Collection, question: str, filters: Filter = NO_FILTER) -> list[str]:
    conditions = {field.name: getattr(filters, field.name) for field in fields(Filter)}
    request = SearchRequest(question, top_k=50, include_duplicates=True, **conditions)
    return [hit.article_id for hit in search(collection, request).hits]


def stored_articles(collection: Collection) -> list[Article]:
    articles = collection.catalog.articles
    return list(articles.get_many(articles.ids()))


def test_what_is_put_is_found_at_once_and_after_it_is_indexed(
    collection: Collection, encoded: Sequence[EncodedArticle]
) -> None:
    collection.put(encoded[:10])
    collection.put(encoded[10:20])
    title = encoded[12].article.title
    before = search(collection, title).hits
    assert before[0].article_id == encoded[12].article.id
    collection.save()
    after = search(collection, title).hits
    assert [hit.passage_id for hit in after] == [hit.passage_id for hit in before]
    scores = [hit.score for hit in before]
    assert [hit.score for hit in after] == pytest.approx(scores, abs=2e-3)


def test_a_deleted_article_is_not_found(
    collection: Collection, encoded: Sequence[EncodedArticle]
) -> None:
    collection.put(encoded[:6])
    collection.save()
    gone = encoded[2].article
    assert collection.delete(gone.id)
    assert gone.id not in found(collection, gone.title)
    collection.save()
    assert gone.id not in found(collection, gone.title)
    assert not collection.delete(gone.id)
    with collection.reading() as snapshot:
        keys = collection.catalog.passages.keys_of([gone.id])
        assert not len(keys)
        assert sum(snapshot.languages().values()) == sum(
            len(e.passages) for e in encoded[:6]
        ) - len(encoded[2].passages)


def test_passages_of_a_long_article_are_stored_in_their_order(
    collection: Collection, encoded: Sequence[EncodedArticle]
) -> None:
    first = encoded[0].passages[0]
    text = encoded[0].article.text[: first.passage.end]
    times = 250
    passages = [
        replace(
            first,
            passage=replace(
                first.passage,
                start=number * len(text),
                end=(number + 1) * len(text),
                sentences=tuple(
                    replace(
                        each,
                        start=each.start + number * len(text),
                        end=each.end + number * len(text),
                    )
                    for each in first.passage.sentences
                ),
            ),
        )
        for number in range(times)
    ]
    article = replace(encoded[0].article, text=times * text)
    collection.put([EncodedArticle(article, passages)])
    with collection.catalog.reading():
        stored = [each.encoded.passage for each in collection.catalog.passages.stream()]
    assert stored == [each.passage for each in passages]


def test_a_replaced_article_is_found_as_it_is_now(
    collection: Collection, encoded: Sequence[EncodedArticle]
) -> None:
    collection.put(encoded[:5])
    collection.save()
    article = replace(encoded[1].article, title="Tên mới", source="Báo Mới")
    collection.put([replace(encoded[1], article=article)])
    hits = search(collection, SearchRequest("Tên mới", top_k=50)).hits
    assert {h.title for h in hits if h.article_id == encoded[1].article.id} == {"Tên mới"}
    assert set(found(collection, "gì", Filter(sources=["Báo Mới"]))) == {encoded[1].article.id}
    assert collection.catalog.articles.count_by_language().values()
    assert sum(n for n, _ in collection.catalog.counts().values()) == 5


def test_an_edited_article_is_counted_and_found_as_it_is_now(
    collection: Collection, encoded: Sequence[EncodedArticle]
) -> None:
    collection.put(encoded[:5])
    collection.save()
    chosen = encoded[1].article
    other = next(each for each in ("vi", "en") if each != chosen.language)
    before = count_facets(collection, Filter())
    edited = edit(collection, chosen.id, {"source": "Báo Mới", "language": other, "tags": ["thử"]})
    assert edited is not None
    assert collection.catalog.articles.get(chosen.id) == edited
    assert set(found(collection, "gì", Filter(sources=["Báo Mới"]))) == {chosen.id}
    after = count_facets(collection, Filter())
    assert before.articles == after.articles == 5
    assert ("Báo Mới", 1) in {(each.value, each.articles) for each in after.sources}
    assert ("thử", 1) in {(each.value, each.articles) for each in after.tags}
    counted = collection.catalog.articles.count_by_language()
    assert sum(counted.values()) == 5
    assert counted == {
        language: n
        for language in counted
        if (n := sum(a.language == language for a in stored_articles(collection)))
    }


def test_a_deleted_article_comes_back_from_the_trash_without_encoding(
    collection: Collection, encoded: Sequence[EncodedArticle]
) -> None:
    collection.put(encoded[:5])
    collection.save()
    chosen = encoded[2].article
    vectors = [each.vector.tobytes() for each in encoded[2].passages]
    assert collection.delete(chosen.id, restorable=True)
    assert chosen.id not in found(collection, chosen.title)
    assert [row["id"] for row in collection.catalog.trash.listing(10)] == [chosen.id]
    assert restore(collection, [chosen.id, "none"]).restored == (chosen.id,)
    assert found(collection, chosen.title)[0] == chosen.id
    assert collection.catalog.articles.get(chosen.id) == chosen
    keys = collection.catalog.passages.keys_of([chosen.id]).tolist()
    again = [each.vector.tobytes() for each in collection.catalog.passages.encoded(keys)]
    assert again == vectors
    assert collection.catalog.trash.listing(10) == []
    assert collection.delete(chosen.id, restorable=True)
    assert collection.catalog.empty_trash() == 1
    assert restore(collection, [chosen.id]).restored == ()


@pytest.mark.parametrize("indexed", [False, True])
def test_filters_take_exactly_the_articles_that_meet_them(
    collection: Collection, encoded: Sequence[EncodedArticle], indexed: bool
) -> None:
    articles = [
        replace(
            each.article,
            source=(None, 'Báo "Một"', "报\\二")[i % 3],
            tags=((), ("kinh tế",), ("kinh tế", "ASEAN"))[i % 3],
            published_at=(None, "2023-12-31", "2024-01-01T08:00:00+07:00")[i // 3 % 3],
        )
        for i, each in enumerate(encoded[:18])
    ]
    collection.put([replace(e, article=a) for e, a in zip(encoded[:18], articles, strict=True)])
    if indexed:
        collection.save()
    three = [articles[3].id, articles[7].id, "none"]
    cases: list[tuple[Filter, Callable[[Article], bool]]] = [
        (Filter(sources=['Báo "Một"']), lambda a: a.source == 'Báo "Một"'),
        (Filter(sources=["报\\二"]), lambda a: a.source == "报\\二"),
        (Filter(tags=["ASEAN", "x"]), lambda a: "ASEAN" in a.tags),
        (Filter(published_from=date(2024, 1, 1)), lambda a: (a.published_at or "") >= "2024"),
        (Filter(published_to=date(2023, 12, 31)), lambda a: a.published_at == "2023-12-31"),
        (Filter(languages=["vi"]), lambda a: a.language == "vi"),
        (Filter(article_ids=three), lambda a: a.id in three),
        (Filter(sources=["no such"]), lambda a: False),
    ]
    for filters, meets in cases:
        expected = {article.id for article in articles if meets(article)}
        assert set(found(collection, articles[0].title, filters)) == expected
    with collection.reading() as snapshot:
        assert set(snapshot.sources.names) == {'Báo "Một"', "报\\二"}
        assert set(snapshot.tags.names) == {"kinh tế", "ASEAN"}
        days = date(2023, 12, 31).toordinal(), date(2024, 1, 1).toordinal()
        assert snapshot.days == days


def test_copies_of_a_story_are_found_once_and_name_each_other(
    collection: Collection, encoded: Sequence[EncodedArticle]
) -> None:
    copies = [
        replace(
            encoded[3],
            article=replace(encoded[3].article, id=f"copy-{i}", source=f"s{i}"),
            passages=[
                replace(p, passage=replace(p.passage, article_id=f"copy-{i}"))
                for p in encoded[3].passages
            ],
        )
        for i in range(3)
    ]
    collection.put([*encoded[:3], copies[0]])
    collection.put(copies[1:])
    assert collection.catalog.stories.counts() == (1, 3)
    hits = search(collection, encoded[3].article.title).hits
    mine = [hit for hit in hits if hit.article_id.startswith("copy-")]
    assert len({hit.article_id for hit in mine}) == 1
    assert len(mine[0].also_at) == 2
    collection.delete("copy-1")
    assert collection.catalog.stories.counts() == (1, 2)


def test_a_reader_sees_one_state_whatever_is_written_meanwhile(
    collection: Collection, encoded: Sequence[EncodedArticle]
) -> None:
    collection.put(encoded[:4])
    collection.save()
    with collection.reading() as snapshot:
        before = dict(snapshot.languages())
        writer = threading.Thread(target=lambda: collection.put(encoded[4:8]))
        writer.start()
        writer.join()
        assert dict(snapshot.languages()) == before
        assert len(collection.catalog.articles.ids()) == 4
        view = next(iter(snapshot.views))
        vector = encoded[0].passages[0].vector[None]
        keys = snapshot.search(vector, 50, view).keys[0]
        assert set(keys.tolist()) <= set(collection.catalog.passages.keys()[0].tolist())
    assert len(collection.catalog.articles.ids()) == 8


def test_another_process_sees_what_is_written(
    home: Home, encoder: Encoder, collection: Collection, encoded: Sequence[EncodedArticle]
) -> None:
    with closing(Collection.open(home, NAME, encoder, "none")) as other:
        collection.put(encoded[:3])
        title = encoded[1].article.title
        assert found(other, title)[0] == encoded[1].article.id
        other.delete(encoded[1].article.id)
        assert encoded[1].article.id not in found(collection, title)


def test_a_batch_is_stored_wholly_or_not_at_all(
    collection: Collection, encoded: Sequence[EncodedArticle]
) -> None:
    collection.put(encoded[:2])
    revision = collection.catalog.settings.revision()
    wrong = replace(encoded[3].article, title=None)  # type: ignore[arg-type]
    with pytest.raises(Exception, match=r"(?i)null"):
        collection.put([encoded[2], replace(encoded[3], article=wrong)])
    assert len(collection.catalog.articles.ids()) == 2
    assert collection.catalog.settings.revision() == revision


def test_an_exported_collection_can_be_imported_and_is_the_same(
    home: Home,
    encoder: Encoder,
    collection: Collection,
    encoded: Sequence[EncodedArticle],
    tmp_path: Path,
) -> None:
    collection.put(encoded[:8])
    collection.delete(encoded[2].article.id)
    collection.put(encoded[8:12])
    collection.save()
    first, second = tmp_path / "first.zip", tmp_path / "second.zip"
    export_collection(collection.catalog, first)
    import_collection(home, "copy", first)
    with pytest.raises(CollectionExists):
        import_collection(home, "copy", first)
    with closing(open_catalog(home, "copy")) as copy:
        compact_collection(copy)
        export_collection(copy, second)
        assert check_collection(copy).problems == []
    assert first.read_bytes() == second.read_bytes()
    title = encoded[9].article.title
    with closing(Collection.open(home, "copy", encoder, "none")) as copied:
        assert search(copied, title).hits == search(collection, title).hits


def test_a_check_finds_nothing_wrong(
    collection: Collection, encoded: Sequence[EncodedArticle]
) -> None:
    collection.put(encoded[:10])
    collection.delete(encoded[0].article.id)
    collection.save()
    report = check_collection(collection.catalog)
    assert (report.problems, report.articles) == ([], 9)
    figures = statistics(collection.catalog)
    assert sum(counts.articles for counts in figures.languages.values()) == 9
    passages = sum(counts.passages for counts in figures.languages.values())
    assert passages == report.passages == sum(len(each.passages) for each in encoded[1:10])


def test_files_and_pages_are_remembered(
    collection: Collection, encoded: Sequence[EncodedArticle]
) -> None:
    odd = os.fsdecode(b"/news/b\xe1o.txt")
    catalog = collection.catalog
    collection.put(
        [replace(encoded[0], origin="/news/a.txt"), replace(encoded[1], origin=odd)],
        {"/news/a.txt": "1", odd: "2"},
    )
    assert catalog.files.digest("/news/a.txt") == "1"
    assert catalog.files.digest(odd) == "2"
    assert dict(catalog.files.origins()) == {
        encoded[0].article.id: "/news/a.txt",
        encoded[1].article.id: odd,
    }
    assert catalog.files.count_articles(odd) == 1
    collection.delete(encoded[1].article.id)
    assert catalog.files.digest(odd) is None
    urls = [f"https://news.example/{i}" for i in range(3)]
    entries = [(url, Entry(url)) for url in urls]
    catalog.crawl.queue("https://news.example/feed", entries)
    catalog.crawl.queue("https://news.example/feed", entries[:1])
    assert catalog.crawl.count_pending("https://news.example/feed") == 3
    first = catalog.crawl.next_pending("https://news.example/feed", 0)
    assert first is not None
    assert first.url == "https://news.example/0"
    catalog.set_origins({}, {first.url: "{}"})
    assert catalog.crawl.count_pending("https://news.example/feed") == 2


def test_collections_are_listed_and_deleted(
    home: Home, encoder: Encoder, collection: Collection, encoded: Sequence[EncodedArticle]
) -> None:
    collection.put(encoded[:1])
    Collection.open_or_create(home, "Other.1", encoder, "none").close()
    assert collection_names(home) == ["Other.1", NAME]
    delete_collection(home, "Other.1")
    assert collection_names(home) == [NAME]
    with pytest.raises(CollectionNotFound, match="Other"):
        open_catalog(home, "Other.1")
    with pytest.raises(BadCollectionName):
        open_catalog(home, "../news")
    assert collection.exists
    delete_collection(home, NAME)
    assert not collection.exists


def test_another_model_is_refused(
    home: Home, encoder: Encoder, collection: Collection, small_model: Path
) -> None:
    from embeddings import load_encoder

    with pytest.raises(ModelMismatch, match=NAME):
        Collection.open(home, NAME, load_encoder(str(small_model)), "none")


def test_an_answer_has_its_quotes(
    collection: Collection, encoded: Sequence[EncodedArticle]
) -> None:
    collection.put(encoded)
    collection.save()
    answer = ask(collection, encoded[0].article.title)
    for citation in answer.citations:
        article = collection.catalog.articles.get(citation.article_id)
        assert article is not None
        assert article.text[citation.start : citation.end] == citation.quote
