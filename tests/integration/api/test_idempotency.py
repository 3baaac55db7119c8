"""Writes that are repeated with their Idempotency-Key."""

from __future__ import annotations

import shutil
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from fastapi.testclient import TestClient

from api.app import ROUTERS, create_app
from api.auth.store import KeyStore
from api.idempotency.route import IdempotentRoute
from api.settings import Settings
from embeddings import Encoder
from rag import Collection
from tests.integration.api.served import serving
from tests.waiting import wait_until

TEXT = {"text": "Brunei is the smallest member by population."}
OTHER = {"text": "东盟秘书处设在雅加达。"}


@pytest.fixture
def client(tmp_path: Path, encoder: Encoder) -> Iterator[TestClient]:
    Collection.open_or_create(tmp_path, "default", encoder).close()
    with TestClient(create_app(tmp_path, encoder, "default"), base_url="http://127.0.0.1") as made:
        yield made


def put(client: TestClient, article: dict[str, Any], key: str, name: str = "a") -> Any:  # noqa: ANN401 - of the library's own
    return client.put(f"/v1/articles/{name}", json=article, headers={"Idempotency-Key": key})


def test_a_repeated_write_is_done_once_and_has_the_same_response(client: TestClient) -> None:
    first = put(client, TEXT, "k1")
    assert (first.status_code, first.json()["added"]) == (200, 1)
    assert "idempotency-replayed" not in first.headers
    # Another client then changes the article, and the repeated write must not undo that.
    assert put(client, OTHER, "k2").json()["updated"] == 1
    again = put(client, TEXT, "k1")
    assert again.content == first.content
    assert again.headers["idempotency-replayed"] == "true"
    assert again.headers["content-type"] == first.headers["content-type"]
    assert client.get("/v1/articles/a").json()["text"] == OTHER["text"]
    for _ in range(2):
        deleted = client.delete("/v1/articles/a", headers={"Idempotency-Key": "k3"})
        assert (deleted.status_code, deleted.content) == (204, b"")


def test_a_key_belongs_to_one_request(client: TestClient) -> None:
    assert put(client, TEXT, "k").status_code == 200
    for response in (
        put(client, OTHER, "k"),
        put(client, TEXT, "k", "b"),
        client.post("/v1/articles", json={"articles": [TEXT]}, headers={"Idempotency-Key": "k"}),
    ):
        assert response.status_code == 422
        assert "used for another request" in response.json()["detail"]
    assert [each["id"] for each in client.get("/v1/articles").json()["articles"]] == ["a"]
    assert put(client, TEXT, "k" * 256).status_code == 422
    assert put(client, TEXT, "").status_code == 422


def test_a_refused_request_may_be_corrected_under_its_key(client: TestClient) -> None:
    assert put(client, {**TEXT, "published_at": "soon"}, "k").status_code == 422
    assert put(client, TEXT, "k").json()["added"] == 1


def test_a_repeated_upload_is_one_job(client: TestClient) -> None:
    def upload(content: str) -> Any:  # noqa: ANN401
        files = {"files": ("a.txt", content.encode())}
        return client.post("/v1/imports", files=files, headers={"Idempotency-Key": "u"})

    first, again = upload("One text."), upload("One text.")
    assert first.status_code == again.status_code == 202
    assert first.json()["id"] == again.json()["id"]
    assert first.headers["location"] == again.headers["location"]
    assert len(client.get("/v1/jobs").json()["jobs"]) == 1
    assert upload("Another text.").status_code == 422


def test_an_upload_without_a_length_is_refused_unread(client: TestClient) -> None:
    headers = {"Idempotency-Key": "u", "Content-Type": "Multipart/Form-Data; boundary=x"}

    def endless() -> Iterator[bytes]:
        yield b"--x\r\n"
        raise AssertionError("it was read")

    response = client.post("/v1/imports", content=endless(), headers=headers)
    assert response.status_code == 422
    assert "Content-Length" in response.json()["detail"]


