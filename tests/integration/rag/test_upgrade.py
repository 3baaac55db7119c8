"""Collections as earlier releases wrote them."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
import xxhash

from embeddings import Encoder
from embeddings.scaled_vectors import unscaled
from rag import Collection, ingest, make_article, search
from rag.catalog.rows import ARTICLE_COLUMNS, PASSAGE_COLUMNS, read_vectors
from rag.catalog.schema import _VERSION_1, _VERSION_2, _VERSION_3, SCHEMA_VERSION
from rag.collection.check import check
from rag.collection.statistics import statistics
from rag.errors import CollectionDamaged, ModelMismatch
from rag.index.current import digest_of
from rag.index.faiss_index import build
from rag.ingestion.reindexing import reindex
from rag.records.passage import CODE_BYTES
from tamngu.records.request import SearchRequest

ARTICLES = [
    make_article("Việt Nam gia nhập ASEAN năm 1995. Lễ kết nạp ở Brunei.", key="k", id="one"),
    make_article("东盟秘书处设在雅加达。秘书长任期五年。", key="k", id="two"),
    make_article("Việt Nam gia nhập ASEAN năm 1995. Lễ kết nạp ở Brunei!", key="k", id="copy"),
]
NEW = make_article("Timor-Leste trở thành thành viên thứ mười một của ASEAN.", key="k", id="new")

_ARTICLES_1 = tuple(column for column in ARTICLE_COLUMNS if column not in ("pages", "cut"))
_ARTICLES_2 = (*_ARTICLES_1, "content_hash", "origin", "story", "signature")
_PASSAGES_1 = ("key", *(column for column in PASSAGE_COLUMNS if column != "tokens"))
_TABLES = {
    1: {
        "articles": (*_ARTICLES_1, "content_hash"),
        "passages": _PASSAGES_1,
        "settings": ("name", "value"),
    },
    2: {
        "articles": _ARTICLES_2,
        "bands": ("band", "article_id"),
        "passages": (*_PASSAGES_1, "checksum"),
        "settings": ("name", "value"),
    },
    3: {
        "articles": _ARTICLES_2,
        "bands": ("band", "article_id"),
        "passages": ("key", *PASSAGE_COLUMNS, "checksum"),
        "settings": ("name", "value"),
    },
}
_STATEMENTS = {
    1: _VERSION_1,
    2: f"{_VERSION_1};{_VERSION_2}",
    3: f"{_VERSION_1};{_VERSION_2};{_VERSION_3}",
}
_LATER_SETTINGS = {1: ("tokens", "deletions_from"), 2: ("tokens",), 3: ()}


@pytest.fixture(params=[1, 2])
def version(request: pytest.FixtureRequest) -> int:
    """The number of an older schema."""
    assert isinstance(request.param, int)
    return request.param


@pytest.fixture
def old(tmp_path: Path, encoder: Encoder, version: int, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home whose collection has an older version's tables, filled from new ones.

    It has no index on disk.
    """
    with monkeypatch.context() as patched:
        patched.setattr(Collection, "save", lambda _: None)
        collection = Collection.open_or_create(tmp_path, "c", encoder)
        ingest(collection, ARTICLES)
        directory = collection.directory
        collection.close()
    assert not (directory / "CURRENT").exists()
    age(directory, version)
    return tmp_path


def age(directory: Path, version: int) -> None:
    """Rewrite a collection's catalog in the schema of an older release."""
    path = directory / "old.db"
    with (
        closing(sqlite3.connect(directory / "catalog.db")) as new,
        closing(sqlite3.connect(path)) as old,
    ):
        old.executescript(f"PRAGMA journal_mode=WAL;{_STATEMENTS[version]}")
        for table, columns in _TABLES[version].items():
            names, marks = ", ".join(columns), ", ".join("?" * len(columns))
            rows = new.execute(f"SELECT {names} FROM {table}").fetchall()
            old.execute(f"DELETE FROM {table}")
            if table == "passages":
                rows = [in_more_bytes(columns, row) for row in rows]
            if table == "bands":
                # Of the keys half is kept now.
                rows = [((band << 32) + 1995, article_id) for band, article_id in rows]
            old.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows)
        if version == 2:
            for key, *row in old.execute(f"SELECT {', '.join(_PASSAGES_1)} FROM passages"):
                given = (old_checksum(*row), key)
                old.execute("UPDATE passages SET checksum = ? WHERE key = ?", given)
        for name in _LATER_SETTINGS[version]:
            old.execute("DELETE FROM settings WHERE name = ?", (name,))
        old.execute(f"PRAGMA user_version={version}")
        old.commit()
    for leftover in directory.glob("catalog.db*"):
        leftover.unlink()
    path.rename(directory / "catalog.db")


