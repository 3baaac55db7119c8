"""Two services over one cluster: a server process, and an application of another machine."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner
from fastapi.testclient import TestClient

from api.app import create_app
from api.server.keys_command import keys
from api.settings import Settings
from api.state import close
from embeddings import Encoder
from rag import Collection
from rag.cluster.cluster import Cluster
from rag.cluster.settings import read_settings
from rag.collection.upkeep import check_collection
from tests.integration.api.jobs.server import Body, Server
from tests.integration.rag.site import Site, Visit, page
from tests.waiting import wait_until

pytestmark = pytest.mark.slow

# Each has a library of its own below it, with the same methods.
Client = httpx.Client | TestClient

NAME = "sample"

LEASE_S = 3
"""Seconds after which the jobs of a killed process go on elsewhere."""


@dataclass
class Pair:
    """A server process, and an application of this process that runs no jobs by itself."""

    cluster: Cluster
    server: Server
    application: TestClient
    headers: dict[str, str]

    @property
    def clients(self) -> list[Client]:
        return [self.server.client, self.application]

    def job(self, job_id: str, client: Client | None = None) -> Body:
        response = (client or self.application).get(f"/v1/jobs/{job_id}")
        assert response.status_code == 200, response.text
        found: Body = response.json()
        return found

    def wait(self, job_id: str) -> Body:
        wait_until(lambda: self.job(job_id)["ended_at"] is not None)
        return self.job(job_id)


@pytest.fixture(scope="module")
def pair(
    tmp_path_factory: pytest.TempPathFactory, cluster_file: Path, encoder: Encoder
) -> Iterator[Pair]:
    folder = tmp_path_factory.mktemp("services")
    file = folder / "cluster.toml"
    file.write_text(f"{cluster_file.read_text()}lease_s = {LEASE_S}\n")
    cluster = Cluster(read_settings(file))
    Collection.open_or_create(cluster, NAME, encoder, "none").close()
    made = CliRunner().invoke(
        keys, ["create", "k", "--scope", "admin", "--cluster", str(file)], catch_exceptions=False
    )
    headers = {"Authorization": f"Bearer {made.stdout.strip()}"}
    options = ("--cluster", file, "--reader", "none")
    server = Server(folder / "one", options=options, allow_private_fetch="true")
    server.client.headers.update(headers)
    settings = Settings(allow_private_fetch=True)
    app = create_app(folder / "other", encoder, NAME, None, settings, None, "none", cluster)
    client = TestClient(app, base_url="http://127.0.0.1", headers=headers)
    try:
        yield Pair(cluster, server, client, headers)
    finally:
        server.kill()
        app.state.service.collections.close()
        close(app.state.service.state)
        for name in cluster.names():
            cluster.delete(name)


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()
    yield site
    site.close()


def add_pages(site: Site, count: int) -> tuple[list[str], threading.Event]:
    """Return the addresses of pages, and what lets the last one be sent."""
    released = threading.Event()
    names = [f"/{number}" for number in range(count)]

    def body(name: str) -> bytes:
        return f"<article><p>The harbour {name} was opened by a minister.</p></article>".encode()

    def late(visit: Visit) -> None:
        while not (released.wait(0.05) or site.closing.is_set()):
            pass
        page(body(names[-1]), content_type="text/html")(visit)

    for name in names:
        site.pages[name] = page(body(name), content_type="text/html")
    site.pages[names[-1]] = late
    return [site.root + name for name in names], released


def import_pages(client: Client, urls: list[str]) -> str:
    asked = {"urls": urls, "delay_s": 0, "collection": NAME}
    response = client.post("/v1/imports/urls", json=asked)
    assert response.status_code == 202, response.text
    job_id: str = response.json()["id"]
    return job_id


def test_a_key_works_at_both_until_it_is_revoked(pair: Pair) -> None:
    for client in pair.clients:
        assert client.get("/v1/collections").json()["collections"] == [NAME]
        wrong = client.get("/v1/collections", headers={"Authorization": "Bearer tmg_x"})
        assert wrong.status_code == 401


def test_a_request_with_an_idempotency_key_is_done_once(pair: Pair) -> None:
    headers = {"Idempotency-Key": "once"}
    body = {"articles": [{"id": "once", "text": "Timor-Leste joined ASEAN in October 2025."}]}

    def send(client: Client) -> Any:  # noqa: ANN401
        return client.post("/v1/articles", json=body, headers=headers)

    with ThreadPoolExecutor(4) as pool:
        sent = list(pool.map(send, pair.clients * 2))
    done = [each for each in sent if each.status_code == 200]
    assert {each.status_code for each in sent} <= {200, 409}
    assert sum("idempotency-replayed" not in each.headers for each in done) == 1
    for client in pair.clients:
        again = send(client)
        assert again.headers["idempotency-replayed"] == "true"
        assert again.json() == done[0].json()
        assert client.get("/v1/articles/once").status_code == 200


def test_a_file_that_one_received_is_imported_by_the_other(pair: Pair) -> None:
    text = "Lào gia nhập ASEAN năm 1997. Lễ kết nạp ở Kuala Lumpur."
    files = {"files": ("a.txt", text.encode(), "text/plain")}
    job = pair.application.post("/v1/imports", files=files).json()
    ended = pair.wait(job["id"])
    assert (ended["state"], ended["result"]["added"]) == ("done", 1)
    for client in pair.clients:
        found = client.post("/v1/search", json={"question": "Lào ASEAN 1997"}).json()
        assert found["hits"][0]["text"] == text


def test_a_job_of_one_is_seen_and_cancelled_at_the_other(pair: Pair, site: Site) -> None:
    urls, _ = add_pages(site, 1)
    job_id = import_pages(pair.server.client, urls)
    wait_until(lambda: "/0" in site.paths)
    assert pair.job(job_id)["state"] == "running"
    assert pair.application.post(f"/v1/jobs/{job_id}/cancel").status_code == 200
    assert pair.wait(job_id)["state"] == "cancelled"
    assert pair.job(job_id, pair.server.client)["state"] == "cancelled"


def test_the_job_of_a_killed_server_is_finished_by_the_other(
    pair: Pair, site: Site, encoder: Encoder
) -> None:
    urls, released = add_pages(site, 3)
    job_id = import_pages(pair.server.client, urls)
    wait_until(lambda: "/2" in site.paths)
    before = pair.job(job_id)
    assert before["state"] == "running"
    pair.server.kill()
    released.set()
    with running(pair.application):
        ended = pair.wait(job_id)
    assert ended["state"] == "done", ended
    result = ended["result"]
    assert result["added"] + result["unchanged"] == 3
    with closing(Collection.open(pair.cluster, NAME, encoder, "none")) as collection:
        stored = [
            collection.catalog.articles.get(each) for each in collection.catalog.articles.ids()
        ]
        assert sorted(each.url for each in stored if each and each.url in urls) == sorted(urls)
        collection.save()
        assert check_collection(collection.catalog).problems == []


@contextmanager
def running(client: TestClient) -> Iterator[None]:
    """Let an application run jobs inside the block."""
    with client:
        yield
