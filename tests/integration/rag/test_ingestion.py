from __future__ import annotations

import json
import shutil
import threading
from pathlib import Path

import numpy as np
import pytest

from embeddings import Encoder, load_encoder
from rag import Collection, ingest, make_article, read_path, search
from rag.catalog.catalog import Catalog
from rag.catalog.settings import CatalogState
from rag.catalog.sqlite.connections import Connections
from rag.collection.paths import existing_directory
from rag.errors import (
    CollectionBusy,
    CollectionDamaged,
    CollectionNotFound,
    ModelMismatch,
    StorageError,
)
from rag.index.current import current_number
from rag.index.generation import load_generation
from tamngu.records.article import Article
from tamngu.records.rejection import Rejection
from tamngu.records.request import SearchRequest

ONE = make_article("Việt Nam gia nhập ASEAN năm 1995. Lễ kết nạp ở Brunei.", key="k", id="one")
TWO = make_article("东盟秘书处设在雅加达。秘书长任期五年。", key="k", id="two")


def changed(text: str, id: str = "one") -> Article:
    return make_article(text, key="k", id=id)


def state(collection: Collection) -> tuple[int, list[int]]:
    return collection.catalog.settings.revision(), collection.catalog.passages.keys()[0].tolist()


def test_the_same_article_twice_changes_nothing(empty: Collection) -> None:
    first = ingest(empty, [ONE, TWO])
    assert (first.added, first.updated, first.unchanged, first.passages) == (2, 0, 0, 2)
    before = state(empty)
    second = ingest(empty, [ONE, TWO, ONE])
    assert (second.added, second.updated, second.unchanged, second.passages) == (0, 0, 3, 0)
    assert state(empty) == before


def test_a_changed_article_replaces_its_passages(empty: Collection) -> None:
    ingest(empty, [ONE, TWO])
    new = changed("Lào gia nhập ASEAN năm 1997.")
    report = ingest(empty, [new])
    assert (report.added, report.updated) == (0, 1)
    assert empty.catalog.articles.get("one") == new
    texts = [hit.text for hit in search(empty, "ASEAN").hits]
    assert new.text in texts
    assert ONE.text not in texts


def test_the_last_of_two_versions_in_one_batch_stays(empty: Collection) -> None:
    new = changed("Lào gia nhập ASEAN năm 1997.")
    ingest(empty, [ONE, new])
    assert empty.catalog.articles.get("one") == new
    ingest(empty, [ONE, new, ONE])
    assert empty.catalog.articles.get("one") == ONE


def test_articles_that_change_places_are_both_stored(empty: Collection) -> None:
    ingest(empty, [ONE, TWO])
    swapped = [changed(TWO.text, id="one"), changed(ONE.text, id="two")]
    assert ingest(empty, swapped).updated == 2
    assert empty.catalog.articles.get_many(["one", "two"]) == swapped


def test_lines_without_ids_keep_their_articles_wherever_they_stand(
    empty: Collection, tmp_path: Path
) -> None:
    path = tmp_path / "a.jsonl"
    lines = [json.dumps({"text": f"Bài số {i} về ASEAN."}) for i in range(3)]
    path.write_text("\n".join(lines))
    ingest(empty, read_path(path))
    path.write_text("\n".join([json.dumps({"text": "Bài mới."}), *reversed(lines)]))
    report = ingest(empty, read_path(path))
    assert (report.added, report.unchanged) == (1, 3)
    assert len(empty.catalog.articles.ids()) == 4


def test_an_article_of_no_tokens_is_stored(empty: Collection) -> None:
    report = ingest(empty, [make_article("\u0001", key="k"), ONE])
    assert (report.added, report.passages) == (2, 2)


def test_rejections_are_reported_and_the_rest_is_taken(empty: Collection) -> None:
    report = ingest(empty, [Rejection("x line 2", "no JSON"), ONE])
    assert report.added == 1
    assert [str(rejection) for rejection in report.rejected] == ["x line 2: no JSON"]


