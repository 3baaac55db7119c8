"""Import jobs of server processes that are spoken to over HTTP, stopped, and killed.

``TAMNGU_JOBS_ARTICLES=2000 pytest -s tests/integration/test_jobs.py -k killed`` imports so many
articles of each kind, and says what it took.
"""

from __future__ import annotations

import io
import json
import os
import re
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.keys import KeyStore, Scope
from embeddings import Encoder
from rag import Collection
from rag.check import check
from tests.integration.site import Site, Visit, page

TAMNGU = Path(sys.executable).with_name("tamngu")

ARTICLES = int(os.environ.get("TAMNGU_JOBS_ARTICLES", "150"))
"""In a file of JSON lines, and as many in an archive."""

PATIENCE_S = 60 + ARTICLES / 10

LIMIT = 2_000_000
"""Bytes of an upload to the servers here."""

Files = list[tuple[str, tuple[str, bytes]]]

Body = dict[str, Any]


class Server:
    """A server process, and a client of it."""

    def __init__(self, home: Path, **settings: str) -> None:
        words: list[str | Path] = [TAMNGU, "serve", "-c", "sample", "--home", home, "--port", "0"]
        named = {f"TAMNGU_SERVE_{name.upper()}": value for name, value in settings.items()}
        self._process = subprocess.Popen(
            words,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, **named},
        )
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        found = re.search(r"http://127\.0\.0\.1:\d+", line)
        assert found, (line, self._process.communicate())
        # It says where it is going to listen a moment before it does.
        transport = httpx.HTTPTransport(retries=6)
        self.client = httpx.Client(base_url=found[0], timeout=60, transport=transport)

    def stop(self) -> None:
        """End it as Ctrl-C does; it has nothing to complain of."""
        self.client.close()
        self._process.send_signal(signal.SIGINT)
        _, errors = self._process.communicate(timeout=30)
        assert (self._process.returncode, errors) == (0, "")

    def kill(self) -> None:
        if self._process.returncode is None:
            self.client.close()
            self._process.kill()
            self._process.communicate()

    def upload(self, collection: str, files: Files, **form: str | list[str]) -> Body:
        response = self.client.post(
            "/v1/imports", params={"collection": collection}, files=files, data=form
        )
        assert response.status_code == 202, response.text
        job: Body = response.json()
        assert response.headers["location"] == f"/v1/jobs/{job['id']}"
        return job

    def job(self, job_id: str) -> Body:
        code = self._process.poll()
        assert code is None, (code, self._process.communicate())
        response = self.client.get(f"/v1/jobs/{job_id}")
        assert response.status_code == 200
        found: Body = response.json()
        return found

    def wait(self, job_id: str, until: Callable[[Body], bool] | None = None) -> Body:
        """Return a job once it is as it is wanted, by default: once it has ended."""
        wanted = until or (lambda job: job["ended_at"] is not None)
        ends = time.monotonic() + PATIENCE_S
        while not wanted(job := self.job(job_id)):
            assert time.monotonic() < ends, job
            time.sleep(0.05)
        return job


Start = Callable[[Path], Server]


def file(name: str, content: str | bytes) -> tuple[str, tuple[str, bytes]]:
    return "files", (name, content.encode() if isinstance(content, str) else content)


def lines(texts: list[str], prefix: str = "n") -> str:
    return "".join(
        json.dumps({"id": f"{prefix}{n}", "text": text}) + "\n" for n, text in enumerate(texts)
    )


def sentences(count: int, about: str) -> list[str]:
    return [f"Article {number} is about {about} and nothing else." for number in range(count)]


def is_under_way(job: Body) -> bool:
    """Tell whether a job has stored something; on a fast machine it may be done by then."""
    return bool(job["progress"]["added"] > 0)


def texts_in(home: Path, name: str, encoder: Encoder) -> list[str]:
    """Return the texts of a collection, sorted, after seeing that all of it is whole."""
    collection = Collection.open(home, name, encoder)
    try:
        assert check(collection.directory, collection.catalog).problems == []
        catalog = collection.catalog
        return sorted(article.text for article in catalog.articles(catalog.article_ids()))
    finally:
        collection.close()


def make_home(home: Path, encoder: Encoder) -> Path:
    Collection.open_or_create(home, "sample", encoder).close()
    return home


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Path:
    return make_home(tmp_path_factory.mktemp("jobs"), encoder)


@pytest.fixture(scope="module")
def server(home: Path) -> Iterator[Server]:
    server = Server(home, max_upload_bytes=str(LIMIT), allow_private_fetch="true")
    yield server
    server.stop()


