"""Articles are edited, deleted, and restored."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from embeddings import Encoder
from rag import Collection, ingest, make_article
from rag.collection.check import check
from rag.ingestion.editing import edit
from rag.ingestion.pipeline import ingest_files
from rag.readers.files import find_files

VI = "Lào gia nhập ASEAN năm 1997. Lễ kết nạp ở Kuala Lumpur."
QUESTION = {"question": "Lào gia nhập ASEAN năm nào?"}


@pytest.fixture
def home(tmp_path: Path, encoder: Encoder) -> Path:
    collection = Collection.open_or_create(tmp_path, "default", encoder)
    ingest(collection, [make_article(VI, key="k", id="one", source="Báo", tags=["ASEAN"])])
    collection.close()
    return tmp_path


@pytest.fixture
def client(home: Path, encoder: Encoder) -> Iterator[TestClient]:
    with TestClient(create_app(home, encoder, "default"), base_url="http://127.0.0.1") as made:
        yield made


def hits(client: TestClient, **conditions: object) -> list[dict[str, Any]]:
    response = client.post("/v1/search", json={**QUESTION, **conditions})
    assert response.status_code == 200, response.text
    found: list[dict[str, Any]] = response.json()["hits"]
    return found


def test_what_is_known_about_an_article_is_changed_and_searched_by(client: TestClient) -> None:
    before = client.get("/v1/articles/one")
    changes = {"title": "Lào vào ASEAN", "source": "Nhân Dân", "published_at": "1997-07-23"}
    response = client.patch("/v1/articles/one", json={**changes, "tags": ["Lào"]})
    assert response.status_code == 200, response.text
    body = response.json()
    assert {name: body[name] for name in changes} == changes
    assert (body["tags"], body["text"], body["language"]) == (["Lào"], VI, "vi")
    assert response.headers["etag"] != before.headers["etag"]
    assert client.get("/v1/articles/one").json() == body
    (hit,) = hits(client, sources=["nhân dân"], tags=["Lào"], published_from="1997-07-01")
    assert (hit["title"], hit["text"]) == ("Lào vào ASEAN", VI)
    assert hits(client, tags=["ASEAN"]) == []


def test_what_is_left_out_stays_and_null_removes(client: TestClient) -> None:
    body = client.patch("/v1/articles/one", json={"source": None}).json()
    assert (body["source"], body["tags"]) == (None, ["ASEAN"])
    same = client.patch("/v1/articles/one", json={})
    assert same.json() == body


def test_another_language_has_its_passages_cut_anew(client: TestClient) -> None:
    body = client.patch("/v1/articles/one", json={"language": "zh-Hant"}).json()
    assert (body["language"], body["script"]) == ("zh", "Hant")
    (hit,) = hits(client, languages=["zh"])
    assert (hit["language"], hit["script"]) == ("zh", "Hant")
    assert hits(client, languages=["vi"]) == []


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"published_at": "soon"}, 422),
        ({"title": ""}, 422),
        ({"title": " "}, 422),
        ({"title": None}, 422),
        ({"language": "?"}, 422),
        ({"text": "x"}, 422),
        ({"tags": "ASEAN"}, 422),
    ],
)
def test_a_change_that_cannot_be_is_refused(
    client: TestClient, changes: dict[str, object], status: int
) -> None:
    before = client.get("/v1/articles/one").json()
    response = client.patch("/v1/articles/one", json=changes)
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    assert client.get("/v1/articles/one").json() == before


def test_an_article_that_changed_meanwhile_is_not_changed(client: TestClient) -> None:
    tag = client.get("/v1/articles/one").headers["etag"]
    match = {"If-Match": tag}
    assert client.patch("/v1/articles/one", json={"source": "A"}, headers=match).status_code == 200
    assert client.patch("/v1/articles/one", json={"source": "B"}, headers=match).status_code == 412
    assert client.get("/v1/articles/one").json()["source"] == "A"
    assert client.patch("/v1/articles/none", json={"source": "A"}).status_code == 404


def test_an_edited_article_is_not_replaced_by_its_unchanged_file(
    tmp_path: Path, empty: Collection
) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "a.txt").write_text(VI, encoding="utf-8")
    pairs = [(folder, path) for path in find_files(folder)]
    assert ingest_files(empty, pairs).added == 1
    (article_id,) = empty.catalog.articles.ids()
    edit(empty, article_id, {"source": "Báo"})
    report = ingest_files(empty, pairs)
    assert (report.unchanged, report.updated) == (1, 0)
    article = empty.catalog.articles.get(article_id)
    assert article is not None
    assert article.source == "Báo"
    assert check(empty.directory, empty.catalog).problems == []


def test_a_deleted_article_is_restored_as_it_was(client: TestClient) -> None:
    article = client.get("/v1/articles/one").json()
    found = hits(client)
    assert client.delete("/v1/articles/one").status_code == 204
    assert hits(client) == []
    (deleted,) = client.get("/v1/trash").json()["articles"]
    assert (deleted["article"]["id"], deleted["article"]["language"]) == ("one", "vi")
    assert deleted["deleted_at"] < deleted["until"]
    restored = client.post("/v1/trash/restore", json={"ids": ["one", "two"]}).json()
    assert restored["restored"] == ["one"]
    assert restored["missing"] == [{"id": "two", "reason": "It is not in the trash."}]
    assert client.get("/v1/articles/one").json() == article
    assert hits(client) == found
    assert client.get("/v1/trash").json() == {"articles": []}


def test_an_article_deleted_forever_is_not_kept(client: TestClient) -> None:
    assert client.delete("/v1/articles/one?forever=true").status_code == 204
    assert client.get("/v1/trash").json() == {"articles": []}
    answer = client.post("/v1/trash/restore", json={"ids": ["one"]}).json()
    assert answer["restored"] == []


def test_an_article_in_the_trash_can_still_be_deleted_forever(client: TestClient) -> None:
    assert client.delete("/v1/articles/one").status_code == 204
    assert client.delete("/v1/articles/one").status_code == 404
    assert len(client.get("/v1/trash").json()["articles"]) == 1
    assert client.delete("/v1/articles/one?forever=true").status_code == 204
    assert client.get("/v1/trash").json() == {"articles": []}


def test_a_newer_article_of_the_id_is_not_replaced_by_the_deleted_one(client: TestClient) -> None:
    assert client.delete("/v1/articles/one").status_code == 204
    assert client.put("/v1/articles/one", json={"text": "Mới."}).status_code == 200
    answer = client.post("/v1/trash/restore", json={"ids": ["one"]}).json()
    assert answer["missing"][0]["id"] == "one"
    assert client.get("/v1/articles/one").json()["text"] == "Mới."


def test_the_trash_is_emptied(client: TestClient) -> None:
    assert client.delete("/v1/articles/one").status_code == 204
    assert client.delete("/v1/trash").status_code == 204
    assert client.get("/v1/trash").json() == {"articles": []}


def test_what_was_deleted_long_ago_is_not_restored(client: TestClient, home: Path) -> None:
    assert client.delete("/v1/articles/one").status_code == 204
    with closing(sqlite3.connect(home / "collections" / "default" / "catalog.db")) as file, file:
        file.execute("UPDATE trash SET deleted_at = '2000-01-01T00:00:00+00:00'")
    assert client.get("/v1/trash").json() == {"articles": []}
    assert client.post("/v1/trash/restore", json={"ids": ["one"]}).json()["restored"] == []
