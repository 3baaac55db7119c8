"""Imports of web pages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from api.auth.key import Scope
from api.auth.store import KeyStore
from embeddings import Encoder
from tests.integration.api.jobs.server import Body, Server, Start, assert_problem, make_home
from tests.integration.rag.site import Site, Visit, page

pytestmark = pytest.mark.slow


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()
    yield site
    site.close()


def test_pages_and_feeds_are_imported(server: Server, site: Site) -> None:
    entries = "".join(f"<item><link>{site.root}/{n}</link></item>" for n in range(5))
    site.pages["/feed"] = page(f"<rss version='2.0'><channel>{entries}</channel></rss>".encode())
    for n in range(5):
        text = f"<article><p>Port {n} was opened by a minister of the sea.</p></article>"
        site.pages[f"/{n}"] = page(text.encode(), content_type="text/html")
    site.pages["/alone"] = page(b"<p>A bridge was built.</p>", content_type="text/html")
    request = {
        "urls": [f"{site.root}/alone", f"{site.root}/gone"],
        "feeds": [f"{site.root}/feed"],
        "collection": "pages",
        "most": 3,
        "delay_s": 0,
    }
    response = server.client.post("/v1/imports/urls", json=request)
    assert response.status_code == 202
    job = server.wait(response.json()["id"])
    assert (job["state"], job["result"]["added"]) == ("done", 4), job
    assert job["progress"]["unit"] == "pages"
    assert job["progress"]["done"] == job["progress"]["total"]
    assert [each["where"] for each in job["rejections"]] == [f"{site.root}/gone"]


def test_a_crawl_is_cancelled_while_it_waits_for_a_page(server: Server, site: Site) -> None:
    def slow(visit: Visit) -> None:
        visit.start()
        # All of it takes less time than a fetch may take.
        visit.trickle(b"x", 0.02)

    site.pages["/slow"] = slow
    request = {"urls": [f"{site.root}/slow"], "delay_s": 0, "collection": "slow"}
    job = server.client.post("/v1/imports/urls", json=request).json()
    server.wait(job["id"], lambda job: "/slow" in site.paths)
    server.client.post(f"/v1/jobs/{job['id']}/cancel")
    assert server.wait(job["id"])["state"] == "cancelled"
    assert not site.client_stayed


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        ({}, "Name a URL"),
        ({"urls": ["file:///etc/passwd"]}, "not an http or https URL"),
        ({"feeds": ["http://user:word@example.com/"]}, "user name or a password"),
        ({"urls": ["http://example.com/"], "most": 0}, "most"),
        ({"urls": ["http://example.com/"], "delay_s": -1}, "delay_s"),
        ({"urls": ["http://example.com/"], "collection": "../x"}, "cannot name a collection"),
    ],
)
def test_invalid_requests_for_pages_are_refused(server: Server, request_: Body, words: str) -> None:
    assert_problem(server.client.post("/v1/imports/urls", json=request_), 422, words)


def test_addresses_that_are_not_public_are_not_fetched_and_keys_see_only_their_jobs(
    tmp_path: Path, encoder: Encoder, site: Site, started: Start
) -> None:
    site.pages["/"] = page(b"<p>Secret", content_type="text/html")
    keys = KeyStore(make_home(tmp_path, encoder))
    wanted: list[tuple[str, list[Scope], list[str]]] = [
        ("writer", ["read", "write"], ["one"]),
        ("reader", ["read"], ["one"]),
        ("other", ["read", "write"], ["two"]),
    ]
    shown = {
        name: {"Authorization": f"Bearer {keys.create(name, scopes, collections)[1]}"}
        for name, scopes, collections in wanted
    }
    keys.close()
    server = started(tmp_path)
    client = server.client
    request = {"urls": [site.root], "collection": "one", "delay_s": 0}
    for name in ("reader", "other"):
        response = client.post("/v1/imports/urls", json=request, headers=shown[name])
        assert_problem(response, 403, "key")
    response = client.post("/v1/imports/urls", json=request, headers=shown["writer"])
    path = response.headers["location"]
    for name, status in (("writer", 200), ("reader", 200), ("other", 404)):
        assert client.get(path, headers=shown[name]).status_code == status
    listed = {name: client.get("/v1/jobs", headers=shown[name]).json()["jobs"] for name in shown}
    assert {name: len(jobs) for name, jobs in listed.items()} == {
        "writer": 1,
        "reader": 1,
        "other": 0,
    }
    for name, status in (("reader", 403), ("other", 404)):
        assert client.post(f"{path}/cancel", headers=shown[name]).status_code == status
    client.headers.update(shown["reader"])
    job = server.wait(response.json()["id"])
    assert (job["result"]["added"], job["result"]["rejected"]) == (0, 1)
    assert site.asked == []
    server.stop()
