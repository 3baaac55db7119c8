"""Keys, what they open, and how often."""

from __future__ import annotations

import json
import re
import sqlite3
import stat
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner
from fastapi import APIRouter, Depends, FastAPI
from fastapi.testclient import TestClient
from hypothesis import example, given, settings
from hypothesis import strategies as st

from api.access import ANYONE, OPEN, READ, check_routes, is_loopback, needs, scoped_routes
from api.app import create_app
from api.keys import SCOPES, BadKey, Forbidden, Key, KeyNotFound, KeyStore, KeysUnreadable, Scope
from api.keys_command import keys as keys_command
from api.rate_limit import RateLimit
from api.service import Service
from api.settings import Settings
from embeddings import Encoder
from rag import Collection

SEARCH = {"question": "Who chairs ASEAN?"}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[KeyStore]:
    with opened(tmp_path) as store:
        yield store


@contextmanager
def opened(home: Path) -> Iterator[KeyStore]:
    store = KeyStore(home)
    yield store
    store.close()


def in_files(home: Path, text: str) -> bool:
    return any(text.encode() in file.read_bytes() for file in home.glob("keys.db*"))


def test_a_key_is_good_for_whoever_has_its_text(store: KeyStore) -> None:
    key, text = store.create("reader", ["read"], ["news", "law", "law"])
    assert re.fullmatch(r"tmg_[0-9a-f]{8}_[A-Za-z0-9_-]{43}", text)
    assert text.split("_")[1] == key.id
    assert (key.scopes, key.collections) == (("read",), ("law", "news"))
    found = store.verify(text)
    assert found == key
    other, other_text = store.create("other", ["write"])
    assert (other.id, other_text) != (key.id, text)
    swapped = f"tmg_{key.id}_{other_text.split('_', 2)[2]}"
    for wrong in (swapped, text[:-1], text + "A", text.upper(), "", "tmg__", f"tmg_{key.id}_"):
        assert store.verify(wrong) is None


def test_no_secret_is_in_the_files(tmp_path: Path, store: KeyStore) -> None:
    for number in range(20):
        _, text = store.create(f"key {number}", ["admin"])
        assert store.verify(text)
        assert in_files(tmp_path, f"key {number}")
        assert not in_files(tmp_path, text)
        assert not in_files(tmp_path, text.split("_", 2)[2])
    assert stat.S_IMODE((tmp_path / "keys.db").stat().st_mode) == 0o600


def test_what_other_processes_change_holds_at_once(tmp_path: Path, store: KeyStore) -> None:
    assert not store.any_keys()
    assert not (tmp_path / "keys.db").exists()
    with opened(tmp_path) as other:
        key, text = other.create("k", ["read"])
        assert store.any_keys()
        assert store.verify(text) is not None
        revoked = other.revoke(key.id)
        assert store.verify(text) is None
        assert other.revoke(key.id) == revoked
        assert store.any_keys()
        with pytest.raises(KeyNotFound):
            other.revoke("nothing")
    for file in tmp_path.glob("keys.db*"):
        file.unlink()
    assert store.verify(text) is None
    assert not store.any_keys()
    with opened(tmp_path) as other:
        _, again = other.create("again", ["read"])
        assert store.verify(again)
        assert store.verify(text) is None


def test_the_last_use_is_noted_once_a_minute(tmp_path: Path, store: KeyStore) -> None:
    key, text = store.create("k", ["read"])
    assert store.list()[0].last_used_at is None
    store.verify(text)
    used = store.list()[0].last_used_at
    assert used is not None
    long_ago = "2020-01-01T00:00:00+00:00"
    file = sqlite3.connect(tmp_path / "keys.db", isolation_level=None)
    file.execute("UPDATE keys SET last_used_at = ?", (long_ago,))
    file.close()
    store.verify(text)
    assert store.list()[0].last_used_at == long_ago
    with opened(tmp_path) as other:
        other.verify(text)
    assert (store.list()[0].last_used_at or "") >= used
    assert store.list()[0].id == key.id