@pytest.fixture
def started() -> Iterator[Start]:
    """Starts servers; those that a test leaves behind are killed."""
    servers: list[Server] = []

    def start(home: Path) -> Server:
        servers.append(Server(home))
        return servers[-1]

    yield start
    for server in servers:
        server.kill()


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()
    yield site
    site.close()


def test_files_of_several_kinds_are_imported(server: Server, home: Path) -> None:
    body = json.dumps({"body": "Trade grew by a tenth.", "title": "Trade"})
    files = [
        file("Tin tức.txt", "Hà Nội là thủ đô của Việt Nam."),
        file("C:\\news\\page.html", "<title>News</title><article><p>Peace was made.</p></article>"),
        file("more.jsonl", f"{body}\nbroken\n"),
        file("broken.pdf", b"%PDF-1.7 no"),
    ]
    job = server.upload("several", files, field=["text=body"])
    assert job["state"] == "queued"
    assert job["asked"]["files"] == ["Tin tức.txt", "page.html", "more.jsonl", "broken.pdf"]
    assert job["progress"]["total"] == sum(len(content) for _, (_, content) in files)
    job = server.wait(job["id"])
    assert (job["state"], job["error"]) == ("done", None)
    assert job["created_at"] <= job["started_at"] <= job["ended_at"]
    assert job["progress"]["done"] == job["progress"]["total"]
    assert job["result"]["added"] == job["progress"]["added"] == 3
    assert [each["where"] for each in job["rejections"]] == ["more.jsonl line 2", "broken.pdf"]
    assert str(home) not in json.dumps(job)
    found = server.client.post("/v1/search", json={"question": "Việt Nam", "collection": "several"})
    sources = {hit["source"] for hit in found.json()["hits"]}
    assert sources == {"Tin tức.txt", "page.html", "more.jsonl"}
    assert str(home) not in found.text
    assert not list((home / "jobs").glob(f"{job['id']}*"))


def test_a_file_that_is_uploaded_again_takes_its_own_place(server: Server) -> None:
    first = server.upload("again", [file("a.txt", "One."), file("b.txt", "Two.")])
    assert server.wait(first["id"])["result"]["added"] == 2
    again = server.upload("again", [file("a.txt", "One."), file("b.txt", "Two, and more.")])
    result = server.wait(again["id"])["result"]
    assert (result["added"], result["updated"], result["unchanged"]) == (0, 1, 1)


def test_events_tell_of_each_change_until_the_end(server: Server) -> None:
    job = server.upload("events", [file("a.jsonl", lines(sentences(100, "ports")))])
    with server.client.stream("GET", f"/v1/jobs/{job['id']}/events") as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        told = list(stream.iter_lines())
    assert set(told[::3]) == {"event: job"}
    jobs = [json.loads(line.removeprefix("data: ")) for line in told[1::3]]
    assert jobs[-1]["state"] == "done"
    assert jobs[-1]["result"]["added"] == 100
    assert all(one != other for one, other in pairwise(jobs))
    with server.client.stream("GET", f"/v1/jobs/{job['id']}/events") as stream:
        assert len(list(stream.iter_lines())) == 3


def test_who_leaves_a_stream_of_events_leaves_nothing_behind(server: Server) -> None:
    job = server.upload("left", [file("a.jsonl", lines(sentences(200, "roads") * 5))])
    for _ in range(3):
        with server.client.stream("GET", f"/v1/jobs/{job['id']}/events") as stream:
            next(stream.iter_lines())
    ends = time.monotonic() + 10
    while "tamngu_requests_running 1.0" not in server.client.get("/metrics").text:
        assert time.monotonic() < ends
        time.sleep(0.1)
    assert server.client.get("/healthz").status_code == 200
    server.client.post(f"/v1/jobs/{job['id']}/cancel")
    server.wait(job["id"])


def test_a_job_is_cancelled_where_it_is(server: Server, home: Path, encoder: Encoder) -> None:
    running = server.upload("cancelled", [file("a.jsonl", lines(sentences(3000, "rice")))])
    waiting = server.upload("cancelled", [file("b.txt", "Never read.")])
    server.wait(running["id"], is_under_way)
    for job in (waiting, running):
        assert server.client.post(f"/v1/jobs/{job['id']}/cancel").status_code == 200
    assert server.job(waiting["id"])["state"] == "cancelled"
    begun = time.monotonic()
    job = server.wait(running["id"])
    assert time.monotonic() - begun < 20
    assert (job["state"], job["result"]) == ("cancelled", None)
    texts = texts_in(home, "cancelled", encoder)
    assert 0 < len(texts) == job["progress"]["added"] < 3000
    assert not list((home / "jobs").glob(f"{waiting['id']}*"))
    assert not list((home / "jobs").glob(f"{running['id']}*"))
    ended = server.client.post(f"/v1/jobs/{running['id']}/cancel")
    assert (ended.status_code, ended.json()) == (200, job)


