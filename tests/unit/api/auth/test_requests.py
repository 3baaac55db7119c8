"""Scopes, rate limits and origins of an application."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fastapi import APIRouter, Depends, FastAPI
from fastapi.testclient import TestClient
from hypothesis import example, given, settings
from hypothesis import strategies as st

from api.app import create_app
from api.auth.scopes import READ, check_routes, needs
from embeddings import Encoder
from rag import Collection
from tests.unit.api.auth.keyed import SEARCH, as_, opened


def test_a_route_without_a_scope_is_an_error() -> None:
    async def route() -> None: ...

    for path, prefix in (("/v1/new", ""), ("/new", "/v1"), ("/v1", ""), ("/{name}", "/v1/a")):
        app, router = FastAPI(openapi_url=None), APIRouter()
        router.get(path)(route)
        app.include_router(router, prefix=prefix)
        with pytest.raises(RuntimeError, match="declares no scope"):
            check_routes(app)
    app = FastAPI()
    app.get("/v1/new", dependencies=READ)(route)
    app.include_router(APIRouter(prefix="/v1", dependencies=[Depends(needs("write"))]))
    app.get("/v1x")(route)
    check_routes(app)
    app.websocket("/v1/socket")(route)
    with pytest.raises(RuntimeError, match="/v1/socket"):
        check_routes(app)


def test_requests_are_counted_by_key(service: Callable[..., TestClient], home: Path) -> None:
    with service(rate_per_minute=3) as client, opened(home) as store:
        first, second = (store.create("k", ["read"])[1] for _ in range(2))

        def get(text: str) -> tuple[int, str, str | None]:
            response = client.get("/v1/articles", headers=as_(text))
            assert response.headers["ratelimit-policy"] == '"minute";q=3;w=60'
            left = response.headers["ratelimit"].split(";")[1]
            return response.status_code, left, response.headers.get("retry-after")

        assert [get(first) for _ in range(3)] == [(200, f"r={left}", None) for left in (2, 1, 0)]
        status, left, retry = get(first)
        assert (status, left) == (429, "r=0")
        assert retry is not None
        assert 1 <= int(retry) <= 20
        refused = client.get("/v1/articles", headers=as_(first))
        assert refused.headers["content-type"] == "application/problem+json"
        assert get(second)[0] == 200
        # Requests without a valid key are counted by address, so guessing keys is no faster.
        assert [client.get("/v1/articles").status_code for _ in range(4)] == [401] * 3 + [429]
        assert client.get("/healthz").status_code == 200


def test_without_a_limit_there_are_no_limit_headers(service: Callable[..., TestClient]) -> None:
    with service() as client:
        assert "ratelimit" not in client.get("/v1/articles").headers


def test_only_configured_origins_may_call(service: Callable[..., TestClient], home: Path) -> None:
    asked = {"Origin": "https://friend.example", "Access-Control-Request-Method": "POST"}
    # Clients of OpenAI's API and of MCP send headers of their own.
    names = "authorization,x-stainless-lang,mcp-protocol-version"
    wanted = {**asked, "Access-Control-Request-Headers": names}
    allow = "access-control-allow-origin"
    with opened(home) as store:
        text = store.create("k", ["read"])[1]
    with service() as client:
        assert allow not in client.options("/v1/search", headers=wanted).headers
        answer = client.post("/v1/search", json=SEARCH, headers={**as_(text), **asked})
        assert (answer.status_code, allow in answer.headers) == (200, False)
    with service(cors_origins="https://friend.example") as client:
        before = client.options("/v1/search", headers=wanted)
        assert (before.status_code, before.headers[allow]) == (200, "https://friend.example")
        answer = client.post("/v1/search", json=SEARCH, headers={**as_(text), **asked})
        assert (answer.status_code, answer.headers[allow]) == (200, "https://friend.example")
        # A page can read why it was refused.
        refused = client.post("/v1/search", json=SEARCH, headers=asked)
        assert (refused.status_code, refused.headers[allow]) == (401, "https://friend.example")
        strange = client.post("/v1/search", headers={**as_(text), "Origin": "https://x.example"})
        assert allow not in strange.headers


def test_an_unreadable_file_of_keys_is_503(service: Callable[..., TestClient], home: Path) -> None:
    (home / "keys.db").write_bytes(b"no database at all" * 100)
    with service() as client:
        response = client.get("/v1/articles")
        assert (response.status_code, response.headers["retry-after"]) == (503, "1")
        assert str(home) not in response.text
        assert client.get("/healthz").status_code == 200


@pytest.fixture(scope="module")
def keyed(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Iterator[TestClient]:
    home = tmp_path_factory.mktemp("keyed")
    Collection.open_or_create(home, "default", encoder).close()
    with opened(home) as store:
        store.create("k", ["read"])
    with TestClient(create_app(home, encoder, "default")) as client:
        yield client


@given(name=st.sampled_from([b"authorization", b"x-api-key"]), value=st.binary(max_size=200))
@example(name=b"authorization", value=b"Bearer")
@example(name=b"authorization", value=b"Bearer \xff\x00\xf0\x9f\x8e\x8c")
@example(name=b"authorization", value="Bearer tmg_１２３４５６７８_".encode() + b"A" * 43)
@example(name=b"authorization", value=b"Bearer tmg_00000000_" + b"A" * 43)
@example(name=b"authorization", value=b"Bearer tmg_00000000_" + b"A" * 43 + b"\n")
@example(name=b"authorization", value=b"Basic Og==")
@example(name=b"x-api-key", value=b"")
@settings(deadline=None, max_examples=200)
def test_no_header_causes_a_server_error(keyed: TestClient, name: bytes, value: bytes) -> None:
    response = keyed.get("/v1/articles", headers=[(name, value)])
    assert response.status_code == 401