def test_an_interruption_keeps_stored_batches_whole(
    empty: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rag.ingestion.batches.BATCH_PASSAGES", 2)
    articles = [changed(f"Bài số {i} về ASEAN.", id=str(i)) for i in range(7)]

    def interrupted() -> Article:
        raise KeyboardInterrupt

    def items() -> object:
        yield from articles[:5]
        yield interrupted()

    with pytest.raises(KeyboardInterrupt):
        ingest(empty, items())  # type: ignore[arg-type]
    assert empty.catalog.articles.ids() == ["0", "1", "2", "3"]
    assert len(search(empty, "ASEAN").hits) == 4
    report = ingest(empty, articles)
    assert (report.added, report.unchanged) == (3, 4)


def test_what_was_saved_is_loaded_and_found(tmp_path: Path, encoder: Encoder) -> None:
    first = Collection.open_or_create(tmp_path, "c", encoder)
    ingest(first, [ONE, TWO])
    expected = search(first, "秘书处在哪里？")
    first.close()
    directory = existing_directory(tmp_path, "c")
    origin = CatalogState(first_identity(directory), 10)
    loaded = load_generation(directory, origin)
    assert loaded is not None
    assert {name: len(held.keys) for name, held in loaded.segments.items()} == {"vi": 1, "zh": 1}
    second = Collection.open(tmp_path, "c", encoder)
    found = search(second, "秘书处在哪里？")
    assert found.hits == expected.hits
    assert found.hits[0].article_id == "two"


@pytest.mark.parametrize("damage", ["CURRENT gone", "index cut", "bit flipped", "manifest broken"])
def test_a_damaged_index_is_rebuilt_from_the_catalog(
    damage: str, tmp_path: Path, encoder: Encoder
) -> None:
    first = Collection.open_or_create(tmp_path, "c", encoder)
    ingest(first, [ONE, TWO])
    expected = search(first, "ASEAN").hits
    first.close()
    directory = existing_directory(tmp_path, "c")
    (generation,) = (directory / "generations").iterdir()
    index = generation / "vi" / "vectors.f16"
    if damage == "CURRENT gone":
        (directory / "CURRENT").unlink()
    elif damage == "index cut":
        index.write_bytes(index.read_bytes()[:-100])
    elif damage == "bit flipped":
        data = bytearray(index.read_bytes())
        data[len(data) // 2] ^= 1
        index.write_bytes(data)
    else:
        (generation / "manifest.json").write_text("{")
    origin = CatalogState(first_identity(directory), 10)
    assert load_generation(directory, origin) is None
    second = Collection.open(tmp_path, "c", encoder)
    assert search(second, "ASEAN").hits == expected


def first_identity(directory: Path) -> str:
    catalog = Catalog(directory / "catalog.db")
    identity = catalog.settings.identity()
    catalog.close()
    return identity


def cosines_match(collection: Collection) -> bool:
    """Tell whether the index holds the vectors of the catalog, not others under their keys."""
    keys = collection.catalog.passages.keys()[0].tolist()
    vectors = np.stack([held.vector for held in collection.catalog.passages.encoded(keys)])
    question = collection.encoder.encode_questions(["ASEAN"])
    expected = dict(zip(keys, (vectors @ question[0]).tolist(), strict=True))
    with collection.reading() as snapshot:
        for language in snapshot.languages():
            matches = snapshot.search(question, 100, language)
            for key, score in zip(matches.keys[0].tolist(), matches.scores[0], strict=True):
                if abs(expected.pop(key) - score) > 1e-4:
                    return False
    return not expected


def test_an_index_of_another_catalog_is_not_taken(tmp_path: Path, encoder: Encoder) -> None:
    first = Collection.open_or_create(tmp_path, "c", encoder)
    ingest(first, [ONE, TWO])
    first.close()
    for path in existing_directory(tmp_path, "c").glob("catalog.db*"):
        path.unlink()
    second = Collection.open_or_create(tmp_path, "c", encoder)
    ingest(second, [changed("Lào gia nhập ASEAN năm 1997."), changed("Một bài khác.", id="x")])
    assert cosines_match(second)


def test_an_index_of_a_later_state_is_not_taken(tmp_path: Path, encoder: Encoder) -> None:
    collection = Collection.open_or_create(tmp_path, "c", encoder)
    ingest(collection, [ONE])
    collection.close()
    path = existing_directory(tmp_path, "c") / "catalog.db"
    backup = path.read_bytes()
    collection = Collection.open(tmp_path, "c", encoder)
    ingest(collection, [TWO])
    collection.close()
    path.write_bytes(backup)
    collection = Collection.open(tmp_path, "c", encoder)
    ingest(collection, [changed("Lào gia nhập ASEAN năm 1997.", id="x")])
    assert collection.catalog.articles.ids() == ["one", "x"]
    assert cosines_match(collection)


def test_the_index_is_written_once_all_is_stored(
    tmp_path: Path, encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    collection = Collection.open_or_create(tmp_path, "c", encoder)
    with monkeypatch.context() as broken:

        def full(*_: object) -> None:
            raise OSError(28, "No space left on device")

        broken.setattr("rag.collection.compaction.write_generation", full)
        with pytest.raises(StorageError, match="articles are stored"):
            ingest(collection, [ONE])
    assert current_number(collection.directory) is None
    assert ingest(collection, [ONE]).unchanged == 1
    assert current_number(collection.directory) is not None


def test_a_full_disk_is_named_and_nothing_is_half_stored(empty: Collection) -> None:
    ingest(empty, [ONE])
    assert isinstance(empty.catalog.connections, Connections)
    connection = empty.catalog.connections._writer
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count={pages + 2}")
    with pytest.raises(StorageError, match="disk has free space"):
        ingest(empty, [changed("ASEAN. " * 200, id=str(i)) for i in range(3)])
    assert empty.catalog.articles.ids() == ["one"]
    connection.execute("PRAGMA max_page_count=1000000")
    assert ingest(empty, [TWO]).added == 1


@pytest.mark.slow
def test_the_same_model_under_another_path_is_the_same(tmp_path: Path, small_model: Path) -> None:
    Collection.open_or_create(tmp_path, "c", load_encoder(str(small_model))).close()
    moved = tmp_path / "moved"
    shutil.copytree(small_model, moved)
    Collection.open(tmp_path, "c", load_encoder(str(moved))).close()


def test_a_reader_sees_what_another_writer_stores(tmp_path: Path, encoder: Encoder) -> None:
    writer = Collection.open_or_create(tmp_path, "c", encoder)
    reader = Collection.open(tmp_path, "c", encoder)
    assert search(reader, "ASEAN").hits == ()
    ingest(writer, [ONE, TWO])
    assert len(search(reader, "ASEAN").hits) == 2
    writer.delete("one")
    assert [hit.article_id for hit in search(reader, "ASEAN").hits] == ["two"]


def test_readers_and_a_writer_get_along(empty: Collection) -> None:
    ingest(empty, [ONE])
    errors: list[BaseException] = []

    def read() -> None:
        try:
            for _ in range(10):
                for hit in search(empty, "ASEAN năm nào?").hits:
                    article = empty.catalog.articles.get(hit.article_id)
                    assert article is None or article.text[hit.start : hit.end] == hit.text
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for i in range(5):
        ingest(empty, [make_article(f"Bài {i} về ASEAN.", key="k", id=f"n{i}")])
    for thread in threads:
        thread.join()
    assert errors == []


def test_a_second_writer_is_told_to_wait(empty: Collection, encoder: Encoder) -> None:
    other = Collection.open(empty.directory.parent.parent, "default", encoder)
    with empty.writing(), pytest.raises(CollectionBusy, match="try again"):
        ingest(other, [ONE])
    ingest(other, [ONE])


def test_a_collection_that_is_not_there_is_named(tmp_path: Path, encoder: Encoder) -> None:
    with pytest.raises(CollectionNotFound, match="tamngu ingest PATH --collection none"):
        Collection.open(tmp_path, "none", encoder)


def test_another_model_is_refused_and_both_are_named(
    tmp_path: Path, encoder: Encoder, other_model: str
) -> None:
    Collection.open_or_create(tmp_path, "c", encoder).close()
    other = load_encoder(other_model)
    with pytest.raises(ModelMismatch, match="multilingual-e5-small") as refused:
        Collection.open(tmp_path, "c", other)
    assert other_model in str(refused.value)


@pytest.mark.slow
def test_another_model_serves_a_collection_of_its_own(tmp_path: Path, small_model: Path) -> None:
    other = load_encoder(str(small_model))
    collection = Collection.open_or_create(tmp_path, "small", other)
    long = make_article("ngoại giao " * 300, key="k", id="long")
    report = ingest(collection, [ONE, TWO, long])
    assert report.passages > 5
    assert search(collection, SearchRequest("ngoại giao", languages=["vi"])).hits
    keys = collection.catalog.passages.keys()[0].tolist()
    assert {held.vector.shape for held in collection.catalog.passages.encoded(keys)} == {(32,)}


def test_a_damaged_catalog_is_reported_not_served(tmp_path: Path, encoder: Encoder) -> None:
    collection = Collection.open_or_create(tmp_path, "c", encoder)
    ingest(collection, [ONE])
    collection.close()
    path = existing_directory(tmp_path, "c") / "catalog.db"
    for leftover in path.parent.glob("catalog.db-*"):
        leftover.unlink()
    path.write_bytes(np.random.default_rng(0).bytes(path.stat().st_size))
    with pytest.raises(CollectionDamaged):
        Collection.open(tmp_path, "c", encoder)
