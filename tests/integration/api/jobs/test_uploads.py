"""Files that are uploaded."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import pytest

from embeddings import Encoder
from tests.integration.api.jobs.server import Server, file, is_under_way, lines, sentences, texts_in
from tests.waiting import wait_until

pytestmark = pytest.mark.slow


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
    hits = found.json()["hits"]
    assert {hit["source"] for hit in hits} == {"Tin tức.txt", "page.html", "more.jsonl"}
    assert len({hit["article_id"] for hit in hits}) == 3
    assert str(home) not in found.text
    # A job has ended before its files are removed.
    wait_until(lambda: not list((home / "jobs").glob(f"{job['id']}*")))


def test_a_file_that_is_uploaded_again_replaces_itself(server: Server) -> None:
    first = server.upload("again", [file("a.txt", "One."), file("b.txt", "Two.")])
    assert server.wait(first["id"])["result"]["added"] == 2
    again = server.upload("again", [file("a.txt", "One."), file("b.txt", "Two, and more.")])
    result = server.wait(again["id"])["result"]
    assert (result["added"], result["updated"], result["unchanged"]) == (0, 1, 1)


def test_events_report_each_change_until_the_end(server: Server) -> None:
    job = server.upload("events", [file("a.jsonl", lines(sentences(100, "ports")))])
    with server.client.stream("GET", f"/v1/jobs/{job['id']}/events") as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        received = list(stream.iter_lines())
    assert set(received[::3]) == {"event: job"}
    jobs = [json.loads(line.removeprefix("data: ")) for line in received[1::3]]
    assert jobs[-1]["state"] == "done"
    assert jobs[-1]["result"]["added"] == 100
    assert all(one != other for one, other in pairwise(jobs))
    with server.client.stream("GET", f"/v1/jobs/{job['id']}/events") as stream:
        assert len(list(stream.iter_lines())) == 3


def test_a_client_that_leaves_a_stream_of_events_leaves_no_running_request(server: Server) -> None:
    job = server.upload("left", [file("a.jsonl", lines(sentences(200, "roads") * 5))])
    for _ in range(3):
        with server.client.stream("GET", f"/v1/jobs/{job['id']}/events") as stream:
            next(stream.iter_lines())
    wait_until(lambda: "tamngu_requests_running 1.0" in server.client.get("/metrics").text)
    assert server.client.get("/healthz").status_code == 200
    server.client.post(f"/v1/jobs/{job['id']}/cancel")
    server.wait(job["id"])


def test_a_job_is_cancelled_while_queued_or_running(
    server: Server, home: Path, encoder: Encoder
) -> None:
    running = server.upload("cancelled", [file("a.jsonl", lines(sentences(3000, "rice")))])
    waiting = server.upload("cancelled", [file("b.txt", "Never read.")])
    server.wait(running["id"], is_under_way)
    for job in (waiting, running):
        assert server.client.post(f"/v1/jobs/{job['id']}/cancel").status_code == 200
    assert server.job(waiting["id"])["state"] == "cancelled"
    job = server.wait(running["id"])
    assert (job["state"], job["result"]) == ("cancelled", None)
    texts = texts_in(home, "cancelled", encoder)
    assert 0 < len(texts) == job["progress"]["added"] < 3000
    # A job has ended before its files are removed.
    wait_until(lambda: not list((home / "jobs").glob(f"{waiting['id']}*")))
    wait_until(lambda: not list((home / "jobs").glob(f"{running['id']}*")))
    ended = server.client.post(f"/v1/jobs/{running['id']}/cancel")
    assert (ended.status_code, ended.json()) == (200, job)