def in_more_bytes(columns: tuple[str, ...], row: tuple[object, ...]) -> tuple[object, ...]:
    """Return a passage's row with the vectors as releases up to schema version 5 stored them."""
    held = dict(zip(columns, row, strict=True))
    blobs = [held[name] for name in ("sentence_spans", "vector", "sentence_vectors")]
    vector, sentences = read_vectors(*blobs)  # type: ignore[arg-type]
    # They were less round than what is stored now.
    drawn = np.random.default_rng(len(sentences)).normal(scale=1e-4, size=vector.shape)
    held["vector"] = (vector + drawn).astype("<f4").tobytes()
    held["sentence_vectors"] = (unscaled(sentences) + drawn).astype("<f2").tobytes()
    return tuple(held.values())


def old_checksum(article_id: str, start: int, end: int, language: str, *blobs: bytes) -> int:
    """Return a passage's checksum in schema version 2."""
    digest = xxhash.xxh3_64(f"{article_id}\0{start}\0{end}\0{language}\0".encode())
    for blob in blobs:
        digest.update(len(blob).to_bytes(8, "little"))
        digest.update(blob)
    return int.from_bytes(digest.digest(), "big", signed=True)


def rows(home: Path, statement: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(home / "collections" / "c" / "catalog.db")) as connection:
        return connection.execute(statement).fetchall()


def token_counts(collection: Collection) -> list[int]:
    keys, _ = collection.catalog.passages.keys()
    return [len(encoded.tokens) for encoded in collection.catalog.passages.encoded(keys.tolist())]


def test_an_older_collection_is_upgraded_when_it_is_opened(old: Path, encoder: Encoder) -> None:
    collection = Collection.open(old, "c", encoder)
    hits = search(collection, SearchRequest("ASEAN", include_duplicates=True)).hits
    assert {hit.article_id for hit in hits} == {"one", "two", "copy"}
    assert len(search(collection, "ASEAN").hits) == 2
    assert ingest(collection, ARTICLES).unchanged == 3
    assert check(collection.directory, collection.catalog).problems == []
    assert collection.delete("one")
    assert {hit.article_id for hit in search(collection, "ASEAN").hits} == {"two", "copy"}
    collection.close()
    assert rows(old, "PRAGMA user_version") == [(SCHEMA_VERSION,)]


def test_a_collection_of_the_first_release_is_no_damaged_one(
    tmp_path: Path, encoder: Encoder
) -> None:
    collection = Collection.open_or_create(tmp_path, "c", encoder)
    ingest(collection, ARTICLES)
    directory = collection.directory
    collection.close()
    age(directory, 1)
    with closing(sqlite3.connect(directory / "catalog.db")) as connection:
        connection.execute("DELETE FROM settings WHERE name = 'identity'")
        connection.commit()
    number = (directory / "CURRENT").read_text().split()[0]
    (directory / "CURRENT").write_text(number)
    (directory / "generations" / number / "manifest.json").write_text('{"files": {}}')

    collection = Collection.open(tmp_path, "c", encoder)
    assert check(collection.directory, collection.catalog).problems == []
    assert len(search(collection, "ASEAN").hits) == 2
    assert ingest(collection, [*ARTICLES, NEW]).added == 1
    collection.save()
    assert check(collection.directory, collection.catalog).problems == []
    collection.close()


