"""Watched feeds are polled, and their new pages are imported."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.settings import Settings
from embeddings import Encoder
from rag import Collection
from tests.integration.rag.site import Site, page
from tests.waiting import wait_until

STORY = """<!doctype html><html lang="vi"><head><title>{0}</title></head><body><article><h1>{0}</h1>
<p>Lào gia nhập ASEAN năm 1997, cùng với Myanmar. Lễ kết nạp diễn ra ở Kuala Lumpur, trong hội nghị
bộ trưởng ngoại giao lần thứ ba mươi của Hiệp hội, {0}.</p></article></body></html>"""


@pytest.fixture
def site() -> Iterator[Site]:
    with closing(Site()) as serving:
        yield serving


@pytest.fixture
def client(tmp_path: Path, encoder: Encoder) -> Iterator[TestClient]:
    Collection.open_or_create(tmp_path, "default", encoder).close()
    app = create_app(tmp_path, encoder, "default", settings=Settings(allow_private_fetch=True))
    with TestClient(app, base_url="http://127.0.0.1") as made:
        yield made


def put_feed(site: Site, *names: str) -> None:
    entries = "".join(
        f'<entry><id>{n}</id><title>{n}</title><link href="{site.root}/{n}"/></entry>'
        for n in names
    )
    feed = f'<feed xmlns="http://www.w3.org/2005/Atom"><title>Báo</title>{entries}</feed>'
    site.pages["/feed"] = page(feed.encode(), content_type="application/atom+xml")
    for name in names:
        text = STORY.format(name).encode()
        site.pages[f"/{name}"] = page(text, content_type="text/html; charset=utf-8")


def watched(client: TestClient) -> dict[str, Any]:
    (feed,) = client.get("/v1/feeds").json()["feeds"]
    return dict(feed)


def articles(client: TestClient) -> int:
    return len(client.get("/v1/articles").json()["articles"])


def test_a_feed_is_imported_at_once_and_again_when_its_time_has_come(
    client: TestClient, site: Site, tmp_path: Path
) -> None:
    put_feed(site, "one")
    response = client.post("/v1/feeds", json={"url": f"{site.root}/feed", "every_minutes": 15})
    assert response.status_code == 201, response.text
    wait_until(lambda: (watched(client)["outcome"] or "").startswith("1 added"))
    feed = watched(client)
    assert feed["polled_at"] < feed["next_at"]
    put_feed(site, "one", "two")
    with closing(sqlite3.connect(tmp_path / "feeds.db")) as file, file:
        file.execute("UPDATE feeds SET next_at = '2000-01-01T00:00:00+00:00'")
    client.app.state.service.watcher.wake()  # type: ignore[attr-defined]
    wait_until(lambda: articles(client) == 2)
    assert watched(client)["next_at"] > feed["polled_at"]
    assert client.delete(f"/v1/feeds/{feed['id']}").status_code == 204
    assert client.get("/v1/feeds").json() == {"feeds": []}
    assert articles(client) == 2


def test_a_feed_is_polled_when_that_is_asked_for(client: TestClient, site: Site) -> None:
    put_feed(site, "one")
    feed = client.post("/v1/feeds", json={"url": f"{site.root}/feed"}).json()
    wait_until(lambda: (watched(client)["outcome"] or "").startswith("1 added"))
    put_feed(site, "one", "two")
    assert client.post(f"/v1/feeds/{feed['id']}/poll").status_code == 202
    wait_until(lambda: articles(client) == 2)


def test_a_feed_that_cannot_be_fetched_says_so_and_stays(client: TestClient, site: Site) -> None:
    client.post("/v1/feeds", json={"url": f"{site.root}/none"})
    wait_until(lambda: "skipped" in (watched(client)["outcome"] or ""))
    assert watched(client)["outcome"] == "0 added, 0 changed, 0 unchanged, 1 skipped."


def test_a_feed_is_watched_once_for_a_collection(client: TestClient, site: Site) -> None:
    put_feed(site)
    first = client.post("/v1/feeds", json={"url": f"{site.root}/feed"}).json()
    again = client.post("/v1/feeds", json={"url": f"{site.root}/feed", "every_minutes": 30}).json()
    assert again["id"] == first["id"]
    assert watched(client)["every_minutes"] == 30


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"url": "ftp://a.example/"},
        {"url": "http://a.example/", "every_minutes": 1},
        {"url": "http://a.example/", "most": 0},
        {"url": "http://a.example/", "collection": "../x"},
    ],
)
def test_a_feed_that_cannot_be_watched_is_refused(
    client: TestClient, body: dict[str, object]
) -> None:
    assert client.post("/v1/feeds", json=body).status_code == 422
    assert client.get("/v1/feeds").json() == {"feeds": []}
    for response in (client.delete("/v1/feeds/none"), client.post("/v1/feeds/none/poll")):
        assert response.status_code == 404
