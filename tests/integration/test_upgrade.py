"""A catalog of the first schema version, as the first release wrote it."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from embeddings import Encoder
from rag import Collection, ingest, make_article, search
from rag.catalog_rows import ARTICLE_COLUMNS, PASSAGE_COLUMNS
from rag.check import check
from rag.schema import _VERSION_1

ARTICLES = [
    make_article("Việt Nam gia nhập ASEAN năm 1995. Lễ kết nạp ở Brunei.", key="k", id="one"),
    make_article("东盟秘书处设在雅加达。秘书长任期五年。", key="k", id="two"),
    make_article("Việt Nam gia nhập ASEAN năm 1995. Lễ kết nạp ở Brunei!", key="k", id="copy"),
]


@pytest.fixture
def old(tmp_path: Path, encoder: Encoder) -> Path:
    """A home whose collection has the first version's tables; what they held is taken from now."""
    collection = Collection.open_or_create(tmp_path, "c", encoder)
    ingest(collection, ARTICLES)
    directory = collection.directory
    collection.close()
    new = sqlite3.connect(directory / "catalog.db")
    path = directory / "old.db"
    old = sqlite3.connect(path)
    old.executescript("PRAGMA journal_mode=WAL;" + _VERSION_1)
    for table, columns in (
        ("articles", (*ARTICLE_COLUMNS, "content_hash")),
        ("passages", ("key", *PASSAGE_COLUMNS)),
        ("settings", ("name", "value")),
    ):
        names, marks = ", ".join(columns), ", ".join("?" * len(columns))
        rows = new.execute(f"SELECT {names} FROM {table}").fetchall()
        old.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows)
    old.execute("DELETE FROM settings WHERE name NOT IN ('fingerprint', 'identity', 'revision')")
    old.execute("PRAGMA user_version=1")
    old.commit()
    old.close()
    new.close()
    for leftover in directory.glob("catalog.db*"):
        leftover.unlink()
    path.rename(directory / "catalog.db")
    return tmp_path


def test_an_older_collection_is_upgraded_when_it_is_opened(old: Path, encoder: Encoder) -> None:
    collection = Collection.open(old, "c", encoder)
    hits = search(collection, "ASEAN", copies=True).hits
    assert {hit.article_id for hit in hits} == {"one", "two", "copy"}
    assert len(search(collection, "ASEAN").hits) == 2
    assert check(collection.directory, collection.catalog).problems == []
    assert ingest(collection, ARTICLES).unchanged == 3
    assert collection.delete("one")
    assert {hit.article_id for hit in search(collection, "ASEAN").hits} == {"two", "copy"}
    collection.close()


def test_an_upgrade_that_is_cut_off_changes_nothing(
    old: Path, encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:

        def interrupted(*_: object) -> None:
            raise KeyboardInterrupt

        patched.setattr("rag.schema.join_story", interrupted)
        with pytest.raises(KeyboardInterrupt):
            Collection.open(old, "c", encoder)
    connection = sqlite3.connect(old / "collections" / "c" / "catalog.db")
    assert connection.execute("PRAGMA user_version").fetchone() == (1,)
    connection.close()
    collection = Collection.open(old, "c", encoder)
    assert check(collection.directory, collection.catalog).problems == []
    collection.close()
