"""Saved questions: new articles that answer them are alerts, also in a feed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import fromstring

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.auth.key import Scope
from api.auth.store import KeyStore
from embeddings import Encoder
from rag import Collection, ingest, make_article
from tests.waiting import wait_until

OLD = "Lào gia nhập ASEAN năm 1997. Lễ kết nạp ở Kuala Lumpur."
NEW = "Timor-Leste gia nhập ASEAN ngày 26 tháng 10 năm 2025, là thành viên thứ mười một."
OTHER = "Giá cà phê ở Đắk Lắk tăng mạnh trong tuần qua vì mưa lớn."
QUESTION = "Timor-Leste gia nhập ASEAN khi nào?"
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def home(tmp_path: Path, encoder: Encoder) -> Path:
    collection = Collection.open_or_create(tmp_path, "default", encoder)
    ingest(collection, [make_article(OLD, key="k", id="laos")])
    collection.close()
    return tmp_path


@pytest.fixture
def client(home: Path, encoder: Encoder) -> Iterator[TestClient]:
    with TestClient(create_app(home, encoder, "default"), base_url="http://127.0.0.1") as made:
        yield made


def alerts(client: TestClient, **query: str | int) -> list[dict[str, Any]]:
    response = client.get("/v1/alerts", params=query)
    assert response.status_code == 200, response.text
    found: list[dict[str, Any]] = response.json()["alerts"]
    return found


def save(client: TestClient, question: str = QUESTION, **other: object) -> dict[str, Any]:
    response = client.post("/v1/questions", json={"question": question, **other})
    assert response.status_code == 201, response.text
    body: dict[str, Any] = response.json()
    return body


def put(client: TestClient, article_id: str, text: str, **other: object) -> None:
    response = client.put(f"/v1/articles/{article_id}", json={"text": text, **other})
    assert response.status_code == 200, response.text


def checked(client: TestClient, saved: dict[str, Any]) -> dict[str, Any]:
    """Return a question after new articles were looked through for it once more."""

    def state() -> dict[str, Any]:
        found: dict[str, Any] = client.get(f"/v1/questions/{saved['id']}").json()
        return found

    client.app.state.service.watcher.wake()  # type: ignore[attr-defined]
    wait_until(lambda: state()["checked_at"] is not None)
    return state()


def test_a_new_article_that_answers_is_an_alert_and_an_old_one_is_not(client: TestClient) -> None:
    old = save(client, "Lào gia nhập ASEAN năm nào?")
    saved = save(client)
    assert (saved["alerts"], saved["unseen"], saved["checked_at"]) == (0, 0, None)
    put(client, "coffee", OTHER)
    put(client, "timor", NEW, source="Báo", url="https://a.example/timor")
    wait_until(lambda: alerts(client) != [])
    (alert,) = alerts(client, question=saved["id"])
    assert (alert["article_id"], alert["question"], alert["seen"]) == ("timor", QUESTION, False)
    assert NEW[alert["start"] : alert["end"]] == alert["quote"]
    assert alert["source"] == "Báo"
    assert checked(client, old)["alerts"] == 0
    seen = client.post("/v1/alerts/seen", json={"ids": [alert["id"]]})
    assert seen.status_code == 204
    after = client.get(f"/v1/questions/{saved['id']}").json()
    assert (after["alerts"], after["unseen"]) == (1, 0)
    assert alerts(client, unseen=True) == []


def test_the_conditions_of_a_saved_question_hold(client: TestClient) -> None:
    saved = save(client, sources=["Báo khác"])
    put(client, "timor", NEW, source="Báo")
    assert checked(client, saved)["alerts"] == 0


def test_the_feed_has_what_was_found_and_its_address_can_be_changed(client: TestClient) -> None:
    saved = save(client)
    empty = client.get(saved["feed"])
    assert empty.headers["content-type"].startswith("application/atom+xml")
    assert fromstring(empty.content).findall(f"{ATOM}entry") == []
    hostile = f"{NEW} <script>alert(1)</script> \u202e"
    put(client, "timor", hostile, title="A & B <b>", url="javascript:alert(1)", source="]]>")
    wait_until(lambda: alerts(client) != [])
    feed = fromstring(client.get(saved["feed"]).content)
    (entry,) = feed.findall(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}title") == "A & B <b>"
    assert entry.findall(f"{ATOM}link") == []
    assert "Timor-Leste" in (entry.findtext(f"{ATOM}summary") or "")
    renewed = client.post(f"/v1/questions/{saved['id']}/feed").json()
    assert client.get(saved["feed"]).status_code == 404
    assert client.get(renewed["feed"]).status_code == 200
    assert client.delete(f"/v1/questions/{saved['id']}").status_code == 204
    assert client.get(renewed["feed"]).status_code == 404
    assert alerts(client) == []


def test_a_feed_needs_no_key_but_its_address_is_told_to_writers_only(
    home: Path, encoder: Encoder
) -> None:
    keys = KeyStore(home)
    granted: dict[str, list[Scope]] = {"write": ["read", "write"], "read": ["read"]}
    secrets = {name: keys.create(name, scopes, None)[1] for name, scopes in granted.items()}
    elsewhere = keys.create("elsewhere", ["read", "write"], ["other"])[1]
    keys.close()
    heads = {name: {"X-API-Key": secret} for name, secret in secrets.items()}
    with TestClient(create_app(home, encoder, "default"), base_url="http://127.0.0.1") as client:
        body = {"question": QUESTION}
        assert client.post("/v1/questions", json=body, headers=heads["read"]).status_code == 403
        saved = client.post("/v1/questions", json=body, headers=heads["write"]).json()
        assert client.get(saved["feed"]).status_code == 200
        assert client.get("/v1/questions").status_code == 401
        (read,) = client.get("/v1/questions", headers=heads["read"]).json()["questions"]
        assert (read["id"], read["feed"]) == (saved["id"], None)
        other = {"X-API-Key": elsewhere}
        assert client.get("/v1/questions", headers=other).json()["questions"] == []
        assert client.delete(f"/v1/questions/{saved['id']}", headers=other).status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"question": " "},
        {"question": "x " * 3000},
        {"question": "x", "languages": ["?"]},
        {"question": "x", "unknown": 1},
    ],
)
def test_a_question_that_cannot_be_asked_is_not_saved(
    client: TestClient, body: dict[str, object]
) -> None:
    assert client.post("/v1/questions", json=body).status_code == 422
    assert client.get("/v1/questions").json()["questions"] == []


def test_what_does_not_exist_is_not_found(client: TestClient, home: Path) -> None:
    for path in ("/v1/questions/none", "/feeds/none.atom"):
        assert client.get(path).status_code == 404
    assert client.post("/v1/questions/none/feed").status_code == 404
    assert client.delete("/v1/questions/none").status_code == 404
    for body in ({}, {"ids": ["a"], "question": "b"}):
        assert client.post("/v1/alerts/seen", json=body).status_code == 422
    assert not (home / "alerts.db").exists()