def test_an_upgraded_collection_has_the_tables_of_a_new_one(
    old: Path, tmp_path: Path, encoder: Encoder
) -> None:
    tables = "SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' ORDER BY 2"
    Collection.open(old, "c", encoder).close()
    Collection.open_or_create(tmp_path / "new", "c", encoder).close()
    assert rows(old, tables) == rows(tmp_path / "new", tables)
    settings = "SELECT name FROM settings ORDER BY name"
    assert {*rows(tmp_path / "new", settings)} - {*rows(old, settings)} == {("tokens",)}


def test_older_passages_have_no_tokens_and_keep_their_checksums(
    old: Path, version: int, encoder: Encoder
) -> None:
    columns = ", ".join(_PASSAGES_1)
    held = rows(old, f"SELECT {columns} FROM passages")
    if version > 1:
        before = rows(old, "SELECT key, checksum FROM passages")
    collection = Collection.open(old, "c", encoder)
    assert token_counts(collection) == [0, 0, 0]
    assert collection.catalog.settings.token_digest() == ""
    assert collection.calibration.tokens is None
    assert check(collection.directory, collection.catalog).problems == []
    assert rows(old, f"SELECT {columns} FROM passages") == held
    after = rows(old, "SELECT key, checksum FROM passages")
    assert after == [(row[0], old_checksum(*row[1:])) for row in held]  # type: ignore[arg-type]
    if version > 1:
        assert after == before
    # A new passage is encoded like the stored ones, without tokens. The next generation is made of
    # rows in the present form.
    ingest(collection, [NEW])
    assert token_counts(collection) == [0, 0, 0, 0]
    assert check(collection.directory, collection.catalog).problems == []
    assert search(collection, "Timor-Leste ASEAN").hits[0].article_id == "new"
    collection.close()


def test_what_was_opened_before_gets_the_tokens_too(old: Path, encoder: Encoder) -> None:
    collection = Collection.open(old, "c", encoder)
    reindex(collection.catalog, encoder)
    # Its article was encoded without tokens; the next one is encoded with them.
    with pytest.raises(ModelMismatch, match="try again"):
        ingest(collection, [NEW])
    ingest(collection, [NEW])
    assert all(token_counts(collection))
    collection.close()


def test_reindexing_gives_an_upgraded_collection_its_tokens(old: Path, encoder: Encoder) -> None:
    collection = Collection.open(old, "c", encoder)
    before = search(collection, SearchRequest("ASEAN", include_duplicates=True)).hits
    assert all("late" not in hit.parts for hit in before)
    report = reindex(collection.catalog, encoder)
    assert (report.articles, report.resumed) == (3, 0)
    assert all(token_counts(collection))
    assert collection.catalog.settings.token_digest() != ""
    # The open collection notices the change.
    after = search(collection, SearchRequest("ASEAN", include_duplicates=True)).hits
    assert {hit.passage_id for hit in after} == {hit.passage_id for hit in before}
    assert all("late" in hit.parts for hit in after)
    assert check(collection.directory, collection.catalog).problems == []
    ingest(collection, [NEW])
    assert all(token_counts(collection))
    collection.close()


def test_changed_tokens_are_reported(old: Path, encoder: Encoder) -> None:
    collection = Collection.open(old, "c", encoder)
    with collection.catalog.connections.transaction() as connection:
        connection.execute("UPDATE passages SET tokens = zeroblob(64) WHERE key = 1")
    with pytest.raises(CollectionDamaged):
        token_counts(collection)
    assert check(collection.directory, collection.catalog).problems != []
    collection.close()


def test_an_index_of_an_older_format_is_not_used_until_the_next_compaction(
    old: Path, encoder: Encoder
) -> None:
    collection = Collection.open(old, "c", encoder)
    directory = collection.directory
    collection.compact()
    rewrite_manifest(directory, 2)
    before = search(collection, "ASEAN").hits
    collection.close()
    collection = Collection.open(old, "c", encoder)
    report = check(directory, collection.catalog)
    assert report.problems == []
    assert "was written by another release" in report.notes[0]
    found = search(collection, "ASEAN").hits
    assert [hit.passage_id for hit in found] == [hit.passage_id for hit in before]
    collection.compact()
    report = check(directory, collection.catalog)
    assert (report.problems, report.notes) == ([], [])
    assert search(collection, "ASEAN").hits == before
    collection.close()


