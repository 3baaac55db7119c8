from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from embeddings import Encoder
from rag import Collection
from rag.collection.lock import compacting, writing

VI = "Lào gia nhập ASEAN năm 1997. Lễ kết nạp ở Kuala Lumpur."
ZH = "东盟秘书处设在雅加达。秘书长任期五年。"
EN = "Brunei is the smallest member by population."


@pytest.fixture
def client(tmp_path: Path, encoder: Encoder) -> Iterator[TestClient]:
    Collection.open_or_create(tmp_path, "default", encoder).close()
    with TestClient(create_app(tmp_path, encoder, "default"), base_url="http://127.0.0.1") as made:
        yield made


def put(client: TestClient, **fields: object) -> None:
    response = client.put(f"/v1/articles/{fields.pop('id')}", json=fields)
    assert response.status_code == 200, response.text


def test_an_article_is_stored_found_replaced_and_deleted(client: TestClient) -> None:
    report = client.put("/v1/articles/one", json={"text": VI, "source": "Báo"}).json()
    assert (report["added"], report["rejected"]) == (1, [])
    (hit,) = client.post("/v1/search", json={"question": "Lào ASEAN"}).json()["hits"]
    assert hit["article_id"] == "one"
    assert client.put("/v1/articles/one", json={"text": VI, "source": "Báo"}).json()["unchanged"]
    assert client.put("/v1/articles/one", json={"text": ZH}).json()["updated"] == 1
    assert client.get("/v1/articles/one").json()["language"] == "zh"
    (passage,) = client.get("/v1/passages", params={"article_id": "one"}).json()
    assert passage["text"] == ZH
    assert [ZH[s["start"] : s["end"]] for s in passage["sentences"]] == [
        "东盟秘书处设在雅加达。",
        "秘书长任期五年。",
    ]
    assert client.delete("/v1/articles/one").status_code == 204
    assert client.post("/v1/search", json={"question": "东盟秘书处"}).json()["hits"] == []
    for response in (client.delete("/v1/articles/one"), client.get("/v1/articles/one")):
        assert response.status_code == 404
        assert response.headers["content-type"] == "application/problem+json"


def test_many_articles_are_stored_together_or_not_at_all(client: TestClient) -> None:
    many = [{"text": VI}, {"text": ZH, "id": "zh"}, {"text": EN, "url": "https://a.example/1"}]
    assert client.post("/v1/articles", json={"articles": many}).json()["added"] == 3
    assert client.post("/v1/articles", json={"articles": many}).json()["unchanged"] == 3
    wrong = [{"text": f"{VI} Một."}, {"text": EN, "published_at": "soon"}]
    response = client.post("/v1/articles", json={"articles": wrong})
    assert response.status_code == 422
    assert response.json()["detail"].startswith("articles.1: published_at is not an ISO 8601 date")
    assert len(client.get("/v1/articles").json()["articles"]) == 3


def test_an_unchanged_response_is_not_sent_again(client: TestClient) -> None:
    put(client, id="one", text=VI)
    reads = ["/v1/articles", "/v1/passages?article_id=one", "/v1/collections/default", "/v1/jobs"]
    first = {path: client.get(path) for path in [*reads, "/v1/articles/one"]}
    for path, response in first.items():
        again = client.get(path, headers={"If-None-Match": f'"x", {response.headers["etag"]}'})
        assert (again.status_code, again.content) == (304, b""), path
        assert again.headers["etag"] == response.headers["etag"]
        other = client.get(path, headers={"If-None-Match": '"x"'})
        assert other.content == response.content
    put(client, id="one", text=ZH)
    for path in reads[:3]:
        again = client.get(path, headers={"If-None-Match": first[path].headers["etag"]})
        assert again.status_code == 200, path
        assert again.headers["etag"] != first[path].headers["etag"]
    assert "etag" not in client.get("/v1/articles/none").headers
    assert "etag" not in client.post("/v1/search", json={"question": "ASEAN"}).headers


def test_a_list_is_read_page_by_page(client: TestClient) -> None:
    for n in range(7):
        day = f"2020-11-{20 + n}"
        put(client, id=f"a/{n}", text=f"{VI} {n}", tags=[f"t{n % 2}"], published_at=day)
    put(client, id="zh", text=ZH, source="报")
    ids: list[str] = []
    after = ""
    while True:
        page = client.get("/v1/articles", params={"limit": 3, "after": after}).json()
        ids += [article["id"] for article in page["articles"]]
        if page["next"] is None:
            break
        after = page["next"]
    assert ids == [*(f"a/{n}" for n in range(7)), "zh"]

    def listed(**conditions: str) -> list[str]:
        found = client.get("/v1/articles", params=conditions).json()["articles"]
        return [article["id"] for article in found]

    assert listed(language="zh") == listed(language="ZH-tw") == listed(source="报") == ["zh"]
    assert listed(tag="t1") == ["a/1", "a/3", "a/5"]
    assert listed(published_from="2020-11-25", published_to="2020-11-25") == ["a/5"]
    assert listed(published_to="2020-11-20") == ["a/0"]
    for bad in ({"limit": "0"}, {"published_from": "soon"}, {"unknown": "1"}, {"language": "x"}):
        assert client.get("/v1/articles", params=bad).status_code == 422