def test_jobs_are_listed_page_by_page(server: Server) -> None:
    ids = [server.upload("listed", [file("a.txt", "One.")])["id"] for _ in range(3)]
    first = server.client.get("/v1/jobs", params={"limit": 2}).json()
    assert [job["id"] for job in first["jobs"]] == ids[:0:-1]
    assert first["next"] == ids[1]
    rest = server.client.get("/v1/jobs", params={"after": first["next"], "limit": 1}).json()
    assert [job["id"] for job in rest["jobs"]] == ids[:1]
    for path in ("/v1/jobs?after=none", "/v1/jobs/none", "/v1/jobs/none/events"):
        assert_problem(server.client.get(path), 404, "no job 'none'")
    assert_problem(server.client.post("/v1/jobs/none/cancel"), 404, "no job 'none'")
    assert_problem(server.client.get("/v1/jobs?limit=0"), 422, "limit")


def assert_problem(response: httpx.Response, status: int, words: str) -> None:
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    assert words in response.json()["detail"]


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ([("files", ("a.png", b"x"))], "Nothing reads 'a.png'"),
        ([("files", ("..", b"x"))], "cannot name a file"),
        ([("files", (".txt", b"x"))], "cannot name a file"),
        ([("files", ("a/", b"x"))], "cannot name a file"),
        ([("files", ("a\u202e.txt", b"x"))], "cannot name a file"),
        ([("files", (f"{'a' * 300}.txt", b"x"))], "longer than 255 bytes"),
        ([("files", ("a.txt", b"x")), ("files", ("b/a.txt", b"x"))], "two files named 'a.txt'"),
        ([("others", ("a.txt", b"x"))], "go into the form's field 'files'"),
        ([("files", ("a.txt", b"x")), ("more", (None, b"x"))], "unknown field 'more'"),
        ([("files", ("a.txt", b"x")), ("field", (None, b"no"))], "field is one of"),
        ([("files", ("a.txt", b"x")), ("keep_boilerplate", (None, b"?"))], "true or false"),
        ([("files", ("a.txt", b"x")), ("field", (None, b"x" * 2000))], "too long"),
        ([("keep_boilerplate", (None, b"true"))], "at least one file"),
        ([("files", (f"{n}.txt", b"x")) for n in range(1001)], "more than 1000 files"),
    ],
)
def test_an_odd_upload_is_refused(
    server: Server, home: Path, files: list[tuple[str, tuple[str, bytes]]], words: str
) -> None:
    before = set((home / "jobs").glob("*")) if (home / "jobs").exists() else set()
    assert_problem(server.client.post("/v1/imports", files=files), 422, words)
    ends = time.monotonic() + 10
    while (left := set((home / "jobs").glob("*"))) - before:
        assert time.monotonic() < ends, left
        time.sleep(0.05)


def test_what_is_no_whole_form_is_refused(server: Server) -> None:
    client = server.client
    assert_problem(client.post("/v1/imports", json={}), 422, "has to be a form")
    form = {"Content-Type": "multipart/form-data; boundary=b"}
    start = b'--b\r\nContent-Disposition: form-data; name="files"; filename="a.txt"\r\n\r\nx'
    for content, words in ((start, "cut off"), (b"no form", "no form")):
        assert_problem(client.post("/v1/imports", content=content, headers=form), 422, words)
    files = [file("a.txt", "x")]
    bad = client.post("/v1/imports", params={"collection": "../x"}, files=files)
    assert_problem(bad, 422, "cannot name a collection")


def test_an_upload_may_be_larger_than_a_request_but_not_than_its_limit(
    server: Server, home: Path
) -> None:
    job = server.upload("large", [file("a.pdf", b"x" * (LIMIT - 1000))])
    assert server.wait(job["id"])["result"]["rejected"] == 1
    many = [file("a.pdf", b"x" * (LIMIT + 1000))]
    assert_problem(server.client.post("/v1/imports", files=many), 413, "more than 2,000,000 bytes")

    def chunks() -> Iterator[bytes]:
        yield b'--b\r\nContent-Disposition: form-data; name="files"; filename="a.pdf"\r\n\r\n'
        for _ in range(100):
            yield b"x" * 100_000

    form = {"Content-Type": "multipart/form-data; boundary=b"}
    response = server.client.post("/v1/imports", content=chunks(), headers=form)
    assert_problem(response, 413, "more than 2,000,000 bytes")


