"""A disk that is full: while files arrive, during an import, a compaction and a checkpoint."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from embeddings import Encoder
from rag import Collection, ingest, search
from rag.collection.check import check
from rag.errors import StorageError
from tests.integration.api.jobs.conftest import started as started
from tests.integration.api.jobs.server import (
    Start,
    assert_problem,
    file,
    lines,
    make_home,
    sentences,
    texts_in,
)
from tests.integration.faults.small_disk import SmallDisk
from tests.integration.rag.versions import make_version
from tests.waiting import wait_until

pytestmark = pytest.mark.slow

KB = 1024
QUESTION = {"question": "What is about salt?"}


def test_an_upload_that_does_not_fit_is_refused_and_leaves_nothing(
    disk: SmallDisk, encoder: Encoder, started: Start
) -> None:
    home = make_home(disk.path / "home", encoder)
    server = started(home)
    disk.fill(left=64 * KB)
    large = file("large.txt", "It is about nothing. " * 20_000)
    assert_problem(server.client.post("/v1/imports", files=[large]), 503, "No space left on device")
    assert server.client.get("/v1/jobs").json()["jobs"] == []
    wait_until(lambda: list((home / "jobs").glob("*")) == [])
    assert server.client.get("/healthz").status_code == 200
    assert server.client.post("/v1/search", json=QUESTION).status_code == 200
    disk.clear()
    job = server.upload("sample", [file("a.jsonl", lines(sentences(3, "salt")))])
    assert server.wait(job["id"])["result"]["added"] == 3
    server.stop()


def test_an_import_that_does_not_fit_goes_on_when_there_is_room(
    disk: SmallDisk, encoder: Encoder, started: Start
) -> None:
    texts = sentences(600, "salt")
    home = make_home(disk.path / "home", encoder)
    server = started(home)
    disk.fill(left=900 * KB)
    upload = [file("a.jsonl", lines(texts))]
    job = server.upload("sample", upload)
    wait_until(lambda: disk.free() < 64 * KB or server.job(job["id"])["ended_at"] is not None)
    assert server.client.post("/v1/search", json=QUESTION).status_code == 200
    disk.clear()
    ended = server.wait(job["id"])
    # It fails if the list of jobs could be written all the same.
    if ended["state"] == "failed":
        assert "the disk has" in ended["error"]
        assert str(home) not in ended["error"]
        ended = server.wait(server.upload("sample", upload)["id"])
    assert ended["state"] == "done"
    server.kill()
    assert texts_in(home, "sample", encoder) == sorted(texts)


def test_a_compaction_that_does_not_fit_leaves_the_index_in_use(
    disk: SmallDisk, encoder: Encoder
) -> None:
    collection = Collection.open_or_create(disk.path / "home", "c", encoder)
    ingest(collection, [make_version(f"en-{n:02d}", 1) for n in range(4)])
    collection.compact()
    ingest(collection, [make_version("vi-07", 1)])
    current = (collection.directory / "CURRENT").read_text()
    expected = search(collection, "Da Nang").hits
    disk.fill(left=8 * KB)
    with pytest.raises(StorageError, match="articles are stored, but the index"):
        collection.compact()
    assert (collection.directory / "CURRENT").read_text() == current
    assert len(list((collection.directory / "generations").iterdir())) == 1
    assert search(collection, "Da Nang").hits == expected
    assert check(collection.directory, collection.catalog).problems == []
    disk.clear()
    collection.compact()
    assert (collection.directory / "CURRENT").read_text() != current
    assert check(collection.directory, collection.catalog).problems == []
    collection.close()


def test_a_checkpoint_that_does_not_fit_is_made_up_for_later(
    disk: SmallDisk, encoder: Encoder
) -> None:
    home = disk.path / "home"
    collection = Collection.open_or_create(home, "c", encoder)
    articles = [make_version(f"en-{n:02d}", 1) for n in range(6)]
    ingest(collection, articles)
    path, log = (collection.directory / name for name in ("catalog.db", "catalog.db-wal"))
    disk.fill(left=0)
    # The last connection that closes moves the log into the database, and removes the log.
    collection.close()
    assert log.stat().st_size > 0
    assert ids_in(home, encoder) == [article.id for article in articles]
    disk.clear()
    collection = Collection.open(home, "c", encoder)
    assert check(collection.directory, collection.catalog).problems == []
    collection.close()
    assert not log.exists()
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT count(*) FROM articles").fetchone() == (len(articles),)


def ids_in(home: Path, encoder: Encoder) -> list[str]:
    collection = Collection.open(home, "c", encoder)
    try:
        return collection.catalog.articles.ids()
    finally:
        collection.close()
