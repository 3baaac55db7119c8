"""Keys of a service that runs in its own process."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from api.auth.key import Scope
from api.auth.store import KeyStore
from tests.e2e.conftest import browser as browser
from tests.waiting import PATIENCE_S

pytestmark = pytest.mark.slow

TAMNGU = Path(sys.executable).with_name("tamngu")

SEARCH = {"question": "Who chairs ASEAN?", "k": 1}


@dataclass
class Running:
    """A service, and its output once it has ended."""

    address: str
    client: httpx.Client
    written: str = ""


@contextmanager
def running(home: Path, **settings: str) -> Iterator[Running]:
    words: list[str | Path] = [TAMNGU, "serve", "-c", "sample", "--home", home, "--port", "0"]
    with subprocess.Popen(
        words,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, **settings},
    ) as server:
        try:
            assert server.stdout is not None
            line = server.stdout.readline()
            found = re.search(r"http://127\.0\.0\.1:\d+", line)
            assert found, line
            with httpx.Client(base_url=found[0], timeout=60) as client:
                service = Running(found[0], client)
                yield service
        finally:
            server.send_signal(signal.SIGINT)
            written, _ = server.communicate(timeout=PATIENCE_S)
    service.written = written
    assert server.returncode == 0, written


@pytest.fixture
def home(sample_home: Path, tmp_path: Path) -> Path:
    shutil.copytree(sample_home / "collections" / "sample", tmp_path / "collections" / "sample")
    return tmp_path


def tamngu(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [TAMNGU, *words, "--home", home],
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )


def key(home: Path, *scopes: Scope) -> str:
    store = KeyStore(home)
    _, text = store.create("test", scopes)
    store.close()
    return text


def as_(text: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {text}"}


def test_a_key_is_created_used_and_revoked(home: Path) -> None:
    with running(home) as service:
        client = service.client

        def search(text: str) -> int:
            return client.post("/v1/search", json=SEARCH, headers=as_(text)).status_code

        assert client.post("/v1/search", json=SEARCH).status_code == 200
        made = tamngu(home, "keys", "create", "A reader")
        assert made.returncode == 0, made.stderr
        text = made.stdout.strip()
        assert made.stdout == f"{text}\n"
        # From the first key on, the running service refuses requests without a key.
        assert client.post("/v1/search", json=SEARCH).status_code == 401
        assert search(text) == 200
        assert client.put("/v1/collections/new", headers=as_(text)).status_code == 403
        assert client.get("/healthz").status_code == 200
        assert client.get("/").status_code == 200
        secret = text.split("_", 2)[2]
        files = list(home.glob("keys.db*"))
        assert {file.name for file in files} >= {"keys.db", "keys.db-wal"}
        assert all(secret.encode() not in file.read_bytes() for file in files)
        listed = tamngu(home, "keys", "list")
        assert "A reader" in listed.stdout
        revoked = tamngu(home, "keys", "revoke", text.split("_")[1])
        assert revoked.returncode == 0, revoked.stderr
        assert search(text) == 401
        assert secret not in listed.stdout + listed.stderr + revoked.stdout + revoked.stderr
    assert secret not in service.written
    assert text.split("_")[1] not in service.written


def test_the_rate_limit_is_enforced_and_reported(home: Path) -> None:
    text = key(home, "read")
    with running(home, TAMNGU_SERVE_RATE_PER_MINUTE="3") as service:
        answers = [
            service.client.post("/v1/search", json=SEARCH, headers=as_(text)) for _ in range(4)
        ]
        assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
        assert answers[0].headers["ratelimit-policy"] == '"minute";q=3;w=60'
        assert re.fullmatch(r'"minute";r=0;t=\d+', answers[3].headers["ratelimit"])
        assert 1 <= int(answers[3].headers["retry-after"]) <= 20


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", ""])
def test_without_a_key_it_listens_on_this_machine_only(home: Path, host: str) -> None:
    refused = tamngu(home, "serve", "-c", "sample", "--host", host)
    assert refused.returncode == 2
    assert "tamngu keys create" in refused.stderr
    store = KeyStore(home)
    store.revoke(store.create("revoked", ["read"])[0].id)
    store.close()
    assert tamngu(home, "serve", "-c", "sample", "--host", host).returncode == 2


NAMES = ["../x", "..", ".", "/etc", "a/../../x", "x\x00y", "\x00", "~", ".hidden", "x" * 65, "a\\b"]


def test_no_name_leaves_the_home(home: Path) -> None:
    beside = home / "collections"
    with running(home) as service:
        # The service has created its own files by now.
        before = {path for path in home.parent.rglob("*") if beside not in path.parents}
        collections = sorted(beside.iterdir())
        for name in NAMES:
            quoted = "".join(f"%{byte:02x}" for byte in name.encode())
            for method, path, body in (
                ("GET", f"/v1/collections/{quoted}", None),
                ("PUT", f"/v1/collections/{quoted}", None),
                ("DELETE", f"/v1/collections/{quoted}", None),
                ("GET", f"/v1/articles?collection={quoted}", None),
                ("PUT", f"/v1/articles/a?collection={quoted}", {"text": "x"}),
                ("POST", "/v1/search", {**SEARCH, "collection": name}),
                ("POST", "/v1/articles", {"articles": [{"text": "x"}], "collection": name}),
                ("POST", "/v1/imports/urls", {"urls": ["http://a.example"], "collection": name}),
            ):
                response = service.client.request(method, path, json=body)
                assert response.status_code in (404, 405, 422), (method, path, name)
            article = service.client.get(f"/v1/articles/{quoted}")
            assert article.status_code == 404, name
        after = {path for path in home.parent.rglob("*") if beside not in path.parents}
        assert after - before == set()
        assert sorted(beside.iterdir()) == collections