def test_a_job_that_fails_says_why_without_the_servers_folders(server: Server, home: Path) -> None:
    damaged = home / "collections" / "damaged" / "catalog.db"
    damaged.parent.mkdir(parents=True)
    damaged.write_bytes(b"no catalog" * 1000)
    job = server.wait(server.upload("damaged", [file("a.txt", "One.")])["id"])
    assert job["state"] == "failed"
    assert job["error"].startswith("HOME/collections/damaged/catalog.db is damaged")
    assert str(home) not in json.dumps(job)


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
        visit.trickle(b"x", 0.1)

    site.pages["/slow"] = slow
    request = {"urls": [f"{site.root}/slow"], "delay_s": 0, "collection": "slow"}
    job = server.client.post("/v1/imports/urls", json=request).json()
    server.wait(job["id"], lambda job: "/slow" in site.paths)
    server.client.post(f"/v1/jobs/{job['id']}/cancel")
    begun = time.monotonic()
    assert server.wait(job["id"])["state"] == "cancelled"
    assert time.monotonic() - begun < 10


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        ({}, "Name a URL"),
        ({"urls": ["file:///etc/passwd"]}, "no http or https URL"),
        ({"feeds": ["http://user:word@example.com/"]}, "user name or password"),
        ({"urls": ["http://example.com/"], "most": 0}, "most"),
        ({"urls": ["http://example.com/"], "delay_s": -1}, "delay_s"),
        ({"urls": ["http://example.com/"], "collection": "../x"}, "cannot name a collection"),
    ],
)
def test_pages_that_cannot_be_asked_for_are_refused(
    server: Server, request_: Body, words: str
) -> None:
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


def test_a_server_that_stops_leaves_its_job_to_the_next(
    tmp_path: Path, encoder: Encoder, started: Start
) -> None:
    texts = sentences(700, "salt")
    home = make_home(tmp_path, encoder)
    server = started(home)
    job = server.upload("kept", [file("a.jsonl", lines(texts))])
    left = server.wait(job["id"], is_under_way)
    begun = time.monotonic()
    server.stop()
    assert time.monotonic() - begun < 15
    server = started(home)
    ended = server.wait(job["id"])
    assert ended["state"] == "done"
    assert left["state"] == "done" or ended["result"]["unchanged"] > 0
    server.stop()
    assert texts_in(home, "kept", encoder) == sorted(texts)


def test_killed_servers_leave_their_jobs_to_the_next(
    tmp_path: Path, encoder: Encoder, started: Start
) -> None:
    of_lines, of_files = sentences(ARTICLES, "tea"), sentences(ARTICLES, "silk")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for number, text in enumerate(of_files):
            archive.writestr(f"{number:05d}.txt", text)
    home = make_home(tmp_path, encoder)
    server = started(home)
    begun = time.monotonic()
    jobs = [
        server.upload("tea", [file("a.jsonl", lines(of_lines))]),
        server.upload("silk", [file("b.zip", packed.getvalue())], keep_boilerplate="true"),
    ]
    kills = []
    for job in jobs:
        left = server.wait(job["id"], is_under_way)
        server.kill()
        kills.append(left["progress"]["added"] if left["state"] == "running" else 0)
        server = started(home)
    ended = [server.wait(job["id"]) for job in jobs]
    took_s = time.monotonic() - begun
    assert [job["state"] for job in ended] == ["done", "done"]
    for job, added in zip(ended, kills, strict=True):
        assert added <= job["result"]["unchanged"]
        assert job["result"]["added"] + job["result"]["unchanged"] == ARTICLES
    sys.stdout.write(f"{2 * ARTICLES} articles, killed at {kills}, in {took_s:.1f} s\n")
    server.stop()
    assert texts_in(home, "tea", encoder) == sorted(of_lines)
    assert texts_in(home, "silk", encoder) == sorted(of_files)
    assert list((home / "jobs").glob("*")) == []


def test_two_servers_share_the_jobs_of_a_home(
    tmp_path: Path, encoder: Encoder, started: Start
) -> None:
    home = make_home(tmp_path, encoder)
    servers = [started(home), started(home)]
    jobs = [
        servers[number % 2].upload(
            f"c{number % 3}",
            [file("a.jsonl", lines(sentences(40, f"thing {number}"), str(number)))],
        )
        for number in range(6)
    ]
    for number, job in enumerate(jobs):
        result = servers[number % 2].wait(job["id"])["result"]
        assert (result["added"], result["unchanged"], result["updated"]) == (40, 0, 0)
    # Each takes one; the other goes on with that of the one that is killed.
    long = [
        servers[0].upload(name, [file("b.jsonl", lines(sentences(600, name), name))])
        for name in ("first", "second")
    ]
    for job in long:
        servers[1].wait(job["id"], is_under_way)
    servers[0].kill()
    for job in long:
        result = servers[1].wait(job["id"])["result"]
        assert result["added"] + result["unchanged"] == 600
    servers[1].stop()
    for name in ("first", "second"):
        assert texts_in(home, name, encoder) == sorted(sentences(600, name))
