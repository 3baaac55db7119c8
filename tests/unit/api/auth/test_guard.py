"""Which requests are allowed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from api.auth.key import SCOPES, Scope
from api.auth.scopes import is_open, scoped_routes
from tests.unit.api.auth.keyed import SEARCH, as_, opened


def every_request(client: TestClient) -> Iterator[tuple[str, str, frozenset[Scope]]]:
    """Yield the method, the path and the scopes of every route of the application."""
    assert isinstance(client.app, FastAPI)
    for route in scoped_routes(client.app):
        path = re.sub(r"\{[^}]*\}", "nothing", route.path)
        for method in route.methods:
            yield method, path, route.scopes


def status_of(client: TestClient, method: str, path: str, text: str | None = None) -> int:
    headers = as_(text) if text else {}
    body: object = None if method in ("GET", "HEAD") else {}
    return client.request(method, path, json=body, headers=headers).status_code


def test_a_key_opens_the_routes_of_its_scope_and_no_other(
    service: Callable[..., TestClient], home: Path
) -> None:
    with service() as client, opened(home) as store:
        texts = {scope: store.create(scope, [scope])[1] for scope in SCOPES}
        seen = set()
        for method, path, scopes in every_request(client):
            assert bool(scopes) != is_open(path), path
            for scope, text in texts.items():
                allowed = all(scope in (needed, "admin") for needed in scopes)
                status = status_of(client, method, path, text)
                assert (status not in (401, 403)) if allowed else (status == 403), (path, scope)
                assert status < 500, path
            seen.add(path)
        assert {"/v1/search", "/v1/ask", "/v1/articles/nothing", "/healthz", "/"} <= seen


@pytest.mark.parametrize("has_key", [True, False])
@pytest.mark.parametrize("listens_at", [None, "127.0.0.1", "0.0.0.0", "::", "192.0.2.1", "name"])
def test_requests_without_a_key_are_refused_if_keys_are_needed(
    service: Callable[..., TestClient], home: Path, listens_at: str | None, has_key: bool
) -> None:
    with opened(home) as store, service(listens_at) as client:
        text = store.create("k", ["read"])[1] if has_key else None
        is_needed = has_key or listens_at not in (None, "127.0.0.1")
        for method, path, scopes in every_request(client):
            status = status_of(client, method, path)
            assert (status == 401) == (is_needed and bool(scopes)), path
        if not is_needed:
            return
        refused = client.post("/v1/search", json=SEARCH)
        assert refused.headers["www-authenticate"] == "Bearer"
        assert refused.headers["content-type"] == "application/problem+json"
        assert refused.json()["status"] == 401
        unknown = client.post("/v1/nothing", headers=as_("tmg_x"))
        assert unknown.status_code == 401
        assert unknown.headers["www-authenticate"].startswith("Bearer ")
        if text is None:
            return
        for headers in (as_(text), {"X-API-Key": text}, {"Authorization": f"bEARER  {text} "}):
            assert client.post("/v1/search", json=SEARCH, headers=headers).status_code == 200
        both = {**as_(text), "X-API-Key": "another"}
        assert client.post("/v1/search", json=SEARCH, headers=both).status_code == 401
        # Removing the file while the service runs does not open the service.
        for file in home.glob("keys.db*"):
            file.unlink()
        assert client.post("/v1/search", json=SEARCH).status_code == 401
        assert client.post("/v1/search", json=SEARCH, headers=as_(text)).status_code == 401


def test_revoking_the_only_key_does_not_open_the_service(
    service: Callable[..., TestClient], home: Path
) -> None:
    with opened(home) as store:
        store.revoke(store.create("k", ["read"])[0].id)
    with service("127.0.0.1") as client:
        assert client.post("/v1/search", json=SEARCH).status_code == 401


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Host": "localhost:8000"}, 200),
        ({"Host": "[::1]:8000"}, 200),
        ({"Host": "evil.example"}, 401),
        ({"Host": "127.0.0.1.evil.example:8000"}, 401),
        ({"Host": "["}, 401),
        ({"Origin": "http://127.0.0.1:8000"}, 200),
        ({"Origin": "http://friend.example"}, 200),
        ({"Origin": "http://127.0.0.1:9000"}, 401),
        ({"Origin": "http://evil.example"}, 401),
        ({"Origin": "null"}, 401),
        ({"Origin": "http://["}, 401),
    ],
)
def test_pages_of_other_sites_cannot_use_a_service_without_keys(
    service: Callable[..., TestClient], headers: dict[str, str], status: int
) -> None:
    with service("127.0.0.1", cors_origins="http://friend.example") as client:
        assert client.post("/v1/search", json=SEARCH, headers=headers).status_code == status


def test_a_service_without_keys_refuses_remote_connections(
    service: Callable[..., TestClient],
) -> None:
    with service() as client:
        for address, status in (("192.0.2.1", 401), ("127.0.0.1", 200), ("::1", 200)):
            base = f"http://[{address}]" if ":" in address else f"http://{address}"
            from_there = TestClient(client.app, base_url=base)
            assert from_there.post("/v1/search", json=SEARCH).status_code == status
