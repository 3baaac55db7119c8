from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from embeddings import Encoder
from rag import Collection, ingest, make_article

QUESTION = "Lào gia nhập ASEAN năm nào?"


@pytest.fixture
def client(tmp_path: Path, encoder: Encoder) -> Iterator[TestClient]:
    collection = Collection.open_or_create(tmp_path, "default", encoder)
    ingest(collection, [make_article("Lào gia nhập ASEAN năm 1997. " * 9, key="k", id="one")])
    collection.close()
    app = create_app(tmp_path, encoder, "default")
    with TestClient(app, base_url="http://127.0.0.1", raise_server_exceptions=False) as made:
        yield made


def figures(client: TestClient) -> dict[str, float]:
    lines = client.get("/metrics").text.splitlines()
    pairs = (line.rsplit(" ", 1) for line in lines if not line.startswith("#"))
    return {name: float(value) for name, value in pairs}


def test_requests_answers_and_passages_are_counted(client: TestClient) -> None:
    client.post("/v1/ask", json={"question": QUESTION})
    client.post("/v1/ask", json={"question": QUESTION, "abstain_below": 1})
    client.get("/v1/articles/nothing")
    client.request("BREW", "/healthz")
    found = figures(client)
    assert not any("BREW" in name for name in found)
    assert any('method="other"' in name for name in found)
    asked = 'tamngu_requests_total{method="POST",route="/v1/ask",status="200"}'
    assert found[asked] == 2
    assert found["tamngu_answers_total"] == 2
    assert found["tamngu_abstentions_total"] == 1
    assert found['tamngu_articles{language="vi"}'] == 1
    assert found['tamngu_request_seconds_count{method="POST",route="/v1/ask"}'] == 2
    # No label contains what a client wrote.
    assert any('route="/v1/articles/{article_id:path}",status="404"' in name for name in found)


def test_a_client_may_choose_the_id_of_its_request(client: TestClient) -> None:
    stated = client.get("/healthz", headers={"X-Request-ID": "abc-1"})
    assert stated.headers["x-request-id"] == "abc-1"
    for bad in (b"a b", b"x" * 99, "ü".encode()):
        response = client.get("/healthz", headers={b"X-Request-ID": bad})
        assert len(response.headers["x-request-id"]) == 32


def test_the_log_has_no_question(client: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "tamngu.api"):
        client.post("/v1/search", json={"question": QUESTION})
        client.get("/v1/articles", params={"source": "Lào"})
    lines = [record.getMessage() for record in caplog.records if record.name == "tamngu.api"]
    assert len(lines) == 2
    assert '"route": "/v1/search", "status": 200' in lines[0]
    assert "ASEAN" not in " ".join(lines)
    assert "source" not in lines[1]


def test_long_bodies_are_compressed_if_the_client_accepts_that(client: TestClient) -> None:
    body = {"question": QUESTION}
    packed = client.post("/v1/search", json=body, headers={"Accept-Encoding": "gzip"})
    plain = client.post("/v1/search", json=body, headers={"Accept-Encoding": "identity"})
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert packed.json()["hits"] == plain.json()["hits"]


def test_a_language_without_articles_is_not_counted(client: TestClient) -> None:
    client.put("/v1/articles/fr", json={"text": "Le sommet a lieu à Paris cette année encore."})
    assert figures(client)['tamngu_articles{language="fr"}'] == 1
    client.delete("/v1/articles/fr")
    found = figures(client)
    assert 'tamngu_articles{language="fr"}' not in found
    assert found['tamngu_articles{language="vi"}'] == 1


@pytest.mark.parametrize("path", ["/v1/search", "/v1/embeddings"])
def test_an_unexpected_error_is_answered_like_any_error(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("a failure")

    monkeypatch.setattr("api.service.WorkerPool.run", fail)
    body = {"question": QUESTION} if path == "/v1/search" else {"model": "x", "input": "a"}
    response = client.post(path, json=body)
    assert response.status_code == 500
    assert response.headers["content-type"] == "application/problem+json"
    assert len(response.headers["x-request-id"]) == 32
    assert "a failure" not in response.text
    assert ("error" in response.json()) == (path == "/v1/embeddings")