def test_entity_tags_prevent_needless_reads_and_lost_updates(client: TestClient) -> None:
    put(client, id="one", text=VI)
    tag = client.get("/v1/articles/one").headers["etag"]
    same = client.get("/v1/articles/one", headers={"If-None-Match": f'"x", {tag}'})
    assert (same.status_code, same.content, same.headers["etag"]) == (304, b"", tag)
    fresh = client.get("/v1/articles/one", headers={"If-None-Match": '"x"'})
    assert fresh.status_code == 200
    stale = client.put("/v1/articles/one", json={"text": EN}, headers={"If-Match": '"x"'})
    assert stale.status_code == 412
    assert client.get("/v1/articles/one").json()["text"] == VI
    matching = client.put("/v1/articles/one", json={"text": EN}, headers={"If-Match": tag})
    assert matching.json()["updated"] == 1
    absent = client.put("/v1/articles/two", json={"text": EN}, headers={"If-Match": "*"})
    assert absent.status_code == 412
    only_new = {"If-None-Match": "*"}
    there = client.put("/v1/articles/one", json={"text": ZH}, headers=only_new)
    assert there.status_code == 412
    assert client.put("/v1/articles/new", json={"text": ZH}, headers=only_new).status_code == 200
    assert client.delete("/v1/articles/one", headers={"If-Match": tag}).status_code == 412
    tag = client.get("/v1/articles/one").headers["etag"]
    assert client.delete("/v1/articles/one", headers={"If-Match": tag}).status_code == 204


def test_one_of_two_writers_with_the_same_tag_is_refused(
    client: TestClient, tmp_path: Path
) -> None:
    put(client, id="one", text=VI)
    tag = client.get("/v1/articles/one").headers["etag"]
    answers: list[int] = []

    def late() -> None:
        response = client.put("/v1/articles/one", json={"text": EN}, headers={"If-Match": tag})
        answers.append(response.status_code)

    # The request reads the tag while the other writer holds the lock, before the tag changes.
    other = Collection.open(tmp_path, "default", client.app.state.service.encoder)  # type: ignore[attr-defined]
    thread = threading.Thread(target=late)
    with other.writing():
        thread.start()
        time.sleep(0.5)
        other.delete("one")
    thread.join()
    other.close()
    assert answers == [412]


def test_an_id_with_outer_spaces_is_refused(client: TestClient) -> None:
    put(client, id="one", text=VI)
    spaced = client.put("/v1/articles/%20one", json={"text": EN})
    assert spaced.status_code == 422
    assert "must not begin or end with spaces" in spaced.json()["detail"]
    assert client.get("/v1/articles/one").json()["text"] == VI


def test_a_collection_is_made_counted_and_deleted(client: TestClient, tmp_path: Path) -> None:
    assert client.put("/v1/collections/news").status_code == 201
    assert client.put("/v1/collections/news").status_code == 200
    put(client, id="one", text=VI)
    client.post("/v1/articles", json={"articles": [{"text": ZH}], "collection": "news"})
    figures = client.get("/v1/collections/news").json()
    assert figures["languages"] == {"zh": {"articles": 1, "passages": 1}}
    listed = client.get("/v1/collections").json()
    assert listed == {"collections": ["default", "news"], "default": "default"}
    assert client.delete("/v1/collections/news").status_code == 204
    assert not (tmp_path / "collections" / "news").exists()
    for response in (client.get("/v1/collections/news"), client.delete("/v1/collections/news")):
        assert response.status_code == 404
    assert client.put("/v1/collections/news").status_code == 201
    assert client.get("/v1/collections/news").json()["languages"] == {}


@pytest.mark.parametrize("name", ["..", ".hidden", "a b", "%2e%2e", "a%00b", "x" * 99])
def test_a_name_cannot_leave_the_home(client: TestClient, name: str) -> None:
    for method in ("GET", "PUT", "DELETE"):
        response = client.request(method, f"/v1/collections/{name}")
        assert response.status_code in (404, 405, 422)
        assert response.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("text", "language", "script"),
    [
        ("Viet Nam gia nhap ASEAN nam nao?", "vi", None),
        ("東協有幾個成員國？", "zh", "Hant"),
        ("Who chairs ASEAN?", "en", None),
    ],
)
def test_a_language_is_identified(
    client: TestClient, text: str, language: str, script: str | None
) -> None:
    found = client.post("/v1/languages/detect", json={"text": text}).json()
    assert found == {"language": language, "script": script}


def test_the_service_is_ready_when_its_collection_is_open(client: TestClient) -> None:
    ready = {"status": "ready", "collection": "default", "reader": "tamngu-reader"}
    assert client.get("/readyz").json() == ready
    assert client.head("/readyz").status_code == client.head("/").status_code == 200
    client.put("/v1/collections/secret")
    client.delete("/v1/collections/default")
    assert client.get("/readyz").status_code == 404
    assert "secret" not in client.get("/readyz").text
    # The metrics of the service are available all the same.
    assert client.get("/metrics").status_code == 200


@pytest.mark.slow
def test_a_collection_that_is_compacted_is_not_deleted(client: TestClient, tmp_path: Path) -> None:
    client.put("/v1/collections/news")
    with compacting(tmp_path / "collections" / "news", wait_s=0):
        refused = client.delete("/v1/collections/news")
    assert (refused.status_code, refused.headers["retry-after"]) == (503, "1")
    assert client.get("/v1/collections/news").status_code == 200
    assert client.delete("/v1/collections/news").status_code == 204


def test_a_deletion_waits_for_a_short_write(client: TestClient, tmp_path: Path) -> None:
    client.put("/v1/collections/news")
    held = threading.Event()

    def hold() -> None:
        with writing(tmp_path / "collections" / "news"):
            held.set()
            time.sleep(0.3)

    thread = threading.Thread(target=hold)
    thread.start()
    held.wait()
    assert client.delete("/v1/collections/news").status_code == 204
    thread.join()
