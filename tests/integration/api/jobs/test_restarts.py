"""Servers that stop, are killed, or share their jobs."""

from __future__ import annotations

import io
import os
import sys
import time
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from embeddings import Encoder
from tests.integration.api.jobs.server import (
    ARTICLES,
    Start,
    file,
    is_under_way,
    lines,
    make_home,
    sentences,
    texts_in,
)
from tests.waiting import wait_until

pytestmark = pytest.mark.slow


def test_the_next_server_continues_the_job_of_a_stopped_one(
    tmp_path: Path, encoder: Encoder, started: Start
) -> None:
    texts = sentences(400, "salt")
    home = make_home(tmp_path, encoder)
    server = started(home)
    job = server.upload("kept", [file("a.jsonl", lines(texts))])
    left = server.wait(job["id"], is_under_way)
    server.stop()
    stopped_at = datetime.now(UTC)
    server = started(home)
    ended = server.wait(job["id"])
    assert ended["state"] == "done"
    # On a fast machine it is done before the server stops.
    was_done = datetime.fromisoformat(ended["ended_at"]) < stopped_at
    assert was_done or 0 < left["progress"]["added"] <= ended["result"]["unchanged"]
    server.stop()
    assert texts_in(home, "kept", encoder) == sorted(texts)


def test_the_next_server_continues_the_jobs_of_killed_ones(
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
        killed_at = datetime.now(UTC)
        kills.append((left["progress"]["added"] if left["state"] == "running" else 0, killed_at))
        server = started(home)
    ended = [server.wait(job["id"]) for job in jobs]
    took_s = time.monotonic() - begun
    assert [job["state"] for job in ended] == ["done", "done"]
    for job, (added, killed_at) in zip(ended, kills, strict=True):
        # It may be done by the time that this process comes to kill the server.
        was_done = datetime.fromisoformat(job["ended_at"]) < killed_at
        assert was_done or added <= job["result"]["unchanged"]
        assert job["result"]["added"] + job["result"]["unchanged"] == ARTICLES
    added_first = [added for added, _ in kills]
    sys.stdout.write(f"{2 * ARTICLES} articles, killed at {added_first}, in {took_s:.1f} s\n")
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
    # Each server runs one job; then the second one continues the job of the killed one.
    long = [
        servers[0].upload(name, [file("b.jsonl", lines(sentences(400, name), name))])
        for name in ("first", "second")
    ]
    for job in long:
        servers[1].wait(job["id"], is_under_way)
    servers[0].kill()
    for job in long:
        result = servers[1].wait(job["id"])["result"]
        assert result["added"] + result["unchanged"] == 400
    servers[1].stop()
    for name in ("first", "second"):
        assert texts_in(home, name, encoder) == sorted(sentences(400, name))


def test_an_abandoned_upload_of_a_killed_server_is_removed(
    tmp_path: Path, encoder: Encoder
) -> None:
    home = make_home(tmp_path, encoder)
    left, fresh = home / "jobs" / "left", home / "jobs" / "fresh"
    for folder in (left, fresh):
        folder.mkdir(parents=True)
    os.utime(left, (0, 0))
    with TestClient(create_app(home, encoder, "sample")):
        wait_until(lambda: not left.exists())
    # A fresh folder may belong to an upload in progress.
    assert fresh.exists()