def test_a_change_that_the_time_limit_stops_can_be_sent_again_with_its_key(
    tmp_path: Path, encoder: Encoder
) -> None:
    Collection.open_or_create(tmp_path, "default", encoder).close()
    articles = [{"text": f"Number {n} is here."} for n in range(20)]

    def send(client: TestClient) -> tuple[int, dict[str, Any]]:
        headers = {"Idempotency-Key": "k"}
        response = client.post("/v1/articles", json={"articles": articles}, headers=headers)
        return response.status_code, response.json()

    short = create_app(tmp_path, encoder, "default", settings=Settings(timeout_s=0.001))
    with TestClient(short, base_url="http://127.0.0.1") as client:
        status, problem = send(client)
        assert status == 503
        assert "0.001 s" in problem["detail"]
    usual = create_app(tmp_path, encoder, "default")
    with TestClient(usual, base_url="http://127.0.0.1") as client:
        status, added = send(client)
        assert status == 200
        assert added["added"] + added["unchanged"] == 20
        assert send(client) == (status, added)


def test_the_same_key_of_two_clients_is_not_shared(tmp_path: Path, encoder: Encoder) -> None:
    Collection.open_or_create(tmp_path, "default", encoder).close()
    store = KeyStore(tmp_path)
    texts = [store.create(name, ["read", "write"])[1] for name in ("a", "b")]
    store.close()
    app = create_app(tmp_path, encoder, "default")
    with TestClient(app, base_url="http://127.0.0.1") as client:
        for number, text in enumerate(texts):
            headers = {"Authorization": f"Bearer {text}", "Idempotency-Key": "same"}
            response = client.put(f"/v1/articles/{number}", json=TEXT, headers=headers)
            assert response.json()["added"] == 1


def test_every_route_that_writes_takes_a_key(client: TestClient) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    taking = {
        (method, path)
        for path, methods in paths.items()
        for method, about in methods.items()
        if any(p["name"] == "idempotency-key" for p in about.get("parameters", ()))
    }
    assert ("post", "/v1/articles") in taking
    assert ("post", "/v1/evals") in taking
    assert not any(method == "get" for method, _ in taking)
    reads = {"/v1/search", "/v1/ask", "/v1/languages/detect", "/v1/chat/completions"}
    reads |= {"/v1/embeddings", "/v1/responses", "/v1/rerank", "/v1/suggestions", "/mcp"}
    reads |= {"/v1/previews", "/v1/previews/urls"}
    writes = {
        (method, path)
        for path, methods in paths.items()
        for method in methods
        if method in ("post", "put", "patch", "delete") and path not in reads
    }
    assert writes == taking
    routes = [route for router in ROUTERS for route in router.routes]
    done_once = {
        (method.lower(), route.path_format)
        for route in routes
        if isinstance(route, IdempotentRoute)
        for method in route.methods or ()
    }
    assert taking <= done_once


def test_conditions_are_part_of_a_request(client: TestClient) -> None:
    headers = {"Idempotency-Key": "k", "If-None-Match": "*"}
    first = client.put("/v1/articles/a", json=TEXT, headers=headers)
    assert first.status_code == 200
    assert client.put("/v1/articles/a", json=TEXT, headers=headers).content == first.content
    assert put(client, TEXT, "k").status_code == 422


@pytest.mark.slow
def test_a_body_that_is_cut_off_is_a_bad_request(sample_home: Path, tmp_path: Path) -> None:
    home = Path(shutil.copytree(sample_home, tmp_path / "home"))
    with serving(home) as address:
        place = urlsplit(address)
        head = (
            f"POST /v1/articles HTTP/1.1\r\nHost: {place.netloc}\r\nIdempotency-Key: k\r\n"
            "Content-Type: application/json\r\nContent-Length: 99\r\n\r\n{"
        )
        with socket.create_connection((place.hostname, place.port)) as cut_off:
            cut_off.sendall(head.encode())
        counted = 'route="/v1/articles",status="'
        wait_until(lambda: counted in httpx.get(f"{address}/metrics").text)
        seen = httpx.get(f"{address}/metrics").text
    assert 'route="/v1/articles",status="400"' in seen
    assert 'status="500"' not in seen