@pytest.mark.parametrize("number", [3, 4, 5, 6])
def test_an_index_of_a_former_format_is_used_until_the_next_compaction(
    old: Path, number: int, encoder: Encoder
) -> None:
    collection = Collection.open(old, "c", encoder)
    directory = collection.directory
    collection.compact()
    before = search(collection, "ASEAN").hits
    collection.close()
    (generation,) = (directory / "generations").iterdir()
    for vectors in generation.glob("*/vectors.f16"):
        rows = np.fromfile(vectors, "<f2").reshape(-1, encoder.fingerprint.dim)
        if number == 3:
            build(rows, vectors.with_name("index.faiss"), "flat")
        if number < 6:
            # Each passage had one token.
            codes = np.full((len(rows), CODE_BYTES), 0x77, dtype=np.uint8)
            codes.tofile(vectors.with_name("tokens.u8"))
            np.save(vectors.with_name("token_starts.npy"), np.arange(len(rows) + 1))
    with_sentences(directory, number)
    rewrite_manifest(directory, number)
    collection = Collection.open(old, "c", encoder)
    index = statistics(collection.catalog).index
    assert (index.generation, index.added) == (generation.name, 0)
    report = check(directory, collection.catalog)
    assert (report.problems, report.notes) == ([], [])
    assert search(collection, "ASEAN").hits == before
    collection.compact()
    former = ("index", "sentences", "sentence_starts", "tokens", "token_starts")
    assert not [path for path in directory.glob("generations/*/*/*") if path.stem in former]
    assert search(collection, "ASEAN").hits == before
    collection.close()


def with_sentences(directory: Path, number: int) -> None:
    """Write the vectors of sentences, as releases up to format 6 did: in halves up to format 4."""
    with closing(sqlite3.connect(directory / "catalog.db")) as connection:
        held = connection.execute(
            "SELECT language, sentence_spans, vector, sentence_vectors FROM passages ORDER BY key"
        ).fetchall()
    for language in {row[0] for row in held}:
        (folder,) = directory.glob(f"generations/*/{language}")
        own = [read_vectors(*row[1:])[1] for row in held if row[0] == language]
        rows = np.concatenate(own)
        if number >= 5:
            rows.tofile(folder / "sentences.i8")
        else:
            unscaled(rows).astype("<f2").tofile(folder / "sentences.f16")
        np.save(folder / "sentence_starts.npy", np.cumsum([0, *map(len, own)]))


def rewrite_manifest(directory: Path, number: int) -> None:
    """State another format, and the files that the current generation has now."""
    path = next(directory.glob("generations/*/manifest.json"))
    held = [each for each in path.parent.rglob("*") if each.is_file() and each != path]
    files = {each.relative_to(path.parent).as_posix(): digest_of(each) for each in held}
    manifest = json.loads(path.read_text(encoding="utf-8"))
    stated = json.dumps({**manifest, "format": number, "files": files})
    path.write_text(stated, encoding="utf-8")
    digest = xxhash.xxh3_128_hexdigest(stated.encode())
    (directory / "CURRENT").write_text(f"{path.parent.name} {digest}", encoding="ascii")


def test_an_interrupted_upgrade_changes_nothing(
    old: Path, version: int, encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:

        def interrupted(*_: object) -> None:
            raise KeyboardInterrupt

        last = {1: "rag.catalog.schema.join_story", 2: "rag.catalog.schema._run"}[version]
        patched.setattr(last, interrupted)
        with pytest.raises(KeyboardInterrupt):
            Collection.open(old, "c", encoder)
    assert rows(old, "PRAGMA user_version") == [(version,)]
    collection = Collection.open(old, "c", encoder)
    collection.compact()
    assert check(collection.directory, collection.catalog).problems == []
    collection.close()