def test_a_use_does_not_wait_for_who_writes(tmp_path: Path, store: KeyStore) -> None:
    _, text = store.create("k", ["read"])
    file = sqlite3.connect(tmp_path / "keys.db", isolation_level=None)
    file.execute("BEGIN IMMEDIATE")
    assert store.verify(text) is not None
    assert store.list()[0].last_used_at is None
    file.close()


def test_threads_make_and_use_keys_at_once(tmp_path: Path) -> None:
    good: list[Key | None] = []

    def work() -> None:
        with opened(tmp_path) as mine:
            for _ in range(5):
                _, text = mine.create("k", ["read"])
                good.append(mine.verify(text))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with opened(tmp_path) as store:
        assert len(store.list()) == len(good) == 20
    assert all(good)


@pytest.mark.parametrize(
    ("name", "scopes", "collections"),
    [("", ["read"], None), ("a\nb", ["read"], None), ("a", [], None), ("a", ["read"], [])],
)
def test_keys_that_cannot_be(
    store: KeyStore, name: str, scopes: list[Scope], collections: list[str] | None
) -> None:
    with pytest.raises(BadKey):
        store.create(name, scopes, collections)


@pytest.mark.parametrize(
    "content", [b"no database at all" * 100, b"SQLite format 3\x00" + b"\xff" * 200]
)
def test_a_damaged_file_lets_nobody_in(tmp_path: Path, store: KeyStore, content: bytes) -> None:
    (tmp_path / "keys.db").write_bytes(content)
    calls: list[Callable[[], object]] = [store.any_keys, store.list, lambda: store.verify("x")]
    for call in calls:
        with pytest.raises(KeysUnreadable):
            call()


def test_a_file_of_a_later_version_lets_nobody_in(tmp_path: Path, store: KeyStore) -> None:
    store.create("k", ["read"])
    file = sqlite3.connect(tmp_path / "keys.db")
    file.execute("PRAGMA user_version=99")
    file.close()
    with opened(tmp_path) as other, pytest.raises(KeysUnreadable, match="later Tamngu"):
        other.any_keys()


def test_admin_has_all_scopes_and_the_others_are_apart() -> None:
    def key(scope: Scope) -> Key:
        return Key("", "", (scope,), None, "")

    table = {scope: [key(scope).allows(other) for other in SCOPES] for scope in SCOPES}
    assert table == {
        "read": [True, False, False],
        "write": [False, True, False],
        "admin": [True, True, True],
    }


def test_the_command_prints_a_key_alone_and_once(tmp_path: Path) -> None:
    def run(*words: str) -> str:
        result = CliRunner().invoke(keys_command, [*words, "--home", str(tmp_path)])
        assert result.exit_code == 0, result.output
        return result.stdout

    assert "No key yet" in run("list")
    words = ("create", "A reader", "--scope", "read", "--scope", "write", "--collection", "news")
    made = CliRunner().invoke(keys_command, [*words, "--home", str(tmp_path)])
    text = made.stdout.removesuffix("\n")
    assert "will not be shown again" in made.stderr
    assert text not in made.stderr
    with opened(tmp_path) as store:
        key = store.verify(text)
    assert key is not None
    assert (key.scopes, key.collections) == (("read", "write"), ("news",))
    assert text not in run("list")
    [listed] = json.loads(run("list", "--json"))
    assert (listed["id"], listed["name"], listed["collections"]) == (key.id, "A reader", ["news"])
    assert key.id in run("revoke", key.id)
    assert "revoked" in run("list")
    bad = CliRunner().invoke(keys_command, ["create", "x", "-c", "../x", "--home", str(tmp_path)])
    assert bad.exit_code != 0


