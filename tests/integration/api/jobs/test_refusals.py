"""Lists of jobs, and requests that are refused."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.api.jobs.server import LIMIT, Server, assert_problem, file
from tests.waiting import wait_until


@pytest.mark.slow
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


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ([("files", ("a.png", b"x"))], "cannot read 'a.png'"),
        ([("files", ("..", b"x"))], "cannot name a file"),
        ([("files", (".txt", b"x"))], "cannot name a file"),
        ([("files", ("a/", b"x"))], "cannot name a file"),
        ([("files", ("a\u202e.txt", b"x"))], "cannot name a file"),
        ([("files", (f"{'a' * 300}.txt", b"x"))], "longer than 255 bytes"),
        ([("files", ("a.txt", b"x")), ("files", ("b/a.txt", b"x"))], "two files named 'a.txt'"),
        ([("others", ("a.txt", b"x"))], "in the form's field 'files'"),
        ([("files", ("a.txt", b"x")), ("more", (None, b"x"))], "unknown field 'more'"),
        ([("files", ("a.txt", b"x")), ("field", (None, b"no"))], "field has to be one of"),
        ([("files", ("a.txt", b"x")), ("keep_boilerplate", (None, b"?"))], "true or false"),
        ([("files", ("a.txt", b"x")), ("field", (None, b"x" * 2000))], "too long"),
        ([("keep_boilerplate", (None, b"true"))], "at least one file"),
        ([("files", (f"{n}.txt", b"x")) for n in range(1001)], "more than 1000 files"),
    ],
)
def test_an_invalid_upload_is_refused(
    server: Server, home: Path, files: list[tuple[str, tuple[str, bytes]]], words: str
) -> None:
    before = set((home / "jobs").glob("*")) if (home / "jobs").exists() else set()
    assert_problem(server.client.post("/v1/imports", files=files), 422, words)
    wait_until(lambda: not set((home / "jobs").glob("*")) - before)


def test_an_incomplete_form_is_refused(server: Server) -> None:
    client = server.client
    assert_problem(client.post("/v1/imports", json={}), 422, "has to be a form")
    form = {"Content-Type": "multipart/form-data; boundary=b"}
    start = b'--b\r\nContent-Disposition: form-data; name="files"; filename="a.txt"\r\n\r\nx'
    for content, words in ((start, "cut off"), (b"no form", "not a form")):
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