def test_a_bucket_empties_and_fills_again() -> None:
    now = 0.0
    limit = RateLimit(6, lambda: now)
    first = [limit.take("a") for _ in range(7)]
    assert [quota.remaining for quota in first] == [5, 4, 3, 2, 1, 0, 0]
    assert [quota.retry_in_s for quota in first] == [0, 0, 0, 0, 0, 0, 10]
    assert first[-1].full_in_s == 60
    assert limit.take("b").remaining == 5
    now = 9.9
    assert limit.take("a").retry_in_s == 1
    now = 10.0
    assert limit.take("a").retry_in_s == 0
    now = 1000.0
    assert limit.take("a").headers() == {
        "RateLimit-Policy": '"minute";q=6;w=60',
        "RateLimit": '"minute";r=5;t=10',
    }


def test_only_some_buckets_are_kept() -> None:
    limit = RateLimit(2, lambda: 0.0, most=3)
    for who in "abcabd":
        limit.take(who)
    assert len(limit) == 3
    assert limit.take("a").retry_in_s > 0
    assert limit.take("c").remaining == 1


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("::1", True),
        ("localhost", True),
        ("LocalHost", True),
        *((host, False) for host in ("", "0.0.0.0", "::", "10.0.0.1", "localhost.evil.example")),
        *((host, False) for host in ("127.0.0.1.evil.example", "::ffff:10.0.0.1", "0", "*")),
    ],
)
def test_only_loopback_is_loopback(host: str, expected: bool) -> None:
    assert is_loopback(host) is expected


@pytest.fixture
def home(tmp_path: Path, encoder: Encoder) -> Path:
    for name in ("default", "other"):
        Collection.open_or_create(tmp_path, name, encoder).close()
    return tmp_path


@pytest.fixture
def service(home: Path, encoder: Encoder) -> Callable[..., TestClient]:
    """Return a function that gives a client of a new application over two collections."""

    def client(listens_at: str | None = None, **named: int | str) -> TestClient:
        settings = Settings.model_validate(named)
        app = create_app(home, encoder, "default", settings=settings, listens_at=listens_at)
        base = "http://testserver" if listens_at is None else "http://127.0.0.1:8000"
        return TestClient(app, base_url=base, raise_server_exceptions=False)

    return client


def as_(text: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {text}"}


def every_request(client: TestClient) -> Iterator[tuple[str, str, frozenset[Scope]]]:
    """Yield method, path and scopes of every route, those that are yet to be written too."""
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
            assert bool(scopes) == (path not in OPEN), path
            for scope, text in texts.items():
                allowed = all(scope in (needed, "admin") for needed in scopes)
                status = status_of(client, method, path, text)
                assert (status not in (401, 403)) if allowed else (status == 403), (path, scope)
                assert status < 500, path
            seen.add(path)
        assert {"/v1/search", "/v1/ask", "/v1/articles/nothing", "/healthz", "/"} <= seen


@pytest.mark.parametrize("has_key", [True, False])
@pytest.mark.parametrize("listens_at", [None, "127.0.0.1", "0.0.0.0", "::", "192.0.2.1", "name"])
def test_without_a_key_nobody_comes_in_where_one_is_needed(
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
        # The file goes while it runs: that opens nothing.
        for file in home.glob("keys.db*"):
            file.unlink()
        assert client.post("/v1/search", json=SEARCH).status_code == 401
        assert client.post("/v1/search", json=SEARCH, headers=as_(text)).status_code == 401


def test_revoking_the_only_key_opens_nothing(
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
def test_pages_of_other_sites_cannot_use_an_open_service(
    service: Callable[..., TestClient], headers: dict[str, str], status: int
) -> None:
    with service("127.0.0.1", cors_origins="http://friend.example") as client:
        assert client.post("/v1/search", json=SEARCH, headers=headers).status_code == status


def test_an_open_service_is_closed_to_connections_from_elsewhere(
    service: Callable[..., TestClient],
) -> None:
    with service() as client:
        for address, status in (("192.0.2.1", 401), ("127.0.0.1", 200), ("::1", 200)):
            base = f"http://[{address}]" if ":" in address else f"http://{address}"
            from_there = TestClient(client.app, base_url=base)
            assert from_there.post("/v1/search", json=SEARCH).status_code == status


def test_a_key_of_some_collections_reaches_no_other(
    service: Callable[..., TestClient], home: Path
) -> None:
    with service() as client, opened(home) as store:
        everything: list[Scope] = ["read", "write", "admin"]
        headers = as_(store.create("k", everything, ["other", "later"])[1])

        def status(method: str, path: str, body: object = None) -> int:
            return client.request(method, path, json=body, headers=headers).status_code

        assert status("POST", "/v1/search", {**SEARCH, "collection": "other"}) == 200
        assert status("POST", "/v1/ask", {**SEARCH, "collection": "other"}) == 200
        assert status("GET", "/v1/articles?collection=other") == 200
        assert status("GET", "/v1/collections/other") == 200
        assert status("PUT", "/v1/collections/later") == 201
        listed = client.get("/v1/collections", headers=headers).json()["collections"]
        assert listed == ["later", "other"]
        for name in ("default", "none"):
            assert status("POST", "/v1/search", {**SEARCH, "collection": name}) == 403
            assert status("POST", "/v1/ask", {**SEARCH, "collection": name}) == 403
            assert status("GET", f"/v1/articles?collection={name}") == 403
            assert status("GET", f"/v1/articles?collection=other&collection={name}") == 403
            assert status("DELETE", f"/v1/articles/x?collection={name}") == 403
            assert status("GET", f"/v1/collections/{name}") == 403
            assert status("PUT", f"/v1/collections/{name}") == 403
            assert status("DELETE", f"/v1/collections/{name}") == 403
        for path in ("/v1/articles", "/v1/articles?collection=", "/v1/articles/x"):
            assert status("GET", path) == 403
        assert status("POST", "/v1/search", SEARCH) == 403
        refused = client.post("/v1/search", json=SEARCH, headers=headers)
        assert refused.headers["content-type"] == "application/problem+json"
    assert (home / "collections" / "default" / "catalog.db").exists()
    assert not (home / "collections" / "none").exists()


def test_the_service_of_a_request_gives_out_no_other_collection(
    service: Callable[..., TestClient],
) -> None:
    with service() as client:
        assert isinstance(client.app, FastAPI)
        whole: Service = client.app.state.service
        view = whole.of(Key("", "", ("admin",), ("other",), ""))
        assert view.collection("other") is whole.collection("other")
        refused: list[Callable[[], object]] = [
            lambda: view.collection(None),
            lambda: view.collections.get("default"),
            lambda: view.collections.forget("default"),
        ]
        for call in refused:
            with pytest.raises(Forbidden):
                call()
        assert whole.key is ANYONE


def test_a_route_that_declares_no_scope_is_a_fault() -> None:
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
        # Who has no key is counted by address, so that trying keys is no faster.
        assert [client.get("/v1/articles").status_code for _ in range(4)] == [401] * 3 + [429]
        assert client.get("/healthz").status_code == 200


def test_without_a_limit_nothing_is_said_of_one(service: Callable[..., TestClient]) -> None:
    with service() as client:
        assert "ratelimit" not in client.get("/v1/articles").headers


def test_other_origins_may_call_only_where_they_are_named(
    service: Callable[..., TestClient], home: Path
) -> None:
    asked = {"Origin": "https://friend.example", "Access-Control-Request-Method": "POST"}
    wanted = {**asked, "Access-Control-Request-Headers": "authorization"}
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


def test_a_file_of_keys_that_cannot_be_read_is_503(
    service: Callable[..., TestClient], home: Path
) -> None:
    (home / "keys.db").write_bytes(b"no database at all" * 100)
    with service() as client:
        response = client.get("/v1/articles")
        assert (response.status_code, response.headers["retry-after"]) == (503, "1")
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
def test_whatever_a_header_says_it_is_no_fault(
    keyed: TestClient, name: bytes, value: bytes
) -> None:
    response = keyed.get("/v1/articles", headers=[(name, value)])
    assert response.status_code == 401
